// SPDX-License-Identifier: GPL-2.0
/*
 * A handler cannot sleep, and a drain needs the socket's lock and memory. So
 * where a policy says drain, the handler only puts a copy of the socket's
 * operations in place, with a close of ours, for this one close: inet_release()
 * reads them after the handler has run. The pointer stands for the rest of
 * inet_release() and no longer, and nobody can inherit it: listeners are left
 * alone.
 *
 * No return probe, whose instances are few and which a wait for SO_LINGER
 * would hold; and no close of ours for sockets that are not drained, in which
 * that wait would keep the module from being unloaded.
 */
#include <linux/atomic.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/ptrace.h>
#include <linux/rcupdate.h>
#include <linux/wait.h>
#include <net/net_namespace.h>
#include <net/tcp.h>
#include <net/transp_v6.h>

#include "adopt.h"
#include "drain.h"
#include "facts.h"
#include "notify.h"
#include "policy.h"

/* Copies of the kernel's own, but for close. */
static struct proto cw_adopt_prot4 __read_mostly;
static struct proto cw_adopt_prot6 __read_mostly;

/* Closes that are bound to come to ours, or are in it. */
static atomic_t cw_adopt_on_way = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(cw_adopt_wait);

/* Written by arm and disarm, which their callers serialise. */
static bool cw_adopt_on;
static u64 cw_adopt_missed_before;
static struct kprobe cw_adopt_probe;

/* extack keeps a pointer to the text, so the text must outlive the call. */
static char cw_adopt_problem[96];

/* Compare and swap, for a sockmap may have come between in that short while. */
static bool cw_adopt_restore(struct sock *sk)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (cmpxchg(&sk->sk_prot, &cw_adopt_prot6, &tcpv6_prot) ==
	    &cw_adopt_prot6)
		return true;
#endif
	return cmpxchg(&sk->sk_prot, &cw_adopt_prot4, &tcp_prot) ==
	       &cw_adopt_prot4;
}

/*
 * In place of tcp_close(), under the same rules. When a drain is refused here,
 * against the expectation of the handler, the original may wait for SO_LINGER
 * inside this frame; cw_adopt_exit() waits with it.
 */
static void cw_adopt_close(struct sock *sk, long timeout)
{
	bool ours = cw_adopt_restore(sk);

	/* Others may have kept our copy: then it has to stay for ever. */
	if (!ours)
		__module_get(THIS_MODULE);
	if (!ours || !cw_drain_begin(sk))
		tcp_close(sk, timeout);
	/* Last: the wait for this is followed by one for the way out. */
	if (atomic_dec_and_test(&cw_adopt_on_way))
		wake_up_all(&cw_adopt_wait);
}

/* False if another has come between since the check. */
static bool cw_adopt_swap(struct sock *sk)
{
	atomic_inc(&cw_adopt_on_way);
	if (cmpxchg(&sk->sk_prot, &tcp_prot, &cw_adopt_prot4) == &tcp_prot)
		return true;
#if IS_ENABLED(CONFIG_IPV6)
	if (cmpxchg(&sk->sk_prot, &tcpv6_prot, &cw_adopt_prot6) == &tcpv6_prot)
		return true;
#endif
	/* Nobody to wake: who waits has disarmed first, and so handlers end. */
	atomic_dec(&cw_adopt_on_way);
	return false;
}

/* What speaks against a drain already now, or else sends the close to ours. */
static bool cw_adopt_refused(struct sock *sk, const struct cw_policy *p,
			     u32 *refusal)
{
	if (cw_drain_refusal(sk, refusal))
		return true;
	if (cw_drain_linger0(sk) && !p->even_linger0) {
		*refusal = CLOSEWATCH_REFUSAL_LINGER0;
		return true;
	}
	*refusal = CLOSEWATCH_REFUSAL_FOREIGN;
	return !p->dry_run && !cw_adopt_swap(sk);
}

static void cw_adopt_drain(struct sock *sk, const struct cw_policy *p,
			   struct cw_event *ev)
{
	struct cw_drained *r = &ev->drained;
	bool refused = cw_adopt_refused(sk, p, &r->refusal);

	if (p->dry_run) {
		if (refused)
			r->outcome = CLOSEWATCH_DRAIN_OUTCOME_REFUSED;
		cw_notify_event(ev);
	} else if (refused) {
		cw_drain_refused(sock_net(sk), ev);
	} else {
		/* The policy is used up there, where it is asked again. */
		return;
	}
	cw_policy_used(p);
}

/*
 * sk_flags is not atomic: receiving sets bits in it under the spinlock. A
 * socket in repair vanishes without a packet, whatever is set.
 */
