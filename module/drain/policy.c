// SPDX-License-Identifier: GPL-2.0
/*
 * Policies of sockets are in a hash table; rules are in a scope per network
 * namespace and one for all of them. Handlers read both under RCU; changes are
 * made under cw_policy_lock. Lists and not arrays, because an array must be
 * reallocated to shorten it, and a removal must not fail. An xarray and a list
 * of all rules have the same entries in the order of dumps.
 *
 * Handlers cannot remove entries: they put a used policy on a lockless list,
 * from which a work item removes it. Another work item removes expired ones.
 */
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/rculist.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/inet_sock.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "core/facts.h"
#include "core/netns.h"
#include "policy.h"
#include "policy_table.h"

/* Expired policies never match, so their removal is batched. */
#define CW_POLICY_EXPIRY_MIN	HZ
#define CW_POLICY_EXPIRY_MAX	(3600UL * HZ)
#define CW_POLICY_IDLE		HZ	/* armed without a policy */
#define CW_POLICY_TRIES		8	/* look-ups among rules that change */

static struct rhashtable cw_policy_sockets;
static u64 cw_policy_next_expiry = U64_MAX;
static const struct cw_policy_probe *cw_policy_probe;

static LLIST_HEAD(cw_policy_used_list);	/* filled by handlers, no lock */
static void cw_policy_tidy_fn(struct work_struct *work);
static void cw_policy_expiry_fn(struct work_struct *work);
static void cw_policy_idle_fn(struct work_struct *work);
static DECLARE_WORK(cw_policy_tidy, cw_policy_tidy_fn);
static DECLARE_DELAYED_WORK(cw_policy_expiry, cw_policy_expiry_fn);
static DECLARE_DELAYED_WORK(cw_policy_idle, cw_policy_idle_fn);

static const struct rhashtable_params cw_policy_hash_params = {
	.key_len = sizeof(struct cw_policy_key),
	.key_offset = offsetof(struct cw_entry, key),
	.head_offset = offsetof(struct cw_entry, hash),
	.automatic_shrinking = true,
};

static bool cw_policy_expired_now(const struct cw_policy *p)
{
	return p->expires && cw_policy_expired(p, ktime_get_boottime_ns());
}

/* Lookup */

static struct cw_entry *cw_entry_of(const struct cw_policy *p)
{
	return container_of((struct cw_policy *)p, struct cw_entry, p);
}

/* A policy has been installed by cookie, so a socket without one has none. */
static const struct cw_policy *cw_lookup_socket(const struct cw_scope *scope,
						const struct sock *sk)
{
	struct cw_policy_key key = {
		.cookie = atomic64_read(&sk->sk_cookie),
	};
	struct cw_entry *e;

	if (!key.cookie || !READ_ONCE(scope->nr_sockets))
		return NULL;
	key.netns = cw_netns_number(sock_net(sk));
	e = rhashtable_lookup(&cw_policy_sockets, &key, cw_policy_hash_params);
	return e && !cw_policy_expired_now(&e->p) ? &e->p : NULL;
}

/* Without the facts, which cost more. */
static bool cw_lookup_concerns(const struct cw_scope *own,
			       const struct sock *sk)
{
	u16 lport = ntohs(inet_sk(sk)->inet_sport);

	return cw_rules_concern(&own->rules, lport) ||
	       cw_rules_concern(&cw_policy_shared.rules, lport);
}

/*
 * The first match of both scopes, as if they were merged. Their chains are read
 * one after the other. A flush removes the last in order first; so if the match
 * was removed meanwhile, another that exempts the close may have been too,
 * before it was read.
 */
static noinline const struct cw_policy *
cw_lookup_rule(const struct cw_scope *own, const struct sock *sk)
{
	const struct cw_policy *p, *shared;
	struct cw_owner owner;
	struct cw_conn conn;
	u64 now = 0;

	cw_facts_ends(&conn, sk);
	cw_owner_take(&owner, sk);
	if (READ_ONCE(cw_policy_next_expiry) != U64_MAX)
		now = ktime_get_boottime_ns();
	p = cw_rules_first(&own->rules, &conn, &owner, now);
	shared = cw_rules_first(&cw_policy_shared.rules, &conn, &owner, now);
	return cw_rule_earlier(p, shared);
}

