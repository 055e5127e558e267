/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rules of a scope, found by local port. A rule for one port or a few is on
 * the chain of each of its ports; all others are on one chain. Chains are in the
 * order of evaluation.
 *
 * Readers need an RCU read section, writers exclude each other. Pure otherwise,
 * also compiled into a host unit test.
 */
#ifndef CW_RULES_H
#define CW_RULES_H

#include "policy_match.h"

#ifndef __KERNEL__
#define __rcu
#endif

#define CW_RULES_SPAN	16	/* most ports of a rule that is found by them */
#define CW_RULES_CHAINS	1024	/* neighbours are on different ones */

/**
 * struct cw_rule_link - a rule on a chain
 * @next: the next in the order of evaluation
 * @p: the rule
 */
struct cw_rule_link {
	struct cw_rule_link __rcu *next;
	const struct cw_policy *p;
};

/** struct cw_rules_ports - chains by local port, allocated when first needed */
struct cw_rules_ports {
	struct cw_rule_link __rcu *chain[CW_RULES_CHAINS];
};

/**
 * struct cw_rules - rules of one scope
 * @others: chain of those that are not found by port
 * @ports: NULL until a rule needs it
 */
struct cw_rules {
	struct cw_rule_link __rcu *others;
	struct cw_rules_ports __rcu *ports;
};

/** cw_rule_before() - is rule @a evaluated before @b? */
bool cw_rule_before(const struct cw_policy *a, const struct cw_policy *b);

/** cw_rule_earlier() - the one evaluated first; both may be NULL */
const struct cw_policy *cw_rule_earlier(const struct cw_policy *a,
					const struct cw_policy *b);

/** cw_rule_ports() - ports by which @p is found; 0 if it is not found by them */
unsigned int cw_rule_ports(const struct cw_policy *p);

/** cw_rule_links() - how many links @p needs */
unsigned int cw_rule_links(const struct cw_policy *p);

/**
 * cw_rules_add() - add @p; @ports is set if cw_rule_ports() is not 0
 * @links: cw_rule_links() of them; valid for a grace period after the removal
 */
void cw_rules_add(struct cw_rules *rules, const struct cw_policy *p,
		  struct cw_rule_link *links);

/** cw_rules_del() - remove @p; its links still lead readers on */
void cw_rules_del(struct cw_rules *rules, const struct cw_policy *p,
		  struct cw_rule_link *links);

/** cw_rules_concern() - may a rule match a close of local port @lport? */
bool cw_rules_concern(const struct cw_rules *rules, u16 lport);

/**
 * cw_rules_first() - the first rule that matches
 * @conn: family, addresses and ports are set
 * @owner: the task that closes
 * @now: rules that expire by then do not match
 */
const struct cw_policy *cw_rules_first(const struct cw_rules *rules,
				       const struct cw_conn *conn,
				       const struct cw_owner *owner, u64 now);

#endif
