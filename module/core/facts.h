/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_FACTS_H
#define CW_FACTS_H

#include <net/sock.h>

#include <net/tcp.h>

#include "event.h"

struct net;

/**
 * cw_facts_is_tcp() - is this a full TCP socket?
 * @sk: NULL, or any kind of socket that a probe is given
 *
 * Must be true before inet_csk() or tcp_sk() is read: in any other socket they
 * are memory beyond its end. Probes are hit with raw, MPTCP, DCCP and other
 * sockets, and with request and TIME_WAIT minisocks. sk_protocol alone is not
 * enough because a raw socket can have IPPROTO_TCP.
 *
 * The order matters: a minisock has only the members of sock_common.
 *
 * Context: any in which the socket cannot be freed.
 */
static inline bool cw_facts_is_tcp(const struct sock *sk)
{
	return sk && (sk->sk_family == AF_INET || sk->sk_family == AF_INET6) &&
	       sk_fullsock(sk) && sk->sk_type == SOCK_STREAM &&
	       sk->sk_protocol == IPPROTO_TCP;
}

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
 * cw_facts_unread() - bytes in order that no program has read, FIN excluded
 *
 * Context: as cw_facts_take().
 */
u32 cw_facts_unread(const struct sock *sk);

/**
 * cw_facts_branch() - read only what decides which way a close goes
 * @conn: state, unread, linger_on, linger2, repair and mptcp are set
 * @sk: a TCP socket
 *
 * Context: as cw_facts_take().
 */
void cw_facts_branch(struct cw_conn *conn, const struct sock *sk);

/** cw_facts_has_cookie() - the socket's cookie, 0 if it has none; any context */
static inline u64 cw_facts_has_cookie(const struct sock *sk)
{
	return atomic64_read(&sk->sk_cookie);
}

/**
 * cw_facts_cookie() - the socket's cookie, generated if it has none
 *
 * Context: any.
 */
u64 cw_facts_cookie(struct sock *sk);

/** cw_facts_net() - set the network namespace of a connection; any context */
void cw_facts_net(struct cw_conn *conn, const struct net *net);

/**
 * cw_facts_ends() - read family, addresses and ports
 * @conn: only family, v4mapped, laddr, raddr, lport and rport are written
 * @sk: a full internet socket
 *
 * Context: any in which the socket cannot be freed.
 */
void cw_facts_ends(struct cw_conn *conn, const struct sock *sk);

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
 * cw_owner_of() - record whose a socket is, where no task of its owner runs
 *
 * The cgroup is that of the task that created it, or whose listener accepted it.
 *
 * Context: caller holds the socket's lock or owns the socket.
 */
void cw_owner_of(struct cw_owner *owner, struct sock *sk);

/**
 * cw_facts_since_heard() - time since the peer's last segment, in ns
 * @sk: a TCP socket; an RST does not count
 *
 * Context: as cw_facts_take().
 */
u64 cw_facts_since_heard(const struct sock *sk);

/**
 * cw_facts_fin_behind() - would a FIN queued now stand behind unsent data?
 *
 * Context: as cw_facts_take().
 */
static inline bool cw_facts_fin_behind(const struct sock *sk)
{
	return tcp_write_queue_tail(sk);
}

/**
 * cw_facts_close_aborts() - does data in the receive queue make a close send RST?
 *
 * Context: as cw_facts_take().
 */
bool cw_facts_close_aborts(const struct sock *sk);

/**
 * cw_facts_has_minisock() - has a minisock taken the place of @sk?
 * @sk: a socket that has left the table of connections
 *
 * Context: under RCU, or interrupts off.
 */
bool cw_facts_has_minisock(const struct sock *sk);

/**
 * cw_facts_fin_will_share() - would tcp_send_fin() put the FIN on sent data?
 *
 * Under memory pressure it takes the last segment that is not acknowledged.
 *
 * Context: as cw_facts_take().
 */
static inline bool cw_facts_fin_will_share(const struct sock *sk)
{
	return !tcp_write_queue_tail(sk) && tcp_under_memory_pressure(sk) &&
	       !tcp_rtx_queue_empty(sk);
}

/**
 * cw_facts_fin_shared() - does the segment of our FIN carry data, too?
 * @gone: the answer for a FIN that is in no queue any more
 *
 * Context: as cw_facts_take().
 */
bool cw_facts_fin_shared(struct sock *sk, bool gone);

#endif
