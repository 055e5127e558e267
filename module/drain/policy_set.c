// SPDX-License-Identifier: GPL-2.0
/*
 * Builds new entries and new rules beside those that are in use, then exchanges
 * them. An entry cannot be on two chains at once, so that one that is kept is
 * copied, with its id.
 */
#include <linux/jhash.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/net_namespace.h>

#include "policy.h"
#include "policy_set.h"
#include "policy_table.h"

#define CW_SET_BUCKETS	256

/**
 * struct cw_new_rules - what is to be exchanged
 * @own: rules of the namespace
 * @shared: rules for all
 * @old: entries in use, in the order of evaluation
 * @entry: those that replace them; the set's come first, in its order
 * @same: @old that no entry has replaced yet, by a hash of what they say
 * @seed: of that hash, so that nobody can fill one bucket
 * @nr_old: number of @old
 * @n: number of @entry
 * @nr_own: how many rules the namespace will have
 * @nr_shared: likewise
 * @charged: entries of the namespace that were charged
 * @published: closes find the new rules
 */
struct cw_new_rules {
	struct cw_rules own;
	struct cw_rules shared;
	struct cw_entry **old;
	struct cw_entry **entry;
	struct hlist_head *same;
	u32 seed;
	unsigned int nr_old;
	unsigned int n;
	unsigned int nr_own;
	unsigned int nr_shared;
	unsigned int charged;
	bool published;
};

bool cw_set_is_shared(const struct cw_policy_set *set)
{
	return net_eq(set->net, &init_net);
}

/* Is this one of the rules that are built anew? */
static bool cw_set_scope_has(const struct cw_policy_set *set,
			     const struct cw_entry *e)
{
	return e->net == set->net || (!e->net && cw_set_is_shared(set));
}

/* Once, because there may be far more rules of other namespaces. */
static void cw_set_collect(const struct cw_policy_set *set,
			   struct cw_new_rules *new)
{
	struct cw_entry *e;

	list_for_each_entry(e, &cw_policy_order, order) {
		if (cw_set_scope_has(set, e))
			new->old[new->nr_old++] = e;
		cond_resched();
	}
}

/* Both have been zeroed before they were filled. */
static bool cw_set_same(const struct cw_policy *a, const struct cw_policy *b)
{
	return a->action == b->action && a->priority == b->priority &&
	       a->linger_seconds == b->linger_seconds &&
	       a->dry_run == b->dry_run && a->even_oom == b->even_oom &&
	       a->even_linger0 == b->even_linger0 &&
	       !memcmp(&a->limits, &b->limits, sizeof(a->limits)) &&
	       !memcmp(&a->want, &b->want, sizeof(a->want));
}

/* Of all that cw_set_same() compares */
static struct hlist_head *cw_set_bucket(const struct cw_new_rules *new,
					const struct cw_policy *p)
{
	u32 flags = p->dry_run | p->even_oom << 1 | p->even_linger0 << 2;
	u32 hash = jhash(&p->want, sizeof(p->want), new->seed);

	hash = jhash(&p->limits, sizeof(p->limits), hash ^ flags);
	hash = jhash_3words(p->action, p->priority, p->linger_seconds, hash);
	return &new->same[hash % CW_SET_BUCKETS];
}

/* In their order in each bucket. Those that expire are not of the set. */
static void cw_set_hash(struct cw_new_rules *new)
{
	struct cw_entry *old;
	unsigned int i;

	for (i = new->nr_old; i--;) {
		old = new->old[i];
		if (!old->p.expires)
			hlist_add_head(&old->same, cw_set_bucket(new, &old->p));
	}
}

/* The first of those that no other rule of the set has taken. */
static struct cw_entry *cw_set_take(const struct cw_new_rules *new,
				    const struct cw_entry *e)
{
	struct cw_entry *old;

	hlist_for_each_entry(old, cw_set_bucket(new, &e->p), same) {
		if (old->net == e->net && cw_set_same(&old->p, &e->p)) {
			hlist_del(&old->same);
			return old;
		}
	}
	return NULL;
}

