// SPDX-License-Identifier: GPL-2.0
#include <linux/kprobes.h>
#include <net/inet_timewait_sock.h>
#include <net/ip6_route.h>
#include <net/tcp.h>

#include "compat/compat.h"
#include "core/arm.h"
#include "closing.h"
#include "ending.h"
#include "fate.h"
#include "gone.h"
#include "hit.h"
#include "reset.h"
#include "returns.h"
#include "shutting.h"

/* None of the functions waits for the peer or for the socket's lock, but a task
 * may be preempted in any of them.
 */
#define CW_RETURN_INSTANCES	64

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

#ifndef CW_HAVE_RST_REASON
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

const struct cw_return_point cw_returns[] = {
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

static_assert(ARRAY_SIZE(cw_returns) == CW_NR_RETURNS);

struct cw_arm *cw_returns_arm(const struct cw_return_point *r)
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
