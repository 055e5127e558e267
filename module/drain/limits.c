// SPDX-License-Identifier: GPL-2.0
/*
 * A drain counts in its scopes from join until it retires or is told to leave;
 * from then on, until it is gone, it counts as leaving. Leaving needs a worker
 * but no peer, so it is short; the number of those leaving is limited too, in
 * case no worker runs.
 */
#include <linux/errno.h>
#include <linux/hashtable.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "core/event.h"
#include "limits.h"

static unsigned int drain_max = 32768;
module_param(drain_max, uint, 0644);
MODULE_PARM_DESC(drain_max, "most drains at a time (32768)");

static unsigned int drain_max_netns = 16384;
module_param(drain_max_netns, uint, 0644);
MODULE_PARM_DESC(drain_max_netns,
		 "most drains of a network namespace at a time (16384)");

static unsigned int drain_max_uid = 16384;
module_param(drain_max_uid, uint, 0644);
MODULE_PARM_DESC(drain_max_uid, "most drains of a user at a time (16384)");

#define CW_DRAIN_USER_BITS	6
#define CW_DRAIN_BURST	256	/* visited before the lock is dropped */

struct cw_drain_scope {
	struct list_head list;
	unsigned int count;	/* drains on the list */
	unsigned int leaving;
};

struct cw_drain_user {
	struct hlist_node node;
	struct cw_drain_scope scope;	/* of all drains of the payer */
	unsigned int places;		/* references to this */
	u64 payer;
};

/*
 * Protects all data of this file; no lock of ours nests inside. Raw, because a
 * handler calls cw_drain_limits_shed(); all others are called with interrupts on.
 * Keeping softirqs out is not enough: with PREEMPT_RT that leaves preemption on,
 * and a handler in a task that preempts the owner would spin for ever.
 */
static DEFINE_RAW_SPINLOCK(cw_drain_limits_lock);
static struct cw_drain_scope cw_drain_all;
static DEFINE_HASHTABLE(cw_drain_users, CW_DRAIN_USER_BITS);
/* The last one to lose its last place, kept for the payer's next drain. */
static struct cw_drain_user *cw_drain_user_idle;
static struct rb_root cw_drain_tree = RB_ROOT;
static u64 cw_drain_seq;
static DECLARE_WAIT_QUEUE_HEAD(cw_drain_flush_wait);

static void (*cw_drain_evict)(struct cw_drain_place *p);
static unsigned int cw_drain_limits_id;

static unsigned int cw_drain_limit(unsigned int scope)
{
	switch (scope) {
	case CW_DRAIN_OF_ALL:
		return READ_ONCE(drain_max);
	case CW_DRAIN_OF_NETNS:
		return READ_ONCE(drain_max_netns);
	default:
		return READ_ONCE(drain_max_uid);
	}
}

static struct cw_drain_scope *cw_drain_scope_net(const struct net *net)
{
	return net_generic(net, cw_drain_limits_id);
}

static struct cw_drain_user *__cw_drain_user_find(u64 payer)
{
	struct cw_drain_user *u;

	lockdep_assert_held(&cw_drain_limits_lock);
	hash_for_each_possible(cw_drain_users, u, node, payer) {
		if (u->payer == payer)
			return u;
	}
	return NULL;
}

/* Takes a reference. Adds @fresh if the payer has no entry, else frees it. */
static struct cw_drain_user *cw_drain_user_get(u64 payer,
					       struct cw_drain_user *fresh)
{
	struct cw_drain_user *u;

	raw_spin_lock_irq(&cw_drain_limits_lock);
	u = __cw_drain_user_find(payer);
	if (!u && fresh) {
		u = fresh;
		fresh = NULL;
		u->payer = payer;
		INIT_LIST_HEAD(&u->scope.list);
		hash_add(cw_drain_users, &u->node, payer);
	}
	if (u == cw_drain_user_idle)
		cw_drain_user_idle = NULL;
	if (u)
		u->places++;
	raw_spin_unlock_irq(&cw_drain_limits_lock);
	kfree(fresh);
	return u;
}

/* Keep @u, or none. Returns as below. */
static struct cw_drain_user *__cw_drain_user_keep(struct cw_drain_user *u)
{
	struct cw_drain_user *old = cw_drain_user_idle;

	if (old)
		hash_del(&old->node);
	cw_drain_user_idle = u;
	return old;
}

/* Returns an entry that the caller must free after unlocking, or NULL. */
static struct cw_drain_user *__cw_drain_user_put(struct cw_drain_place *p)
{
	struct cw_drain_user *u = container_of(p->scope[CW_DRAIN_OF_USER],
					       struct cw_drain_user, scope);

	lockdep_assert_held(&cw_drain_limits_lock);
	return --u->places ? NULL : __cw_drain_user_keep(u);
}

