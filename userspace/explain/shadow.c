// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include <linux/closewatch.h>

#include "base/address.h"
#include "explain/shadow.h"

/* A condition of @first is one that @p has too. */
#define wants(first, p, attr, member)					\
	(!cw_policy_has(first, attr) ||					\
	 (cw_policy_has(p, attr) && (first)->member == (p)->member))

static uint16_t last_port(const struct cw_msg_policy *p)
{
	return cw_policy_has(p, LOCAL_PORT_LAST) ? p->local_port_last :
						   p->local_port;
}

static bool ports_hold(const struct cw_msg_policy *first,
		       const struct cw_msg_policy *p)
{
	if (!cw_policy_has(first, LOCAL_PORT))
		return true;
	return cw_policy_has(p, LOCAL_PORT) &&
	       first->local_port <= p->local_port &&
	       last_port(p) <= last_port(first);
}

static unsigned int prefix(const struct cw_msg_policy *p)
{
	return cw_policy_has(p, REMOTE_PREFIX) ? p->remote_prefix :
						 p->remote_addr.len * 8U;
}

static bool prefix_holds(const struct cw_msg_policy *first,
			 const struct cw_msg_policy *p)
{
	if (!cw_policy_has(first, REMOTE_ADDR))
		return true;
	return cw_policy_has(p, REMOTE_ADDR) && prefix(p) >= prefix(first) &&
	       cw_address_within(&p->remote_addr, &first->remote_addr,
				 prefix(first));
}

static bool comm_holds(const struct cw_msg_policy *first,
		       const struct cw_msg_policy *p)
{
	return !cw_policy_has(first, COMM) ||
	       (cw_policy_has(p, COMM) && first->comm.len == p->comm.len &&
		!memcmp(first->comm.b, p->comm.b, p->comm.len));
}

static bool netns_holds(const struct cw_msg_policy *first,
			const struct cw_msg_policy *p)
{
	return first->all_netns ||
	       (!p->all_netns && first->netns == p->netns);
}

bool cw_policy_shadows(const struct cw_msg_policy *first,
		       const struct cw_msg_policy *p)
{
	return !cw_policy_has(first, COOKIE) && !cw_policy_has(p, COOKIE) &&
	       netns_holds(first, p) &&
	       wants(first, p, FAMILY, family) && wants(first, p, UID, uid) &&
	       wants(first, p, CGROUP, cgroup) && ports_hold(first, p) &&
	       prefix_holds(first, p) && comm_holds(first, p);
}

void cw_shadow_look(struct cw_shadow *s, const struct cw_msg_policy *added,
		    const struct cw_msg_policy *p)
{
	if (p->id == added->id) {
		s->passed = true;
	} else if (!s->passed && !s->by && cw_policy_shadows(p, added)) {
		s->by = p->id;
		s->dry = p->dry_run;
	} else if (s->passed && cw_policy_shadows(added, p)) {
		if (s->count < CW_SHADOW_OVER)
			s->over[s->count] = p->id;
		s->count++;
	}
}

#define TRIED_MOST	2048	/* each is compared with all before it */

static void keep(struct cw_rules_tried *t, const struct cw_msg_policy *p)
{
	struct cw_msg_policy *rule;

	if (t->count == TRIED_MOST)
		return;
	rule = reallocarray(t->rule, t->count + 1, sizeof(*rule));
	if (!rule)
		return;
	t->rule = rule;
	rule[t->count++] = *p;
}

uint32_t cw_rules_try(struct cw_rules_tried *t, const struct cw_msg_policy *p)
{
	size_t i;

	if (cw_policy_has(p, COOKIE))
		return 0;
	for (i = 0; i < t->count; i++)
		if (cw_policy_shadows(&t->rule[i], p))
			return t->rule[i].id;
	/* What it would cover, the one that covers it covers, too. */
	keep(t, p);
	return 0;
}

void cw_rules_tried_release(struct cw_rules_tried *t)
{
	free(t->rule);
	*t = (struct cw_rules_tried){ 0 };
}
