// SPDX-License-Identifier: GPL-2.0
/* Subscriptions: parses the attributes of subscribe into a filter. */
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "compat/compat.h"
#include "core/netns.h"
#include "core/notify.h"
#include "trace/late.h"
#include "trace/watch.h"
#include "family.h"
#include "gen.h"
#include "subscribe.h"

/* Refuse masks with undefined bits, which would never match. */
static int cw_parse_masks(struct cw_filter *f, struct nlattr **tb,
			  struct netlink_ext_ack *extack)
{
	struct nlattr *a = tb[CLOSEWATCH_A_FILTER_EVENTS];

	if (a) {
		f->events = nla_get_u32(a);
		if (f->events >> (CLOSEWATCH_EVENT_TYPE_MAX + 1)) {
			NL_SET_ERR_MSG_ATTR(extack, a,
					    "unknown event type in mask; use those of enum closewatch_event_type");
			return -EINVAL;
		}
	}
	a = tb[CLOSEWATCH_A_FILTER_PATHS];
	if (a) {
		f->paths = nla_get_u64(a);
		if (f->paths >> (CLOSEWATCH_PATH_MAX + 1)) {
			NL_SET_ERR_MSG_ATTR(extack, a,
					    "unknown path in mask; use those of enum closewatch_path");
			return -EINVAL;
		}
	}
	return 0;
}

static int cw_parse_conn(struct cw_filter *f, struct nlattr **tb,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *a = tb[CLOSEWATCH_A_FILTER_FAMILY];

	if (a) {
		f->family = nla_get_u16(a);
		if (f->family != AF_INET && f->family != AF_INET6) {
			NL_SET_ERR_MSG_ATTR(extack, a,
					    "family must be AF_INET or AF_INET6");
			return -EINVAL;
		}
	}
	if (tb[CLOSEWATCH_A_FILTER_PORT])
		f->port = nla_get_u16(tb[CLOSEWATCH_A_FILTER_PORT]);
	if (tb[CLOSEWATCH_A_FILTER_LOCAL_PORT])
		f->lport = nla_get_u16(tb[CLOSEWATCH_A_FILTER_LOCAL_PORT]);
	if (tb[CLOSEWATCH_A_FILTER_REMOTE_PORT])
		f->rport = nla_get_u16(tb[CLOSEWATCH_A_FILTER_REMOTE_PORT]);
	return 0;
}

static int cw_parse_owner(struct cw_filter *f, struct nlattr **tb,
			  struct netlink_ext_ack *extack)
{
	struct nlattr *a = tb[CLOSEWATCH_A_FILTER_COMM];

	if (tb[CLOSEWATCH_A_FILTER_PID])
		f->pid = nla_get_u32(tb[CLOSEWATCH_A_FILTER_PID]);
	if (tb[CLOSEWATCH_A_FILTER_UID]) {
		f->uid = nla_get_u32(tb[CLOSEWATCH_A_FILTER_UID]);
		f->has_uid = true;
	}
	if (tb[CLOSEWATCH_A_FILTER_CGROUP])
		f->cgroup = nla_get_u64(tb[CLOSEWATCH_A_FILTER_CGROUP]);
	f->by_inode = nla_get_flag(tb[CLOSEWATCH_A_FILTER_BY_INODE]);
	if (a) {
		nla_strscpy(f->comm, a, sizeof(f->comm));
		if (!f->comm[0]) {
			NL_SET_ERR_MSG_ATTR(extack, a,
					    "comm is empty; leave it out to match any");
			return -EINVAL;
		}
	}
	return 0;
}

static int cw_parse_netns(struct cw_filter *f, struct nlattr **tb,
			  struct sk_buff *skb, struct genl_info *info)
{
	struct net *net = cw_netlink_netns(skb, tb[CLOSEWATCH_A_FILTER_NETNS_FD],
					   tb[CLOSEWATCH_A_FILTER_ALL_NETNS],
					   info->extack);

	if (IS_ERR(net))
		return PTR_ERR(net);
	f->netns = net ? cw_netns_number(net) : 0;
	if (net)
		put_net(net);
	return 0;
}

static int cw_parse_filter(struct cw_filter *f, struct sk_buff *skb,
			   struct genl_info *info)
{
	struct nlattr *tb[CLOSEWATCH_A_FILTER_MAX + 1] = {};
	struct nlattr *nest = info->attrs[CLOSEWATCH_A_FILTER];
	int err;

