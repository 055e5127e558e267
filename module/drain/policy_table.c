// SPDX-License-Identifier: GPL-2.0
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "core/charge.h"
#include "core/netns.h"
#include "policy_table.h"

static unsigned int policies_max_uid = 131072;
module_param(policies_max_uid, uint, 0644);
MODULE_PARM_DESC(policies_max_uid,
		 "most policies of a user at a time, in all its network namespaces (131072)");

/* See the header; inside it: canary and charge locks. */
DEFINE_MUTEX(cw_policy_lock);
DEFINE_XARRAY_FLAGS(cw_policy_ids, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
LIST_HEAD(cw_policy_order);
unsigned int cw_policy_nr;
u32 cw_policy_generation = 1;
unsigned int cw_policy_net_id;
struct cw_scope cw_policy_shared = {
	.swap = SEQCNT_ZERO(cw_policy_shared.swap),
};

static u32 cw_policy_next_id;
static u64 cw_policy_last_seq;

struct cw_entry *cw_entry_new(struct net *net, const struct cw_policy *p)
{
	struct cw_entry *e;

	e = kzalloc(struct_size(e, links, p->cookie ? 0 : cw_rule_links(p)),
		    GFP_KERNEL_ACCOUNT);
	if (!e)
		return NULL;
	e->hits = kzalloc(sizeof(*e->hits), GFP_KERNEL_ACCOUNT);
	if (!e->hits) {
		kfree(e);
		return NULL;
	}
	refcount_set(&e->hits->refs, 1);
	e->p = *p;
	e->p.netns = net ? cw_netns_number(net) : 0;
	e->p.netns_inum = net ? net->ns.inum : 0;
	e->key.cookie = p->cookie;
	e->key.netns = e->p.netns;
	e->net = net;
	e->payer = net ? cw_netns_payer(net, NULL) : 0;
	refcount_set(&e->refs, 1);
	return e;
}

static void cw_hits_put(struct cw_hits *hits)
{
	if (refcount_dec_and_test(&hits->refs))
		kfree_rcu(hits, rcu);
}

void cw_entry_put(struct cw_entry *e)
{
	if (!refcount_dec_and_test(&e->refs))
		return;
	cw_hits_put(e->hits);
	kfree_rcu(e, rcu);
}

void cw_entry_share_hits(struct cw_entry *copy, const struct cw_entry *e)
{
	cw_hits_put(copy->hits);
	refcount_inc(&e->hits->refs);
	copy->hits = e->hits;
}

int cw_entry_take_id(struct cw_entry *e)
{
	int err = xa_alloc_cyclic(&cw_policy_ids, &e->p.id, e, xa_limit_32b,
				  &cw_policy_next_id, GFP_KERNEL);

	/* 1 if the numbers have wrapped. */
	return min(err, 0);
}

u64 cw_policy_next_seq(void)
{
	lockdep_assert_held(&cw_policy_lock);
	return ++cw_policy_last_seq;
}

int cw_entry_charge(const struct cw_entry *e, struct netlink_ext_ack *extack)
{
	int err;

	if (!e->net)
		return 0;
	err = cw_charge(e->payer, CW_CHARGE_POLICY,
			READ_ONCE(policies_max_uid));
	if (err == -EUSERS)
		NL_SET_ERR_MSG(extack,
			       "you have as many policies as the module's parameter policies_max_uid allows; remove some first");
	return err;
}

void cw_entry_uncharge(const struct cw_entry *e)
{
	if (e->net)
		cw_uncharge(e->payer, CW_CHARGE_POLICY);
}

int cw_rules_prepare(struct cw_rules *rules, const struct cw_policy *p)
{
	struct cw_rules_ports *ports;

	if (rcu_access_pointer(rules->ports) || !cw_rule_ports(p))
		return 0;
	ports = kvzalloc(sizeof(*ports), GFP_KERNEL_ACCOUNT);
	if (!ports)
		return -ENOMEM;
	rcu_assign_pointer(rules->ports, ports);
	return 0;
}

/* A dump compares the generation between its messages. */
void cw_policy_changed(int by)
{
	lockdep_assert_held(&cw_policy_lock);
	cw_policy_generation++;
	WRITE_ONCE(cw_policy_nr, cw_policy_nr + by);
}