static void cw_set_pair(struct cw_entry *e, struct cw_entry *old)
{
	e->other = old;
	old->other = e;
	e->p.id = old->p.id;
}

static void cw_set_match(struct cw_policy_set *set, struct cw_new_rules *new)
{
	struct cw_entry *old;
	unsigned int i;

	cw_set_hash(new);
	for (i = 0; i < set->n; i++) {
		old = cw_set_take(new, new->entry[i]);
		cond_resched();
		if (!old)
			continue;
		cw_set_pair(new->entry[i], old);
		set->rule[i].p.id = old->p.id;
		set->rule[i].kept = true;
	}
}

static void cw_set_add(struct cw_new_rules *new, struct cw_entry *e)
{
	new->entry[new->n++] = e;
	++*(e->net ? &new->nr_own : &new->nr_shared);
}

/* Those that expire stay, as copies. */
static int cw_set_take_rest(struct cw_policy_set *set, struct cw_new_rules *new)
{
	struct cw_entry *old, *e;
	unsigned int i;

	set->nr_removed = 0;
	for (i = 0; i < new->nr_old; i++) {
		old = new->old[i];
		if (old->other)
			continue;
		if (!old->p.expires) {
			set->removed[set->nr_removed++] = old->p.id;
			continue;
		}
		e = cw_entry_new(old->net, &old->p);
		if (!e)
			return -ENOMEM;
		cw_set_pair(e, old);
		cw_set_add(new, e);
	}
	return 0;
}

static int cw_set_prepare(struct cw_new_rules *new)
{
	struct cw_entry *e;
	unsigned int i;
	int err = 0;

	for (i = 0; i < new->n && !err; i++) {
		e = new->entry[i];
		err = cw_rules_prepare(e->net ? &new->own : &new->shared,
				       &e->p);
	}
	return err;
}

static int cw_set_check_room(const struct cw_new_rules *new,
			     struct netlink_ext_ack *extack)
{
	if (max(new->nr_own, new->nr_shared) <= CW_POLICY_MAX_RULES)
		return 0;
	NL_SET_ERR_MSG(extack,
		       "1024 rules of a network namespace and 1024 for all of them is the limit; leave some out");
	return -ENOSPC;
}

/* The payer is that of the rules before: only the difference is charged. */
static int cw_set_charge(const struct cw_policy_set *set,
			 struct cw_new_rules *new,
			 struct netlink_ext_ack *extack)
{
	unsigned int before = cw_scope_of(set->net)->nr_rules;
	unsigned int i;
	int err;

	for (i = 0; i < new->n; i++) {
		if (!new->entry[i]->net ||
		    before + new->charged >= new->nr_own)
			continue;
		err = cw_entry_charge(new->entry[i], extack);
		if (err)
			return err;
		new->charged++;
	}
	return 0;
}

static int cw_set_number(struct cw_policy_set *set, struct cw_new_rules *new)
{
	unsigned int i;
	int err;

	for (i = 0; i < set->n; i++) {
		if (set->rule[i].kept)
			continue;
		err = cw_entry_take_id(new->entry[i]);
		if (err) {
			new->entry[i]->p.id = 0;
			return err;
		}
		set->rule[i].p.id = new->entry[i]->p.id;
	}
	return 0;
}

static int cw_set_before(const void *a, const void *b)
{
	const struct cw_entry *const *x = a, *const *y = b;

	return cw_rule_before(&(*x)->p, &(*y)->p) ? -1 : 1;
}

static void cw_set_sort(struct cw_new_rules *new)
{
	unsigned int i;

	for (i = 0; i < new->n; i++)
		new->entry[i]->p.seq = cw_policy_next_seq();
	sort(new->entry, new->n, sizeof(*new->entry), cw_set_before, NULL);
}

