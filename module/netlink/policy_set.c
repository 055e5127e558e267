// SPDX-License-Identifier: GPL-2.0
/* The request policy-set, with all rules of its set in one message. */
#include <linux/mm.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "drain/policy.h"
#include "drain/policy_set.h"
#include "family.h"
#include "gen.h"
#include "policy_parse.h"

#define CW_SET_MOST	(2 * CW_POLICY_MAX_RULES)
#define CW_CHANGE_SIZE	(nla_total_size(0) + nla_total_size(sizeof(u32)) + \
			 nla_total_size(0))

/* @reply is NULL until cw_set_ready() has been called. */
struct cw_set_request {
	struct cw_policy_set set;
	struct genl_info *info;
	struct sk_buff *reply;
	void *msg;
};

static struct nlattr *cw_set_attrs(struct genl_info *info, int *len)
{
	*len = genlmsg_len(info->genlhdr);
	return genlmsg_data(info->genlhdr);
}

static int cw_set_check(const struct cw_policy_set *set,
			const struct cw_request *r, const struct cw_parsed *d)
{
	if (d->p.cookie)
		return CW_REFUSE(r, r->tb[CLOSEWATCH_A_POLICY_COOKIE], -EINVAL,
				 "a set has rules only; add the policy of a socket by itself");
	if (d->p.expires)
		return CW_REFUSE(r, r->tb[CLOSEWATCH_A_POLICY_EXPIRES_MS], -EINVAL,
				 "a set has no rules that expire; add them by themselves");
	if (!d->net && !cw_set_is_shared(set))
		return CW_REFUSE(r, r->tb[CLOSEWATCH_A_POLICY_ALL_NETNS], -EINVAL,
				 "rules for all network namespaces are in the set of the initial one");
	if (d->net && d->net != set->net)
		return CW_REFUSE(r, r->tb[CLOSEWATCH_A_POLICY_NETNS_FD], -EINVAL,
				 "a set is of the requester's network namespace; leave netns-fd out");
	return 0;
}

static int cw_set_parse_rule(struct cw_policy_set *set, struct nlattr *a,
			     struct sk_buff *skb, struct netlink_ext_ack *extack)
{
	struct cw_set_rule *r = &set->rule[set->n++];
	struct cw_request request;
	struct cw_parsed parsed;
	int err;

	err = cw_request_parse(&request, skb, a, extack);
	if (!err)
		err = cw_policy_parse(&parsed, &request);
	if (err)
		return err;
	r->p = parsed.p;
	r->shared = !parsed.net;
	err = cw_set_check(set, &request, &parsed);
	cw_parsed_put(&parsed);
	return err;
}

/* What is refused without an attribute is refused of its rule. */
static int cw_set_parse(struct cw_policy_set *set, struct sk_buff *skb,
			struct genl_info *info)
{
	int len, rem, err;
	struct nlattr *a, *attrs = cw_set_attrs(info, &len);

	nla_for_each_attr(a, attrs, len, rem) {
		if (nla_type(a) != CLOSEWATCH_A_SET)
			continue;
		err = cw_set_parse_rule(set, a, skb, info->extack);
		if (!err)
			continue;
		if (!info->extack->bad_attr)
			NL_SET_BAD_ATTR(info->extack, a);
		return err;
	}
	return 0;
}

/* Of two policies the last would count, and hide the dry-run of the first. */
static int cw_set_check_attrs(struct genl_info *info)
{
	bool how = false;
	struct nlattr *a;
	int rem;

	nla_for_each_attr(a, genlmsg_data(info->genlhdr),
			  genlmsg_len(info->genlhdr), rem) {
		if (nla_type(a) == CLOSEWATCH_A_SET)
			continue;
		if (nla_type(a) == CLOSEWATCH_A_POLICY && !how) {
			how = true;
			continue;
		}
		NL_SET_ERR_MSG_ATTR(info->extack, a,
				    "policy-set takes set, and policy once; leave the rest out");
		return -EINVAL;
	}
	return 0;
}

static int cw_set_parse_how(struct cw_policy_set *set, struct sk_buff *skb,
			    struct genl_info *info)
{
	struct cw_request r;
	int err;

