// SPDX-License-Identifier: GPL-2.0
/*
 * The probe points. Handlers run with preemption off, in the context of the
 * probed function, and do nothing but hand its arguments on.
 */
#include <linux/kprobes.h>
#include <linux/netlink.h>
#include <linux/ptrace.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "birth.h"
#include "inflight.h"
#include "probe.h"

static struct sock *cw_arg_sk(struct pt_regs *regs, unsigned int n)
{
	return (struct sock *)regs_get_kernel_argument(regs, n);
}

static int cw_on_close(struct kprobe *p, struct pt_regs *regs)
{
	cw_inflight_begin(cw_arg_sk(regs, 0),
			  (long)regs_get_kernel_argument(regs, 1));
	return 0;
}

static int cw_on_send_fin(struct kprobe *p, struct pt_regs *regs)
{
	cw_inflight_fin(cw_arg_sk(regs, 0));
	return 0;
}

static int cw_on_send_reset(struct kprobe *p, struct pt_regs *regs)
{
	cw_inflight_rst(cw_arg_sk(regs, 0));
	return 0;
}

static int cw_on_disconnect(struct kprobe *p, struct pt_regs *regs)
{
	cw_inflight_disconnect(cw_arg_sk(regs, 0));
	return 0;
}

static int cw_on_wait_close(struct kprobe *p, struct pt_regs *regs)
{
	cw_inflight_wait(cw_arg_sk(regs, 0),
			 (long)regs_get_kernel_argument(regs, 1));
	return 0;
}

static int cw_on_listen_stop(struct kprobe *p, struct pt_regs *regs)
{
	cw_inflight_listen_stop(cw_arg_sk(regs, 0));
	return 0;
}

static int cw_on_child_forget(struct kprobe *p, struct pt_regs *regs)
{
	cw_inflight_child(cw_arg_sk(regs, 0), cw_arg_sk(regs, 2));
	return 0;
}

static int cw_on_time_wait(struct kprobe *p, struct pt_regs *regs)
{
	cw_inflight_time_wait(cw_arg_sk(regs, 0),
			      (int)regs_get_kernel_argument(regs, 1));
	return 0;
}

static int cw_on_destroy(struct kprobe *p, struct pt_regs *regs)
{
	cw_inflight_destroy(cw_arg_sk(regs, 0));
	return 0;
}

static int cw_on_oom_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	*(struct sock **)ri->data = cw_arg_sk(regs, 0);
	return 0;
}

static int cw_on_oom_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	cw_inflight_oom(*(struct sock **)ri->data,
			(bool)regs_return_value(regs));
	return 0;
}

static void cw_on_set_state(void *data, const struct sock *sk, const int old,
			    const int new)
{
	if (new == TCP_ESTABLISHED && sk->sk_protocol == IPPROTO_TCP)
		cw_birth_note(sk);
}

static const struct cw_probe {
	const char *symbol;
	kprobe_pre_handler_t handler;
} cw_probes[] = {
	{ "inet_csk_destroy_sock", cw_on_destroy },
	{ "tcp_time_wait", cw_on_time_wait },
	{ "inet_child_forget", cw_on_child_forget },
	{ "inet_csk_listen_stop", cw_on_listen_stop },
	{ "sk_stream_wait_close", cw_on_wait_close },
	{ "tcp_disconnect", cw_on_disconnect },
	{ "tcp_send_active_reset", cw_on_send_reset },
	{ "tcp_send_fin", cw_on_send_fin },
	/* Last, so that a close that is begun is seen to its end. */
	{ "__tcp_close", cw_on_close },
};

#define CW_NR_PROBES	ARRAY_SIZE(cw_probes)

static struct kprobe cw_kprobes[CW_NR_PROBES];
/* Runs with bottom halves off, so two instances a CPU are enough: one in
 * process context and one in a softirq that came before it was entered.
 */
static struct kretprobe cw_oom_probe;
static struct tracepoint *cw_tp_set_state;

/* Written under the lock of watch.c. */
static bool cw_armed;
static u64 cw_missed_before;

static void cw_tp_find(struct tracepoint *tp, void *priv)
{
	if (!strcmp(tp->name, "inet_sock_set_state"))
		*(struct tracepoint **)priv = tp;
}

