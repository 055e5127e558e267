// SPDX-License-Identifier: GPL-2.0
#ifdef __KERNEL__
#include <linux/socket.h>
#include <linux/string.h>
#else
#include <string.h>
#include <sys/socket.h>
#endif

#include "policy_match.h"

static bool cw_prefix_match(const u8 *a, const u8 *b, unsigned int bits)
{
	unsigned int bytes = bits / 8;

	if (memcmp(a, b, bytes))
		return false;
	bits %= 8;
	return !bits || !((a[bytes] ^ b[bytes]) >> (8 - bits));
}

/* A connection that was never made has no peer, and matches no address. */
static bool cw_match_peer(const struct cw_conditions *want,
			  const struct cw_conn *c)
{
	u8 len = c->family == AF_INET || c->v4mapped ? 4 : 16;

	if (!want->raddr_len)
		return true;
	if (!c->rport || want->raddr_len != len)
		return false;
	return cw_prefix_match(want->raddr,
			       c->v4mapped ? c->raddr + 12 : c->raddr,
			       want->prefix_len);
}

bool cw_policy_match_port(const struct cw_conditions *want, u16 lport)
{
	return !want->lport_first ||
	       (lport >= want->lport_first && lport <= want->lport_last);
}

static bool cw_match_conn(const struct cw_conditions *want,
			  const struct cw_conn *c)
{
	u16 wire = c->v4mapped ? AF_INET : c->family;

	if (want->family && want->family != wire)
		return false;
	return cw_policy_match_port(want, c->lport) && cw_match_peer(want, c);
}

static bool cw_match_owner(const struct cw_conditions *want,
			   const struct cw_owner *o)
{
	if (want->has_uid && want->uid != o->uid)
		return false;
	if (want->cgroup && want->cgroup != o->cgroup)
		return false;
	return !want->comm[0] || !strncmp(want->comm, o->comm, CW_COMM_LEN);
}

bool cw_policy_match(const struct cw_conditions *want,
		     const struct cw_conn *conn, const struct cw_owner *owner)
{
	return cw_match_conn(want, conn) && cw_match_owner(want, owner);
}

bool cw_policy_match_any(const struct cw_conditions *want)
{
	return !want->family && !want->lport_first && !want->raddr_len &&
	       !want->has_uid && !want->cgroup && !want->comm[0];
}
