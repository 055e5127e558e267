// SPDX-License-Identifier: GPL-2.0
/*
 * Requests about policies and drains.
 *
 * A request is for one network namespace, or for all. A dump of one includes
 * the rules for all namespaces, which are evaluated in it too, if the requester
 * has CAP_NET_ADMIN in the initial user namespace. A flush of one keeps them.
 */
#include <linux/ktime.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "compat/compat.h"
#include "core/encode.h"
#include "core/netns.h"
#include "drain/drain.h"
#include "family.h"
#include "gen.h"
#include "policy_parse.h"

/* Show */

static int cw_show_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, CLOSEWATCH_A_POLICY_PAD);
}

static int cw_show_peer(struct sk_buff *skb, const struct cw_conditions *want)
{
	if (!want->raddr_len)
		return 0;
	if (nla_put(skb, CLOSEWATCH_A_POLICY_REMOTE_ADDR, want->raddr_len,
		    want->raddr) ||
	    nla_put_u8(skb, CLOSEWATCH_A_POLICY_REMOTE_PREFIX,
		       want->prefix_len))
		return -EMSGSIZE;
	return 0;
}

static int cw_show_conn(struct sk_buff *skb, const struct cw_conditions *want)
{
	if (want->family &&
	    nla_put_u16(skb, CLOSEWATCH_A_POLICY_FAMILY, want->family))
		return -EMSGSIZE;
	if (want->lport_first &&
	    nla_put_u16(skb, CLOSEWATCH_A_POLICY_LOCAL_PORT,
			want->lport_first))
		return -EMSGSIZE;
	if (want->lport_last != want->lport_first &&
	    nla_put_u16(skb, CLOSEWATCH_A_POLICY_LOCAL_PORT_LAST,
			want->lport_last))
		return -EMSGSIZE;
	return cw_show_peer(skb, want);
}

static int cw_show_closer(struct sk_buff *skb, const struct cw_conditions *want)
{
	if (want->comm[0] &&
	    nla_put_string(skb, CLOSEWATCH_A_POLICY_COMM, want->comm))
		return -EMSGSIZE;
	if (want->has_uid &&
	    nla_put_u32(skb, CLOSEWATCH_A_POLICY_UID, want->uid))
		return -EMSGSIZE;
	if (want->cgroup &&
	    cw_show_u64(skb, CLOSEWATCH_A_POLICY_CGROUP, want->cgroup))
		return -EMSGSIZE;
	return 0;
}

/* What a policy applies to: a socket, or the conditions of a rule. */
static int cw_show_target(struct sk_buff *skb, const struct cw_policy *p)
{
	if (!p->netns ? nla_put_flag(skb, CLOSEWATCH_A_POLICY_ALL_NETNS) :
			cw_show_u64(skb, CLOSEWATCH_A_POLICY_NETNS,
				    p->netns_inum))
		return -EMSGSIZE;
	if (p->cookie)
		return cw_show_u64(skb, CLOSEWATCH_A_POLICY_COOKIE, p->cookie);
	if (nla_put_u32(skb, CLOSEWATCH_A_POLICY_PRIORITY, p->priority) ||
	    cw_show_conn(skb, &p->want) || cw_show_closer(skb, &p->want))
		return -EMSGSIZE;
	return 0;
}

static int cw_show_limits(struct sk_buff *skb, const struct cw_policy *p)
{
	if (nla_put_u32(skb, CLOSEWATCH_A_POLICY_IDLE_MS, p->limits.idle_ms) ||
	    nla_put_u32(skb, CLOSEWATCH_A_POLICY_TOTAL_MS,
			p->limits.total_ms) ||
	    cw_show_u64(skb, CLOSEWATCH_A_POLICY_BYTES, p->limits.bytes))
		return -EMSGSIZE;
	if (p->even_linger0 &&
	    nla_put_flag(skb, CLOSEWATCH_A_POLICY_EVEN_LINGER0))
		return -EMSGSIZE;
	if (p->even_oom && nla_put_flag(skb, CLOSEWATCH_A_POLICY_EVEN_OOM))
		return -EMSGSIZE;
	return 0;
}

static int cw_show_action(struct sk_buff *skb, const struct cw_policy *p)
{
	if (nla_put_u32(skb, CLOSEWATCH_A_POLICY_ACTION, p->action))
		return -EMSGSIZE;
	if (p->dry_run && nla_put_flag(skb, CLOSEWATCH_A_POLICY_DRY_RUN))
		return -EMSGSIZE;
	if (p->action == CLOSEWATCH_ACTION_LINGER)
		return nla_put_u32(skb, CLOSEWATCH_A_POLICY_LINGER_SECONDS,
				   p->linger_seconds);
	if (p->action == CLOSEWATCH_ACTION_DRAIN)
		return cw_show_limits(skb, p);
	return 0;
}

