// SPDX-License-Identifier: GPL-2.0
/*
 * The probe points. Handlers run in the context of the probed function, with
 * interrupts off: hits inside a handler are missed, and a softirq in there may
 * process many segments. They only pass on the arguments.
 */
#include <linux/netlink.h>
#include <linux/ptrace.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <net/inet_timewait_sock.h>
#include <net/ip6_route.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "compat/compat.h"
#include "core/arm.h"
#include "core/facts.h"
#include "core/hook.h"
#include "core/netns.h"
#include "birth.h"
#include "calls.h"
#include "closing.h"
#include "ending.h"
#include "fate.h"
#include "gone.h"
#include "probe.h"
#include "reset.h"
#include "shutting.h"

static __always_inline unsigned long cw_arg(struct pt_regs *regs, unsigned int n)
{
	return regs_get_kernel_argument(regs, n);
}

/* A socket argument of a probed function; NULL if not a full TCP socket. */
static __always_inline struct sock *cw_arg_tcp(struct pt_regs *regs, unsigned int n)
{
	struct sock *sk = (struct sock *)cw_arg(regs, n);

	return cw_facts_is_tcp(sk) ? sk : NULL;
}

/*
 * A handler of its own for each probe saves an indirect call at every hit.
 * A hit with other than a full TCP socket, the first argument, is ignored.
 */
#define CW_OF_TCP(handler)						\
static int handler##_hit(struct kprobe *kp, struct pt_regs *regs)	\
{									\
	struct sock *sk = cw_arg_tcp(regs, 0);				\
	unsigned long flags;						\
									\
	cw_arm_fire(cw_arm_of(kp));					\
	if (!sk)							\
		return 0;						\
	local_irq_save(flags);						\
	handler(sk, regs);						\
	local_irq_restore(flags);					\
	return 0;							\
}

/* The first argument is no socket, or not a full one. */
#define CW_OF_OTHER(handler)						\
static int handler##_hit(struct kprobe *kp, struct pt_regs *regs)	\
{									\
	unsigned long flags;						\
									\
	cw_arm_fire(cw_arm_of(kp));					\
	local_irq_save(flags);						\
	handler(regs);							\
	local_irq_restore(flags);					\
	return 0;							\
}

static void cw_on_close(struct sock *sk, struct pt_regs *regs)
{
	cw_closing_begin(sk, (long)cw_arg(regs, 1));
}

CW_OF_TCP(cw_on_close)

static void cw_on_send_fin(struct sock *sk, struct pt_regs *regs)
{
	cw_closing_fin(sk);
}

CW_OF_TCP(cw_on_send_fin)

static void cw_on_send_reset(struct sock *sk, struct pt_regs *regs)
{
	u32 marks = CW_MARK_RST_SENT;

	/* A timer never owns the socket: save other callers the lookup. */
	if (!sock_owned_by_user_nocheck(sk) &&
	    cw_called_by(regs, "tcp_keepalive_timer"))
		marks |= CW_MARK_KEEPALIVE;
	cw_closing_rst(sk, marks);
}

CW_OF_TCP(cw_on_send_reset)

/* What it says must not depend on the instances of a return, which listeners that
 * are shut down slowly may hold.
 */
static void cw_on_disconnect(struct sock *sk, struct pt_regs *regs)
{
	if (!cw_disconnect_refused(sk))
		cw_closing_disconnect(sk);
}

CW_OF_TCP(cw_on_disconnect)

static void cw_on_listen_stop(struct sock *sk, struct pt_regs *regs)
{
	cw_closing_listen_stop(sk);
}

CW_OF_TCP(cw_on_listen_stop)

static void cw_on_child_forget(struct sock *sk, struct pt_regs *regs)
{
	struct sock *child = cw_arg_tcp(regs, 2);

	if (child)
		cw_closing_child(sk, child);
}

CW_OF_TCP(cw_on_child_forget)

static void cw_on_time_wait(struct sock *sk, struct pt_regs *regs)
{
	cw_closing_time_wait(sk, (int)cw_arg(regs, 1));
}

CW_OF_TCP(cw_on_time_wait)

static void cw_on_reset(struct sock *sk, struct pt_regs *regs)
{
	/* There is no late data in SYN_SENT. */
	if (sk->sk_state != TCP_SYN_SENT && !cw_reset_is_for_rst(regs)) {
		cw_fate_mark(sk, CW_MARK_LATE_DATA);
		return;
	}
	cw_fate_mark(sk, CW_MARK_PEER_RST);
	if (sk->sk_state == TCP_SYN_SENT)
		cw_gone_refused(sk);
	cw_reset_received(sk);
}

