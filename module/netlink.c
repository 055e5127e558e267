// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family: requests become calls with plain structs, and
 * plain structs become attributes. The contract is
 * Documentation/netlink/specs/closewatch.yaml.
 *
 * Requests run in the context of the requesting task, several at once: the
 * family has parallel_ops, so that one that arms probes or waits for a grace
 * period does not hold the mutex of other families' requests. It does hold
 * genetlink's semaphore for reading: the registration of a family waits behind
 * it, and meanwhile others' requests do. What requests change has locks of its
 * own.
 *
 * The family asks for CAP_NET_ADMIN in the initial user namespace. With the
 * parameter userns it asks for it in the user namespace of the requester's
 * network namespace, and what a user takes is limited.
 */
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "compat/compat.h"
#include "adopt.h"
#include "arm.h"
#include "canary.h"
#include "drain.h"
#include "encode.h"
#include "filter.h"
#include "inflight.h"
#include "netlink.h"
#include "netlink_gen.h"
#include "netns.h"
#include "notify.h"
#include "policy.h"
#include "probe.h"
#include "ring.h"
#include "track.h"
#include "version.h"
#include "watch.h"

static struct genl_family cw_netlink_family;

static bool userns;
module_param(userns, bool, 0444);
MODULE_PARM_DESC(userns,
		 "open the family to CAP_NET_ADMIN in user namespaces, each for its own network namespaces (N)");

/* closewatch_nl_ops[], with the permission that the parameter asks for. */
static struct genl_small_ops cw_netlink_ops[ARRAY_SIZE(closewatch_nl_ops)];

void *cw_netlink_put_dump(struct sk_buff *skb, struct netlink_callback *cb,
			  u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &cw_netlink_family, NLM_F_MULTI, cmd);
}

/* A mask with bits that this version does not know would silently never
 * match: refuse it.
 */
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

static struct net *cw_netns_by_fd(struct sk_buff *skb, struct nlattr *fd,
				  struct netlink_ext_ack *extack)
{
	struct net *net = get_net_ns_by_fd(nla_get_u32(fd));

	if (IS_ERR(net)) {
		NL_SET_ERR_MSG_ATTR(extack, fd,
				    "netns-fd is not a network namespace; open one below /run/netns or /proc/PID/ns/net");
		return net;
	}
	if (netlink_ns_capable(skb, net->user_ns, CAP_NET_ADMIN))
		return net;
	put_net(net);
	NL_SET_ERR_MSG_ATTR(extack, fd,
			    "that network namespace is not yours; this needs CAP_NET_ADMIN in it");
	return ERR_PTR(-EPERM);
}

struct net *cw_netlink_netns(struct sk_buff *skb, struct nlattr *fd,
			     struct nlattr *all, struct netlink_ext_ack *extack)
{
	if (fd && all) {
		NL_SET_ERR_MSG_ATTR(extack, fd,
				    "netns-fd and all-netns exclude each other");
		return ERR_PTR(-EINVAL);
	}
	if (fd)
		return cw_netns_by_fd(skb, fd, extack);
	if (!all)
		return get_net(sock_net(skb->sk));
	if (netlink_capable(skb, CAP_NET_ADMIN))
		return NULL;
	NL_SET_ERR_MSG_ATTR(extack, all,
			    "all network namespaces at once need CAP_NET_ADMIN in the initial user namespace");
	return ERR_PTR(-EPERM);
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
	err = cw_parse_masks(f, tb, info->extack);
	if (!err)
		err = cw_parse_conn(f, tb, info->extack);
	if (!err)
		err = cw_parse_owner(f, tb, info->extack);
	if (!err)
		err = cw_parse_netns(f, tb, skb, info);
	return err;
}