/* Rounded up to at least 1: the attribute does not allow 0. */
static int cw_show_expiry(struct sk_buff *skb, const struct cw_policy *p)
{
	u64 now = ktime_get_boottime_ns();

	if (!p->expires)
		return 0;
	return cw_show_u64(skb, CLOSEWATCH_A_POLICY_EXPIRES_MS,
			   p->expires <= now ? 1 :
			   div_u64(p->expires - now - 1, NSEC_PER_MSEC) + 1);
}

static int cw_show_policy(struct sk_buff *skb, const struct cw_policy *p,
			  u64 hits)
{
	struct nlattr *nest = nla_nest_start(skb, CLOSEWATCH_A_POLICY);

	if (!nest || nla_put_u32(skb, CLOSEWATCH_A_POLICY_ID, p->id) ||
	    cw_show_action(skb, p) || cw_show_target(skb, p) ||
	    cw_show_expiry(skb, p) ||
	    cw_show_u64(skb, CLOSEWATCH_A_POLICY_HITS, hits))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* Requests */

/*
 * The network namespace of a request, as from cw_netlink_netns(). Attributes
 * that the request does not take are refused, so that they are not mistaken for
 * a filter.
 */
static struct net *cw_request_netns(const struct cw_request *r)
{
	struct nlattr *fd = r->tb[CLOSEWATCH_A_POLICY_NETNS_FD];
	struct nlattr *all = r->tb[CLOSEWATCH_A_POLICY_ALL_NETNS];
	unsigned int i;

	for (i = 1; i <= CLOSEWATCH_A_POLICY_MAX; i++) {
		if (!r->tb[i] || r->tb[i] == fd || r->tb[i] == all)
			continue;
		NL_SET_ERR_MSG_ATTR(r->extack, r->tb[i],
				    "this request takes netns-fd or all-netns only; leave the rest out");
		return ERR_PTR(-EINVAL);
	}
	return cw_netlink_netns(r->skb, fd, all, r->extack);
}

static int cw_add_parsed(struct cw_parsed *d, struct genl_info *info)
{
	struct sk_buff *reply;
	void *msg;
	int err;

	reply = cw_netlink_reply(info, CLOSEWATCH_CMD_POLICY_ADD,
				 NLMSG_DEFAULT_SIZE, &msg);
	if (!reply)
		return -ENOMEM;
	err = cw_policy_add(d->net, &d->p, info->extack);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	/* NLMSG_DEFAULT_SIZE is enough for any policy. */
	WARN_ON_ONCE(cw_show_policy(reply, &d->p, 0));
	genlmsg_end(reply, msg);
	return genlmsg_reply(reply, info);
}

int closewatch_nl_policy_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *nest = info->attrs[CLOSEWATCH_A_POLICY];
	struct cw_request request;
	struct cw_parsed parsed;
	int err;

	err = cw_request_parse(&request, skb, nest, info->extack);
	if (!err)
		err = cw_policy_parse(&parsed, &request);
	if (err)
		return err;
	err = cw_add_parsed(&parsed, info);
	cw_parsed_put(&parsed);
	return err;
}

/* -ENOENT if the requester may not see the policy. */
static bool cw_may_remove(const struct net *net, void *arg)
{
	return netlink_ns_capable(arg, net ? net->user_ns : &init_user_ns,
				  CAP_NET_ADMIN);
}

int closewatch_nl_policy_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct cw_request r;
	struct nlattr *id;
	int err;

	err = cw_request_parse(&r, skb, info->attrs[CLOSEWATCH_A_POLICY],
			       info->extack);
	if (err)
		return err;
	id = r.tb[CLOSEWATCH_A_POLICY_ID];
	if (!id) {
		NL_SET_ERR_MSG(info->extack,
			       "id is missing; policy-get lists all policies");
		return -EINVAL;
	}
	r.tb[CLOSEWATCH_A_POLICY_ID] = NULL;
	if (memchr_inv(r.tb, 0, sizeof(r.tb))) {
		NL_SET_ERR_MSG(info->extack,
			       "policy-del takes an id only; leave the rest out");
		return -EINVAL;
	}
	err = cw_policy_del(nla_get_u32(id), cw_may_remove, skb);
	if (err)
		NL_SET_ERR_MSG_ATTR(info->extack, id,
				    "there is no such policy; policy-get lists all policies");
	return err;
}

/* As cw_request_netns(): with a reference, NULL for all, or an ERR_PTR(). */
static struct net *cw_doit_netns(struct sk_buff *skb, struct genl_info *info)
{
	struct cw_request r;
	int err;

