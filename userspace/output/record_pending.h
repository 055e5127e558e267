/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_RECORD_PENDING_H
#define CLOSEWATCH_RECORD_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/owners.h"
#include "netlink/diag_dump.h"
#include "output/columns.h"
#include "output/view.h"

struct cw_pending_row {
	const struct cw_socket *socket;
	const struct cw_owner *owners;	/* @owned of them */
	size_t owned;
	bool aged;		/* @age_ms is known */
	uint64_t age_ms;	/* in its state, at least */
	uint64_t date;		/* of an event, since the epoch; 0: a list */
	const struct cw_columns *columns;	/* of an event; NULL: a list */
	bool utf8;
	bool diag;		/* add the cause and the remedy */
};

extern const struct cw_column cw_record_pending_layout[];
extern const struct cw_column cw_record_pending_layout_utf8[];
extern const uint8_t cw_record_pending_slots[];

/*
 * A socket of a list, or with @date a close-wait event among those of
 * cw_record_event(). Returns what cw_view_end() returns.
 */
int cw_record_pending(struct cw_view *v, const struct cw_pending_row *r);

#endif