CW_OF_TCP(cw_on_reset)

static void cw_on_stream_error(struct sock *sk, struct pt_regs *regs)
{
	cw_calls_stream_error(sk, (int)cw_arg(regs, 1), (int)cw_arg(regs, 2));
}

CW_OF_TCP(cw_on_stream_error)

static void cw_on_abort(struct pt_regs *regs)
{
	struct sock *any = (struct sock *)cw_arg(regs, 0);

	if (any->sk_state == TCP_TIME_WAIT && CW_ABORT_TAKES_MINISOCKS)
		cw_fate_tw_end(inet_twsk(any), CW_MARK_ABORT);
	else if (cw_facts_is_tcp(any) &&
		 (CW_ABORT_TAKES_ORPHANS || !sock_flag(any, SOCK_DEAD)))
		cw_fate_mark(any, CW_MARK_ABORT);
}

CW_OF_OTHER(cw_on_abort)

static void cw_on_twsk_kill(struct pt_regs *regs)
{
	cw_fate_tw_kill((struct inet_timewait_sock *)cw_arg(regs, 0));
}

CW_OF_OTHER(cw_on_twsk_kill)

/* Not its return: it waits for the socket's lock, which a send may hold as long
 * as its memory takes to come, and would occupy one of the few instances.
 */
static void cw_on_shutdown(struct pt_regs *regs)
{
	struct sock *sk = ((struct socket *)cw_arg(regs, 0))->sk;
	unsigned int how = cw_arg(regs, 1);

	if (how <= SHUT_RDWR && cw_facts_is_tcp(sk))
		cw_shutting_begin(sk, how);
}

CW_OF_OTHER(cw_on_shutdown)

static void cw_on_file_close(struct pt_regs *regs)
{
	cw_calls_close((struct file *)cw_arg(regs, 0));
}

CW_OF_OTHER(cw_on_file_close)

/* Passed from the entry handler to the return handler. */
struct cw_ret {
	struct sock *sk;
	union {
		const struct tcphdr *th;
		const struct sk_buff *skb;
	};
	union {
		u64 cookie;
		unsigned long resets;
	};
};

static __always_inline int
cw_return_entry(struct kretprobe_instance *ri, struct pt_regs *regs,
		int (*entry)(struct cw_ret *r, struct pt_regs *regs))
{
	/* NULL once it is being unregistered; read once. */
	struct kretprobe *rp = get_kretprobe(ri);
	unsigned long flags;
	int ignore;

	if (!rp)
		return 1;
	cw_arm_fire(cw_arm_of(&rp->kp));
	local_irq_save(flags);
	ignore = entry((struct cw_ret *)ri->data, regs);
	local_irq_restore(flags);
	return ignore;
}

/* @entry: returns whether to ignore this call */
#define CW_AT_ENTRY(entry)						\
static int entry##_hit(struct kretprobe_instance *ri,			\
		       struct pt_regs *regs)				\
{									\
	return cw_return_entry(ri, regs, entry);			\
}

/* @handler: gets the returned value */
#define CW_AT_RETURN(handler)						\
static int handler##_hit(struct kretprobe_instance *ri,			\
			 struct pt_regs *regs)				\
{									\
	unsigned long flags;						\
									\
	local_irq_save(flags);						\
	handler((struct cw_ret *)ri->data, regs_return_value(regs));	\
	local_irq_restore(flags);					\
	return 0;							\
}

static int cw_on_sk_entry(struct cw_ret *r, struct pt_regs *regs)
{
	r->sk = cw_arg_tcp(regs, 0);
	return r->sk ? 0 : 1;
}

static int cw_on_oom_entry(struct cw_ret *r, struct pt_regs *regs)
{
	if (cw_on_sk_entry(r, regs))
		return 1;
	return !cw_closing_concerns(r->sk);
}

/* tcp_check_oom() does not say which of its two reasons applies. */
static bool cw_out_of_memory(const struct sock *sk)
{
	return READ_ONCE(sk->sk_wmem_queued) > SOCK_MIN_SNDBUF &&
	       sk_memory_allocated(sk) > sk_prot_mem_limits(sk, 2);
}

static void cw_on_oom_return(struct cw_ret *r, unsigned long value)
{
	u32 marks = 0;

	if (value & 0xff)
		marks = cw_out_of_memory(r->sk) ? CW_MARK_OOM_MEMORY :
						  CW_MARK_OOM_ORPHANS;
	else if (!check_net(sock_net(r->sk)))
		marks = CW_MARK_NET_DEAD;
	cw_closing_oom(r->sk, marks);
}

