/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_BEFORE_H
#define CLOSEWATCH_BEFORE_H

#include <stdio.h>

#include "explain/whatif.h"

/*
 * What advice rested on when it was given, kept from one run to the next, so that
 * with a drain installed it can be compared. Pure but for its files.
 */

struct cw_before_row {
	struct cw_target target;
	uint64_t time;		/* when that run ended, ns since the epoch */
	uint64_t span_ns;
	uint64_t closes;
	uint64_t rsts;
	uint64_t responses;
	uint64_t at_risk;
};

#define CW_BEFORE_ROWS	32

struct cw_before {
	struct cw_before_row row[CW_BEFORE_ROWS];
	unsigned int rows;
};

/* What is not of our own making ends it. */
void cw_before_read(struct cw_before *b, FILE *f);
void cw_before_write(const struct cw_before *b, FILE *f);

/* Each row of @w that is offered replaces the one of its target. */
void cw_before_update(struct cw_before *b, const struct cw_whatif *w,
		      uint64_t time, uint64_t span_ns);

/* Has a policy acted since? Then the row is worth a comparison with @now. */
bool cw_before_changed(const struct cw_whatif_row *now);

#endif
