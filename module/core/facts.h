/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_FACTS_H
#define CW_FACTS_H

#include "event.h"

struct net;
struct sock;

/**
 * cw_facts_is_tcp() - is this a full TCP socket?
 * @sk: NULL, or any kind of socket that a probe is given
 *
 * The one place that decides it. Probes are hit with raw, MPTCP, DCCP and
 * other sockets, with request and TIME_WAIT minisocks: sk_protocol alone says
 * nothing, for a raw socket can have IPPROTO_TCP. inet_csk() and tcp_sk() of
 * any other socket are memory beyond its end.
 *
 * Context: any in which the socket cannot vanish.
 */
bool cw_facts_is_tcp(const struct sock *sk);

/**
 * cw_facts_take() - read a TCP socket
 * @conn: filled, except for age_ns
 * @sk: a TCP socket; of any other no figures are read
 *
 * The figures are exact at the entry of __tcp_close(), where the caller owns
 * the socket and softirq only adds to its backlog. What lies in the backlog
 * or out of order is not counted, just as the kernel does not count it.
 *
 * Context: caller holds the socket lock or owns the socket; no sleeping.
 */
void cw_facts_take(struct cw_conn *conn, struct sock *sk);

/**
 * cw_facts_cookie() - the socket's cookie, made now if it has none
 *
 * Context: any.
 */
u64 cw_facts_cookie(struct sock *sk);

/** cw_facts_net() - note @net as that of a connection; any context */
void cw_facts_net(struct cw_conn *conn, const struct net *net);

/**
 * cw_facts_identity() - read what names a socket, and no figures
 * @conn: cleared, then cookie, netns, state, addresses and linger are filled
 * @sk: an internet socket; of any other nothing is read
 *
 * Context: any in which the socket cannot vanish.
 */
void cw_facts_identity(struct cw_conn *conn, struct sock *sk);

/**
 * cw_owner_take() - note the current task as the one that closes
 * @owner: filled
 * @sk: the socket that it closes
 *
 * Context: process, preemption may be off.
 */
void cw_owner_take(struct cw_owner *owner, const struct sock *sk);

/**
 * cw_facts_fin_shared() - does the last queued segment carry FIN and data?
 * @sk: a TCP socket whose FIN has just been queued
 *
 * Context: caller owns the socket, and has not let acknowledgments in since
 * the FIN was queued.
 */
bool cw_facts_fin_shared(struct sock *sk);

#endif