	memset(f, 0, sizeof(*f));
	if (nest) {
		err = nla_parse_nested(tb, CLOSEWATCH_A_FILTER_MAX, nest,
				       closewatch_filter_nl_policy,
				       info->extack);
		if (err)
			return err;
	}
	f->quiet = nla_get_flag(tb[CLOSEWATCH_A_FILTER_QUIET]);
	err = cw_parse_masks(f, tb, info->extack);
	if (!err)
		err = cw_parse_conn(f, tb, info->extack);
	if (!err)
		err = cw_parse_owner(f, tb, info->extack);
	if (!err)
		err = cw_parse_netns(f, tb, skb, info);
	return err;
}

static int cw_listen_anew(struct net *net, u32 portid, const struct sock *sk,
			  const struct cw_filter *filter,
			  struct netlink_ext_ack *extack)
{
	int err = cw_listener_add(net, portid, sk, cw_netns_payer(net, sk),
				  filter);

	if (err == -EEXIST)
		NL_SET_ERR_MSG(extack,
			       "another request has subscribed this socket meanwhile; try again");
	if (err == -EINVAL)
		NL_SET_ERR_MSG(extack,
			       "only the socket of a program can be subscribed");
	if (err == -EUSERS)
		NL_SET_ERR_MSG(extack,
			       "you have as many listeners as the module's parameter listeners_max_uid allows; end one first");
	return err;
}

/* With the pipeline taken, which runs while a filter is announced: a listener
 * that is new keeps it, another has its own.
 */
static int cw_subscribe(struct net *net, u32 portid, const struct sock *sk,
			const struct cw_filter *filter,
			struct netlink_ext_ack *extack)
{
	int err = cw_listener_refilter(net, portid, sk, filter);

	if (err == -ENOENT) {
		err = cw_listen_anew(net, portid, sk, filter, extack);
		if (!err)
			return 0;
	} else if (err == -EBUSY) {
		NL_SET_ERR_MSG(extack,
			       "another request of this port id is being served, or its last socket released; try again");
	}
	cw_watch_put();
	return err;
}

static int cw_subscribe_wide(struct net *net, u32 portid,
			     const struct sock *sk,
			     const struct cw_filter *filter,
			     struct netlink_ext_ack *extack)
{
	u32 types = cw_filter_types(filter);
	int err = cw_watch_widen(types, extack);

	if (err) {
		cw_watch_put();
		return err;
	}
	err = cw_subscribe(net, portid, sk, filter, extack);
	cw_watch_settle(types);
	return err;
}

int closewatch_nl_subscribe_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct cw_filter filter;
	int err;

	err = cw_parse_filter(&filter, skb, info);
	if (!err)
		err = cw_watch_get(info->extack);
	if (err)
		return err;
	return cw_subscribe_wide(genl_info_net(info), info->snd_portid,
				 NETLINK_CB(skb).sk, &filter, info->extack);
}

int cw_netlink_put_listener(struct sk_buff *skb,
			    const struct cw_listener_stats *stats)
{
	struct nlattr *nest = nla_nest_start(skb, CLOSEWATCH_A_LISTENER);

	if (!nest ||
	    nla_put_u64_64bit(skb, CLOSEWATCH_A_LISTENER_SENT, stats->sent,
			      CLOSEWATCH_A_LISTENER_PAD) ||
	    nla_put_u64_64bit(skb, CLOSEWATCH_A_LISTENER_LOST, stats->lost,
			      CLOSEWATCH_A_LISTENER_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int closewatch_nl_unsubscribe_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct sock *sk = NETLINK_CB(skb).sk;
	struct net *net = genl_info_net(info);
	struct cw_listener_stats stats;
	struct sk_buff *reply;
	void *msg;
	int err;

	if (cw_listener_get_stats(net, info->snd_portid, sk, &stats)) {
		NL_SET_ERR_MSG(info->extack,
			       "this socket is not subscribed; send subscribe first");
		return -ENOENT;
	}
	reply = cw_netlink_reply(info, CLOSEWATCH_CMD_UNSUBSCRIBE,
				 NLMSG_DEFAULT_SIZE, &msg);
	if (!reply)
		return -ENOMEM;
	cw_late_flush();
	cw_notify_flush();
	/* Fails if a second request or the socket's release came first. */
	if (cw_listener_leave(net, info->snd_portid, sk, &stats)) {
		nlmsg_free(reply);
		return -ENOENT;
	}
	if (cw_netlink_put_listener(reply, &stats)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, msg);
	/* A full socket takes no reply: the figures wait for another request. */
	err = genlmsg_reply(reply, info);
	if (!err && !cw_listener_del(net, info->snd_portid, sk))
		cw_watch_put();
	return err;
}

