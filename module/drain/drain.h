/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lingering drains: after its program has closed it, a connection is kept open
 * until the peer has received everything.
 *
 * A drain owns the socket by a struct socket of its own, so the connection is
 * not an orphan. It ends when the connection ends, or at an idle, time or byte
 * limit.
 */
#ifndef CW_DRAIN_H
#define CW_DRAIN_H

#include "core/event.h"

struct cw_policy;
struct net;
struct sock;

/** cw_drain_init() - create caches and workers; may sleep; 0 or -errno */
int cw_drain_init(void);

/**
 * cw_drain_exit() - end all drains and free their resources
 *
 * Context: process, may sleep; no close can begin a drain, see
 * cw_adopt_exit(), and no handler runs.
 */
void cw_drain_exit(void);

/**
 * cw_drain_refused() - count and report a drain that never began
 * @sk: the socket
 * @ev: conn, owner, drained's policy and drained.refusal are set
 *
 * Context: any but NMI.
 */
void cw_drain_refused(const struct sock *sk, struct cw_event *ev);

/**
 * cw_drain_begin() - take over a connection that its program is closing
 * @sk: the socket, not yet owned by a drain; its proto is the original one
 *
 * Looks the policy up again, now under the socket's lock. Then either sends FIN
 * and takes over the socket, or leaves the socket as it was: it counts that there
 * is nothing to drain, or counts and reports the refusal.
 *
 * Context: process, in the close of @sk, without its lock; may sleep for
 * memory and for the lock, never for the peer.
 * Return: true if the drain has the socket.
 */
bool cw_drain_begin(struct sock *sk);

/** cw_drain_count() - running drains; any context, racy */
unsigned int cw_drain_count(void);

/** cw_drain_count_net() - those of one network namespace; as above */
unsigned int cw_drain_count_net(struct net *net);

/** cw_drain_total_max_ms() - highest value of a policy's total-ms */
u32 cw_drain_total_max_ms(void);

/**
 * cw_drain_next() - read the running drains, one by one
 * @net: only those of it, or NULL for all
 * @cursor: 0 to begin with; advanced past the drain that is returned
 * @ev: filled as the drain's drain-begin event, with its current figures
 *
 * Drains are returned in the order in which they began, including those that
 * begin between two calls.
 *
 * Context: process. Return: false if there are no more.
 */
bool cw_drain_next(const struct net *net, u64 *cursor, struct cw_event *ev);

/**
 * cw_drain_flush() - end the drains of @net, or all if it is NULL
 *
 * On return they have ended, and their events are counted and reported. Remove
 * the policies first, with cw_policy_flush(): then no drain that they cause can
 * begin later.
 *
 * Context: process, may sleep, but waits neither for a peer nor for a drain of
 * another namespace.
 */
void cw_drain_flush(struct net *net);

#endif