CW_AT_ENTRY(cw_on_oom_entry)
CW_AT_RETURN(cw_on_oom_return)

static int cw_on_tw_segment_entry(struct cw_ret *r, struct pt_regs *regs)
{
	struct inet_timewait_sock *tw = (void *)cw_arg(regs, 0);
	const struct tcphdr *th = (void *)cw_arg(regs, 2);

	/* In TIME_WAIT the fate has been reported. */
	if (tw->tw_substate != TCP_FIN_WAIT2)
		return 1;
	r->sk = (struct sock *)tw;
	r->cookie = atomic64_read(&tw->tw_cookie);
	/* Nobody followed it before. */
	if (!r->cookie)
		return 1;
	r->th = th;
	if (th->rst)
		cw_fate_tw_rst(r->cookie, true);
	return 0;
}

/* After TCP_TW_SUCCESS the minisock may be freed: it is not read. */
static void cw_on_tw_segment_return(struct cw_ret *r, unsigned long value)
{
	struct inet_timewait_sock *tw = inet_twsk(r->sk);

	if (r->th->rst)
		cw_fate_tw_rst(r->cookie, false);
	switch ((int)value) {
	case TCP_TW_RST:
		if (cw_segment_signed(r->th))
			cw_fate_tw_signed(r->cookie);
		else
			cw_fate_tw_end(tw, CW_MARK_LATE_DATA);
		break;
	case TCP_TW_ACK:
		if (tw->tw_substate == TCP_TIME_WAIT)
			cw_fate_tw_end(tw, CW_MARK_TIME_WAIT);
		break;
	}
}

CW_AT_ENTRY(cw_on_tw_segment_entry)
CW_AT_RETURN(cw_on_tw_segment_return)

static int cw_on_tcp_shutdown_entry(struct cw_ret *r, struct pt_regs *regs)
{
	if (cw_on_sk_entry(r, regs))
		return 1;
	return !cw_shutting_locked(r->sk);
}

static int cw_on_disconnect_entry(struct cw_ret *r, struct pt_regs *regs)
{
	if (cw_on_sk_entry(r, regs))
		return 1;
	return !cw_disconnect_refused(r->sk) && !cw_shutting_locked(r->sk);
}

/* Of what a shutdown calls: with it, that is over. */
static void cw_on_shut_return(struct cw_ret *r, unsigned long value)
{
	cw_shutting_end(r->sk);
}

CW_AT_ENTRY(cw_on_tcp_shutdown_entry)
CW_AT_ENTRY(cw_on_disconnect_entry)
CW_AT_RETURN(cw_on_shut_return)

enum cw_point_index {
	CW_POINT_STATE,
	CW_POINT_DESTROY,
	CW_POINT_RESET,
	CW_POINT_COUNT,
};

static bool cw_point_fired[CW_POINT_COUNT];

static void cw_point_fire(enum cw_point_index i)
{
	if (!READ_ONCE(cw_point_fired[i]))
		WRITE_ONCE(cw_point_fired[i], true);
}

/* Of events; counters have none. */
#define CW_EVENTS_WITH_AGE \
	(~(1U << CLOSEWATCH_EVENT_TYPE_LOST | CW_FILTER_QUIET | CW_HOOK_HEARD))

static noinline void cw_on_established(struct sock *sk)
{
	unsigned long flags;

	cw_point_fire(CW_POINT_STATE);
	if (!cw_hook_wants_any(CW_EVENTS_WITH_AGE) || !cw_facts_is_tcp(sk))
		return;
	local_irq_save(flags);
	if (cw_hook_wanted(sk) & CW_EVENTS_WITH_AGE)
		cw_birth_note(cw_facts_cookie(sk),
			      cw_netns_payer(sock_net(sk), sk));
	local_irq_restore(flags);
}

static noinline void cw_on_closed(struct sock *sk, int old)
{
	unsigned long flags;

	cw_point_fire(CW_POINT_STATE);
	if (old == TCP_CLOSE || !cw_facts_is_tcp(sk))
		return;
	local_irq_save(flags);
	cw_fate_gone(sk, old);
	local_irq_restore(flags);
}

static void cw_on_set_state(void *data, const struct sock *sk, const int old,
			    const int new)
{
	if (new == TCP_CLOSE)
		cw_on_closed((struct sock *)sk, old);
	else if (new == TCP_ESTABLISHED)
		cw_on_established((struct sock *)sk);
}