int cw_drain_limits_prepare(struct cw_drain_place *p, struct net *net,
			    u64 payer, gfp_t gfp)
{
	struct cw_drain_user *u = cw_drain_user_get(payer, NULL);
	unsigned int i;

	if (!u) {
		u = kzalloc(sizeof(*u), gfp);
		if (!u)
			return -ENOMEM;
		u = cw_drain_user_get(payer, u);
	}
	p->net = net;
	p->leave = 0;
	p->flushed = false;
	p->scope[CW_DRAIN_OF_ALL] = &cw_drain_all;
	p->scope[CW_DRAIN_OF_NETNS] = cw_drain_scope_net(net);
	p->scope[CW_DRAIN_OF_USER] = &u->scope;
	for (i = 0; i < CW_DRAIN_SCOPES; i++)
		INIT_LIST_HEAD(&p->in[i]);
	return 0;
}

void cw_drain_limits_forget(struct cw_drain_place *p)
{
	struct cw_drain_user *u;

	raw_spin_lock_irq(&cw_drain_limits_lock);
	u = __cw_drain_user_put(p);
	raw_spin_unlock_irq(&cw_drain_limits_lock);
	kfree(u);
}

/* Take the drain off its lists, unless already removed. */
static bool __cw_drain_unlist(struct cw_drain_place *p)
{
	unsigned int i;

	lockdep_assert_held(&cw_drain_limits_lock);
	if (list_empty(&p->in[0]))
		return false;
	for (i = 0; i < CW_DRAIN_SCOPES; i++) {
		list_del_init(&p->in[i]);
		p->scope[i]->count--;
		p->scope[i]->leaving++;
	}
	return true;
}

static void __cw_drain_leave(struct cw_drain_place *p, u32 outcome)
{
	if (!__cw_drain_unlist(p))
		return;
	WRITE_ONCE(p->leave, outcome);
	cw_drain_evict(p);
}

/* Tell a payer's oldest drain, in @net unless NULL, to leave; may find none. */
static bool __cw_drain_shed(struct cw_drain_scope *user, const struct net *net)
{
	unsigned int burst = CW_DRAIN_BURST;
	struct cw_drain_place *p;

	list_for_each_entry(p, &user->list, in[CW_DRAIN_OF_USER]) {
		if (!net || p->net == net) {
			__cw_drain_leave(p, CLOSEWATCH_DRAIN_OUTCOME_SHED);
			return true;
		}
		if (!--burst)
			break;
	}
	return false;
}

static bool __cw_drain_make_room(struct cw_drain_place *p, unsigned int scope)
{
	unsigned int max = cw_drain_limit(scope), burst = CW_DRAIN_BURST;
	struct cw_drain_scope *s = p->scope[scope];

	/* Repeats only after the limit was lowered. */
	while (s->count >= max) {
		if (s->leaving >= max || !burst--)
			return false;
		if (!__cw_drain_shed(p->scope[CW_DRAIN_OF_USER],
				     scope == CW_DRAIN_OF_NETNS ? p->net : NULL))
			return false;
	}
	return true;
}

/* Numbers increase, so a new one is the rightmost. */
static void __cw_drain_number(struct cw_drain_place *p)
{
	struct rb_node **link = &cw_drain_tree.rb_node, *parent = NULL;

	p->seq = ++cw_drain_seq;
	while (*link) {
		parent = *link;
		link = &parent->rb_right;
	}
	rb_link_node(&p->node, parent, link);
	rb_insert_color(&p->node, &cw_drain_tree);
}

bool cw_drain_limits_join(struct cw_drain_place *p)
{
	bool room = true;
	unsigned int i;

	raw_spin_lock_irq(&cw_drain_limits_lock);
	for (i = 0; i < CW_DRAIN_SCOPES && room; i++)
		room = __cw_drain_make_room(p, i);
	if (room) {
		__cw_drain_number(p);
		for (i = 0; i < CW_DRAIN_SCOPES; i++) {
			list_add_tail(&p->in[i], &p->scope[i]->list);
			p->scope[i]->count++;
		}
	}
	raw_spin_unlock_irq(&cw_drain_limits_lock);
	return room;
}

void cw_drain_limits_retire(struct cw_drain_place *p)
{
	raw_spin_lock_irq(&cw_drain_limits_lock);
	__cw_drain_unlist(p);
	raw_spin_unlock_irq(&cw_drain_limits_lock);
}

void cw_drain_limits_gone(struct cw_drain_place *p)
{
	struct cw_drain_user *u;
	bool wake;
	unsigned int i;

	raw_spin_lock_irq(&cw_drain_limits_lock);
	for (i = 0; i < CW_DRAIN_SCOPES; i++)
		p->scope[i]->leaving--;
	rb_erase(&p->node, &cw_drain_tree);
	wake = p->flushed;
	u = __cw_drain_user_put(p);
	raw_spin_unlock_irq(&cw_drain_limits_lock);
	kfree(u);
	if (wake)
		wake_up_all(&cw_drain_flush_wait);
}

static bool cw_drain_scope_full(const struct cw_drain_scope *s,
				unsigned int scope)
{
	unsigned int max = cw_drain_limit(scope);

	return READ_ONCE(s->count) >= max && READ_ONCE(s->leaving) >= max;
}

bool cw_drain_limits_full(struct net *net)
{
	return cw_drain_scope_full(&cw_drain_all, CW_DRAIN_OF_ALL) ||
	       cw_drain_scope_full(cw_drain_scope_net(net), CW_DRAIN_OF_NETNS);
}

