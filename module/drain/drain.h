/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lingering drains: connections whose program has closed them, which the
 * kernel keeps open until the peer has had the chance to read all of it.
 *
 * A drain owns its socket through a struct socket of its own, and so the
 * connection is no orphan. It ends by itself: at the end of the connection,
 * or at a limit of idleness, time or bytes.
 */
#ifndef CW_DRAIN_H
#define CW_DRAIN_H

#include "core/event.h"

struct cw_policy;
struct net;
struct sock;

/** cw_drain_init() - make ready; may sleep; 0 or -ENOMEM */
int cw_drain_init(void);

/**
 * cw_drain_exit() - end all drains and free what they used
 *
 * Context: process, may sleep; no close can begin a drain any more, see
 * cw_adopt_exit(), and no handler runs.
 */
void cw_drain_exit(void);

/**
 * cw_drain_refusal() - may this close be drained?
 * @sk: a socket of a program, TCP or MPTCP, whose close by the current task has
 *	begun
 * @p: the policy that asks for a drain
 * @refusal: set to enum closewatch_refusal if not
 *
 * Context: any; exact under the socket's lock, else as good as its moment.
 * Return: true if it must not be drained.
 */
bool cw_drain_refusal(const struct sock *sk, const struct cw_policy *p,
		      u32 *refusal);

/**
 * cw_drain_refused() - count and tell a drain that never began
 * @sk: the socket
 * @ev: conn, owner, and of drained the policy and the refusal are set
 *
 * Context: any but NMI.
 */
void cw_drain_refused(const struct sock *sk, struct cw_event *ev);

/**
 * cw_drain_begin() - take over a connection whose program is closing it
 * @sk: the socket, still of its program; its operations are the original ones
 *
 * Asks the policies again, now under the socket's lock, and then either sends
 * FIN and keeps the socket, which is no longer the caller's, or counts and
 * tells why not, and leaves it as it was.
 *
 * Context: process, in the close of @sk, without its lock; may sleep for
 * memory and for the lock, never for the peer.
 * Return: true if the drain has the socket.
 */
bool cw_drain_begin(struct sock *sk);

/** cw_drain_count() - drains that now run; any context, racy */
unsigned int cw_drain_count(void);

/** cw_drain_count_net() - those of one network namespace; as above */
unsigned int cw_drain_count_net(struct net *net);

/** cw_drain_total_max_ms() - the most that a policy's total-ms may be */
u32 cw_drain_total_max_ms(void);

/**
 * cw_drain_next() - read the drains that run, one by one
 * @net: whose, or NULL for all
 * @cursor: 0 to begin with; moved behind the drain that is returned
 * @ev: filled as the drain's drain-begin event, with the figures of now
 *
 * In the order in which they began; one that begins meanwhile is seen, one
 * that ends is not.
 *
 * Context: process. Return: false when there are no more.
 */
bool cw_drain_next(const struct net *net, u64 *cursor, struct cw_event *ev);

/**
 * cw_drain_flush() - end the drains of @net, or all if it is NULL
 *
 * When it returns they are over, their events told and counted. Remove the
 * policies first, with cw_policy_flush(): then this also ends the drains of
 * closes for which a handler had decided before.
 *
 * Context: process, may sleep, but waits for no peer and for no drain of
 * another namespace.
 */
void cw_drain_flush(struct net *net);

#endif