static void cw_adopt_linger(struct sock *sk, unsigned long seconds)
{
	if (sk->sk_protocol == IPPROTO_TCP && tcp_sk(sk)->repair)
		return;
	spin_lock(&sk->sk_lock.slock);
	sock_set_flag(sk, SOCK_LINGER);
	WRITE_ONCE(sk->sk_lingertime, seconds * HZ);
	spin_unlock(&sk->sk_lock.slock);
}

static void cw_adopt_act(struct sock *sk, const struct cw_policy *p,
			 struct cw_event *ev)
{
	if (p->action == CLOSEWATCH_ACTION_DRAIN) {
		cw_adopt_drain(sk, p, ev);
		return;
	}
	if (!p->dry_run && p->action == CLOSEWATCH_ACTION_LINGER)
		cw_adopt_linger(sk, p->linger_seconds);
	if (!p->dry_run && p->action == CLOSEWATCH_ACTION_RESET)
		cw_adopt_linger(sk, 0);
	cw_notify_event(ev);
	cw_policy_used(p);
}

/* A program's socket: with a file, and holding its network namespace. */
static bool cw_adopt_concerns(const struct socket *sock)
{
	const struct sock *sk = sock->sk;

	return sk && sock->file && !sk->sk_kern_sock && sk->sk_net_refcnt &&
	       (cw_facts_is_tcp(sk) || sk->sk_protocol == IPPROTO_MPTCP);
}

static void cw_adopt_look(struct sock *sk)
{
	struct cw_event ev = { .type = CLOSEWATCH_EVENT_TYPE_POLICY };
	const struct cw_policy *p;

	cw_facts_identity(&ev.conn, sk);
	cw_owner_take(&ev.owner, sk);
	ev.marks.new_state = ev.conn.state;
	rcu_read_lock();
	p = cw_policy_lookup(sock_net(sk), &ev.conn, &ev.owner, true);
	if (p) {
		ev.drained.policy_id = p->id;
		ev.drained.action = p->action;
		ev.drained.dry_run = p->dry_run;
		cw_adopt_act(sk, p, &ev);
	}
	rcu_read_unlock();
}

/* In process context, without any lock of the socket. */
static int cw_adopt_on_release(struct kprobe *probe, struct pt_regs *regs)
{
	struct socket *sock = (void *)regs_get_kernel_argument(regs, 0);
	unsigned long flags;

	if (!cw_adopt_concerns(sock))
		return 0;
	/* A softirq inside the handler would have its own probes missed. */
	local_irq_save(flags);
	cw_adopt_look(sock->sk);
	local_irq_restore(flags);
	return 0;
}

int cw_adopt_arm(struct netlink_ext_ack *extack)
{
	int err;

	if (cw_adopt_on)
		return 0;
	memset(&cw_adopt_probe, 0, sizeof(cw_adopt_probe));
	cw_adopt_probe.symbol_name = "inet_release";
	cw_adopt_probe.pre_handler = cw_adopt_on_release;
	err = register_kprobe(&cw_adopt_probe);
	if (err) {
		snprintf(cw_adopt_problem, sizeof(cw_adopt_problem),
			 "kernel refused a kprobe on inet_release (error %d); see the kernel log",
			 -err);
		if (extack)
			extack->_msg = cw_adopt_problem;
		return err;
	}
	WRITE_ONCE(cw_adopt_on, true);
	return 0;
}

void cw_adopt_disarm(void)
{
	if (!cw_adopt_on)
		return;
	unregister_kprobe(&cw_adopt_probe);
	cw_adopt_missed_before += cw_adopt_probe.nmissed;
	WRITE_ONCE(cw_adopt_on, false);
}

bool cw_adopt_armed(void)
{
	return READ_ONCE(cw_adopt_on);
}

u64 cw_adopt_missed(void)
{
	u64 n = READ_ONCE(cw_adopt_missed_before);

	return cw_adopt_armed() ? n + cw_adopt_probe.nmissed : n;
}

int cw_adopt_init(void)
{
	cw_adopt_prot4 = tcp_prot;
	cw_adopt_prot4.close = cw_adopt_close;
#if IS_ENABLED(CONFIG_IPV6)
	cw_adopt_prot6 = tcpv6_prot;
	cw_adopt_prot6.close = cw_adopt_close;
#endif
	return 0;
}

void cw_adopt_exit(void)
{
	wait_event(cw_adopt_wait, !atomic_read(&cw_adopt_on_way));
	/* A task that has counted itself out may yet be on its way out of
	 * cw_adopt_close(), where it sleeps no more.
	 */
	synchronize_rcu_tasks();
}
