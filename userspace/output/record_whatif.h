/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_RECORD_WHATIF_H
#define CLOSEWATCH_RECORD_WHATIF_H

#include "explain/whatif.h"
#include "output/view.h"

/* The whole advice as one record; returns what cw_view_end() returns. */
int cw_record_whatif(struct cw_view *v, const struct cw_whatif *w,
		     uint64_t time, uint64_t span_ns);

#endif