/* Are they all kept, and in the order that they have? */
static bool cw_set_is_there(const struct cw_new_rules *new)
{
	unsigned int i;

	if (new->n != new->nr_old)
		return false;
	for (i = 0; i < new->n; i++) {
		if (new->entry[i]->other != new->old[i])
			return false;
	}
	return true;
}

/* The last in order first, so that each becomes the first of its chains. */
static void cw_set_chain(struct cw_new_rules *new)
{
	struct cw_entry *e;
	unsigned int i;

	for (i = new->n; i--;) {
		e = new->entry[i];
		if (e->other)
			cw_entry_share_hits(e, e->other);
		cw_rules_add(e->net ? &new->own : &new->shared, &e->p,
			     e->links);
		cond_resched();
	}
}

static void cw_set_exchange(struct cw_rules *now, struct cw_rules *new)
{
	struct cw_rules old = *now;

	rcu_assign_pointer(now->others, rcu_access_pointer(new->others));
	rcu_assign_pointer(now->ports, rcu_access_pointer(new->ports));
	*new = old;
}

/* Frees what cw_set_exchange() put out of use, or what was never in use. */
static void cw_set_free_ports(struct cw_new_rules *new)
{
	struct cw_rules_ports *own = rcu_dereference_protected(new->own.ports, 1);
	struct cw_rules_ports *shared =
		rcu_dereference_protected(new->shared.ports, 1);

	if (new->published && (own || shared))
		synchronize_rcu();
	kvfree(own);
	kvfree(shared);
}

/* From here on closes find the new rules. */
static void cw_set_publish(const struct cw_policy_set *set,
			   struct cw_new_rules *new)
{
	struct cw_scope *own = cw_scope_of(set->net);
	struct cw_scope *shared = cw_scope_of(NULL);
	seqcount_t *swap = &(cw_set_is_shared(set) ? shared : own)->swap;
	unsigned long flags;

	local_irq_save(flags);
	raw_write_seqcount_begin(swap);
	cw_set_exchange(&own->rules, &new->own);
	if (cw_set_is_shared(set))
		cw_set_exchange(&shared->rules, &new->shared);
	raw_write_seqcount_end(swap);
	local_irq_restore(flags);
	new->published = true;
	cw_policy_changed(new->nr_own - own->nr_rules);
	own->nr_rules = new->nr_own;
	if (!cw_set_is_shared(set))
		return;
	cw_policy_changed(new->nr_shared - shared->nr_rules);
	shared->nr_rules = new->nr_shared;
}

/* One that has no @other is in the set no more. */
static void cw_set_put_old(struct cw_new_rules *new, unsigned int uncharge)
{
	struct cw_entry *old;
	unsigned int i;

	for (i = 0; i < new->nr_old; i++) {
		old = new->old[i];
		list_del(&old->order);
		if (old->other)
			old->other->other = NULL;
		else
			xa_erase(&cw_policy_ids, old->p.id);
		if (old->net && uncharge) {
			cw_entry_uncharge(old);
			uncharge--;
		}
		cw_entry_put(old);
		cond_resched();
	}
}

/* In the place of another it needs no memory. */
static void cw_set_take_ids(struct cw_new_rules *new)
{
	struct cw_entry *e;
	unsigned int i;

	for (i = 0; i < new->n; i++) {
		e = new->entry[i];
		if (e->other)
			xa_store(&cw_policy_ids, e->p.id, e, GFP_KERNEL);
	}
}

/* Both lists are in the order of evaluation. */
static void cw_set_merge(struct cw_new_rules *new)
{
	struct cw_entry *at;
	unsigned int i = 0;

	list_for_each_entry(at, &cw_policy_order, order) {
		for (; i < new->n && cw_rule_before(&new->entry[i]->p, &at->p);
		     i++)
			list_add_tail(&new->entry[i]->order, &at->order);
		cond_resched();
	}
	for (; i < new->n; i++)
		list_add_tail(&new->entry[i]->order, &cw_policy_order);
}

