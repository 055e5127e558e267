// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "netns.h"

struct cw_netns {
	u64 number;
};

static unsigned int cw_netns_id;
static atomic64_t cw_netns_last = ATOMIC64_INIT(0);

u64 cw_netns_number(const struct net *net)
{
	const struct cw_netns *n = net_generic(net, cw_netns_id);

	return n->number;
}

struct net *cw_netns_get(u64 number)
{
	struct net *net, *found = NULL;

	rcu_read_lock();
	for_each_net_rcu(net) {
		if (cw_netns_number(net) == number) {
			found = maybe_get_net(net);
			break;
		}
	}
	rcu_read_unlock();
	return found;
}

static int __net_init cw_netns_net_init(struct net *net)
{
	struct cw_netns *n = net_generic(net, cw_netns_id);

	n->number = atomic64_inc_return(&cw_netns_last);
	return 0;
}

static struct pernet_operations cw_netns_ops = {
	.init = cw_netns_net_init,
	.id = &cw_netns_id,
	.size = sizeof(struct cw_netns),
};

int __init cw_netns_init(void)
{
	return register_pernet_subsys(&cw_netns_ops);
}

void cw_netns_exit(void)
{
	unregister_pernet_subsys(&cw_netns_ops);
}
