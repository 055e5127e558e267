/* SPDX-License-Identifier: GPL-2.0 */
/* A scene whose close is a policy's affair. */
#ifndef CLOSEWATCH_SELFTEST_DRAINS_H
#define CLOSEWATCH_SELFTEST_DRAINS_H

#include "policy.h"
#include "verify.h"

/*
 * What a drained close should have come to. As with struct want, all that is
 * not named must be zero or absent.
 */
struct want_drain {
	struct want close;	/* path and linger wait are the drain's */
	unsigned int outcome;
	uint64_t discarded, response, response_acked;
	unsigned int end_path;	/* of the kernel's own close at the end */
	bool saved;
	int64_t ns_min, ns_max;	/* 0: whatever */
};

/* A rule for our end's port, to drain with the usual limits or with those of
 * @p, whose local port is set; 0 or a negative errno
 */
int drain_arm(struct scene *s);
int policy_arm(struct scene *s, const struct policy *p);

/* Wait until our end's drain has begun, or is over or refused */
int drain_await_begin(struct scene *s);
int drain_await(struct scene *s);

/* Our end's drain-end event, once it has come */
const struct event *drain_event(const struct scene *s);

/*
 * How much of @given bytes was on its way when the close came, where probes of
 * a window may have moved a little by themselves: taken over from the close
 * event, if that makes sense.
 */
int drain_stuck(const struct scene *s, struct want_drain *w, int given);

/*
 * Exactly one close, one drain-begin and one drain-end for our end, in this
 * order, and all oracles as wanted. Returns the number of disagreements.
 */
int drain_verify(struct scene *s, const struct want_drain *w);

/*
 * Exactly one drain-end, refused for @refusal, and the close that would have
 * been without the policy. Returns the number of disagreements.
 */
int refusal_verify(struct scene *s, unsigned int refusal,
		   const struct want *w);

#endif