static void cw_set_install(struct cw_policy_set *set, struct cw_new_rules *new)
{
	unsigned int before = cw_scope_of(set->net)->nr_rules;

	cw_set_chain(new);
	cw_set_publish(set, new);
	cw_set_take_ids(new);
	cw_set_put_old(new, before > new->nr_own ? before - new->nr_own : 0);
	cw_set_merge(new);
}

/* Leaves things as they were before; also entries that nothing was done to. */
static void cw_set_abandon(struct cw_new_rules *new)
{
	struct cw_entry *e;
	unsigned int i;

	for (i = 0; i < new->n; i++) {
		e = new->entry[i];
		if (e->net && new->charged) {
			cw_entry_uncharge(e);
			new->charged--;
		}
		if (e->other)
			e->other->other = NULL;
		else if (e->p.id)
			xa_erase(&cw_policy_ids, e->p.id);
		cw_entry_put(e);
	}
}

static int cw_set_make(struct cw_policy_set *set, struct cw_new_rules *new,
		       struct netlink_ext_ack *extack)
{
	int err;

	cw_set_collect(set, new);
	cw_set_match(set, new);
	err = cw_set_take_rest(set, new);
	if (!err)
		err = cw_set_check_room(new, extack);
	if (!err)
		err = cw_set_prepare(new);
	if (!err)
		err = cw_set_charge(set, new, extack);
	if (!err)
		err = set->ready(set);
	if (err || set->dry_run)
		return err;
	err = cw_set_number(set, new);
	if (!err && new->n)
		err = cw_policy_arm(extack);
	cw_set_sort(new);
	return err;
}

static int cw_set_replace(struct cw_policy_set *set, struct cw_new_rules *new,
			  struct netlink_ext_ack *extack)
{
	int err = cw_set_make(set, new, extack);

	/* If it was there, its rules keep their places among those of others. */
	if (err || set->dry_run || cw_set_is_there(new))
		cw_set_abandon(new);
	else
		cw_set_install(set, new);
	return err;
}

/* Room for those of the set, for those that expire, and for those in use. */
static int cw_set_alloc_entries(const struct cw_policy_set *set,
				struct cw_new_rules *new,
				struct netlink_ext_ack *extack)
{
	struct cw_entry *e;

	new->seed = get_random_u32();
	new->same = kcalloc(CW_SET_BUCKETS, sizeof(*new->same),
			    GFP_KERNEL_ACCOUNT);
	if (!new->same)
		return -ENOMEM;
	new->entry = kvcalloc(set->n + 2 * CW_SET_REMOVED, sizeof(*new->entry),
			      GFP_KERNEL_ACCOUNT);
	if (!new->entry)
		return -ENOMEM;
	new->old = new->entry + set->n + CW_SET_REMOVED;
	while (new->n < set->n) {
		e = cw_entry_new(set->rule[new->n].shared ? NULL : set->net,
				 &set->rule[new->n].p);
		if (!e)
			return -ENOMEM;
		cw_set_add(new, e);
	}
	return cw_set_check_room(new, extack);
}

int cw_policy_set(struct cw_policy_set *set, struct netlink_ext_ack *extack)
{
	struct cw_new_rules new = {};
	int err = cw_set_alloc_entries(set, &new, extack);

	mutex_lock(&cw_policy_lock);
	cw_scope_of(set->net)->used = true;
	if (err)
		cw_set_abandon(&new);
	else
		err = cw_set_replace(set, &new, extack);
	cw_policy_disarm_if_none();
	mutex_unlock(&cw_policy_lock);
	/* Without the lock, because this waits and exits of namespaces need it. */
	cw_set_free_ports(&new);
	kvfree(new.entry);
	kfree(new.same);
	return err;
}
