// SPDX-License-Identifier: GPL-2.0
#include <linux/hashtable.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "hook.h"

#define CW_HOOK_BITS	8

/* Protects the chains, the listeners, and the rings' consumer. */
DEFINE_MUTEX(cw_hook_lock);
/* Of those to all namespaces, and to one, keyed by its number. */
static HLIST_HEAD(cw_hook_all);
static DEFINE_HASHTABLE(cw_hook_netns, CW_HOOK_BITS);
static unsigned int cw_hook_nr_netns;	/* hooks of one namespace */
u32 cw_hook_types;			/* that some filter lets through */
u32 cw_hook_generation = 1;		/* another when a hook comes or goes, never 0 */
struct cw_hook *cw_hook_tracer;			/* of our tracepoints, or NULL */

/* Interrupts are off, which is an RCU read section, or the lock is held. */
#define cw_hook_readable() \
	(rcu_read_lock_any_held() || lockdep_is_held(&cw_hook_lock))

static struct hlist_head *cw_hook_chain_of(u64 netns)
{
	return netns ? &cw_hook_netns[hash_min(netns, CW_HOOK_BITS)] :
		       &cw_hook_all;
}

static bool cw_hook_chain(const struct hlist_head *chain,
			  const struct cw_event *ev, bool has_path,
			  bool (*fn)(struct cw_hook *h,
				     const struct cw_event *ev))
{
	struct cw_hook *h;

	hlist_for_each_entry_rcu(h, chain, node, cw_hook_readable()) {
		if (READ_ONCE(h->listener) &&
		    (has_path ? cw_filter_match(&h->filter, ev) :
				cw_filter_may_match(&h->filter, ev)) &&
		    fn(h, ev))
			return true;
	}
	return false;
}

bool cw_hook_each(const struct cw_event *ev,
		  bool (*fn)(struct cw_hook *h, const struct cw_event *ev))
{
	return cw_hook_chain(&cw_hook_all, ev, true, fn) ||
	       cw_hook_chain(cw_hook_chain_of(ev->conn.netns), ev, true, fn);
}

bool cw_hook_each_may(const struct cw_event *ev,
		      bool (*fn)(struct cw_hook *h, const struct cw_event *ev))
{
	return cw_hook_chain(&cw_hook_all, ev, false, fn) ||
	       cw_hook_chain(cw_hook_chain_of(ev->conn.netns), ev, false, fn);
}

static u32 cw_hook_types_of(const struct hlist_head *chain, u64 netns,
			    const struct sock *sk)
{
	struct cw_hook *h;
	u32 types = 0;

	hlist_for_each_entry_rcu(h, chain, node, cw_hook_readable()) {
		if (h->filter.netns != netns)
			continue;
		if (cw_filter_has_port(&h->filter))
			types |= CW_HOOK_PORTS;
		if (!cw_filter_asks(&h->filter, sk))
			continue;
		types |= cw_filter_types(&h->filter);
		if (READ_ONCE(h->listener) || h == READ_ONCE(cw_hook_tracer))
			types |= CW_HOOK_HEARD;
	}
	return types;
}

static u32 cw_hook_types_for(const struct sock *sk)
{
	u32 types = 0;
	u64 netns;

	if (!hlist_empty(&cw_hook_all))
		types = cw_hook_types_of(&cw_hook_all, 0, sk);
	if (!READ_ONCE(cw_hook_nr_netns))
		return types;
	netns = cw_netns_number(sock_net(sk));
	return types | cw_hook_types_of(cw_hook_chain_of(netns), netns, sk);
}

u32 __cw_hook_wanted(const struct sock *sk)
{
	return cw_hook_types_for(sk) & ~CW_HOOK_PORTS;
}

/* Where no listener asks for a port, the answer is kept for the namespace. */
u32 __cw_hook_wanted_keep(const struct sock *sk, u32 generation)
{
	u32 types = cw_hook_types_for(sk);

	atomic64_set(&cw_netns_of(sock_net(sk))->asked,
		     (u64)generation << 32 | types);
	return types & ~CW_HOOK_PORTS;
}

struct cw_hook *cw_hook_alloc(const struct cw_filter *filter)
{
	struct cw_hook *h = kzalloc(sizeof(*h), GFP_KERNEL_ACCOUNT);

	if (h)
		h->filter = *filter;
	return h;
}

/* Those that ask from now on see the chains as they are. */
static void cw_hook_changed(void)
{
	lockdep_assert_held(&cw_hook_lock);
	/* Pairs with the acquires in cw_hook_wanted() and cw_hook_ask(). */
	smp_store_release(&cw_hook_generation, cw_hook_generation + 1 ?: 1);
}

void cw_hook_announce(struct cw_hook *h)
{
	lockdep_assert_held(&cw_hook_lock);
	WRITE_ONCE(cw_hook_types, cw_hook_types | cw_filter_types(&h->filter));
	WRITE_ONCE(cw_hook_nr_netns, cw_hook_nr_netns + !!h->filter.netns);
	hlist_add_head_rcu(&h->node, cw_hook_chain_of(h->filter.netns));
	cw_hook_changed();
	mutex_unlock(&cw_hook_lock);
	synchronize_rcu();
	mutex_lock(&cw_hook_lock);
}

void cw_hook_assign(struct cw_hook *h, struct cw_listener *l)
{
	/* Pairs with the dependency in cw_hook_chain(). */
	smp_store_release(&h->listener, l);
	cw_hook_changed();
}

void cw_hook_assign_tracer(struct cw_hook *h)
{
	WRITE_ONCE(cw_hook_tracer, h);
	cw_hook_changed();
}

static u32 cw_hook_types_on(const struct hlist_head *chain)
{
	struct cw_hook *h;
	u32 types = 0;

	hlist_for_each_entry(h, chain, node)
		types |= cw_filter_types(&h->filter);
	return types;
}

void cw_hook_remove(struct cw_hook *h)
{
	u32 types, i;

	hlist_del_rcu(&h->node);
	WRITE_ONCE(cw_hook_nr_netns, cw_hook_nr_netns - !!h->filter.netns);
	types = cw_hook_types_on(&cw_hook_all);
	for (i = 0; i < HASH_SIZE(cw_hook_netns); i++)
		types |= cw_hook_types_on(&cw_hook_netns[i]);
	WRITE_ONCE(cw_hook_types, types);
	cw_hook_changed();
	kfree_rcu(h, rcu);
}