int closewatch_nl_subscribe_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct net *net = genl_info_net(info);
	struct cw_filter filter;
	int err;

	err = cw_parse_filter(&filter, skb, info);
	if (err)
		return err;
	err = cw_notify_refilter(net, info->snd_portid, &filter);
	if (err != -ENOENT)
		return err;
	err = cw_watch_get(info->extack);
	if (err)
		return err;
	err = cw_notify_add(net, info->snd_portid,
			    cw_netns_payer(net, NETLINK_CB(skb).sk), &filter);
	if (err)
		cw_watch_put();
	if (err == -EUSERS)
		NL_SET_ERR_MSG(info->extack,
			       "you have as many listeners as the module's parameter listeners_max_uid allows; end one first");
	return err;
}

static int cw_put_listener(struct sk_buff *skb,
			   const struct cw_notify_stats *stats)
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

struct sk_buff *cw_netlink_reply(struct genl_info *info, u8 cmd, size_t size,
				 void **msg)
{
	struct sk_buff *skb = genlmsg_new(size, GFP_KERNEL);

	if (!skb)
		return NULL;
	*msg = genlmsg_put_reply(skb, info, &cw_netlink_family, 0, cmd);
	if (!*msg) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

int closewatch_nl_unsubscribe_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct net *net = genl_info_net(info);
	struct cw_notify_stats stats;
	struct sk_buff *reply;
	void *msg;

	if (cw_notify_get_stats(net, info->snd_portid, &stats)) {
		NL_SET_ERR_MSG(info->extack,
			       "this socket is not subscribed; send subscribe first");
		return -ENOENT;
	}
	reply = cw_netlink_reply(info, CLOSEWATCH_CMD_UNSUBSCRIBE,
				 NLMSG_DEFAULT_SIZE, &msg);
	if (!reply)
		return -ENOMEM;
	cw_notify_flush();
	/* Of two requests and the socket's release only one finds it. */
	if (cw_notify_del(net, info->snd_portid, &stats)) {
		nlmsg_free(reply);
		return -ENOENT;
	}
	cw_watch_put();
	if (cw_put_listener(reply, &stats)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, msg);
	return genlmsg_reply(reply, info);
}

static int cw_put_info_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, CLOSEWATCH_A_INFO_PAD);
}

static int cw_put_probes(struct sk_buff *skb)
{
	struct cw_probe_count count;

	cw_probe_count(&count);
	if (nla_put_u32(skb, CLOSEWATCH_A_INFO_LISTENERS,
			cw_notify_listeners()) ||
	    nla_put_u32(skb, CLOSEWATCH_A_INFO_PROBES, count.armed) ||
	    cw_put_info_u64(skb, CLOSEWATCH_A_INFO_EVENTS,
			    cw_ring_recorded()) ||
	    cw_put_info_u64(skb, CLOSEWATCH_A_INFO_LOST_RING,
			    cw_notify_lost_ring()) ||
	    cw_put_info_u64(skb, CLOSEWATCH_A_INFO_LOST_SOCKET,
			    cw_notify_lost_socket()) ||
	    cw_put_info_u64(skb, CLOSEWATCH_A_INFO_MISSED,
			    count.missed + cw_adopt_missed()) ||
	    cw_put_info_u64(skb, CLOSEWATCH_A_INFO_INFLIGHT_FULL,
			    cw_inflight_full()) ||
	    nla_put_u32(skb, CLOSEWATCH_A_INFO_INFLIGHT,
			cw_inflight_count()) ||
	    nla_put_u32(skb, CLOSEWATCH_A_INFO_RING_SLOTS,
			cw_watch_ring_slots()))
		return -EMSGSIZE;
	return 0;
}

/* Whether what is armed also fires, and who may ask. */
static int cw_put_health(struct sk_buff *skb)
{
	struct cw_probe_count count;

	cw_probe_count(&count);
	if (nla_put_u8(skb, CLOSEWATCH_A_INFO_BLIND, cw_canary_blind()) ||
	    cw_put_info_u64(skb, CLOSEWATCH_A_INFO_BLIND_SECONDS,
			    cw_canary_blind_seconds()) ||
	    nla_put_u32(skb, CLOSEWATCH_A_INFO_PROBES_STUCK, cw_arm_stuck()) ||
	    nla_put_u32(skb, CLOSEWATCH_A_INFO_PROBES_FIRED, count.fired) ||
	    cw_put_info_u64(skb, CLOSEWATCH_A_INFO_EVICTED,
			    cw_track_evicted()) ||
	    nla_put_u8(skb, CLOSEWATCH_A_INFO_USERNS, userns))
		return -EMSGSIZE;
	return 0;
}