static int cw_probe_arm_state(struct netlink_ext_ack *extack)
{
	int err = -ENOENT;

	for_each_kernel_tracepoint(cw_tp_find, &cw_tp_set_state);
	if (cw_tp_set_state)
		err = tracepoint_probe_register(cw_tp_set_state,
						cw_on_set_state, NULL);
	if (err)
		NL_SET_ERR_MSG(extack,
			       "kernel refused a probe on tracepoint inet_sock_set_state; it needs CONFIG_TRACEPOINTS");
	return err;
}

static void cw_probe_disarm_state(void)
{
	tracepoint_probe_unregister(cw_tp_set_state, cw_on_set_state, NULL);
	tracepoint_synchronize_unregister();
}

static int cw_probe_arm_oom(struct netlink_ext_ack *extack)
{
	int err;

	memset(&cw_oom_probe, 0, sizeof(cw_oom_probe));
	cw_oom_probe.kp.symbol_name = "tcp_check_oom";
	cw_oom_probe.entry_handler = cw_on_oom_entry;
	cw_oom_probe.handler = cw_on_oom_return;
	cw_oom_probe.data_size = sizeof(struct sock *);
	cw_oom_probe.maxactive = 2 * num_possible_cpus();
	err = register_kretprobe(&cw_oom_probe);
	if (err)
		NL_SET_ERR_MSG(extack,
			       "kernel refused a kretprobe on tcp_check_oom; see the kernel log");
	return err;
}

/* extack keeps a pointer to the text, so the text must outlive the call. */
static char cw_refused[96];

static int cw_probe_arm_entries(struct netlink_ext_ack *extack)
{
	unsigned int i;
	int err;

	memset(cw_kprobes, 0, sizeof(cw_kprobes));
	for (i = 0; i < CW_NR_PROBES; i++) {
		cw_kprobes[i].symbol_name = cw_probes[i].symbol;
		cw_kprobes[i].pre_handler = cw_probes[i].handler;
		err = register_kprobe(&cw_kprobes[i]);
		if (err)
			goto err_disarm;
	}
	return 0;

err_disarm:
	snprintf(cw_refused, sizeof(cw_refused),
		 "kernel refused a kprobe on %s (error %d); see the kernel log",
		 cw_probes[i].symbol, -err);
	if (extack)
		extack->_msg = cw_refused;
	while (i--)
		unregister_kprobe(&cw_kprobes[i]);
	return err;
}

static void cw_probe_disarm_entries(void)
{
	struct kprobe *kps[CW_NR_PROBES];
	unsigned int i;

	for (i = 0; i < CW_NR_PROBES; i++)
		kps[i] = &cw_kprobes[i];
	/* One grace period for all, where one by one would take nine. */
	unregister_kprobes(kps, CW_NR_PROBES);
}

int cw_probe_arm(struct netlink_ext_ack *extack)
{
	int err;

	err = cw_probe_arm_state(extack);
	if (err)
		return err;
	err = cw_probe_arm_oom(extack);
	if (err)
		goto err_state;
	err = cw_probe_arm_entries(extack);
	if (err)
		goto err_oom;
	WRITE_ONCE(cw_armed, true);
	return 0;

err_oom:
	unregister_kretprobe(&cw_oom_probe);
err_state:
	cw_probe_disarm_state();
	return err;
}

static u64 cw_probe_missed_now(void)
{
	u64 n = cw_oom_probe.nmissed + cw_oom_probe.kp.nmissed;
	unsigned int i;

	for (i = 0; i < CW_NR_PROBES; i++)
		n += cw_kprobes[i].nmissed;
	return n;
}

void cw_probe_disarm(void)
{
	cw_probe_disarm_entries();
	unregister_kretprobe(&cw_oom_probe);
	cw_probe_disarm_state();
	cw_missed_before += cw_probe_missed_now();
	WRITE_ONCE(cw_armed, false);
}

unsigned int cw_probe_armed(void)
{
	/* The entry probes, the kretprobe and the tracepoint. */
	return READ_ONCE(cw_armed) ? CW_NR_PROBES + 2 : 0;
}

u64 cw_probe_missed(void)
{
	return cw_missed_before + (READ_ONCE(cw_armed) ? cw_probe_missed_now() : 0);
}
