/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_RECORD_H
#define CLOSEWATCH_RECORD_H

#include <stdbool.h>

#include "decode.h"
#include "holders.h"
#include "names.h"
#include "view.h"

/* The columns in which cw_record_event() places its facts. */
extern const struct cw_column cw_record_layout[];
extern const struct cw_column cw_record_layout_utf8[];

/*
 * One event as one record, each fact put once for both renderings. @holders,
 * if not NULL, says who holds the socket of a shared close. @diag adds the
 * cause and the remedy. Returns what cw_view_end() returns.
 */
int cw_record_event(struct cw_view *v, const struct cw_event *ev,
		    const struct cw_holders *holders, bool utf8, bool diag);

/*
 * Parts of a record, for other records that tell of connections: both ends,
 * who closed, and a value by its word, or by its number if it is too new.
 */
void cw_record_connection(struct cw_view *v, const struct cw_event *ev,
			  const struct cw_place *local,
			  const struct cw_place *remote);
void cw_record_owner(struct cw_view *v, const struct cw_event *ev,
		     const struct cw_place *comm, const struct cw_place *pid);
void cw_record_word(struct cw_view *v, const char *key,
		    const struct cw_place *at, const struct cw_names *names,
		    uint32_t value);

#endif
