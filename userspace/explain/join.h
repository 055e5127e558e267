/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_JOIN_H
#define CLOSEWATCH_JOIN_H

#include "explain/halves.h"

/*
 * Both halves of a connection together. Two are joined if each has the other's ends,
 * they lived at the same time, and neither knows of bytes that the other's cannot be:
 * none received more than the other wrote, or less than it acknowledged. Of those that
 * had the same ends one after the other, the nearest in time are joined.
 *
 * Times are as good as clocks. Those of two recordings differ by the median of what
 * the halves differ by that can only be joined in one way; without such, by nothing.
 */

struct cw_join {
	/* Of the first and the second recording, or of one the server; NULL: not recorded. */
	struct cw_half *half[2];
	uint64_t time;		/* when it began to end, by the first one's clock */
};

struct cw_joins {
	struct cw_join *list;	/* in order of time, those without a second half too */
	size_t n, joined;
	size_t alone[2];	/* halves of each recording that are not joined */
	int64_t ahead;		/* the second clock, ns */
	size_t clocked;		/* by how many connections that is known */
};

/* False: out of memory. Only those are listed of which a half has matched. */
bool cw_joins_make(struct cw_joins *j, struct cw_halves *h);
void cw_joins_release(struct cw_joins *j);

#endif
