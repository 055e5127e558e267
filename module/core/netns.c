// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/sock.h>

#include "netns.h"

/* Protects the list of namespaces that are charged to a user namespace. */
static DEFINE_MUTEX(cw_netns_lock);
static LIST_HEAD(cw_netns_list);
unsigned int cw_netns_id;
static atomic64_t cw_netns_last = ATOMIC64_INIT(0);

void *cw_net_generic(const struct net *net, unsigned int id)
{
	void *ptr;

	preempt_disable_notrace();
	ptr = rcu_dereference_sched(net->gen)->ptr[id];
	preempt_enable_notrace();
	return ptr;
}

static u64 cw_payer(enum cw_payer_kind kind, u32 id)
{
	return (u64)kind << 32 | id;
}

/* A user namespace is identified by the number of its first network namespace
 * that still exists, because its inode number can be reused.
 */
static u64 cw_netns_charge_userns(struct cw_netns *n,
				  const struct user_namespace *ns)
{
	u64 payer = cw_payer(CW_PAYER_USERNS, n->number);
	struct cw_netns *other;

	n->userns = ns;
	mutex_lock(&cw_netns_lock);
	list_for_each_entry(other, &cw_netns_list, node) {
		if (other->userns == ns) {
			payer = other->payer;
			break;
		}
	}
	list_add(&n->node, &cw_netns_list);
	mutex_unlock(&cw_netns_lock);
	return payer;
}

/* A network namespace holds its user namespace, which holds its parents. */
static u64 cw_netns_find_payer(const struct net *net, struct cw_netns *n)
{
	const struct user_namespace *ns = net->user_ns;

	if (net_eq(net, &init_net))
		return 0;
	if (ns == &init_user_ns)
		return cw_payer(CW_PAYER_NETNS, n->number);
	while (ns->parent != &init_user_ns)
		ns = ns->parent;
	if (uid_eq(ns->owner, GLOBAL_ROOT_UID))
		return cw_netns_charge_userns(n, ns);
	return cw_payer(CW_PAYER_USER, __kuid_val(ns->owner));
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
	struct cw_netns *n = cw_net_generic(net, cw_netns_id);

	INIT_LIST_HEAD(&n->node);
	n->number = atomic64_inc_return(&cw_netns_last);
	atomic64_set(&n->asked, 0);
	n->payer = cw_netns_find_payer(net, n);
	return 0;
}

static void __net_exit cw_netns_net_exit(struct net *net)
{
	struct cw_netns *n = cw_net_generic(net, cw_netns_id);

	mutex_lock(&cw_netns_lock);
	list_del(&n->node);
	mutex_unlock(&cw_netns_lock);
}

static struct pernet_operations cw_netns_ops = {
	.init = cw_netns_net_init,
	.exit = cw_netns_net_exit,
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
