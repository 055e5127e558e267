/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_NETLINK_POLICY_PARSE_H
#define CW_NETLINK_POLICY_PARSE_H

#include <net/netlink.h>

#include "drain/policy.h"

struct net;
struct socket;

/**
 * struct cw_request - a request about policies
 * @tb: attributes of its policy nest
 * @skb: the message
 * @extack: says why not
 */
struct cw_request {
	struct nlattr *tb[CLOSEWATCH_A_POLICY_MAX + 1];
	struct sk_buff *skb;
	struct netlink_ext_ack *extack;
};

/**
 * struct cw_wanted - a policy that somebody wants
 * @p: as cw_policy_add() takes it
 * @net: where, with a reference; NULL for all network namespaces
 * @sock: with a reference, if a descriptor named it: until the policy stands
 *	it cannot be closed
 */
struct cw_wanted {
	struct cw_policy p;
	struct net *net;
	struct socket *sock;
};

/**
 * cw_wanted_get() - from attributes to a policy
 *
 * Context: the requesting task, whose descriptors are looked up.
 * Return: 0, then cw_wanted_put() is due; or what is wrong, with extack text.
 */
int cw_wanted_get(struct cw_wanted *w, const struct cw_request *r);

/** cw_wanted_put() - let go of what a request held */
void cw_wanted_put(struct cw_wanted *w);

#endif
