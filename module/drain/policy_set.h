/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_POLICY_SET_H
#define CW_POLICY_SET_H

#include "policy_match.h"

struct net;
struct netlink_ext_ack;

/**
 * struct cw_set_rule - a rule of a set
 * @p: its id is set, unless the rule would be added by a dry run
 * @shared: for all network namespaces
 * @kept: was installed before; set by cw_policy_set()
 */
struct cw_set_rule {
	struct cw_policy p;
	bool shared;
	bool kept;
};

/**
 * struct cw_policy_set - the rules that a network namespace is to have
 * @net: the namespace; a set of init_net has the shared rules, too
 * @dry_run: change nothing
 * @ready: called before anything changes, when @kept and @removed are set; an error
 *	refuses the set. Context: process, may sleep; the policy lock is held
 * @n: number of rules
 * @nr_removed: number of @removed; set by cw_policy_set()
 * @removed: ids of rules that are not in the set; has room for CW_SET_REMOVED
 * @rule: in the order in which they are tried where priorities are equal
 */
struct cw_policy_set {
	struct net *net;
	bool dry_run;
	int (*ready)(struct cw_policy_set *set);
	unsigned int n;
	unsigned int nr_removed;
	u32 *removed;
	struct cw_set_rule *rule;
};

#define CW_SET_REMOVED	(2 * CW_POLICY_MAX_RULES)

/** cw_set_is_shared() - does the set have the rules for all namespaces? */
bool cw_set_is_shared(const struct cw_policy_set *set);

/**
 * cw_policy_set() - replace rules by a set
 * @set: what to install; what became of it
 * @extack: says why not
 *
 * A close finds the rules as they were before or as they are afterwards, or none if
 * they change at each of several looks. Those
 * that were there keep ids and hits. Rules that expire stay, behind the set. If the
 * set is there already, nothing changes; otherwise all of its rules come behind
 * those of other scopes with the same priority.
 *
 * Context: process, may sleep.
 * Return: 0, or as cw_policy_add(), with nothing changed.
 */
int cw_policy_set(struct cw_policy_set *set, struct netlink_ext_ack *extack);

#endif
