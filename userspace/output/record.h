/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_RECORD_H
#define CLOSEWATCH_RECORD_H

#include <stdbool.h>

#include "host/holders.h"
#include "netlink/decode.h"
#include "output/view.h"

/* The columns in which cw_record_event() places its facts. */
enum cw_record_column {
	CW_COL_TIME, CW_COL_PATH, CW_COL_PAIR, CW_COL_UNREAD, CW_COL_UNSENT,
	CW_COL_UNACKED, CW_COL_PROCESS, CW_COL_NOTE,
};

/* They need 100 columns; the note repeats those that matter. */
#define CW_RECORD_FIGURES						\
	[CW_COL_UNREAD] = { "UNREAD", "-", 7, .terminal = 100,		\
			    .right = true },				\
	[CW_COL_UNSENT] = { "UNSENT", "-", 7, .terminal = 100,		\
			    .right = true },				\
	[CW_COL_UNACKED] = { "UNACKED", "-", 7, .terminal = 100,	\
			     .right = true }

extern const struct cw_column cw_record_layout[];
extern const struct cw_column cw_record_layout_utf8[];

/* The cause and the remedy; without a drain where one was refused. */
enum cw_diag {
	CW_DIAG_NOT,
	CW_DIAG,
	CW_DIAG_REFUSED,
};

/*
 * One event as one record, each fact put once for both renderings. @holders,
 * if not NULL, says who holds the socket of a shared close. @diag adds the
 * cause and the remedy. Returns what cw_view_end() returns.
 */
int cw_record_event(struct cw_view *v, const struct cw_msg_event *ev,
		    const struct cw_holders *holders, bool utf8,
		    enum cw_diag diag);

#endif
