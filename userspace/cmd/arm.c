// SPDX-License-Identifier: GPL-2.0
#include <linux/closewatch.h>

#include "cmd/arm.h"
#include "netlink/nl_policy.h"

struct search {
	const struct cw_msg_policy *added;
	struct cw_shadow shadow;
};

static void look_for_shadow(void *arg, const struct cw_msg_policy *p)
{
	struct search *s = arg;

	cw_shadow_look(&s->shadow, s->added, p);
}

/* Comes in the order in which they are tried. That it fails is no failure. */
static struct cw_shadow find_shadow(struct cw_nl *nl,
				    const struct cw_msg_filter *where,
				    const struct cw_msg_policy *added)
{
	struct search s = { .added = added };
	struct cw_msg_policy of = { .action = CLOSEWATCH_ACTION_DRAIN };
	struct cw_fail ignored;

	cw_policy_scope(&of, where);
	cw_nl_policies(nl, &of, look_for_shadow, &s, &ignored);
	return s.shadow;
}

int cw_arm(struct cw_nl *nl, const struct cw_policy_request *wanted,
	   struct cw_armed *armed, struct cw_fail *fail)
{
	unsigned int i, n = cw_policy_rules(wanted);
	struct cw_msg_policy rule;
	struct cw_fail ignored;
	int ret = CW_OK;

	for (armed->n = 0; armed->n < n && !ret; armed->n++) {
		cw_policy_rule(wanted, armed->n, &rule);
		ret = cw_nl_policy_add(nl, &rule, &armed->rule[armed->n], fail);
	}
	for (i = 0; ret && i + 1 < armed->n; i++)
		cw_nl_policy_del(nl, armed->rule[i].id, &ignored);
	for (i = 0; !ret && i < n; i++)
		armed->shadow[i] = find_shadow(nl, &wanted->match.filter,
					       &armed->rule[i]);
	return ret;
}