static void cw_on_tp_destroy(void *data, struct sock *sk)
{
	unsigned long flags;

	cw_point_fire(CW_POINT_DESTROY);
	local_irq_save(flags);
	cw_closing_destroy(sk);
	local_irq_restore(flags);
}

#ifdef CW_HAVE_RST_REASON
static void cw_on_tp_reset(void *data, const struct sock *sk,
			   const struct sk_buff *skb,
			   const enum sk_rst_reason reason)
{
	unsigned long flags;

	cw_point_fire(CW_POINT_RESET);
	local_irq_save(flags);
	if (skb)
		cw_reset_sent(sk, skb, cw_rst_reason(reason));
	else if (cw_facts_is_tcp(sk))
		cw_closing_reason((struct sock *)sk, cw_rst_reason(reason));
	local_irq_restore(flags);
}
#else
/* Entered also if no RST is sent: the tests here and in the entry handlers are
 * those of the function, except for a signed segment that has no full socket.
 * That one is processed in softirq alone, so the CPU's counter tells.
 */
static int cw_on_send_reset_entry(struct cw_ret *r, struct sock *sk,
				  const struct sk_buff *skb)
{
	if (tcp_hdr(skb)->rst)
		return 1;
	if ((sk && sk_fullsock(sk)) || !cw_segment_signed(tcp_hdr(skb))) {
		cw_reset_sent(sk, skb, NULL);
		return 1;
	}
	r->sk = sk;
	r->skb = skb;
	r->resets = cw_reset_counter(sk, skb);
	return 0;
}

static int cw_on_v4_send_reset(struct cw_ret *r, struct pt_regs *regs)
{
	struct sock *sk = (struct sock *)cw_arg(regs, 0);
	const struct sk_buff *skb = (void *)cw_arg(regs, 1);

	if (!sk && skb_rtable(skb)->rt_type != RTN_LOCAL)
		return 1;
	return cw_on_send_reset_entry(r, sk, skb);
}

CW_AT_ENTRY(cw_on_v4_send_reset)

static int cw_on_v6_send_reset(struct cw_ret *r, struct pt_regs *regs)
{
	struct sock *sk = (struct sock *)cw_arg(regs, 0);
	const struct sk_buff *skb = (void *)cw_arg(regs, 1);

	if (!sk && !ipv6_unicast_destination(skb))
		return 1;
	return cw_on_send_reset_entry(r, sk, skb);
}

CW_AT_ENTRY(cw_on_v6_send_reset)

static void cw_on_send_reset_return(struct cw_ret *r, unsigned long value)
{
	if (cw_reset_counter(r->sk, r->skb) != r->resets)
		cw_reset_sent(r->sk, r->skb, NULL);
}

CW_AT_RETURN(cw_on_send_reset_return)
#endif

/* The first one is armed only by cw_probe_arm_shared(). */
static const struct cw_entry_point {
	const char *symbol;
	kprobe_pre_handler_t handler;
} cw_entries[] = {
	/* Hit whenever a program closes any file. */
	{ CW_FILE_CLOSE_SYMBOL, cw_on_file_close_hit },
	{ "inet_twsk_kill", cw_on_twsk_kill_hit },
	{ "tcp_time_wait", cw_on_time_wait_hit },
	{ "inet_child_forget", cw_on_child_forget_hit },
	{ "inet_csk_listen_stop", cw_on_listen_stop_hit },
	{ "tcp_reset", cw_on_reset_hit },
	{ "tcp_abort", cw_on_abort_hit },
	{ "tcp_disconnect", cw_on_disconnect_hit },
	{ "tcp_send_active_reset", cw_on_send_reset_hit },
	{ "tcp_send_fin", cw_on_send_fin_hit },
	{ "sk_stream_error", cw_on_stream_error_hit },
	{ "inet_shutdown", cw_on_shutdown_hit },
	/* Last, so that a close seen to begin is also seen to end. */
	{ "__tcp_close", cw_on_close_hit },
};

#define CW_NR_ENTRIES	ARRAY_SIZE(cw_entries)

