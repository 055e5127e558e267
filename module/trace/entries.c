// SPDX-License-Identifier: GPL-2.0
#include <linux/kprobes.h>
#include <net/inet_timewait_sock.h>
#include <net/tcp.h>

#include "compat/compat.h"
#include "core/arm.h"
#include "calls.h"
#include "closing.h"
#include "ending.h"
#include "entries.h"
#include "fate.h"
#include "gone.h"
#include "hit.h"
#include "reset.h"
#include "shutting.h"

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

const struct cw_entry_point cw_entries[] = {
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

static_assert(ARRAY_SIZE(cw_entries) == CW_NR_ENTRIES);
