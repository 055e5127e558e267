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

/** cw_netlink_init() - register the family; from then on requests come */
int cw_netlink_init(void);

/**
 * cw_netlink_exit() - unregister it and end all subscriptions
 *
 * Context: process, may sleep. When it returns no probe is armed.
 */
void cw_netlink_exit(void);

/** cw_netlink_userns() - may user namespaces use the family? */
bool cw_netlink_userns(void);

/**
 * cw_netlink_reply() - begin the answer to a request
 * @size: room for attributes
 * @msg: what genlmsg_end() takes
 *
 * Return: the message, or NULL without memory.
 */
struct sk_buff *cw_netlink_reply(struct genl_info *info, u8 cmd, size_t size,
				 void **msg);

/**
 * cw_netlink_put_dump() - begin the next message of a dump
 *
 * Return: what genlmsg_end() takes, or NULL without room.
 */
void *cw_netlink_put_dump(struct sk_buff *skb, struct netlink_callback *cb,
			  u8 cmd);

/**
 * cw_netlink_netns() - the network namespace that a request is about
 * @skb: the request
 * @fd: its netns-fd, or NULL
 * @all: its all-netns, or NULL
 * @extack: says why not
 *
 * Context: the requesting task.
 * Return: the one meant, with a reference, the requester having rights in it;
 * NULL for all; or an ERR_PTR().
 */
struct net *cw_netlink_netns(struct sk_buff *skb, struct nlattr *fd,
			     struct nlattr *all,
			     struct netlink_ext_ack *extack);

#endif
