/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_RECORD_GROUPS_H
#define CLOSEWATCH_RECORD_GROUPS_H

#include "explain/groups.h"
#include "output/view.h"

/*
 * All groups as one record; both return what cw_view_end() returns. @time of
 * the end and @span_ns are shown.
 */
int cw_record_groups(struct cw_view *v, struct cw_groups *g, uint64_t time,
		     uint64_t span_ns);

/* The table alone, of @max groups at most: for the end of something else. */
int cw_record_groups_table(struct cw_view *v, struct cw_groups *g, size_t max);

#endif
