// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <linux/closewatch.h>

#include "explain/shadow.h"

/* A condition of @first is one that @p has too. */
#define wants(first, p, attr, member)					\
	(!cw_policy_has(first, attr) ||					\
	 (cw_policy_has(p, attr) && (first)->member == (p)->member))

static uint16_t last_port(const struct cw_msg_policy *p)
{
	return cw_policy_has(p, LOCAL_PORT_LAST) ? p->local_port_last :
						   p->local_port;
}

static bool ports_hold(const struct cw_msg_policy *first,
		       const struct cw_msg_policy *p)
{
	if (!cw_policy_has(first, LOCAL_PORT))
		return true;
	return cw_policy_has(p, LOCAL_PORT) &&
	       first->local_port <= p->local_port &&
	       last_port(p) <= last_port(first);
}

static unsigned int prefix(const struct cw_msg_policy *p)
{
	return cw_policy_has(p, REMOTE_PREFIX) ? p->remote_prefix :
						 p->remote_addr.len * 8U;
}

static bool prefix_holds(const struct cw_msg_policy *first,
			 const struct cw_msg_policy *p)
{
	unsigned int bits = prefix(first), bytes = bits / 8;
	const uint8_t *a = first->remote_addr.b, *b = p->remote_addr.b;

	if (!cw_policy_has(first, REMOTE_ADDR))
		return true;
	if (!cw_policy_has(p, REMOTE_ADDR) || prefix(p) < bits ||
	    first->remote_addr.len != p->remote_addr.len || memcmp(a, b, bytes))
		return false;
	return !(bits % 8) || !((a[bytes] ^ b[bytes]) >> (8 - bits % 8));
}

static bool comm_holds(const struct cw_msg_policy *first,
		       const struct cw_msg_policy *p)
{
	return !cw_policy_has(first, COMM) ||
	       (cw_policy_has(p, COMM) && first->comm.len == p->comm.len &&
		!memcmp(first->comm.b, p->comm.b, p->comm.len));
}

bool cw_policy_shadows(const struct cw_msg_policy *first,
		       const struct cw_msg_policy *p)
{
	return !cw_policy_has(first, COOKIE) && !cw_policy_has(p, COOKIE) &&
	       (first->all_netns || !p->all_netns) &&
	       wants(first, p, FAMILY, family) && wants(first, p, UID, uid) &&
	       wants(first, p, CGROUP, cgroup) && ports_hold(first, p) &&
	       prefix_holds(first, p) && comm_holds(first, p);
}
