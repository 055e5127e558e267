// SPDX-License-Identifier: GPL-2.0
/*
 * A handler cannot sleep, but a policy acts under the socket's lock. So the
 * handler only replaces sk_prot with a copy whose close is ours, for this one
 * close: inet_release() reads sk_prot after the handler has run, and our close
 * restores it first. It is not inherited, because listeners are left alone.
 *
 * There is no return probe, because a wait for SO_LINGER would occupy one of
 * its few instances. Nor does our close call the original: it ends with a jump
 * to it, so that a task that waits for SO_LINGER has no frame of this module.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/ptrace.h>
#include <linux/rcupdate.h>
#include <linux/wait.h>
#include <net/net_namespace.h>
#include <net/tcp.h>
#include <net/transp_v6.h>

#include "core/arm.h"
#include "core/canary.h"
#include "core/facts.h"
#include "core/notify.h"
#include "core/stats.h"
#include "adopt.h"
#include "drain.h"
#include "eligible.h"
#include "policy.h"

/* What the replaced close does. */
enum cw_adopt_way {
	CW_ADOPT_DRAIN,
	CW_ADOPT_LINGER,	/* or reset, which is to linger for 0 seconds */
	CW_ADOPT_WAYS,
};

/* Copies of tcp_prot and tcpv6_prot, except for close. */
static struct proto cw_adopt_prot4[CW_ADOPT_WAYS] __read_mostly;
#if IS_ENABLED(CONFIG_IPV6)
static struct proto cw_adopt_prot6[CW_ADOPT_WAYS] __read_mostly;
#endif

/* Closes that are in our close or on the way to it. */
static atomic_t cw_adopt_pending = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(cw_adopt_wait);

/* Written by arm and disarm, under the policy lock; cw_adopt_lock protects both
 * against readers of the counters.
 */
static DEFINE_SPINLOCK(cw_adopt_lock);
static struct cw_arm *cw_adopt_probe;
static u64 cw_adopt_missed_before;

/* Compare and swap, because a sockmap may have replaced sk_prot meanwhile. */
static bool cw_adopt_restore(struct sock *sk, enum cw_adopt_way way)
{
	struct proto *ours = &cw_adopt_prot4[way];

#if IS_ENABLED(CONFIG_IPV6)
	if (cmpxchg(&sk->sk_prot, &cw_adopt_prot6[way], &tcpv6_prot) ==
	    &cw_adopt_prot6[way])
		return true;
#endif
	return cmpxchg(&sk->sk_prot, ours, &tcp_prot) == ours;
}

static void cw_adopt_identify(struct sock *sk, struct cw_event *ev)
{
	memset(ev, 0, sizeof(*ev));
	ev->type = CLOSEWATCH_EVENT_TYPE_POLICY;
	cw_facts_identity(&ev->conn, sk);
	cw_owner_take(&ev->owner, sk);
	ev->marks.new_state = ev->conn.state;
}

static void cw_adopt_note(struct cw_event *ev, struct sock *sk,
			  const struct cw_policy *p)
{
	cw_adopt_identify(sk, ev);
	ev->drained.policy_id = p->id;
	ev->drained.action = p->action;
	ev->drained.dry_run = p->dry_run;
}

/* As inet_release() does, which has read SO_LINGER too early. */
static long cw_adopt_linger(struct sock *sk, const struct cw_policy *p)
{
	long time = p->action == CLOSEWATCH_ACTION_LINGER ?
		    (long)p->linger_seconds * HZ : 0;

	sock_set_flag(sk, SOCK_LINGER);
	WRITE_ONCE(sk->sk_lingertime, time);
	return current->flags & PF_EXITING ? 0 : time;
}

/* A close in TCP_REPAIR sends nothing, whatever SO_LINGER is set to. */
static bool cw_adopt_linger_refusal(const struct sock *sk, u32 *refusal)
{
	if (!cw_facts_is_tcp(sk))
		*refusal = CLOSEWATCH_REFUSAL_MPTCP;
	else if (tcp_sk(sk)->repair)
		*refusal = CLOSEWATCH_REFUSAL_REPAIR;
	else if (sk->sk_state == TCP_LISTEN)
		*refusal = CLOSEWATCH_REFUSAL_NOT_CONNECTED;
	else
		return false;
	return true;
}

static bool cw_adopt_lingers(const struct cw_policy *p)
{
	return p && !p->dry_run && (p->action == CLOSEWATCH_ACTION_LINGER ||
				    p->action == CLOSEWATCH_ACTION_RESET);
}

/* Second lookup, exact under the socket's lock. Returns the timeout for the
 * close, unchanged if no policy applies any more.
 */
