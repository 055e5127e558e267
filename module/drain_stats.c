// SPDX-License-Identifier: GPL-2.0
/*
 * Plain atomics in the storage that the kernel keeps for each network
 * namespace, for the reasons that stats.c gives.
 */
#include <linux/atomic.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "drain_stats.h"

#define CW_DRAIN_STATS_COUNT	(sizeof(struct cw_drain_stats) / sizeof(u64))

struct cw_drain_stats_net {
	atomic64_t n[CW_DRAIN_STATS_COUNT];
};

static unsigned int cw_drain_stats_id;

#define CW_DRAIN_STATS_SLOT(member) \
	(offsetof(struct cw_drain_stats, member) / sizeof(u64))

static void cw_drain_stats_add(struct net *net, unsigned int slot, u64 n)
{
	struct cw_drain_stats_net *s = net_generic(net, cw_drain_stats_id);

	if (n)
		atomic64_add(n, &s->n[slot]);
}

static void cw_drain_stats_refused(struct net *net, const struct cw_drained *d)
{
	cw_drain_stats_add(net, CW_DRAIN_STATS_SLOT(refused) + d->refusal, 1);
	cw_drain_stats_add(net,
			   CW_DRAIN_STATS_SLOT(refused_response) + d->refusal,
			   d->response);
}

void cw_drain_stats_end(struct net *net, const struct cw_drained *d)
{
	if (d->outcome == CLOSEWATCH_DRAIN_OUTCOME_REFUSED) {
		cw_drain_stats_refused(net, d);
		return;
	}
	cw_drain_stats_add(net, CW_DRAIN_STATS_SLOT(ended) + d->outcome, 1);
	cw_drain_stats_add(net, CW_DRAIN_STATS_SLOT(discarded) + d->outcome,
			   d->discarded);
	cw_drain_stats_add(net, CW_DRAIN_STATS_SLOT(response) + d->outcome,
			   d->response);
	cw_drain_stats_add(net,
			   CW_DRAIN_STATS_SLOT(response_acked) + d->outcome,
			   d->response_acked);
	if (!d->saved)
		return;
	cw_drain_stats_add(net, CW_DRAIN_STATS_SLOT(saved), 1);
	cw_drain_stats_add(net, CW_DRAIN_STATS_SLOT(saved_bytes), d->response);
}

void cw_drain_stats_close(struct net *net, u32 path)
{
	cw_drain_stats_add(net, CW_DRAIN_STATS_SLOT(close) + path, 1);
}

void cw_drain_stats_read(struct net *net, struct cw_drain_stats *stats)
{
	struct cw_drain_stats_net *s = net_generic(net, cw_drain_stats_id);
	u64 *to = (u64 *)stats;
	unsigned int i;

	for (i = 0; i < CW_DRAIN_STATS_COUNT; i++)
		to[i] = atomic64_read(&s->n[i]);
}

static struct pernet_operations cw_drain_stats_ops = {
	.id = &cw_drain_stats_id,
	.size = sizeof(struct cw_drain_stats_net),
};

int cw_drain_stats_init(void)
{
	return register_pernet_subsys(&cw_drain_stats_ops);
}

void cw_drain_stats_exit(void)
{
	unregister_pernet_subsys(&cw_drain_stats_ops);
}