static const struct cw_return_point {
	const char *symbol;
	kretprobe_handler_t entry;
	kretprobe_handler_t handler;
	bool optional;
} cw_returns[] = {
	{ "tcp_check_oom", cw_on_oom_entry_hit, cw_on_oom_return_hit },
	{ "tcp_timewait_state_process", cw_on_tw_segment_entry_hit,
	  cw_on_tw_segment_return_hit },
	{ "tcp_shutdown", cw_on_tcp_shutdown_entry_hit, cw_on_shut_return_hit },
	{ "tcp_disconnect", cw_on_disconnect_entry_hit, cw_on_shut_return_hit },
#ifndef CW_HAVE_RST_REASON
	{ "tcp_v4_send_reset", cw_on_v4_send_reset_hit,
	  cw_on_send_reset_return_hit },
	/* Absent without IPv6. */
	{ "tcp_v6_send_reset", cw_on_v6_send_reset_hit,
	  cw_on_send_reset_return_hit, .optional = true },
#endif
};

#define CW_NR_RETURNS	ARRAY_SIZE(cw_returns)
#define CW_NR_ARMS	(CW_NR_RETURNS + CW_NR_ENTRIES)
#define CW_ARM_SHARED	CW_NR_RETURNS	/* the first entry's */

/* None of the functions waits for the peer or for the socket's lock, but a task
 * may be preempted in any of them.
 */
#define CW_RETURN_INSTANCES	64

static const struct cw_point {
	const char *name;
	void *handler;
} cw_points[] = {
	[CW_POINT_STATE] = { "inet_sock_set_state", cw_on_set_state },
	[CW_POINT_DESTROY] = { "tcp_destroy_sock", cw_on_tp_destroy },
#ifdef CW_HAVE_RST_REASON
	[CW_POINT_RESET] = { "tcp_send_reset", cw_on_tp_reset },
#endif
};

#define CW_NR_POINTS	ARRAY_SIZE(cw_points)

static struct tracepoint *cw_tracepoints[CW_NR_POINTS];

/* Return probes come first; see the end of cw_entries[]. */
static struct cw_arm *cw_arms[CW_NR_ARMS];

/* Protects cw_arms[] and cw_missed_before against readers of the counters. They
 * are written under cw_watch_lock.
 */
static DEFINE_SPINLOCK(cw_arms_lock);
static u64 cw_missed_before;
static bool cw_armed;

static int cw_probe_refused(struct netlink_ext_ack *extack, int err)
{
	NL_SET_ERR_MSG(extack,
		       "the kernel refused a probe on a TCP function; the kernel log names it");
	return err;
}

static void cw_tp_find(struct tracepoint *tp, void *priv)
{
	unsigned int i;

	for (i = 0; i < CW_NR_POINTS; i++) {
		if (!strcmp(tp->name, cw_points[i].name))
			cw_tracepoints[i] = tp;
	}
}

static void cw_probe_disarm_points(unsigned int n)
{
	while (n--)
		tracepoint_probe_unregister(cw_tracepoints[n],
					    cw_points[n].handler, NULL);
	tracepoint_synchronize_unregister();
}

static int cw_probe_arm_points(struct netlink_ext_ack *extack)
{
	unsigned int i;
	int err;

	memset(cw_point_fired, 0, sizeof(cw_point_fired));
	for_each_kernel_tracepoint(cw_tp_find, NULL);
	for (i = 0; i < CW_NR_POINTS; i++) {
		err = -ENOENT;
		if (cw_tracepoints[i])
			err = tracepoint_probe_register(cw_tracepoints[i],
							cw_points[i].handler,
							NULL);
		if (err) {
			pr_warn("closewatch: no probe on tracepoint %s (error %d)\n",
				cw_points[i].name, -err);
			cw_probe_disarm_points(i);
			return cw_probe_refused(extack, err);
		}
	}
	return 0;
}

static struct cw_arm *cw_probe_arm_return(const struct cw_return_point *r)
{
	struct kretprobe like = {
		.kp.symbol_name = r->symbol,
		.entry_handler = r->entry,
		.handler = r->handler,
		.data_size = sizeof(struct cw_ret),
		.maxactive = CW_RETURN_INSTANCES + 2 * num_possible_cpus(),
	};
	struct cw_arm *a;

	a = cw_arm_return(&like);
	return a == ERR_PTR(-ENOENT) && r->optional ? NULL : a;
}

static struct cw_arm *cw_probe_arm_one(unsigned int i)
{
	const struct cw_entry_point *e;

	if (i < CW_NR_RETURNS)
		return cw_probe_arm_return(&cw_returns[i]);
	e = &cw_entries[i - CW_NR_RETURNS];
	return cw_arm_entry(e->symbol, e->handler);
}

