/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters per network namespace. They are incremented where an event is made,
 * not where it is delivered, so that a full ring or a listener's filter has no
 * effect. Those of drains always count, except for the paths of their closes;
 * all others count only connections that may concern a listener, see
 * cw_hook_wanted().
 */
#ifndef CW_STATS_H
#define CW_STATS_H

#include "event.h"

struct net;

#define CW_STATS_BUCKETS	64

/**
 * struct cw_drain_stats - what became of drains
 * @ended: drains by outcome; the slot of refused stays 0
 * @discarded: bytes that they discarded
 * @response: bytes of ours not acknowledged when they began
 * @response_acked: how many of @response were acknowledged by their end
 * @refused: drains that never began, by refusal
 * @refused_response: bytes of ours not acknowledged then, where they were read
 * @close: the closes that end drains, by path
 * @saved: drains that saved a response from an RST
 * @saved_bytes: the sum of their @response
 * @needless: closes under a drain policy that had nothing to drain
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
	u64 needless;
};

/**
 * struct cw_stats - the counters of a network namespace
 * @close: closes by path
 * @close_unread: bytes unread at these closes
 * @fate: ends by fate
 * @fate_lost: bytes lost at these ends
 * @fate_minisock: those of @fate that ended a minisock in FIN_WAIT2
 * @wait: log2 histogram of linger waits, ns
 * @wait_ns: their sum
 * @since: log2 histogram of the time from FIN or close to fate, ns
 * @unread: log2 histogram of bytes unread at a close, 0 left out
 * @drain: what became of drains
 */
struct cw_stats {
	u64 close[CLOSEWATCH_PATH_MAX + 1];
	u64 close_unread[CLOSEWATCH_PATH_MAX + 1];
	u64 fate[CLOSEWATCH_FATE_MAX + 1];
	u64 fate_lost[CLOSEWATCH_FATE_MAX + 1];
	u64 fate_minisock[CLOSEWATCH_FATE_MAX + 1];
	u64 wait[CW_STATS_BUCKETS];
	u64 wait_ns;
	u64 since[CW_STATS_BUCKETS];
	u64 unread[CW_STATS_BUCKETS];
	struct cw_drain_stats drain;
};

/** cw_stats_init() - add counters to every network namespace; may sleep */
int cw_stats_init(void);

/** cw_stats_exit() - free the counters; no drain and no probe may be left */
void cw_stats_exit(void);

/**
 * cw_stats_close() - count a complete close; any context but NMI
 * @path: enum closewatch_path
 * @unread: bytes that the program had not read
 * @m: only waited and wait_ns are used
 */
void cw_stats_close(const struct net *net, u32 path, u32 unread,
		    const struct cw_marks *m);

/** cw_stats_fate() - count the end of a connection or minisock; as above */
void cw_stats_fate(const struct net *net, const struct cw_end *end, bool minisock);

/** cw_stats_drain_end() - count a drain that ended or was refused; as above */
void cw_stats_drain_end(struct net *net, const struct cw_drained *drained);

/** cw_stats_drain_needless() - count a close with nothing to drain; as above */
void cw_stats_drain_needless(struct net *net);

/** cw_stats_drain_close() - count the path of a drain's close; as above */
void cw_stats_drain_close(struct net *net, u32 path);

/** cw_stats_read() - copy the counters of @net; each is exact by itself */
void cw_stats_read(struct net *net, struct cw_stats *stats);

#endif
