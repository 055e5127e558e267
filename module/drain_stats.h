/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What became of drains, per network namespace. Unlike those of stats.h these
 * counters always move, whether anyone listens or not; but for close[], which
 * moves while probes are armed.
 */
#ifndef CW_DRAIN_STATS_H
#define CW_DRAIN_STATS_H

#include "event.h"

struct net;

/**
 * struct cw_drain_stats - the counters of a network namespace
 * @ended: drains by outcome; the slot of refused stays 0
 * @discarded: bytes that those discarded
 * @response: bytes of ours not acknowledged when those began
 * @response_acked: of these, acknowledged by their end
 * @refused: drains that never began, by refusal
 * @refused_response: bytes of ours not acknowledged then, where it was read
 * @close: the closes that end drains, by path
 * @saved: drains that saved a response from an RST
 * @saved_bytes: the sum of their @response
 */
struct cw_drain_stats {
	u64 ended[CLOSEWATCH_DRAIN_OUTCOME_MAX + 1];
	u64 discarded[CLOSEWATCH_DRAIN_OUTCOME_MAX + 1];
	u64 response[CLOSEWATCH_DRAIN_OUTCOME_MAX + 1];
	u64 response_acked[CLOSEWATCH_DRAIN_OUTCOME_MAX + 1];
	u64 refused[CLOSEWATCH_REFUSAL_MAX + 1];
	u64 refused_response[CLOSEWATCH_REFUSAL_MAX + 1];
	u64 close[CLOSEWATCH_PATH_MAX + 1];
	u64 saved;
	u64 saved_bytes;
};

/** cw_drain_stats_init() - give every network namespace its counters */
int cw_drain_stats_init(void);

/** cw_drain_stats_exit() - undo it; no drain and no probe may be left */
void cw_drain_stats_exit(void);

/** cw_drain_stats_end() - a drain is over, or was refused; any but NMI */
void cw_drain_stats_end(struct net *net, const struct cw_drained *drained);

/** cw_drain_stats_close() - the close of a drain took @path; as above */
void cw_drain_stats_close(struct net *net, u32 path);

/** cw_drain_stats_read() - copy the counters of @net, each exact by itself */
void cw_drain_stats_read(struct net *net, struct cw_drain_stats *stats);

#endif
