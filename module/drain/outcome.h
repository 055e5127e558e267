/* SPDX-License-Identifier: GPL-2.0 */
/* How a drain ends. Pure; also compiled into host unit tests. */
#ifndef CW_DRAIN_OUTCOME_H
#define CW_DRAIN_OUTCOME_H

#include "core/event.h"

/**
 * struct cw_drain_state - a drain at one moment
 * @now: nanoseconds, of the same clock as all times here
 * @began: when the drain began
 * @progress: when its peer was last seen to send or acknowledge something
 * @total_ns: how long it may take
 * @idle_ns: how long it may be without progress
 * @err: sk_err of the socket, 0 or positive
 * @leave: enum closewatch_drain_outcome if it was told to leave, or 0
 * @closed: the socket's state is CLOSE
 * @delivered: our FIN was sent, and all that we sent is acknowledged
 * @peer_fin: and the peer's FIN came
 * @overfull: received more bytes than it may discard
 */
struct cw_drain_state {
	u64 now;
	u64 began;
	u64 progress;
	u64 total_ns;
	u64 idle_ns;
	int err;
	u32 leave;
	bool closed;
	bool delivered;
	bool peer_fin;
	bool overfull;
};

#define CW_DRAIN_GOES_ON	(CLOSEWATCH_DRAIN_OUTCOME_MAX + 1)

/**
 * cw_drain_outcome() - does a drain end now, and how?
 *
 * The end of the connection precedes being told to leave, which precedes a
 * limit. Pure; any context.
 * Return: enum closewatch_drain_outcome, or CW_DRAIN_GOES_ON.
 */
u32 cw_drain_outcome(const struct cw_drain_state *s);

/**
 * cw_drain_wait_ns() - time to the next deadline of a drain that goes on
 *
 * Return: nanoseconds, more than 0.
 */
u64 cw_drain_wait_ns(const struct cw_drain_state *s);

#endif