static const char *cw_probe_symbol(unsigned int i)
{
	return i < CW_NR_RETURNS ? cw_returns[i].symbol :
				   cw_entries[i - CW_NR_RETURNS].symbol;
}

static void cw_probe_disarm_arms(unsigned int first, unsigned int n)
{
	struct cw_arm *arms[CW_NR_ARMS];
	unsigned int i;

	BUILD_BUG_ON(CW_NR_ARMS > CW_ARM_BATCH);
	memcpy(arms, cw_arms + first, n * sizeof(*arms));
	cw_arm_release(arms, n);
	spin_lock(&cw_arms_lock);
	for (i = 0; i < n; i++)
		cw_missed_before += cw_arm_missed(arms[i]);
	memset(cw_arms + first, 0, n * sizeof(*cw_arms));
	spin_unlock(&cw_arms_lock);
	for (i = 0; i < n; i++)
		cw_arm_free(arms[i]);
}

static int cw_probe_arm_nth(unsigned int i, struct netlink_ext_ack *extack)
{
	struct cw_arm *a = cw_probe_arm_one(i);

	if (IS_ERR(a)) {
		pr_warn("closewatch: no probe on %s (error %ld)\n",
			cw_probe_symbol(i), -PTR_ERR(a));
		return cw_probe_refused(extack, PTR_ERR(a));
	}
	spin_lock(&cw_arms_lock);
	cw_arms[i] = a;
	spin_unlock(&cw_arms_lock);
	return 0;
}

static int cw_probe_arm_arms(struct netlink_ext_ack *extack)
{
	unsigned int i;
	int err;

	for (i = 0; i < CW_NR_ARMS; i++) {
		if (i == CW_ARM_SHARED)
			continue;
		err = cw_probe_arm_nth(i, extack);
		if (err) {
			cw_probe_disarm_arms(0, CW_NR_ARMS);
			return err;
		}
	}
	return 0;
}

int cw_probe_arm_shared(struct netlink_ext_ack *extack)
{
	return cw_arms[CW_ARM_SHARED] ? 0 : cw_probe_arm_nth(CW_ARM_SHARED, extack);
}

void cw_probe_disarm_shared(void)
{
	cw_probe_disarm_arms(CW_ARM_SHARED, 1);
}

bool cw_probe_has_shared(void)
{
	return cw_arms[CW_ARM_SHARED];
}

int cw_probe_arm(struct netlink_ext_ack *extack)
{
	int err;

	err = cw_probe_arm_points(extack);
	if (err)
		return err;
	err = cw_probe_arm_arms(extack);
	if (err)
		cw_probe_disarm_points(CW_NR_POINTS);
	else
		WRITE_ONCE(cw_armed, true);
	return err;
}

void cw_probe_disarm(void)
{
	cw_probe_disarm_arms(0, CW_NR_ARMS);
	cw_probe_disarm_points(CW_NR_POINTS);
	WRITE_ONCE(cw_armed, false);
}

static void cw_probe_get_arm(unsigned int i, struct cw_probe_state *state)
{
	state->name = cw_probe_symbol(i);
	state->at_return = i < CW_NR_RETURNS;
	spin_lock(&cw_arms_lock);
	state->armed = cw_arms[i];
	state->fired = state->armed && READ_ONCE(cw_arms[i]->fired);
	spin_unlock(&cw_arms_lock);
}

bool cw_probe_get(unsigned int i, struct cw_probe_state *state)
{
	unsigned int point = i - CW_NR_ARMS;

	if (i < CW_NR_ARMS) {
		cw_probe_get_arm(i, state);
		return true;
	}
	if (point >= CW_NR_POINTS)
		return false;
	state->name = cw_points[point].name;
	state->at_return = false;
	state->armed = READ_ONCE(cw_armed);
	state->fired = state->armed && READ_ONCE(cw_point_fired[point]);
	return true;
}

void cw_probe_count(struct cw_probe_count *count)
{
	struct cw_probe_state p;
	unsigned int i;

	memset(count, 0, sizeof(*count));
	for (i = 0; cw_probe_get(i, &p); i++) {
		count->armed += p.armed;
		count->fired += p.fired;
	}
	count->missed = cw_probe_missed();
}

u64 cw_probe_missed(void)
{
	unsigned int i;
	u64 missed;

	spin_lock(&cw_arms_lock);
	missed = cw_missed_before;
	for (i = 0; i < CW_NR_ARMS; i++)
		missed += cw_arm_missed(cw_arms[i]);
	spin_unlock(&cw_arms_lock);
	return missed;
}