static bool cw_lookup_removed(const struct cw_policy *p)
{
	/* After the chains were read; see cw_entry_remove(). */
	smp_rmb();
	/* Before they are read again; see there, too. */
	return p && smp_load_acquire(&cw_entry_of(p)->removed);
}

/*
 * Who changes rules without end must not keep a close of the same namespace here: in
 * doubt it has no policy. Not lockdep's variants: handlers have interrupts off anyhow.
 */
static const struct cw_policy *cw_lookup_rules(const struct cw_scope *own,
					       const struct sock *sk)
{
	const struct cw_scope *shared = &cw_policy_shared;
	unsigned int try, seq_own, seq_shared;
	const struct cw_policy *p;

	for (try = 0; try < CW_POLICY_TRIES; try++) {
		seq_own = raw_read_seqcount_begin(&own->swap);
		seq_shared = raw_read_seqcount_begin(&shared->swap);
		p = cw_lookup_concerns(own, sk) ? cw_lookup_rule(own, sk) : NULL;
		if (!cw_lookup_removed(p) &&
		    !read_seqcount_retry(&own->swap, seq_own) &&
		    !read_seqcount_retry(&shared->swap, seq_shared))
			return p;
	}
	return NULL;
}

const struct cw_policy *cw_policy_lookup(struct sock *sk, bool count)
{
	const struct cw_scope *own = cw_scope_of(sock_net(sk));
	const struct cw_policy *p = cw_lookup_socket(own, sk);

	if (!p)
		p = cw_lookup_rules(own, sk);
	if (p && count)
		atomic64_inc(&cw_entry_of(p)->hits->n);
	return p;
}

void cw_policy_used(const struct cw_policy *p)
{
	struct cw_entry *e = cw_entry_of(p);

	if (!p->cookie || atomic_xchg(&e->is_used, 1))
		return;
	/* Already removed, and valid only in the caller's RCU read section? */
	if (!refcount_inc_not_zero(&e->refs))
		return;
	if (llist_add(&e->used, &cw_policy_used_list))
		schedule_work(&cw_policy_tidy);
}

unsigned int cw_policy_count(void)
{
	return READ_ONCE(cw_policy_nr);
}

/* Change */

static bool cw_entry_is_rule(const struct cw_entry *e)
{
	return !e->p.cookie;
}

static void cw_entry_add_rule(struct cw_entry *e)
{
	struct cw_scope *scope = cw_scope_of(e->net);
	struct cw_entry *at;

	e->p.seq = cw_policy_next_seq();
	list_for_each_entry(at, &cw_policy_order, order) {
		if (cw_rule_before(&e->p, &at->p))
			break;
		cond_resched();
	}
	list_add_tail(&e->order, &at->order);
	cw_rules_add(&scope->rules, &e->p, e->links);
	scope->nr_rules++;
	cw_policy_changed(1);
}

static struct cw_entry *cw_entry_of_socket(const struct cw_policy_key *key)
{
	return rhashtable_lookup_fast(&cw_policy_sockets, key,
				      cw_policy_hash_params);
}

/* An entry is not added again, and handlers use it only under RCU. */
static void cw_entry_remove(struct cw_entry *e)
{
	struct cw_scope *scope = cw_scope_of(e->net);

	lockdep_assert_held(&cw_policy_lock);
	if (cw_entry_is_rule(e)) {
		list_del(&e->order);
		cw_rules_del(&scope->rules, &e->p, e->links);
		/* After it has left the chains and before an earlier one does. */
		smp_store_release(&e->removed, true);
		scope->nr_rules--;
	} else {
		rhashtable_remove_fast(&cw_policy_sockets, &e->hash,
				       cw_policy_hash_params);
		WRITE_ONCE(scope->nr_sockets, scope->nr_sockets - 1);
	}
	xa_erase(&cw_policy_ids, e->p.id);
	cw_entry_uncharge(e);
	cw_policy_changed(-1);
	cw_entry_put(e);
}

/* Deferred to a work, because callers may hold locks of the network. */
void cw_policy_disarm_if_none(void)
{
	lockdep_assert_held(&cw_policy_lock);
	if (!cw_policy_nr)
		queue_delayed_work(system_long_wq, &cw_policy_idle,
				   CW_POLICY_IDLE);
}

