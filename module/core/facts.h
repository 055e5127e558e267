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
 * Must be true before inet_csk() or tcp_sk() is read: in any other socket they
 * are memory beyond its end. Probes are hit with raw, MPTCP, DCCP and other
 * sockets, and with request and TIME_WAIT minisocks. sk_protocol alone is not
 * enough because a raw socket can have IPPROTO_TCP.
 *
 * Context: any in which the socket cannot be freed.
 */
bool cw_facts_is_tcp(const struct sock *sk);

/**
 * cw_facts_take() - read a TCP socket
 * @conn: filled, except for age_ns
 * @sk: a TCP socket; no figures are read from any other
 *
 * The figures are exact at the entry of __tcp_close(), where the caller owns
 * the socket and softirq only adds to its backlog. Data in the backlog or out
 * of order is not counted, because the kernel does not count it either.
 *
 * Context: caller holds the socket lock or owns the socket; no sleeping.
 */
void cw_facts_take(struct cw_conn *conn, struct sock *sk);

/**
 * cw_facts_cookie() - the socket's cookie, generated if it has none
 *
 * Context: any.
 */
u64 cw_facts_cookie(struct sock *sk);

/** cw_facts_net() - set the network namespace of a connection; any context */
void cw_facts_net(struct cw_conn *conn, const struct net *net);

/**
 * cw_facts_identity() - read what identifies a socket, without figures
 * @conn: cleared; cookie, netns, state, addresses, linger and ULP are filled
 * @sk: a full internet socket; nothing is read from any other
 *
 * Context: any in which the socket cannot be freed.
 */
void cw_facts_identity(struct cw_conn *conn, struct sock *sk);

/**
 * cw_owner_take() - record the current task as the closer of a socket
 *
 * Context: process, preemption may be off.
 */
void cw_owner_take(struct cw_owner *owner, const struct sock *sk);

/**
 * cw_facts_fin_shared() - does the last queued segment carry FIN and data?
 * @sk: a TCP socket whose FIN has just been queued
 *
 * Context: caller owns the socket, and no acknowledgment has been processed
 * since the FIN was queued.
 */
bool cw_facts_fin_shared(struct sock *sk);

#endif