	err = cw_set_check_attrs(info);
	if (!err)
		err = cw_request_parse(&r, skb,
				       info->attrs[CLOSEWATCH_A_POLICY],
				       info->extack);
	if (err)
		return err;
	set->dry_run = r.tb[CLOSEWATCH_A_POLICY_DRY_RUN];
	r.tb[CLOSEWATCH_A_POLICY_DRY_RUN] = NULL;
	if (!memchr_inv(r.tb, 0, sizeof(r.tb)))
		return 0;
	NL_SET_ERR_MSG(info->extack,
		       "beside the set, policy-set takes dry-run only; leave the rest out");
	return -EINVAL;
}

static unsigned int cw_set_count(struct genl_info *info)
{
	unsigned int n = 0;
	int len, rem;
	struct nlattr *a, *attrs = cw_set_attrs(info, &len);

	nla_for_each_attr(a, attrs, len, rem)
		n += nla_type(a) == CLOSEWATCH_A_SET;
	return n;
}

static void cw_show_change(struct sk_buff *skb, u32 id, int how)
{
	struct nlattr *nest = nla_nest_start(skb, CLOSEWATCH_A_CHANGE);

	/* The reply has been allocated with CW_CHANGE_SIZE for each. */
	if (WARN_ON_ONCE(!nest) ||
	    WARN_ON_ONCE(id && nla_put_u32(skb, CLOSEWATCH_A_CHANGE_ID, id)) ||
	    WARN_ON_ONCE(how && nla_put_flag(skb, how)))
		return;
	nla_nest_end(skb, nest);
}

static void cw_show_changes(struct sk_buff *skb,
			    const struct cw_policy_set *set)
{
	unsigned int i;

	for (i = 0; i < set->n; i++)
		cw_show_change(skb, set->rule[i].p.id,
			       set->rule[i].kept ? 0 :
			       CLOSEWATCH_A_CHANGE_ADDED);
	for (i = 0; i < set->nr_removed; i++)
		cw_show_change(skb, set->removed[i],
			       CLOSEWATCH_A_CHANGE_REMOVED);
}

/*
 * Allocated before anything changes, so that what was done is always answered;
 * and no larger than needed, because it is in one piece.
 */
static int cw_set_ready(struct cw_policy_set *set)
{
	struct cw_set_request *r = container_of(set, struct cw_set_request, set);

	r->reply = cw_netlink_reply(r->info, CLOSEWATCH_CMD_POLICY_SET,
				    (set->n + set->nr_removed) * CW_CHANGE_SIZE,
				    &r->msg);
	return r->reply ? 0 : -ENOMEM;
}

static int cw_set_run(struct cw_set_request *r)
{
	int err = cw_policy_set(&r->set, r->info->extack);

	if (err) {
		nlmsg_free(r->reply);
		return err;
	}
	cw_show_changes(r->reply, &r->set);
	genlmsg_end(r->reply, r->msg);
	return genlmsg_reply(r->reply, r->info);
}

static int cw_set_alloc(struct cw_policy_set *set, struct genl_info *info)
{
	unsigned int n = cw_set_count(info);

	if (n > CW_SET_MOST) {
		NL_SET_ERR_MSG(info->extack,
			       "2048 rules are the most that a set can have; leave some out");
		return -ENOSPC;
	}
	set->rule = kvcalloc(n + 1, sizeof(*set->rule), GFP_KERNEL_ACCOUNT);
	set->removed = kvcalloc(CW_SET_REMOVED, sizeof(*set->removed),
				GFP_KERNEL_ACCOUNT);
	return set->rule && set->removed ? 0 : -ENOMEM;
}

int closewatch_nl_policy_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct cw_set_request r = {
		.set = { .net = sock_net(skb->sk), .ready = cw_set_ready },
		.info = info,
	};
	int err;

	err = cw_set_parse_how(&r.set, skb, info);
	if (!err)
		err = cw_set_alloc(&r.set, info);
	if (!err)
		err = cw_set_parse(&r.set, skb, info);
	if (!err)
		err = cw_set_run(&r);
	kvfree(r.set.rule);
	kvfree(r.set.removed);
	return err;
}