static void cw_policy_idle_fn(struct work_struct *work)
{
	mutex_lock(&cw_policy_lock);
	if (!cw_policy_nr && cw_policy_probe->try_disarm())
		cw_policy_disarm_if_none();
	mutex_unlock(&cw_policy_lock);
}

/* Bounded, because jiffies may have 32 bits. */
static unsigned long cw_policy_expiry_delay(u64 expires)
{
	u64 now = ktime_get_boottime_ns();
	u64 delay = expires > now ? nsecs_to_jiffies64(expires - now) + 1 : 0;

	return clamp_t(u64, delay, CW_POLICY_EXPIRY_MIN, CW_POLICY_EXPIRY_MAX);
}

static void cw_policy_run_expiry(u64 expires)
{
	mod_delayed_work(system_wq, &cw_policy_expiry,
			 cw_policy_expiry_delay(expires));
}

static void cw_policy_schedule_expiry(u64 expires)
{
	lockdep_assert_held(&cw_policy_lock);
	if (!expires || expires >= cw_policy_next_expiry)
		return;
	WRITE_ONCE(cw_policy_next_expiry, expires);
	cw_policy_run_expiry(expires);
}

static int cw_install_rule(struct cw_entry *e, struct netlink_ext_ack *extack)
{
	struct cw_scope *scope = cw_scope_of(e->net);
	int err;

	if (scope->nr_rules >= CW_POLICY_MAX_RULES) {
		NL_SET_ERR_MSG(extack,
			       "1024 rules is the limit; remove some first");
		return -ENOSPC;
	}
	err = cw_rules_prepare(&scope->rules, &e->p);
	if (err)
		return err;
	cw_entry_add_rule(e);
	return 0;
}

/*
 * Replaces in one step: a close of the socket finds the old or the new policy.
 * Both have the payer of their namespace, so the new one keeps the charge.
 */
static int cw_replace_socket(struct cw_entry *old, struct cw_entry *e)
{
	int err = rhashtable_replace_fast(&cw_policy_sockets, &old->hash,
					  &e->hash, cw_policy_hash_params);

	if (err)
		return err;
	xa_erase(&cw_policy_ids, old->p.id);
	cw_policy_changed(0);
	cw_entry_put(old);
	return 0;
}

static int cw_install_socket(struct cw_entry *e, struct netlink_ext_ack *extack)
{
	struct cw_scope *scope = cw_scope_of(e->net);
	struct cw_entry *old = cw_entry_of_socket(&e->key);
	int err;

	if (old)
		return cw_replace_socket(old, e);
	if (scope->nr_sockets >= CW_POLICY_MAX_SOCKETS) {
		NL_SET_ERR_MSG(extack,
			       "65536 sockets' policies is the limit; use a rule, or flush");
		return -ENOSPC;
	}
	err = rhashtable_insert_fast(&cw_policy_sockets, &e->hash,
				     cw_policy_hash_params);
	if (err)
		return err;
	WRITE_ONCE(scope->nr_sockets, scope->nr_sockets + 1);
	cw_policy_changed(1);
	return 0;
}

static int cw_install_charged(struct cw_entry *e,
			      struct netlink_ext_ack *extack)
{
	int err = cw_entry_take_id(e);

	if (err)
		return err;
	if (cw_entry_is_rule(e))
		err = cw_install_rule(e, extack);
	else
		err = cw_install_socket(e, extack);
	if (err)
		xa_erase(&cw_policy_ids, e->p.id);
	else
		cw_policy_schedule_expiry(e->p.expires);
	return err;
}

static int cw_install(struct cw_entry *e, struct netlink_ext_ack *extack)
{
	int err;

	lockdep_assert_held(&cw_policy_lock);
	if (!cw_entry_is_rule(e) && cw_entry_of_socket(&e->key))
		return cw_install_charged(e, extack);
	err = cw_entry_charge(e, extack);
	if (err)
		return err;
	err = cw_install_charged(e, extack);
	if (err)
		cw_entry_uncharge(e);
	return err;
}

