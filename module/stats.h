/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters per network namespace. They are moved where an event is made, not
 * where it is delivered, so that a full ring or a listener's filter changes
 * nothing. They move only while probes are armed.
 */
#ifndef CW_STATS_H
#define CW_STATS_H

#include "event.h"

struct net;

#define CW_STATS_BUCKETS	64

/**
 * struct cw_stats - the counters of a network namespace
 * @close: closes by path
 * @close_unread: bytes unread at those
 * @fate: ends by fate
 * @fate_lost: bytes lost at those
 * @fate_minisock: those that a minisock in FIN_WAIT2 met
 * @wait: log2 histogram of linger waits, ns
 * @since: log2 histogram of the time from FIN or close to fate, ns
 * @unread: log2 histogram of bytes unread at a close, 0 left out
 */
struct cw_stats {
	u64 close[CLOSEWATCH_PATH_MAX + 1];
	u64 close_unread[CLOSEWATCH_PATH_MAX + 1];
	u64 fate[CLOSEWATCH_FATE_MAX + 1];
	u64 fate_lost[CLOSEWATCH_FATE_MAX + 1];
	u64 fate_minisock[CLOSEWATCH_FATE_MAX + 1];
	u64 wait[CW_STATS_BUCKETS];
	u64 since[CW_STATS_BUCKETS];
	u64 unread[CW_STATS_BUCKETS];
};

/** cw_stats_init() - give every network namespace its counters; may sleep */
int cw_stats_init(void);

/** cw_stats_exit() - undo it; no probe may be armed any more */
void cw_stats_exit(void);

/** cw_stats_close() - a close is complete; any context but NMI */
void cw_stats_close(struct net *net, const struct cw_event *ev);

/** cw_stats_fate() - a connection, or its minisock, has ended; as above */
void cw_stats_fate(struct net *net, const struct cw_end *end, bool minisock);

/** cw_stats_read() - copy the counters of @net, each exact by itself */
void cw_stats_read(struct net *net, struct cw_stats *stats);

#endif