static long cw_adopt_try_linger(struct sock *sk, long timeout)
{
	const struct cw_policy *p;
	struct cw_event ev;

	lock_sock(sk);
	rcu_read_lock();
	p = cw_policy_lookup(sk, false);
	if (cw_adopt_lingers(p)) {
		cw_adopt_note(&ev, sk, p);
		if (cw_adopt_linger_refusal(sk, &ev.drained.refusal))
			ev.drained.outcome = CLOSEWATCH_DRAIN_OUTCOME_REFUSED;
		else
			timeout = cw_adopt_linger(sk, p);
		cw_notify_event(&ev);
	}
	if (p)
		cw_policy_used(p);
	rcu_read_unlock();
	release_sock(sk);
	return timeout;
}

/* Returns the timeout for the close, or -1 if a drain has the socket. */
static noinline long cw_adopt_decide(struct sock *sk, long timeout,
				     enum cw_adopt_way way)
{
	/* Pin the module: a sockmap may have saved our proto. */
	if (!cw_adopt_restore(sk, way)) {
		__module_get(THIS_MODULE);
		return timeout;
	}
	if (way == CW_ADOPT_LINGER)
		return cw_adopt_try_linger(sk, timeout);
	return cw_drain_begin(sk) ? -1 : timeout;
}

static noinline void cw_adopt_leave(void)
{
	if (atomic_dec_and_test(&cw_adopt_pending))
		wake_up_all(&cw_adopt_wait);
}

/*
 * Called instead of tcp_close(), in the same context. The compiler must make
 * the last call a jump (Kbuild asks for it, selftests/vm/build checks it):
 * after cw_adopt_leave() no task may sleep in here, because cw_adopt_exit()
 * then waits only for a grace period of tasks RCU.
 */
static __always_inline void cw_adopt_close(struct sock *sk, long timeout,
					   enum cw_adopt_way way)
{
	timeout = cw_adopt_decide(sk, timeout, way);
	cw_adopt_leave();
	if (timeout >= 0)
		tcp_close(sk, timeout);
}

static void cw_adopt_close_drain(struct sock *sk, long timeout)
{
	cw_adopt_close(sk, timeout, CW_ADOPT_DRAIN);
}

static void cw_adopt_close_linger(struct sock *sk, long timeout)
{
	cw_adopt_close(sk, timeout, CW_ADOPT_LINGER);
}

/* Have our close called. False if this is not a plain TCP socket, or if it is a
 * listener, whose children would inherit our proto.
 */
static bool cw_adopt_swap(struct sock *sk, enum cw_adopt_way way)
{
	if (!cw_facts_is_tcp(sk) || sk->sk_state == TCP_LISTEN)
		return false;
	atomic_inc(&cw_adopt_pending);
	if (cmpxchg(&sk->sk_prot, &tcp_prot, &cw_adopt_prot4[way]) == &tcp_prot)
		return true;
#if IS_ENABLED(CONFIG_IPV6)
	if (cmpxchg(&sk->sk_prot, &tcpv6_prot, &cw_adopt_prot6[way]) ==
	    &tcpv6_prot)
		return true;
#endif
	/* No wakeup needed: waiters disarm first, so no handler runs. */
	atomic_dec(&cw_adopt_pending);
	return false;
}

/* Whether a close that was not swapped is refused, and why. If nothing else
 * forbids it and this is no dry run, the swap failed because of its proto.
 */
static bool cw_adopt_refusal(const struct sock *sk, const struct cw_policy *p,
			     u32 *refusal)
{
	if (p->action == CLOSEWATCH_ACTION_DRAIN ?
	    cw_eligible_refusal(sk, p, refusal) :
	    cw_adopt_linger_refusal(sk, refusal))
		return true;
	*refusal = CLOSEWATCH_REFUSAL_FOREIGN;
	return !p->dry_run;
}

/* noinline: most closes need no event on the stack. */
static noinline void cw_adopt_report(struct sock *sk, const struct cw_policy *p)
{
	struct cw_event ev;

	cw_adopt_note(&ev, sk, p);
	if (p->action != CLOSEWATCH_ACTION_LEAVE &&
	    cw_adopt_refusal(sk, p, &ev.drained.refusal))
		ev.drained.outcome = CLOSEWATCH_DRAIN_OUTCOME_REFUSED;
	if (p->action == CLOSEWATCH_ACTION_DRAIN && !p->dry_run)
		cw_drain_refused(sk, &ev);
	else
		cw_notify_event(&ev);
}

/* A close that was swapped reports its result itself. */
static void cw_adopt_act(struct sock *sk, const struct cw_policy *p)
{
	bool drain = p->action == CLOSEWATCH_ACTION_DRAIN;

	if (drain && cw_eligible_surely_needless(sk)) {
		if (!p->dry_run)
			cw_stats_drain_needless(sock_net(sk));
	} else {
		if (p->action != CLOSEWATCH_ACTION_LEAVE && !p->dry_run &&
		    cw_adopt_swap(sk, drain ? CW_ADOPT_DRAIN : CW_ADOPT_LINGER))
			return;
		cw_adopt_report(sk, p);
	}
	cw_policy_used(p);
}