int cw_policy_arm(struct netlink_ext_ack *extack)
{
	return cw_policy_probe->arm(extack);
}

int cw_policy_add(struct net *net, struct cw_policy *p,
		  struct netlink_ext_ack *extack)
{
	struct cw_entry *e = cw_entry_new(net, p);
	int err;

	if (!e)
		return -ENOMEM;
	mutex_lock(&cw_policy_lock);
	cw_scope_of(net)->used = true;
	err = cw_policy_arm(extack);
	if (!err)
		err = cw_install(e, extack);
	if (!err)
		*p = e->p;
	cw_policy_disarm_if_none();
	mutex_unlock(&cw_policy_lock);
	if (err)
		cw_entry_put(e);
	return err;
}

int cw_policy_del(u32 id, cw_policy_may_t may, void *arg)
{
	struct cw_entry *e;
	int err = -ENOENT;

	mutex_lock(&cw_policy_lock);
	e = xa_load(&cw_policy_ids, id);
	if (e && !cw_policy_expired_now(&e->p) && may(e->net, arg)) {
		cw_entry_remove(e);
		cw_policy_disarm_if_none();
		err = 0;
	}
	mutex_unlock(&cw_policy_lock);
	return err;
}

/*
 * The last in order is removed first, so that a close meanwhile finds the
 * policy that it would have found before, or none; never one from which an
 * earlier rule had exempted it.
 */
static void cw_policy_remove_all(const struct net *net)
{
	struct cw_entry *e, *tmp;
	unsigned long id;

	lockdep_assert_held(&cw_policy_lock);
	if (!net || cw_scope_of(net)->nr_rules) {
		list_for_each_entry_safe_reverse(e, tmp, &cw_policy_order,
						 order) {
			if (!net || e->net == net)
				cw_entry_remove(e);
			cond_resched();
		}
	}
	if (net && !cw_scope_of(net)->nr_sockets)
		return;
	xa_for_each(&cw_policy_ids, id, e) {
		if (!cw_entry_is_rule(e) && (!net || e->net == net))
			cw_entry_remove(e);
		cond_resched();
	}
}

void cw_policy_flush(struct net *net)
{
	mutex_lock(&cw_policy_lock);
	cw_policy_remove_all(net);
	cw_policy_disarm_if_none();
	mutex_unlock(&cw_policy_lock);
	/* After this no handler still uses one of them. */
	synchronize_rcu();
}

/* Dump */

static int cw_dump_entry(const struct cw_entry *e,
			 struct cw_policy_cursor *cursor,
			 cw_policy_fill_t fill, void *arg)
{
	int err;

	if (cw_policy_expired_now(&e->p))
		return 0;
	err = fill(&e->p, atomic64_read(&e->hits->n), arg);
	if (err)
		return err;
	cursor->priority = e->p.priority;
	cursor->last = cw_entry_is_rule(e) ? e->p.seq : e->p.id;
	return 0;
}

static int cw_dump_sockets(const struct net *net,
			   struct cw_policy_cursor *cursor,
			   cw_policy_fill_t fill, void *arg)
{
	struct cw_entry *e;
	unsigned long id;
	int err;

	if (net && !cw_scope_of(net)->nr_sockets)
		return 0;
	xa_for_each_start(&cw_policy_ids, id, e, cursor->last + 1UL) {
		cond_resched();
		if (cw_entry_is_rule(e) || (net && e->net != net))
			continue;
		err = cw_dump_entry(e, cursor, fill, arg);
		if (err)
			return err;
	}
	return 0;
}

static int cw_dump_rules(const struct net *net, bool shared,
			 struct cw_policy_cursor *cursor,
			 cw_policy_fill_t fill, void *arg)
{
	struct cw_policy shown = {
		.priority = cursor->priority,
		.seq = cursor->last,
	};
	struct cw_entry *e;
	int err;

	list_for_each_entry(e, &cw_policy_order, order) {
		cond_resched();
		if (shown.seq && !cw_rule_before(&shown, &e->p))
			continue;
		if (net && e->net != net && !(shared && !e->net))
			continue;
		err = cw_dump_entry(e, cursor, fill, arg);
		if (err)
			return err;
	}
	return 0;
}

