// SPDX-License-Identifier: GPL-2.0
#include <linux/oom.h>
#include <net/tcp.h>
#include <net/transp_v6.h>

#include "compat/compat.h"
#include "core/facts.h"
#include "eligible.h"
#include "limits.h"
#include "policy.h"

static bool cw_eligible_plain_tcp(const struct sock *sk)
{
	const struct proto *prot = READ_ONCE(sk->sk_prot);

#if IS_ENABLED(CONFIG_IPV6)
	if (prot == &tcpv6_prot)
		return true;
#endif
	return prot == &tcp_prot;
}

/* A kernel subsystem that uses the socket, perhaps for a disk, sets its own
 * sk_allocation.
 */
static bool cw_eligible_foreign(const struct sock *sk)
{
	return !cw_eligible_plain_tcp(sk) || READ_ONCE(sk->sk_user_data) ||
	       READ_ONCE(sk->sk_allocation) != GFP_KERNEL;
}

static bool cw_eligible_linger0(const struct sock *sk)
{
	return sock_flag(sk, SOCK_LINGER) && !READ_ONCE(sk->sk_lingertime);
}

bool cw_eligible_refusal(const struct sock *sk, const struct cw_policy *p,
			 u32 *refusal)
{
	u32 state;

	if (sk->sk_protocol == IPPROTO_MPTCP) {
		*refusal = CLOSEWATCH_REFUSAL_MPTCP;
		return true;
	}
	state = 1 << sk->sk_state;
	if (tcp_sk(sk)->repair)
		*refusal = CLOSEWATCH_REFUSAL_REPAIR;
	else if (state & TCPF_SYN_RECV ||
		 rcu_access_pointer(tcp_sk(sk)->fastopen_rsk))
		*refusal = CLOSEWATCH_REFUSAL_FAST_OPEN;
	else if (!(state & (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT |
			    TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2 | TCPF_CLOSING |
			    TCPF_LAST_ACK)))
		*refusal = CLOSEWATCH_REFUSAL_NOT_CONNECTED;
	else if (READ_ONCE(inet_csk(sk)->icsk_ulp_ops))
		*refusal = CLOSEWATCH_REFUSAL_ULP;
	else if (cw_eligible_foreign(sk))
		*refusal = CLOSEWATCH_REFUSAL_FOREIGN;
	else if (sk_under_memory_pressure(sk))
		*refusal = CLOSEWATCH_REFUSAL_MEMORY_PRESSURE;
	else if (cw_drain_limits_full(sock_net(sk)))
		*refusal = CLOSEWATCH_REFUSAL_LIMIT;
	else if (cw_eligible_linger0(sk) && !p->even_linger0)
		*refusal = CLOSEWATCH_REFUSAL_LINGER0;
	else if (READ_ONCE(tcp_sk(sk)->linger2) < 0)
		*refusal = CLOSEWATCH_REFUSAL_LINGER2;
	/* A drain would keep memory that the OOM killer waits for. */
	else if (tsk_is_oom_victim(current) && !p->even_oom)
		*refusal = CLOSEWATCH_REFUSAL_OOM_VICTIM;
	else
		return false;
	return true;
}

/*
 * State first: the FIN is in the queue before the state says so. After the FIN
 * nothing is queued any more, and after the last descriptor nothing is sent.
 */
static bool cw_eligible_answered(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	return inet_sk_state_load(sk) == TCP_CLOSE_WAIT &&
	       READ_ONCE(tp->snd_una) == READ_ONCE(tp->write_seq) &&
	       !sock_flag(sk, SOCK_LINGER) && !tp->repair &&
	       cw_eligible_plain_tcp(sk) &&
	       !READ_ONCE(inet_csk(sk)->icsk_ulp_ops);
}

bool cw_eligible_surely_needless(const struct sock *sk)
{
	return cw_facts_is_tcp(sk) && cw_eligible_answered(sk) &&
	       skb_queue_empty_lockless(&sk->sk_receive_queue);
}

bool cw_eligible_needless(const struct sock *sk)
{
	return cw_eligible_answered(sk) && !cw_facts_close_aborts(sk);
}
