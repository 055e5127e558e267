/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_GROUPING_H
#define CLOSEWATCH_GROUPING_H

#include <stdint.h>

#include "cmd/incoming.h"
#include "cmd/session.h"
#include "explain/groups.h"
#include "request/match.h"

/* Counts events that match by group for a while. */
struct cw_grouping {
	struct cw_groups groups;
	struct cw_hosted host;
	const struct cw_match *match;
	struct cw_incoming incoming;
	uint64_t interval;	/* ns after which they are shown; 0: at the end */
	uint64_t duration;	/* ns; 0: until a signal */
	uint32_t count;		/* of intervals; 0: no limit */
};

void cw_grouping_init(struct cw_grouping *g);
void cw_grouping_release(struct cw_grouping *g);

/* Before cw_grouping_run(): what is counted. It completes the filter of @match. */
void cw_grouping_match(struct cw_grouping *g, struct cw_match *match);

/* For cw_session_open(): @grouping takes what comes. */
void cw_grouping_events(void *grouping, const void *attrs, size_t len);

/* Returns an exit code. */
int cw_grouping_run(struct cw_grouping *g, struct cw_session *s);

#endif
