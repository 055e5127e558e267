/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_NETLINK_H
#define CW_NETLINK_H

#include "event.h"

struct sk_buff;

/** cw_netlink_init() - register the family; from then on requests come */
int cw_netlink_init(void);

/**
 * cw_netlink_exit() - unregister it and end all subscriptions
 *
 * Context: process, may sleep. When it returns no probe is armed.
 */
void cw_netlink_exit(void);

/**
 * cw_netlink_put_event() - begin an event message
 * @skb: empty
 *
 * Return: what genlmsg_end() takes, or NULL without room.
 */
void *cw_netlink_put_event(struct sk_buff *skb);

/**
 * cw_netlink_fill_event() - add one event to a message
 *
 * Return: 0, or -EMSGSIZE with the message as it was.
 */
int cw_netlink_fill_event(struct sk_buff *skb, const struct cw_event *ev);

/**
 * cw_netlink_fill_lost() - add a lost record to a message
 * @count: how many events
 * @loss: enum closewatch_loss
 *
 * Return: as cw_netlink_fill_event().
 */
int cw_netlink_fill_lost(struct sk_buff *skb, u64 count, u32 loss);

#endif