static int cw_put_info(struct sk_buff *skb)
{
	struct nlattr *nest = nla_nest_start(skb, CLOSEWATCH_A_INFO);

	if (!nest ||
	    nla_put_string(skb, CLOSEWATCH_A_INFO_VERSION, CW_VERSION) ||
	    cw_put_probes(skb) || cw_put_health(skb) ||
	    nla_put_u32(skb, CLOSEWATCH_A_INFO_POLICIES, cw_policy_count()) ||
	    nla_put_u32(skb, CLOSEWATCH_A_INFO_DRAINS, cw_drain_count()) ||
	    nla_put_u8(skb, CLOSEWATCH_A_INFO_POLICY_ARMED, cw_adopt_armed()))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int closewatch_nl_info_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct cw_notify_stats stats;
	struct sk_buff *reply;
	void *msg;
	int err;

	reply = cw_netlink_reply(info, CLOSEWATCH_CMD_INFO,
				 NLMSG_DEFAULT_SIZE, &msg);
	if (!reply)
		return -ENOMEM;
	err = cw_put_info(reply);
	if (!err && !cw_notify_get_stats(genl_info_net(info), info->snd_portid,
					 &stats))
		err = cw_put_listener(reply, &stats);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, msg);
	return genlmsg_reply(reply, info);
}

static struct genl_family cw_netlink_family __ro_after_init = {
	.name		= CLOSEWATCH_FAMILY_NAME,
	.version	= CLOSEWATCH_FAMILY_VERSION,
	.module		= THIS_MODULE,
	.netnsok	= true,
	.parallel_ops	= true,
	.policy		= closewatch_message_nl_policy,
	.maxattr	= ARRAY_SIZE(closewatch_message_nl_policy) - 1,
	.small_ops	= cw_netlink_ops,
	.n_small_ops	= ARRAY_SIZE(cw_netlink_ops),
	CW_GENL_RESV_START_OP(__CLOSEWATCH_CMD_MAX)
};

/*
 * The socket of a listener is gone, be it closed or its owner dead. Blocking
 * notifier: process context, may sleep. Called for other families' sockets
 * too, which are listeners never.
 */
static int cw_netlink_released(struct notifier_block *nb, unsigned long event,
			       void *data)
{
	struct netlink_notify *n = data;

	if (event == NETLINK_URELEASE && n->protocol == NETLINK_GENERIC &&
	    !cw_notify_released(n->net, n->portid))
		cw_watch_put();
	return NOTIFY_DONE;
}

static struct notifier_block cw_netlink_notifier = {
	.notifier_call = cw_netlink_released,
};

int __init cw_netlink_init(void)
{
	unsigned int i;
	int err;

	memcpy(cw_netlink_ops, closewatch_nl_ops, sizeof(cw_netlink_ops));
	for (i = 0; i < ARRAY_SIZE(cw_netlink_ops); i++)
		cw_netlink_ops[i].flags = userns ? GENL_UNS_ADMIN_PERM :
						   GENL_ADMIN_PERM;
	cw_encode_init(&cw_netlink_family);
	/* Before the family, or a listener could go unnoticed. */
	err = netlink_register_notifier(&cw_netlink_notifier);
	if (err)
		return err;
	err = genl_register_family(&cw_netlink_family);
	if (err)
		netlink_unregister_notifier(&cw_netlink_notifier);
	return err;
}

void cw_netlink_exit(void)
{
	genl_unregister_family(&cw_netlink_family);
	netlink_unregister_notifier(&cw_netlink_notifier);
	while (cw_notify_del_any())
		cw_watch_put();
	cw_watch_exit();
}
