/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_RECORD_WHATIF_H
#define CLOSEWATCH_RECORD_WHATIF_H

#include "explain/before.h"
#include "explain/whatif.h"
#include "output/view.h"

/* The whole advice as one record; returns what cw_view_end() returns. */
int cw_record_whatif(struct cw_view *v, struct cw_whatif *w,
		     const struct cw_before *before, uint64_t time,
		     uint64_t span_ns);

/* One row of it: what speaks for a drain, and what to type. */
int cw_record_whatif_row(struct cw_view *v, const struct cw_whatif *w,
			 const struct cw_whatif_row *row);

#endif
