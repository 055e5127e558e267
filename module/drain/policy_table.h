/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The policies as they are installed: for policy.c, which adds and removes them,
 * and for policy_set.c, which replaces rules.
 */
#ifndef CW_POLICY_TABLE_H
#define CW_POLICY_TABLE_H

#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/seqlock.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "rules.h"

struct netlink_ext_ack;

/* The namespace keeps a policy from matching the sockets of another one. */
struct cw_policy_key {
	u64 cookie;
	u64 netns;
};

/**
 * struct cw_hits - how many closes a policy has met
 * @n: counted by handlers
 * @refs: one for each entry that counts here
 * @rcu: for kfree_rcu()
 */
struct cw_hits {
	atomic64_t n;
	refcount_t refs;
	struct rcu_head rcu;
};

/**
 * struct cw_entry - a policy as installed
 * @p: constant
 * @key: of a socket's policy
 * @net: NULL for a rule for all namespaces; no reference is held, because the
 *	namespace's exit removes the entry
 * @payer: charged for it, if it belongs to a namespace
 * @hash: in cw_policy_sockets, if it is a socket's policy
 * @order: in cw_policy_order, if it is a rule
 * @used: in cw_policy_used_list
 * @rcu: for kfree_rcu()
 * @hits: a copy counts where the original does; constant once installed
 * @is_used: was put on cw_policy_used_list; happens once
 * @refs: one while installed, one while on cw_policy_used_list
 * @removed: set after it has left its scope
 * @other: while a set replaces rules, what this one replaces or is replaced by
 * @same: while a set replaces rules, beside those that may be the same
 * @links: in the rules of its scope, if it is a rule
 */
struct cw_entry {
	struct cw_policy p;
	struct cw_policy_key key;
	struct net *net;
	u64 payer;
	struct rhash_head hash;
	struct list_head order;
	struct llist_node used;
	struct rcu_head rcu;
	struct cw_hits *hits;
	refcount_t refs;
	atomic_t is_used;
	bool removed;
	struct cw_entry *other;
	struct hlist_node same;
	struct cw_rule_link links[];
};

/* The policies of a network namespace, or the rules for all of them. */
struct cw_scope {
	struct cw_rules rules;	/* RCU */
	/* Of the rules as a whole, and with that of the shared ones also of those of the
	 * initial namespace. Written with interrupts off: a reader in a handler would
	 * wait for its own CPU.
	 */
	seqcount_t swap;
	unsigned int nr_rules;
	unsigned int nr_sockets;
	bool used;		/* has had a policy */
};

/*
 * Protects all that policies are in against change. Inside it: canary and charge
 * locks.
 */
extern struct mutex cw_policy_lock;
extern struct xarray cw_policy_ids;
extern struct list_head cw_policy_order;	/* rules by priority, then by seq */

extern unsigned int cw_policy_nr;
extern u32 cw_policy_generation;	/* another after each change */
extern unsigned int cw_policy_net_id;
extern struct cw_scope cw_policy_shared;

/** cw_scope_of() - the scope of @net, or the shared one if it is NULL */
static inline struct cw_scope *cw_scope_of(const struct net *net)
{
	return net ? net_generic(net, cw_policy_net_id) : &cw_policy_shared;
}

/** cw_entry_new() - allocate an entry; its id is that of @p; NULL: no memory */
struct cw_entry *cw_entry_new(struct net *net, const struct cw_policy *p);

/** cw_entry_put() - give up a reference; handlers may still use the entry */
void cw_entry_put(struct cw_entry *e);

/** cw_entry_share_hits() - @copy, which no handler can find yet, counts with @e */
void cw_entry_share_hits(struct cw_entry *copy, const struct cw_entry *e);

/* All of these need the policy lock; what returns an int, 0 or a negative errno. */

/** cw_entry_take_id() - give it an id, by which it is found from now on */
int cw_entry_take_id(struct cw_entry *e);

/** cw_entry_charge() - charge its payer for it; with extack text if refused */
int cw_entry_charge(const struct cw_entry *e, struct netlink_ext_ack *extack);
void cw_entry_uncharge(const struct cw_entry *e);

/** cw_rules_prepare() - allocate what adding @p needs */
int cw_rules_prepare(struct cw_rules *rules, const struct cw_policy *p);

/** cw_policy_next_seq() - of the rule that is tried last */
u64 cw_policy_next_seq(void);

/** cw_policy_changed() - there are @by more policies */
void cw_policy_changed(int by);

#endif
