/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_NETLINK_H
#define CW_NETLINK_H

#include <linux/types.h>

struct genl_info;
struct net;
struct netlink_callback;
struct netlink_ext_ack;
struct nlattr;
struct sk_buff;

/** cw_netlink_init() - register the family; requests can run from then on */
int cw_netlink_init(void);

/**
 * cw_netlink_exit() - unregister the family and remove all listeners
 *
 * Context: process, may sleep. On return no request runs, and no probe of
 * trace/ is armed.
 */
void cw_netlink_exit(void);

/** cw_netlink_userns() - is the family open to user namespaces? */
bool cw_netlink_userns(void);

/**
 * cw_netlink_reply() - begin the reply to a request
 * @size: room for attributes
 * @msg: set to the header for genlmsg_end()
 *
 * Return: the message, or NULL if out of memory.
 */
struct sk_buff *cw_netlink_reply(struct genl_info *info, u8 cmd, size_t size,
				 void **msg);

/**
 * cw_netlink_put_dump() - begin the next message of a dump
 *
 * Return: the header for genlmsg_end(), or NULL if there is no room.
 */
void *cw_netlink_put_dump(struct sk_buff *skb, struct netlink_callback *cb,
			  u8 cmd);

/**
 * cw_netlink_netns() - the network namespace of a request
 * @skb: the request
 * @fd: its netns-fd, or NULL
 * @all: its all-netns, or NULL
 * @extack: says why it is refused
 *
 * Context: the requesting task.
 * Return: a network namespace in which the requester has CAP_NET_ADMIN, with a
 * reference; NULL for all; or an ERR_PTR().
 */
struct net *cw_netlink_netns(struct sk_buff *skb, struct nlattr *fd,
			     struct nlattr *all,
			     struct netlink_ext_ack *extack);

#endif
