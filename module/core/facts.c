// SPDX-License-Identifier: GPL-2.0
/*
 * Reads sockets and tasks. Changes neither, except that a socket gets the
 * cookie that SO_COOKIE would give it.
 */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/sock_diag.h>
#include <net/mptcp.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "compat/compat.h"
#include "facts.h"
#include "netns.h"

void cw_facts_ends(struct cw_conn *conn, const struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);

	conn->family = sk->sk_family;
	conn->v4mapped = false;
	/* Not inet_num: it is 0 once a closed socket has released its port. */
	conn->lport = ntohs(inet->inet_sport);
	conn->rport = ntohs(inet->inet_dport);
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		memcpy(conn->laddr, &sk->sk_v6_rcv_saddr, 16);
		memcpy(conn->raddr, &sk->sk_v6_daddr, 16);
		conn->v4mapped = ipv6_addr_v4mapped(&sk->sk_v6_rcv_saddr) ||
				 ipv6_addr_v4mapped(&sk->sk_v6_daddr);
		return;
	}
#endif
	memcpy(conn->laddr, &inet->inet_rcv_saddr, 4);
	memcpy(conn->raddr, &inet->inet_daddr, 4);
}

static struct sk_buff *cw_facts_last_skb(struct sock *sk)
{
	struct sk_buff *skb = tcp_write_queue_tail(sk);

	return skb ? skb : skb_rb_last(&sk->tcp_rtx_queue);
}

bool cw_facts_fin_shared(struct sock *sk, bool gone)
{
	struct sk_buff *skb = cw_facts_last_skb(sk);

	if (!skb || !(TCP_SKB_CB(skb)->tcp_flags & TCPHDR_FIN))
		return gone;
	return skb->len;
}

/* The walk ends in another chain if an entry was moved there: it is repeated. */
bool cw_facts_has_minisock(const struct sock *sk)
{
	struct inet_hashinfo *table = cw_hashinfo(sk);
	unsigned int slot = sk->sk_hash & table->ehash_mask;
	const struct hlist_nulls_node *node;
	const struct sock *other;

	do {
		sk_nulls_for_each_rcu(other, node, &table->ehash[slot].chain) {
			if (other != sk && cw_facts_has_cookie(other) ==
					   cw_facts_has_cookie(sk))
				return true;
		}
	} while (get_nulls_value(node) != slot);
	return false;
}

/* When a connection ends, its queues are purged before its state changes; until
 * then the state shows whether they held a FIN.
 */
static bool cw_facts_fin_outstanding(struct sock *sk)
{
	struct sk_buff *last = cw_facts_last_skb(sk);

	if (last)
		return TCP_SKB_CB(last)->tcp_flags & TCPHDR_FIN;
	return (1 << sk->sk_state) &
	       (TCPF_FIN_WAIT1 | TCPF_CLOSING | TCPF_LAST_ACK);
}

/* SYN and FIN take sequence numbers but are not data. */
static void cw_facts_unsent_unacked(struct cw_conn *conn, struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	/* The queues are purged, and the sequence numbers may be those of a
	 * failed connect(). The fate event has the bytes lost.
	 */
	if (sk->sk_state == TCP_CLOSE)
		return;
	conn->unsent = tp->write_seq - tp->snd_nxt;
	conn->unacked = tp->snd_nxt - tp->snd_una;
	if (sk->sk_state == TCP_SYN_SENT && conn->unacked)
		conn->unacked--;
	if (!cw_facts_fin_outstanding(sk))
		return;
	if (conn->unsent)
		conn->unsent--;
	else if (conn->unacked)
		conn->unacked--;
}

/* As tcp_inq(), except for SYN_RECV: data of a fast open counts. */
u32 cw_facts_unread(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 n;

	if ((1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_LISTEN))
		return 0;
	n = tp->rcv_nxt - READ_ONCE(tp->copied_seq);
	if (n && sock_flag(sk, SOCK_DONE))
		n--;
	return n;
}

/* A segment without data, that is a FIN, is the last one. */
bool cw_facts_close_aborts(const struct sock *sk)
{
	const struct sk_buff *skb = skb_peek(&sk->sk_receive_queue);

	if (sk->sk_state == TCP_LISTEN || !skb || !skb->len)
		return false;
	return !CW_CLOSE_PASSES_OVER_READ_DATA || cw_facts_unread(sk);
}

static u64 cw_facts_since(u32 when)
{
	return jiffies64_to_nsecs(tcp_jiffies32 - when);
}

u64 cw_facts_since_heard(const struct sock *sk)
{
	return cw_facts_since(tcp_sk(sk)->rcv_tstamp);
}

static void cw_facts_totals(struct cw_conn *conn, const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u64 unique = tp->bytes_sent - tp->bytes_retrans;

	conn->sent = tp->bytes_sent;
	conn->retransmitted = tp->bytes_retrans;
	conn->received = tp->bytes_received;
	/* bytes_received advances with rcv_nxt, so it counts the peer's FIN. */
	if (conn->received && sock_flag(sk, SOCK_DONE))
		conn->received--;
	conn->since_sent_ns = cw_facts_since(tp->lsndtime);
	conn->since_received_ns =
		cw_facts_since(inet_csk(sk)->icsk_ack.lrcvtime);
	/* Not bytes_acked, which counts our SYN and FIN. */
	conn->acked = unique > conn->unacked ? unique - conn->unacked : 0;
}

