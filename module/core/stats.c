// SPDX-License-Identifier: GPL-2.0
/*
 * The counters are in net_generic() storage, which the kernel frees only after
 * every subsystem's exit: TCP's own exit still ends minisocks, and that is
 * counted. Hence plain atomics: per-CPU memory would have to be freed by an
 * exit of ours, which runs too early.
 */
#include <linux/atomic.h>
#include <linux/log2.h>

#include "netns.h"
#include "stats.h"

#define CW_STATS_COUNT	(sizeof(struct cw_stats) / sizeof(u64))

struct cw_stats_net {
	atomic64_t n[CW_STATS_COUNT];
};

static unsigned int cw_stats_id;

#define CW_STATS_SLOT(member)	(offsetof(struct cw_stats, member) / sizeof(u64))

static struct cw_stats_net *cw_stats_of(const struct net *net)
{
	return cw_net_generic(net, cw_stats_id);
}

static void cw_stats_add(struct cw_stats_net *s, unsigned int slot, u64 n)
{
	if (n)
		atomic64_add(n, &s->n[slot]);
}

static void cw_stats_inc(struct cw_stats_net *s, unsigned int slot)
{
	atomic64_inc(&s->n[slot]);
}

static void cw_stats_bucket(struct cw_stats_net *s, unsigned int slot, u64 value)
{
	cw_stats_inc(s, slot + (value ? ilog2(value) : 0));
}

void cw_stats_close(const struct net *net, u32 path, u32 unread,
		    const struct cw_marks *m)
{
	struct cw_stats_net *s = cw_stats_of(net);

	cw_stats_inc(s, CW_STATS_SLOT(close) + path);
	if (unread) {
		cw_stats_add(s, CW_STATS_SLOT(close_unread) + path, unread);
		cw_stats_bucket(s, CW_STATS_SLOT(unread), unread);
	}
	if (m->waited) {
		cw_stats_bucket(s, CW_STATS_SLOT(wait), m->wait_ns);
		cw_stats_add(s, CW_STATS_SLOT(wait_ns), m->wait_ns);
	}
}

void cw_stats_fate(const struct net *net, const struct cw_end *end,
		   bool minisock)
{
	struct cw_stats_net *s = cw_stats_of(net);

	cw_stats_inc(s, CW_STATS_SLOT(fate) + end->fate);
	cw_stats_add(s, CW_STATS_SLOT(fate_minisock) + end->fate, minisock);
	cw_stats_add(s, CW_STATS_SLOT(fate_lost) + end->fate, end->lost_bytes);
	if (end->since_ns)
		cw_stats_bucket(s, CW_STATS_SLOT(since), end->since_ns);
}

static void cw_stats_refused(struct cw_stats_net *s, const struct cw_drained *d)
{
	cw_stats_add(s, CW_STATS_SLOT(drain.refused) + d->refusal, 1);
	cw_stats_add(s, CW_STATS_SLOT(drain.refused_response) + d->refusal,
		     d->response);
}

void cw_stats_drain_end(struct net *net, const struct cw_drained *d)
{
	struct cw_stats_net *s = cw_stats_of(net);

	if (d->outcome == CLOSEWATCH_DRAIN_OUTCOME_REFUSED) {
		cw_stats_refused(s, d);
		return;
	}
	cw_stats_add(s, CW_STATS_SLOT(drain.ended) + d->outcome, 1);
	cw_stats_add(s, CW_STATS_SLOT(drain.discarded) + d->outcome,
		     d->discarded);
	cw_stats_add(s, CW_STATS_SLOT(drain.response) + d->outcome,
		     d->response);
	cw_stats_add(s, CW_STATS_SLOT(drain.response_acked) + d->outcome,
		     d->response_acked);
	if (!d->saved)
		return;
	cw_stats_add(s, CW_STATS_SLOT(drain.saved), 1);
	cw_stats_add(s, CW_STATS_SLOT(drain.saved_bytes), d->response);
}

void cw_stats_drain_needless(struct net *net)
{
	cw_stats_inc(cw_stats_of(net), CW_STATS_SLOT(drain.needless));
}

void cw_stats_drain_close(struct net *net, u32 path)
{
	cw_stats_inc(cw_stats_of(net), CW_STATS_SLOT(drain.close) + path);
}

void cw_stats_read(struct net *net, struct cw_stats *stats)
{
	struct cw_stats_net *s = cw_stats_of(net);
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
