/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_RECORD_H
#define CLOSEWATCH_RECORD_H

#include <stdbool.h>

#include "host/holders.h"
#include "netlink/decode.h"
#include "output/columns.h"
#include "output/view.h"

/* The cause and the remedy; without a drain where one was refused. */
enum cw_diag {
	CW_DIAG_NOT,
	CW_DIAG,
	CW_DIAG_REFUSED,
};

/*
 * One event as one record, each fact put once for both renderings. @holders,
 * if not NULL, says who holds the socket of a shared close. @columns says which
 * facts; the layout of @v is theirs. @diag adds the cause and the remedy.
 * Returns what cw_view_end() returns.
 */
int cw_record_event(struct cw_view *v, const struct cw_msg_event *ev,
		    const struct cw_holders *holders,
		    const struct cw_columns *columns, enum cw_diag diag);

#endif
