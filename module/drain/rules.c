// SPDX-License-Identifier: GPL-2.0
#ifdef __KERNEL__
#include <linux/rcupdate.h>
#else
#include <stddef.h>
#define rcu_dereference(p)		(p)
#define rcu_dereference_protected(p, c)	((void)(c), (p))
#define rcu_assign_pointer(p, v)	((p) = (v))
#endif

#include "rules.h"

bool cw_rule_before(const struct cw_policy *a, const struct cw_policy *b)
{
	if (a->priority != b->priority)
		return a->priority < b->priority;
	return a->seq < b->seq;
}

const struct cw_policy *cw_rule_earlier(const struct cw_policy *a,
					const struct cw_policy *b)
{
	if (!a || !b)
		return a ? a : b;
	return cw_rule_before(a, b) ? a : b;
}

unsigned int cw_rule_ports(const struct cw_policy *p)
{
	unsigned int n = p->want.lport_last - p->want.lport_first + 1;

	return p->want.lport_first && n <= CW_RULES_SPAN ? n : 0;
}

unsigned int cw_rule_links(const struct cw_policy *p)
{
	unsigned int n = cw_rule_ports(p);

	return n ? n : 1;
}

static struct cw_rule_link __rcu **cw_rules_chain(struct cw_rules *rules,
						  const struct cw_policy *p,
						  unsigned int i)
{
	struct cw_rules_ports *ports;

	if (!cw_rule_ports(p))
		return &rules->others;
	ports = rcu_dereference_protected(rules->ports, 1);
	return &ports->chain[(p->want.lport_first + i) % CW_RULES_CHAINS];
}

/* For writers, which exclude each other. */
static struct cw_rule_link *cw_chain_next(struct cw_rule_link __rcu **at)
{
	return rcu_dereference_protected(*at, 1);
}

static void cw_chain_add(struct cw_rule_link __rcu **at,
			 struct cw_rule_link *link)
{
	struct cw_rule_link *next;

	while ((next = cw_chain_next(at)) && cw_rule_before(next->p, link->p))
		at = &next->next;
	rcu_assign_pointer(link->next, next);
	rcu_assign_pointer(*at, link);
}

static void cw_chain_del(struct cw_rule_link __rcu **at,
			 struct cw_rule_link *link)
{
	while (cw_chain_next(at) != link)
		at = &cw_chain_next(at)->next;
	rcu_assign_pointer(*at, cw_chain_next(&link->next));
}

void cw_rules_add(struct cw_rules *rules, const struct cw_policy *p,
		  struct cw_rule_link *links)
{
	unsigned int i;

	for (i = 0; i < cw_rule_links(p); i++) {
		links[i].p = p;
		cw_chain_add(cw_rules_chain(rules, p, i), &links[i]);
	}
}

void cw_rules_del(struct cw_rules *rules, const struct cw_policy *p,
		  struct cw_rule_link *links)
{
	unsigned int i;

	for (i = 0; i < cw_rule_links(p); i++)
		cw_chain_del(cw_rules_chain(rules, p, i), &links[i]);
}

static const struct cw_rule_link *
cw_rules_of_port(const struct cw_rules *rules, u16 lport)
{
	const struct cw_rules_ports *ports = rcu_dereference(rules->ports);

	if (!ports)
		return NULL;
	return rcu_dereference(ports->chain[lport % CW_RULES_CHAINS]);
}

static bool cw_chain_concerns(const struct cw_rule_link *link, u16 lport)
{
	for (; link; link = rcu_dereference(link->next)) {
		if (cw_policy_match_port(&link->p->want, lport))
			return true;
	}
	return false;
}

bool cw_rules_concern(const struct cw_rules *rules, u16 lport)
{
	return cw_chain_concerns(cw_rules_of_port(rules, lport), lport) ||
	       cw_chain_concerns(rcu_dereference(rules->others), lport);
}

static const struct cw_policy *cw_chain_first(const struct cw_rule_link *link,
					      const struct cw_conn *conn,
					      const struct cw_owner *owner,
					      u64 now)
{
	for (; link; link = rcu_dereference(link->next)) {
		const struct cw_policy *p = link->p;

		if (cw_policy_match(&p->want, conn, owner) &&
		    !cw_policy_expired(p, now))
			return p;
	}
	return NULL;
}

const struct cw_policy *cw_rules_first(const struct cw_rules *rules,
				       const struct cw_conn *conn,
				       const struct cw_owner *owner, u64 now)
{
	const struct cw_rule_link *of_port, *others;

	of_port = cw_rules_of_port(rules, conn->lport);
	others = rcu_dereference(rules->others);
	return cw_rule_earlier(cw_chain_first(of_port, conn, owner, now),
			       cw_chain_first(others, conn, owner, now));
}
