/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_NETLINK_SUBSCRIBE_H
#define CW_NETLINK_SUBSCRIBE_H

#include "core/listener.h"

struct sk_buff;

/**
 * cw_netlink_put_listener() - add the counters of a listener to a reply
 *
 * Return: 0 or -EMSGSIZE.
 */
int cw_netlink_put_listener(struct sk_buff *skb,
			    const struct cw_listener_stats *stats);

#endif
