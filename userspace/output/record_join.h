/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_RECORD_JOIN_H
#define CLOSEWATCH_RECORD_JOIN_H

#include "explain/join.h"
#include "output/view.h"

extern const struct cw_column cw_record_join_layout[];

/* A connection, by what both of its ends have recorded. */
int cw_record_join(struct cw_view *v, const struct cw_join *j);

#endif
