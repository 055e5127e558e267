// SPDX-License-Identifier: GPL-2.0
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "compat/compat.h"
#include "core/facts.h"
#include "core/hook.h"
#include "core/netns.h"
#include "birth.h"
#include "closing.h"
#include "fate.h"
#include "points.h"
#include "reset.h"

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
#endif

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

static void cw_tp_find(struct tracepoint *tp, void *priv)
{
	unsigned int i;

	for (i = 0; i < CW_NR_POINTS; i++) {
		if (!strcmp(tp->name, cw_points[i].name))
			cw_tracepoints[i] = tp;
	}
}

static void __cw_points_disarm(unsigned int n)
{
	while (n--)
		tracepoint_probe_unregister(cw_tracepoints[n],
					    cw_points[n].handler, NULL);
	tracepoint_synchronize_unregister();
}

int cw_points_arm(void)
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
			__cw_points_disarm(i);
			return err;
		}
	}
	return 0;
}

void cw_points_disarm(void)
{
	__cw_points_disarm(CW_NR_POINTS);
}

const char *cw_points_name(unsigned int i)
{
	return i < CW_NR_POINTS ? cw_points[i].name : NULL;
}

bool cw_points_fired(unsigned int i)
{
	return READ_ONCE(cw_point_fired[i]);
}