	err = cw_request_parse(&r, skb, info->attrs[CLOSEWATCH_A_POLICY],
			       info->extack);
	return err ? ERR_PTR(err) : cw_request_netns(&r);
}

int closewatch_nl_policy_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct net *net = cw_doit_netns(skb, info);

	if (IS_ERR(net))
		return PTR_ERR(net);
	cw_policy_flush(net);
	if (net)
		put_net(net);
	return 0;
}

int closewatch_nl_drain_off_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct net *net = cw_doit_netns(skb, info);

	if (IS_ERR(net))
		return PTR_ERR(net);
	cw_policy_flush(net);
	cw_drain_flush(net);
	if (net)
		put_net(net);
	return 0;
}

/* Dumps */

/**
 * struct cw_dump - state of a dump between two messages
 * @netns: cw_netns_number(), or 0 for all; not a reference, because these
 *	commands have no done callback that would put it
 * @drain: cursor of cw_drain_next()
 * @policy: cursor of cw_policy_dump()
 * @begun: the request was parsed, which must happen in the requesting task
 * @shared: the requester may see the rules for all network namespaces
 */
struct cw_dump {
	u64 netns;
	u64 drain;
	struct cw_policy_cursor policy;
	bool begun;
	bool shared;
};

static int cw_dump_begin(struct cw_dump *d, struct netlink_callback *cb)
{
	struct nlattr **attrs = cw_genl_dump_attrs(cb);
	struct cw_request r;
	struct net *net;
	int err;

	err = cw_request_parse(&r, cb->skb, attrs[CLOSEWATCH_A_POLICY],
			       cb->extack);
	if (err)
		return err;
	net = cw_request_netns(&r);
	if (IS_ERR(net))
		return PTR_ERR(net);
	if (net) {
		d->netns = cw_netns_number(net);
		put_net(net);
	}
	d->shared = netlink_capable(cb->skb, CAP_NET_ADMIN);
	d->begun = true;
	return 0;
}

/* Begin or continue a dump; @net is set with a reference, or NULL for all. */
static int cw_dump_get(struct netlink_callback *cb, struct cw_dump **dump,
		       struct net **net)
{
	struct cw_dump *d = (struct cw_dump *)cb->ctx;
	int err;

	BUILD_BUG_ON(sizeof(*d) > sizeof(cb->ctx));
	if (!d->begun) {
		err = cw_dump_begin(d, cb);
		if (err)
			return err;
	}
	*dump = d;
	*net = NULL;
	if (!d->netns)
		return 0;
	*net = cw_netns_get(d->netns);
	return *net ? 0 : -ENOENT;
}

static void cw_dump_put(struct net *net)
{
	if (net)
		put_net(net);
}

struct cw_policy_fill {
	struct sk_buff *skb;
	struct netlink_callback *cb;
};

static int cw_fill_policy(const struct cw_policy *p, u64 hits, void *arg)
{
	struct cw_policy_fill *f = arg;
	void *msg;

	msg = cw_netlink_put_dump(f->skb, f->cb, CLOSEWATCH_CMD_POLICY_GET);
	if (!msg)
		return -EMSGSIZE;
	genl_dump_check_consistent(f->cb, msg);
	if (cw_show_policy(f->skb, p, hits)) {
		genlmsg_cancel(f->skb, msg);
		return -EMSGSIZE;
	}
	genlmsg_end(f->skb, msg);
	return 0;
}

int closewatch_nl_policy_get_dumpit(struct sk_buff *skb,
				    struct netlink_callback *cb)
{
	struct cw_policy_fill fill = { .skb = skb, .cb = cb };
	struct cw_dump *d;
	struct net *net;
	int err;

	err = cw_dump_get(cb, &d, &net);
	if (err)
		return err;
	err = cw_policy_dump(net, d->shared, &d->policy, &cb->seq,
			     cw_fill_policy, &fill);
	cw_dump_put(net);
	return skb->len ? skb->len : err;
}

static int cw_fill_drain(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct cw_event *ev)
{
	void *msg = cw_netlink_put_dump(skb, cb, CLOSEWATCH_CMD_DRAIN_GET);

	if (!msg)
		return -EMSGSIZE;
	if (cw_encode_drain(skb, ev)) {
		genlmsg_cancel(skb, msg);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, msg);
	return 0;
}

int closewatch_nl_drain_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	struct cw_event ev;
	struct cw_dump *d;
	struct net *net;
	u64 next;
	int err;

	err = cw_dump_get(cb, &d, &net);
	if (err)
		return err;
	next = d->drain;
	while (cw_drain_next(net, &next, &ev)) {
		err = cw_fill_drain(skb, cb, &ev);
		if (err)
			break;
		d->drain = next;
	}
	cw_dump_put(net);
	return skb->len ? skb->len : err;
}
