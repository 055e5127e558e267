// SPDX-License-Identifier: GPL-2.0
/*
 * The counters are in net_generic() storage, which the kernel frees only after
 * every subsystem's exit: TCP's own exit still ends minisocks, and that is
 * counted. Hence plain atomics: per-CPU memory would have to be freed by an
 * exit of ours, which runs too early.
 */
#include <linux/atomic.h>
#include <linux/log2.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "stats.h"

#define CW_STATS_COUNT	(sizeof(struct cw_stats) / sizeof(u64))

struct cw_stats_net {
	atomic64_t n[CW_STATS_COUNT];
};

static unsigned int cw_stats_id;
static bool cw_stats_counts;

#define CW_STATS_SLOT(member)	(offsetof(struct cw_stats, member) / sizeof(u64))

static void cw_stats_add(struct net *net, unsigned int slot, u64 n)
{
	struct cw_stats_net *s = net_generic(net, cw_stats_id);

	if (n)
		atomic64_add(n, &s->n[slot]);
}

static void cw_stats_bucket(struct net *net, unsigned int slot, u64 value)
{
	cw_stats_add(net, slot + (value ? ilog2(value) : 0), 1);
}

void cw_stats_close(struct net *net, const struct cw_event *ev)
{
	u32 path = ev->verdict.path;

	cw_stats_add(net, CW_STATS_SLOT(close) + path, 1);
	cw_stats_add(net, CW_STATS_SLOT(close_unread) + path, ev->conn.unread);
	if (ev->conn.unread)
		cw_stats_bucket(net, CW_STATS_SLOT(unread), ev->conn.unread);
	if (ev->marks.waited)
		cw_stats_bucket(net, CW_STATS_SLOT(wait), ev->marks.wait_ns);
}

void cw_stats_fate(struct net *net, const struct cw_end *end, bool minisock)
{
	cw_stats_add(net, CW_STATS_SLOT(fate_minisock) + end->fate, minisock);
	cw_stats_add(net, CW_STATS_SLOT(fate) + end->fate, 1);
	cw_stats_add(net, CW_STATS_SLOT(fate_lost) + end->fate,
		     end->lost_bytes);
	if (end->since_ns)
		cw_stats_bucket(net, CW_STATS_SLOT(since), end->since_ns);
}

static void cw_stats_refused(struct net *net, const struct cw_drained *d)
{
	cw_stats_add(net, CW_STATS_SLOT(drain.refused) + d->refusal, 1);
	cw_stats_add(net, CW_STATS_SLOT(drain.refused_response) + d->refusal,
		     d->response);
}

void cw_stats_drain_end(struct net *net, const struct cw_drained *d)
{
	if (d->outcome == CLOSEWATCH_DRAIN_OUTCOME_REFUSED) {
		cw_stats_refused(net, d);
		return;
	}
	cw_stats_add(net, CW_STATS_SLOT(drain.ended) + d->outcome, 1);
	cw_stats_add(net, CW_STATS_SLOT(drain.discarded) + d->outcome,
		     d->discarded);
	cw_stats_add(net, CW_STATS_SLOT(drain.response) + d->outcome,
		     d->response);
	cw_stats_add(net, CW_STATS_SLOT(drain.response_acked) + d->outcome,
		     d->response_acked);
	if (!d->saved)
		return;
	cw_stats_add(net, CW_STATS_SLOT(drain.saved), 1);
	cw_stats_add(net, CW_STATS_SLOT(drain.saved_bytes), d->response);
}

void cw_stats_drain_close(struct net *net, u32 path)
{
	cw_stats_add(net, CW_STATS_SLOT(drain.close) + path, 1);
}

void cw_stats_set_counting(bool on)
{
	WRITE_ONCE(cw_stats_counts, on);
}

bool cw_stats_counting(void)
{
	return READ_ONCE(cw_stats_counts);
}

void cw_stats_read(struct net *net, struct cw_stats *stats)
{
	struct cw_stats_net *s = net_generic(net, cw_stats_id);
	u64 *to = (u64 *)stats;
	unsigned int i;

	for (i = 0; i < CW_STATS_COUNT; i++)
		to[i] = atomic64_read(&s->n[i]);
}

static struct pernet_operations cw_stats_ops = {
	.id = &cw_stats_id,
	.size = sizeof(struct cw_stats_net),
};

int cw_stats_init(void)
{
	return register_pernet_subsys(&cw_stats_ops);
}

void cw_stats_exit(void)
{
	unregister_pernet_subsys(&cw_stats_ops);
}
