// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family, as specified in
 * Documentation/netlink/specs/closewatch.yaml.
 *
 * Requests run in the requesting task, possibly several at once: the family has
 * parallel_ops, so that a request that arms probes or waits for a grace period
 * does not hold genl_mutex, which other families need. It does hold genetlink's
 * cb_lock for reading: registering a family waits for it, and requests of other
 * families wait for that. All that requests change has its own locks.
 *
 * The family requires CAP_NET_ADMIN in the initial user namespace. With the
 * parameter userns it requires it in the user namespace of the requester's
 * network namespace; what a user can take is limited.
 */
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "compat/compat.h"
#include "core/encode.h"
#include "core/listener.h"
#include "trace/watch.h"
#include "family.h"
#include "gen.h"

static struct genl_family cw_netlink_family;

static bool userns;
module_param(userns, bool, 0444);
MODULE_PARM_DESC(userns,
		 "open the family to CAP_NET_ADMIN in user namespaces, each for its own network namespaces (N)");

/* closewatch_nl_ops[] with the permission set by the parameter userns. */
static struct genl_small_ops cw_netlink_ops[ARRAY_SIZE(closewatch_nl_ops)];

bool cw_netlink_userns(void)
{
	return userns;
}

void *cw_netlink_put_dump(struct sk_buff *skb, struct netlink_callback *cb,
			  u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &cw_netlink_family, NLM_F_MULTI, cmd);
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
 * A listener's socket was closed, by its owner or at its exit. A blocking
 * notifier: process context, may sleep. Also called for sockets of other
 * netlink protocols and families, which are ignored.
 */
static int cw_netlink_released(struct notifier_block *nb, unsigned long event,
			       void *data)
{
	struct netlink_notify *n = data;

	if (event == NETLINK_URELEASE && n->protocol == NETLINK_GENERIC &&
	    !cw_listener_released(n->net, n->portid))
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
	/* Before the family, so that no listener's release is missed. */
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
	/* Of one whose socket is released meanwhile the notifier must tell. */
	while (cw_listener_del_any())
		cw_watch_put();
	netlink_unregister_notifier(&cw_netlink_notifier);
	cw_watch_exit();
}
