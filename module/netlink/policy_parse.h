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
 * @extack: says why it is refused
 */
struct cw_request {
	struct nlattr *tb[CLOSEWATCH_A_POLICY_MAX + 1];
	struct sk_buff *skb;
	struct netlink_ext_ack *extack;
};

/* Its value is @err. */
#define CW_REFUSE(r, attr, err, msg)					\
({									\
	NL_SET_ERR_MSG_ATTR((r)->extack, (attr), (msg));		\
	(err);								\
})

/** cw_request_parse() - the attributes of @nest, none if it is NULL */
int cw_request_parse(struct cw_request *r, struct sk_buff *skb,
		     struct nlattr *nest, struct netlink_ext_ack *extack);

/**
 * struct cw_parsed - a policy that is requested
 * @p: for cw_policy_add()
 * @net: its network namespace, with a reference; NULL for all
 * @sock: the socket of socket-fd, or NULL; with a reference, so that it is not
 *	closed before the policy is installed
 */
struct cw_parsed {
	struct cw_policy p;
	struct net *net;
	struct socket *sock;
};

/**
 * cw_policy_parse() - parse a policy
 *
 * Context: the requesting task, whose descriptors are looked up.
 * Return: 0, and the caller must call cw_parsed_put(); or a negative errno,
 * with extack text.
 */
int cw_policy_parse(struct cw_parsed *d, const struct cw_request *r);

/** cw_parsed_put() - release the references of a requested policy */
void cw_parsed_put(struct cw_parsed *d);

#endif