int cw_policy_dump(const struct net *net, bool shared,
		   struct cw_policy_cursor *cursor, unsigned int *generation,
		   cw_policy_fill_t fill, void *arg)
{
	int err = 0;

	mutex_lock(&cw_policy_lock);
	*generation = cw_policy_generation;
	if (!cursor->in_rules) {
		err = cw_dump_sockets(net, cursor, fill, arg);
		if (!err)
			*cursor = (struct cw_policy_cursor){ .in_rules = true };
	}
	if (!err)
		err = cw_dump_rules(net, shared, cursor, fill, arg);
	mutex_unlock(&cw_policy_lock);
	return err;
}

/* Automatic removal */

/* Removes policies that were used, unless already removed. */
static void cw_policy_tidy_fn(struct work_struct *work)
{
	struct llist_node *list = llist_del_all(&cw_policy_used_list);
	struct cw_entry *e, *tmp;

	mutex_lock(&cw_policy_lock);
	llist_for_each_entry_safe(e, tmp, list, used) {
		if (xa_load(&cw_policy_ids, e->p.id) == e)
			cw_entry_remove(e);
		cw_entry_put(e);
	}
	cw_policy_disarm_if_none();
	mutex_unlock(&cw_policy_lock);
}

static void cw_policy_expiry_fn(struct work_struct *work)
{
	u64 next = U64_MAX;
	struct cw_entry *e;
	unsigned long id;

	mutex_lock(&cw_policy_lock);
	xa_for_each(&cw_policy_ids, id, e) {
		if (cw_policy_expired_now(&e->p))
			cw_entry_remove(e);
		else if (e->p.expires)
			next = min(next, e->p.expires);
		cond_resched();
	}
	WRITE_ONCE(cw_policy_next_expiry, next);
	if (next != U64_MAX)
		cw_policy_run_expiry(next);
	cw_policy_disarm_if_none();
	mutex_unlock(&cw_policy_lock);
}

static void cw_scope_free(struct cw_scope *scope)
{
	kvfree(rcu_dereference_protected(scope->rules.ports, 1));
}

static int __net_init cw_policy_net_init(struct net *net)
{
	seqcount_init(&cw_scope_of(net)->swap);
	return 0;
}

/*
 * No socket of a program is left in @net, so no lookup can run, and no request. Most
 * have had no policy, and do not wait for the requests of others.
 */
static void __net_exit cw_policy_net_exit(struct net *net)
{
	if (!cw_scope_of(net)->used)
		return;
	mutex_lock(&cw_policy_lock);
	cw_policy_remove_all(net);
	cw_policy_disarm_if_none();
	mutex_unlock(&cw_policy_lock);
	cw_scope_free(cw_scope_of(net));
}

static struct pernet_operations cw_policy_net_ops = {
	.init = cw_policy_net_init,
	.exit = cw_policy_net_exit,
	.id = &cw_policy_net_id,
	.size = sizeof(struct cw_scope),
};

int __init cw_policy_init(const struct cw_policy_probe *probe)
{
	int err;

	cw_policy_probe = probe;
	err = rhashtable_init(&cw_policy_sockets, &cw_policy_hash_params);
	if (err)
		return err;
	err = register_pernet_subsys(&cw_policy_net_ops);
	if (err)
		rhashtable_destroy(&cw_policy_sockets);
	return err;
}

void cw_policy_stop(void)
{
	cw_policy_flush(NULL);
	cancel_delayed_work_sync(&cw_policy_idle);
	mutex_lock(&cw_policy_lock);
	cw_policy_probe->disarm();
	mutex_unlock(&cw_policy_lock);
}

void cw_policy_exit(void)
{
	/* Runs cw_policy_net_exit(), which queues cw_policy_idle. */
	unregister_pernet_subsys(&cw_policy_net_ops);
	cancel_delayed_work_sync(&cw_policy_expiry);
	cancel_work_sync(&cw_policy_tidy);
	/* Policies that closes have used after the last run of the work. */
	cw_policy_tidy_fn(&cw_policy_tidy);
	cancel_delayed_work_sync(&cw_policy_idle);
	rhashtable_destroy(&cw_policy_sockets);
	cw_scope_free(&cw_policy_shared);
}