/* A socket of a program has a file and holds its network namespace. */
static bool cw_adopt_concerns(const struct socket *sock)
{
	const struct sock *sk = sock->sk;

	return sk && sock->file && !sk->sk_kern_sock && sk->sk_net_refcnt &&
	       (cw_facts_is_tcp(sk) || sk->sk_protocol == IPPROTO_MPTCP);
}

static void cw_adopt_lookup(struct sock *sk)
{
	const struct cw_policy *p;

	rcu_read_lock();
	p = cw_policy_lookup(sk, true);
	if (p)
		cw_adopt_act(sk, p);
	rcu_read_unlock();
}

/* Process context; the socket is not locked. */
static int cw_adopt_on_release(struct kprobe *kp, struct pt_regs *regs)
{
	struct socket *sock = (void *)regs_get_kernel_argument(regs, 0);
	unsigned long flags;

	cw_arm_fire(cw_arm_of(kp));
	if (!cw_adopt_concerns(sock))
		return 0;
	/* Keeps softirqs out, as the handlers of trace/ do. */
	local_irq_save(flags);
	cw_adopt_lookup(sock->sk);
	local_irq_restore(flags);
	return 0;
}

static int cw_adopt_arm(struct netlink_ext_ack *extack)
{
	struct cw_arm *a;
	int err;

	if (cw_adopt_armed())
		return cw_canary_check(extack);
	err = cw_arm_hold(extack);
	if (err)
		return err;
	err = cw_canary_get(extack);
	if (err)
		goto out;
	a = cw_arm_entry("inet_release", cw_adopt_on_release);
	if (IS_ERR(a)) {
		err = PTR_ERR(a);
		cw_canary_put();
		NL_SET_ERR_MSG(extack,
			       "the kernel refused a kprobe on inet_release; see the kernel log");
		goto out;
	}
	spin_lock(&cw_adopt_lock);
	cw_adopt_probe = a;
	spin_unlock(&cw_adopt_lock);
out:
	cw_arm_let_go();
	return err;
}

static void cw_adopt_disarm(void)
{
	struct cw_arm *a = cw_adopt_probe;

	if (!a)
		return;
	cw_arm_release(&a, 1);
	spin_lock(&cw_adopt_lock);
	cw_adopt_missed_before += cw_arm_missed(a);
	cw_adopt_probe = NULL;
	spin_unlock(&cw_adopt_lock);
	cw_arm_free(a);
	cw_canary_put();
}

static int cw_adopt_try_disarm(void)
{
	int err;

	/* The exit of each network namespace asks for this. */
	if (!cw_adopt_probe)
		return 0;
	err = cw_arm_hold(NULL);
	if (err)
		return err;
	cw_adopt_disarm();
	cw_arm_let_go();
	return 0;
}

const struct cw_policy_probe cw_adopt_policy_probe = {
	.arm = cw_adopt_arm,
	.try_disarm = cw_adopt_try_disarm,
	.disarm = cw_adopt_disarm,
};

bool cw_adopt_armed(void)
{
	return READ_ONCE(cw_adopt_probe);
}

bool cw_adopt_fired(void)
{
	bool fired;

	spin_lock(&cw_adopt_lock);
	fired = cw_adopt_probe && READ_ONCE(cw_adopt_probe->fired);
	spin_unlock(&cw_adopt_lock);
	return fired;
}

u64 cw_adopt_missed(void)
{
	u64 n;

	spin_lock(&cw_adopt_lock);
	n = cw_adopt_missed_before + cw_arm_missed(cw_adopt_probe);
	spin_unlock(&cw_adopt_lock);
	return n;
}

void cw_adopt_init(void)
{
	static void (*const closes[])(struct sock *sk, long timeout) = {
		[CW_ADOPT_DRAIN] = cw_adopt_close_drain,
		[CW_ADOPT_LINGER] = cw_adopt_close_linger,
	};
	unsigned int i;

	for (i = 0; i < CW_ADOPT_WAYS; i++) {
		cw_adopt_prot4[i] = tcp_prot;
		cw_adopt_prot4[i].close = closes[i];
#if IS_ENABLED(CONFIG_IPV6)
		cw_adopt_prot6[i] = tcpv6_prot;
		cw_adopt_prot6[i].close = closes[i];
#endif
	}
}

void cw_adopt_exit(void)
{
	wait_event(cw_adopt_wait, !atomic_read(&cw_adopt_pending));
	/* After cw_adopt_leave() a task may still be in cw_adopt_close(), but
	 * no longer sleeps there.
	 */
	synchronize_rcu_tasks();
}
