// SPDX-License-Identifier: GPL-2.0
/*
 * RSTs that are not sent by a close. Addresses of a sent RST are read from the
 * segment because there may be no socket.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <net/dst.h>
#include <net/inet_timewait_sock.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "compat/compat.h"
#include "core/drain_tag.h"
#include "core/facts.h"
#include "core/hook.h"
#include "core/notify.h"
#include "fate.h"
#include "late.h"
#include "reset.h"

void cw_reset_received(struct sock *sk)
{
	struct cw_event *ev;

	if (sock_flag(sk, SOCK_DEAD) || sk->sk_state == TCP_CLOSE ||
	    cw_drain_tag_of(sk) ||
	    !(cw_hook_wanted(sk) & 1U << CLOSEWATCH_EVENT_TYPE_RESET))
		return;
	ev = cw_notify_slot(CLOSEWATCH_EVENT_TYPE_RESET);
	cw_facts_take(&ev->conn, sk);
	cw_owner_of(&ev->owner, sk);
	ev->extra.reset_kind = CLOSEWATCH_RESET_KIND_RECEIVED;
	if (sk->sk_state == TCP_CLOSE_WAIT)
		ev->extra.since_heard_ns = cw_facts_since_heard(sk);
	ev->marks.new_state = TCP_CLOSE;
	cw_notify_push(ev);
}

static u32 cw_reset_kind(const struct sock *sk, const struct tcphdr *th)
{
	if (!sk)
		return th->syn && !th->ack ? CLOSEWATCH_RESET_KIND_NO_LISTENER :
					     CLOSEWATCH_RESET_KIND_NO_SOCKET;
	switch (sk->sk_state) {
	case TCP_TIME_WAIT:
		return CLOSEWATCH_RESET_KIND_TIME_WAIT;
	case TCP_LISTEN:
	case TCP_NEW_SYN_RECV:
		return CLOSEWATCH_RESET_KIND_LISTENER;
	case TCP_CLOSE:
		/* This segment has just ended the connection. */
		return CLOSEWATCH_RESET_KIND_LATE_DATA;
	}
	return CLOSEWATCH_RESET_KIND_BAD_SEGMENT;
}

static struct net *cw_reset_net(const struct sock *sk,
				const struct sk_buff *skb)
{
	if (sk)
		return sock_net(sk);
	return skb_dst(skb) ? dev_net(skb_dst(skb)->dev) : NULL;
}

unsigned long cw_reset_counter(const struct sock *sk, const struct sk_buff *skb)
{
	struct net *net = cw_reset_net(sk, skb);

	return net ? this_cpu_read(net->mib.tcp_statistics->mibs[TCP_MIB_OUTRSTS]) : 0;
}

static void cw_reset_addresses(struct cw_conn *conn, const struct sk_buff *skb)
{
	const struct tcphdr *th = tcp_hdr(skb);

	conn->lport = ntohs(th->dest);
	conn->rport = ntohs(th->source);
	if (ip_hdr(skb)->version == 4) {
		conn->family = AF_INET;
		memcpy(conn->laddr, &ip_hdr(skb)->daddr, 4);
		memcpy(conn->raddr, &ip_hdr(skb)->saddr, 4);
		return;
	}
	conn->family = AF_INET6;
	memcpy(conn->laddr, &ipv6_hdr(skb)->daddr, 16);
	memcpy(conn->raddr, &ipv6_hdr(skb)->saddr, 16);
}

/* A SYN is of a new connection. */
static bool cw_reset_is_late(const struct cw_event *ev, const struct tcphdr *th)
{
	return (ev->extra.reset_kind == CLOSEWATCH_RESET_KIND_NO_SOCKET ||
		ev->extra.reset_kind == CLOSEWATCH_RESET_KIND_LISTENER) &&
	       !th->syn && cw_late_count(&ev->conn);
}

void cw_reset_sent(const struct sock *sk, const struct sk_buff *skb,
		   const char *reason)
{
	struct net *net = cw_reset_net(sk, skb);
	struct cw_event *ev;

	/* Of unsigned data the fate was decided before. */
	if (sk && sk->sk_state == TCP_TIME_WAIT &&
	    cw_segment_signed(tcp_hdr(skb)))
		cw_fate_tw_end(inet_twsk(sk), CW_MARK_LATE_DATA);
	if (!net || !cw_hook_wants_in(net, CLOSEWATCH_EVENT_TYPE_RESET))
		return;
	ev = cw_notify_slot(CLOSEWATCH_EVENT_TYPE_RESET);
	ev->conn = (struct cw_conn){
		.cookie = sk ? cw_facts_has_cookie(sk) : 0,
		.state = sk ? sk->sk_state : TCP_CLOSE,
	};
	ev->owner = (struct cw_owner){ };
	cw_facts_net(&ev->conn, net);
	cw_reset_addresses(&ev->conn, skb);
	ev->marks.new_state = ev->conn.state;
	ev->extra.reset_kind = cw_reset_kind(sk, tcp_hdr(skb));
	if (cw_reset_is_late(ev, tcp_hdr(skb)))
		return;
	if (reason)
		strscpy(ev->extra.reason, reason, sizeof(ev->extra.reason));
	cw_notify_push(ev);
}