static void cw_facts_ulp(struct cw_conn *conn, const struct sock *sk)
{
	const struct tcp_ulp_ops *ulp = READ_ONCE(inet_csk(sk)->icsk_ulp_ops);

	if (ulp)
		strscpy(conn->ulp, ulp->name, sizeof(conn->ulp));
	conn->mptcp = sk_is_mptcp(sk);
}

u64 cw_facts_cookie(struct sock *sk)
{
	u64 has = cw_facts_has_cookie(sk);
	u32 cookie[2];

	if (likely(has))
		return has;
	sock_diag_save_cookie(sk, cookie);
	return (u64)cookie[1] << 32 | cookie[0];
}

void cw_facts_net(struct cw_conn *conn, const struct net *net)
{
	conn->netns = cw_netns_number(net);
	conn->netns_inum = net->ns.inum;
}

void cw_facts_identity(struct cw_conn *conn, struct sock *sk)
{
	*conn = (struct cw_conn){ };
	if ((sk->sk_family != AF_INET && sk->sk_family != AF_INET6) ||
	    !sk_fullsock(sk))
		return;
	conn->cookie = cw_facts_cookie(sk);
	cw_facts_net(conn, sock_net(sk));
	conn->state = sk->sk_state;
	cw_facts_ends(conn, sk);
	conn->linger_on = sock_flag(sk, SOCK_LINGER);
	/* Below zero is for ever: MAX_SCHEDULE_TIMEOUT. */
	conn->linger_seconds = min_t(unsigned long, U32_MAX,
				     READ_ONCE(sk->sk_lingertime) / HZ);
	if (cw_facts_is_tcp(sk))
		cw_facts_ulp(conn, sk);
}

void cw_facts_branch(struct cw_conn *conn, const struct sock *sk)
{
	conn->state = sk->sk_state;
	conn->unread = cw_facts_unread(sk);
	conn->linger_on = sock_flag(sk, SOCK_LINGER);
	conn->linger2 = READ_ONCE(tcp_sk(sk)->linger2);
	conn->repair = tcp_sk(sk)->repair;
	conn->mptcp = sk_is_mptcp(sk);
}

void cw_facts_take(struct cw_conn *conn, struct sock *sk)
{
	cw_facts_identity(conn, sk);
	if (!cw_facts_is_tcp(sk))
		return;
	cw_facts_branch(conn, sk);
	if (sk->sk_state == TCP_LISTEN) {
		conn->backlog = READ_ONCE(sk->sk_ack_backlog);
		conn->syn_queue =
			reqsk_queue_len(&inet_csk(sk)->icsk_accept_queue);
		return;
	}
	cw_facts_unsent_unacked(conn, sk);
	cw_facts_totals(conn, sk);
}

static u32 cw_owner_why(const struct sock *sk)
{
	/* A socket without a file is not a program's descriptor. */
	if ((current->flags & PF_KTHREAD) || !sk->sk_socket ||
	    !sk->sk_socket->file)
		return CLOSEWATCH_CAUSE_KERNEL;
	if (current->flags & PF_EXITING)
		return current->exit_code & 0x7f ? CLOSEWATCH_CAUSE_SIGNAL :
						   CLOSEWATCH_CAUSE_EXIT;
	/* execve() closes close-on-exec files before it returns, but their last
	 * reference is dropped in task work on the way back to user space, when
	 * in_execve is already cleared. The system call's number is still set.
	 */
	if (cw_in_exec())
		return CLOSEWATCH_CAUSE_EXEC;
	return CLOSEWATCH_CAUSE_CLOSE;
}

void cw_owner_take(struct cw_owner *owner, const struct sock *sk)
{
	*owner = (struct cw_owner){ };
	owner->pid = current->tgid;
	owner->tid = current->pid;
	owner->uid = from_kuid(&init_user_ns, current_uid());
	owner->why = cw_owner_why(sk);
	if (owner->why == CLOSEWATCH_CAUSE_SIGNAL)
		owner->signal = current->exit_code & 0x7f;
	memcpy(owner->comm, current->comm, sizeof(owner->comm));
	owner->comm[sizeof(owner->comm) - 1] = '\0';
#ifdef CONFIG_CGROUPS
	rcu_read_lock();
	owner->cgroup = cgroup_id(task_dfl_cgroup(current));
	rcu_read_unlock();
#endif
}

/* sk_callback_lock is not needed: a close that takes sk_socket away does it under
 * the socket's lock, and lets go of the file and its inode only after that.
 */
static u32 cw_owner_inode(const struct sock *sk)
{
	const struct socket *so = sk->sk_socket;
	const struct file *file = so ? READ_ONCE(so->file) : NULL;

	return file ? file_inode(file)->i_ino : 0;
}

void cw_owner_of(struct cw_owner *owner, struct sock *sk)
{
	*owner = (struct cw_owner){
		.uid = from_kuid(&init_user_ns, sk->sk_uid),
		.inode = cw_owner_inode(sk),
		.of_socket = true,
	};
#ifdef CONFIG_SOCK_CGROUP_DATA
	owner->cgroup = cgroup_id(sock_cgroup_ptr(&sk->sk_cgrp_data));
#endif
}
