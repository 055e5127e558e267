/* SPDX-License-Identifier: GPL-2.0 */
/* What became of a connection: its fate, by all oracles. */
#ifndef CLOSEWATCH_SELFTEST_ENDS_H
#define CLOSEWATCH_SELFTEST_ENDS_H

#include "verify.h"

/*
 * How our end should have come to its own. As with struct want, all that is
 * not named must be zero, empty or absent.
 */
struct want_fate {
	unsigned int fate, verdict, first, state;
	uint64_t lost, unacked;	/* never sent; in flight */
	bool open;		/* no program had closed it by then */
	unsigned int path, why;	/* of the one close, else */
	bool closed_later;	/* the program closed it when it was over */

	int fins, fins_on_data, rsts, their_rsts;
	uint64_t sent;
	struct counters moved;
};

/* Wait for our end's fate */
int fate_await(struct scene *s);

/*
 * Exactly one fate event for our end, and all oracles as wanted. Returns the
 * number of disagreements, each printed.
 */
int fate_verify(struct scene *s, const struct want_fate *w);

/* Our end's fate event, once it has come */
const struct event *fate_event(const struct scene *s);

/* Exactly one reset event of @kind about @cookie (0: any) */
int reset_verify(struct scene *s, unsigned int kind, uint64_t cookie);

#endif
