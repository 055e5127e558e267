/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_WHOSE_H
#define CLOSEWATCH_WHOSE_H

#include <stdbool.h>
#include <stdint.h>

#include "explain/order.h"
#include "host/holders.h"
#include "request/match.h"

/* The events that wait during a search of /proc have 8 MiB of room. */
#define CW_WHOSE_MS	50

/* Whose socket an RST has met: the module tells its inode only. */
struct cw_whose {
	const struct cw_match *match;
	unsigned int limit_ms;	/* of a search */
	uint64_t rest_until;	/* CLOCK_MONOTONIC in ns: no search before */
	struct cw_holders holders;
};

/*
 * Sets the process of @ev, which is one of @o->list: by its close if that is in @o, else
 * by /proc, whose answer goes to @found. False if @match is known to
 * ask for another.
 */
bool cw_whose_find(struct cw_whose *w, const struct cw_order *o,
		   struct cw_msg_event *ev, const struct cw_holders **found);

#endif
