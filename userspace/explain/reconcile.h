/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_RECONCILE_H
#define CLOSEWATCH_RECONCILE_H

#include <stdbool.h>
#include <stdint.h>

#include "host/mib.h"
#include "netlink/decode_stats.h"

/*
 * The kernel's counters beside ours. Pure: from two differences to rows. Where
 * the kernel counts what we cannot tell apart, a row has room: the kernel's
 * figure must then lie between @least and @most, and @note says why.
 */
struct cw_row {
	enum cw_mib mib;
	bool present;		/* this kernel has the counter */
	uint64_t kernel;
	uint64_t least;
	uint64_t most;
	int64_t difference;	/* from the nearer of them; 0 if it fits */
	const char *sum;	/* what adds up, in our words */
	const char *note;	/* NULL: exact */
};

#define CW_ROWS	6

/* Returns how many rows differ. */
unsigned int cw_reconcile(struct cw_row rows[CW_ROWS],
			  const struct cw_msg_stats *ours,
			  const struct cw_mibs *kernel);

/* What was added between two readings. */
void cw_stats_since(struct cw_msg_stats *delta, const struct cw_msg_stats *now,
		    const struct cw_msg_stats *before);
void cw_mibs_since(struct cw_mibs *delta, const struct cw_mibs *now,
		   const struct cw_mibs *before);

#endif
