/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_RECORD_STATS_H
#define CLOSEWATCH_RECORD_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "explain/reconcile.h"
#include "netlink/decode_stats.h"
#include "output/view.h"

/* When counters were read, and what that is worth. */
struct cw_reading {
	uint64_t time;		/* ns since the epoch */
	const char *netns;	/* the name of the network namespace, or NULL */
	uint64_t span_ns;	/* 0: since the module was loaded */
	uint32_t listeners;
	bool policy_armed;	/* the probe of the policies is */
	uint64_t missed;	/* probe hits not handled, in that span */
	uint64_t unfollowed;	/* closes not followed, in that span */
	uint64_t blind;		/* seconds in which probes did not fire */
	bool unsteady;		/* counters moved while they were read */
	bool recorded;		/* counted from recorded events */
	bool partial;		/* of which those that ended well are missing */
	uint64_t lost;		/* events that are missing, by their own records */
};

/* Both return what cw_view_end() returns. */
int cw_record_stats(struct cw_view *v, const struct cw_reading *r,
		    const struct cw_msg_stats *stats);
int cw_record_rows(struct cw_view *v, const struct cw_reading *r,
		   const struct cw_row rows[CW_ROWS]);

#endif