void cw_drain_limits_shed(u64 payer)
{
	struct cw_drain_user *u;
	unsigned long flags;

	raw_spin_lock_irqsave(&cw_drain_limits_lock, flags);
	u = __cw_drain_user_find(payer);
	if (u)
		__cw_drain_shed(&u->scope, NULL);
	raw_spin_unlock_irqrestore(&cw_drain_limits_lock, flags);
}

static struct cw_drain_place *__cw_drain_after(u64 seq)
{
	struct rb_node *node = cw_drain_tree.rb_node;
	struct cw_drain_place *found = NULL;

	lockdep_assert_held(&cw_drain_limits_lock);
	while (node) {
		struct cw_drain_place *p = rb_entry(node, struct cw_drain_place,
						    node);

		if (p->seq > seq) {
			found = p;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

static struct cw_drain_place *__cw_drain_following(struct cw_drain_place *p)
{
	struct rb_node *node = rb_next(&p->node);

	return node ? rb_entry(node, struct cw_drain_place, node) : NULL;
}

/* Visit up to CW_DRAIN_BURST drains; returns the number of the last, or 0. */
static u64 __cw_drain_flush_some(const struct net *net, u64 seq)
{
	struct cw_drain_place *p = __cw_drain_after(seq);
	unsigned int burst = CW_DRAIN_BURST;

	for (seq = 0; p && burst--; p = __cw_drain_following(p)) {
		seq = p->seq;
		if (net && p->net != net)
			continue;
		p->flushed = true;
		__cw_drain_leave(p, CLOSEWATCH_DRAIN_OUTCOME_FLUSHED);
	}
	return seq;
}

/*
 * Whether no drain of @net (NULL: all) up to number @last is left. Later drains
 * and those of other namespaces are not waited for, because there may be no end
 * of them. @seq advances over them, so that all calls of one flush together
 * walk the tree once.
 */
static bool cw_drain_flush_done(const struct net *net, u64 *seq, u64 last)
{
	struct cw_drain_place *p;
	unsigned int burst;
	bool found;

	do {
		raw_spin_lock_irq(&cw_drain_limits_lock);
		p = __cw_drain_after(*seq);
		for (burst = CW_DRAIN_BURST; burst && p && p->seq <= last &&
		     net && p->net != net; burst--) {
			*seq = p->seq;
			p = __cw_drain_following(p);
		}
		found = p && p->seq <= last;
		raw_spin_unlock_irq(&cw_drain_limits_lock);
	} while (found && !burst);
	return !found;
}

void cw_drain_limits_flush(struct net *net)
{
	u64 seq = 0, passed = 0, last;

	raw_spin_lock_irq(&cw_drain_limits_lock);
	last = cw_drain_seq;
	raw_spin_unlock_irq(&cw_drain_limits_lock);
	do {
		raw_spin_lock_irq(&cw_drain_limits_lock);
		seq = __cw_drain_flush_some(net, seq);
		raw_spin_unlock_irq(&cw_drain_limits_lock);
		cond_resched();
	} while (seq && seq < last);
	wait_event(cw_drain_flush_wait,
		   cw_drain_flush_done(net, &passed, last));
}

unsigned int cw_drain_limits_count(struct net *net)
{
	const struct cw_drain_scope *s = net ? cw_drain_scope_net(net) :
					       &cw_drain_all;

	return READ_ONCE(s->count) + READ_ONCE(s->leaving);
}

u64 cw_drain_limits_next(const struct net *net, u64 seq,
			 void (*visit)(struct cw_drain_place *p, void *arg),
			 void *arg)
{
	bool found = false;

	do {
		unsigned int burst = CW_DRAIN_BURST;
		struct cw_drain_place *p;

		raw_spin_lock_irq(&cw_drain_limits_lock);
		p = __cw_drain_after(seq);
		for (seq = 0; p && burst-- && !found;
		     p = __cw_drain_following(p)) {
			seq = p->seq;
			found = !net || p->net == net;
			if (found)
				visit(p, arg);
		}
		raw_spin_unlock_irq(&cw_drain_limits_lock);
		cond_resched();
	} while (seq && !found);
	return seq;
}

static int __net_init cw_drain_limits_net_init(struct net *net)
{
	INIT_LIST_HEAD(&cw_drain_scope_net(net)->list);
	return 0;
}

/* Needs no exit: a drain holds its network namespace, so none is left. */
static struct pernet_operations cw_drain_limits_ops = {
	.init = cw_drain_limits_net_init,
	.id = &cw_drain_limits_id,
	.size = sizeof(struct cw_drain_scope),
};

int cw_drain_limits_init(void (*evict)(struct cw_drain_place *p))
{
	INIT_LIST_HEAD(&cw_drain_all.list);
	cw_drain_evict = evict;
	return register_pernet_subsys(&cw_drain_limits_ops);
}

void cw_drain_limits_exit(void)
{
	unregister_pernet_subsys(&cw_drain_limits_ops);
	kfree(__cw_drain_user_keep(NULL));
	WARN_ON_ONCE(!hash_empty(cw_drain_users));
}
