// SPDX-License-Identifier: GPL-2.0
/*
 * Parses the attributes of policy-add. A policy that contradicts itself or can
 * never match is refused, so that it is not mistaken for protection.
 */
#include <linux/file.h>
#include <linux/in.h>
#include <linux/ktime.h>
#include <linux/net.h>
#include <net/ipv6.h>
#include <net/netlink.h>
#include <net/sock.h>

#include "core/facts.h"
#include "drain/drain.h"
#include "family.h"
#include "gen.h"
#include "policy_parse.h"

#define CW_DEFAULT_PRIORITY	1000
#define CW_DEFAULT_IDLE_MS	5000
#define CW_DEFAULT_TOTAL_MS	10000
#define CW_DEFAULT_BYTES	(16ULL << 20)
#define CW_EXPIRES_MAX_MS	(100ULL * 365 * 86400 * MSEC_PER_SEC)

int cw_request_parse(struct cw_request *r, struct sk_buff *skb,
		     struct nlattr *nest, struct netlink_ext_ack *extack)
{
	memset(r, 0, sizeof(*r));
	r->skb = skb;
	r->extack = extack;
	if (!nest)
		return 0;
	return nla_parse_nested(r->tb, CLOSEWATCH_A_POLICY_MAX, nest,
				closewatch_policy_nl_policy, extack);
}

static struct nlattr *cw_first_given(const struct cw_request *r,
				     const u8 *types, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (r->tb[types[i]])
			return r->tb[types[i]];
	}
	return NULL;
}

static int cw_parse_limits(struct cw_parsed *d, const struct cw_request *r)
{
	struct nlattr *idle = r->tb[CLOSEWATCH_A_POLICY_IDLE_MS];
	struct nlattr *total = r->tb[CLOSEWATCH_A_POLICY_TOTAL_MS];
	struct nlattr *bytes = r->tb[CLOSEWATCH_A_POLICY_BYTES];
	struct cw_policy_limits *l = &d->p.limits;
	u32 max = cw_drain_total_max_ms();

	l->idle_ms = idle ? nla_get_u32(idle) : CW_DEFAULT_IDLE_MS;
	l->total_ms = total ? nla_get_u32(total) :
			      min_t(u32, CW_DEFAULT_TOTAL_MS, max);
	l->bytes = bytes ? nla_get_u64(bytes) : CW_DEFAULT_BYTES;
	d->p.even_linger0 = r->tb[CLOSEWATCH_A_POLICY_EVEN_LINGER0];
	d->p.even_oom = r->tb[CLOSEWATCH_A_POLICY_EVEN_OOM];
	if (l->total_ms > max)
		return CW_REFUSE(r, total, -ERANGE,
				 "total-ms is above the limit set by the module's parameter drain_total_max, in seconds");
	return 0;
}

static int cw_parse_linger(struct cw_parsed *d, const struct cw_request *r)
{
	struct nlattr *a = r->tb[CLOSEWATCH_A_POLICY_LINGER_SECONDS];

	if (d->p.action != CLOSEWATCH_ACTION_LINGER)
		return !a ? 0 : CW_REFUSE(r, a, -EINVAL,
					  "linger-seconds is for the action linger only; leave it out");
	if (!a)
		return CW_REFUSE(r, r->tb[CLOSEWATCH_A_POLICY_ACTION], -EINVAL,
				 "the action linger needs linger-seconds");
	d->p.linger_seconds = nla_get_u32(a);
	return 0;
}

static int cw_parse_action(struct cw_parsed *d, const struct cw_request *r)
{
	static const u8 drain_only[] = {
		CLOSEWATCH_A_POLICY_IDLE_MS,
		CLOSEWATCH_A_POLICY_TOTAL_MS,
		CLOSEWATCH_A_POLICY_BYTES,
		CLOSEWATCH_A_POLICY_EVEN_LINGER0,
		CLOSEWATCH_A_POLICY_EVEN_OOM,
	};
	struct nlattr *action = r->tb[CLOSEWATCH_A_POLICY_ACTION];
	struct nlattr *a = cw_first_given(r, drain_only, ARRAY_SIZE(drain_only));

	if (!action) {
		NL_SET_ERR_MSG(r->extack,
			       "action is missing; say drain, linger, reset or leave");
		return -EINVAL;
	}
	d->p.action = nla_get_u32(action);
	d->p.dry_run = r->tb[CLOSEWATCH_A_POLICY_DRY_RUN];
	if (d->p.action == CLOSEWATCH_ACTION_DRAIN && cw_parse_limits(d, r))
		return -ERANGE;
	if (d->p.action != CLOSEWATCH_ACTION_DRAIN && a)
		return CW_REFUSE(r, a, -EINVAL,
				 "idle-ms, total-ms, bytes, even-linger0 and even-oom are for the action drain only; leave them out");
	return cw_parse_linger(d, r);
}

static int cw_parse_expiry(struct cw_parsed *d, const struct cw_request *r)
{
	struct nlattr *a = r->tb[CLOSEWATCH_A_POLICY_EXPIRES_MS];

	if (!a)
		return 0;
	if (nla_get_u64(a) > CW_EXPIRES_MAX_MS)
		return CW_REFUSE(r, a, -ERANGE,
				 "expires-ms is above a hundred years; leave it out for a policy that never expires");
	d->p.expires = ktime_get_boottime_ns() +
		       nla_get_u64(a) * NSEC_PER_MSEC;
	return 0;
}

static int cw_parse_ports(struct cw_conditions *want,
			  const struct cw_request *r)
{
	struct nlattr *first = r->tb[CLOSEWATCH_A_POLICY_LOCAL_PORT];
	struct nlattr *last = r->tb[CLOSEWATCH_A_POLICY_LOCAL_PORT_LAST];

	if (!first && !last)
		return 0;
	if (!first)
		return CW_REFUSE(r, last, -EINVAL,
				 "local-port-last needs local-port, the first port of the range");
	want->lport_first = nla_get_u16(first);
	want->lport_last = last ? nla_get_u16(last) : want->lport_first;
	if (want->lport_last < want->lport_first)
		return CW_REFUSE(r, last, -ERANGE,
				 "local-port-last is below local-port; exchange them");
	return 0;
}

/* Clear the bits beyond the prefix, so that a dump shows what is compared. */
static void cw_mask_address(struct cw_conditions *want)
{
	unsigned int i, keep;

	for (i = 0; i < sizeof(want->raddr); i++) {
		keep = clamp_t(int, want->prefix_len - (int)i * 8, 0, 8);
		want->raddr[i] &= 0xff00 >> keep;
	}
}

static int cw_parse_prefix(struct cw_conditions *want,
			   const struct cw_request *r)
{
	struct nlattr *addr = r->tb[CLOSEWATCH_A_POLICY_REMOTE_ADDR];
	struct nlattr *prefix = r->tb[CLOSEWATCH_A_POLICY_REMOTE_PREFIX];

	want->prefix_len = prefix ? nla_get_u8(prefix) : want->raddr_len * 8;
	if (want->prefix_len > want->raddr_len * 8)
		return CW_REFUSE(r, prefix, -ERANGE,
				 "remote-prefix is longer than remote-addr; at most 32 for IPv4 and 128 for IPv6");
	if (want->raddr_len == 16 && want->prefix_len >= 96 &&
	    ipv6_addr_v4mapped((struct in6_addr *)want->raddr))
		return CW_REFUSE(r, addr, -EINVAL,
				 "remote-addr is a v4-mapped address; give the 4 bytes of IPv4, which match such peers too");
	cw_mask_address(want);
	return 0;
}

static int cw_parse_peer(struct cw_conditions *want,
			 const struct cw_request *r)
{
	struct nlattr *a = r->tb[CLOSEWATCH_A_POLICY_REMOTE_ADDR];
	struct nlattr *prefix = r->tb[CLOSEWATCH_A_POLICY_REMOTE_PREFIX];

	if (!a && prefix)
		return CW_REFUSE(r, prefix, -EINVAL,
				 "remote-prefix needs remote-addr");
	if (!a)
		return 0;
	if (nla_len(a) != 4 && nla_len(a) != 16)
		return CW_REFUSE(r, a, -EINVAL,
				 "remote-addr must have 4 bytes for IPv4 or 16 for IPv6");
	want->raddr_len = nla_len(a);
	memcpy(want->raddr, nla_data(a), nla_len(a));
	if (want->family &&
	    want->family != (want->raddr_len == 4 ? AF_INET : AF_INET6))
		return CW_REFUSE(r, a, -EINVAL,
				 "remote-addr is not of the family given; leave family out");
	return cw_parse_prefix(want, r);
}

static int cw_parse_family(struct cw_conditions *want,
			   const struct cw_request *r)
{
	struct nlattr *a = r->tb[CLOSEWATCH_A_POLICY_FAMILY];

	if (!a)
		return 0;
	want->family = nla_get_u16(a);
	if (want->family == AF_INET || want->family == AF_INET6)
		return 0;
	return CW_REFUSE(r, a, -EINVAL, "family must be AF_INET or AF_INET6");
}

static int cw_parse_closer(struct cw_conditions *want,
			   const struct cw_request *r)
{
	struct nlattr *comm = r->tb[CLOSEWATCH_A_POLICY_COMM];

	if (r->tb[CLOSEWATCH_A_POLICY_UID]) {
		want->uid = nla_get_u32(r->tb[CLOSEWATCH_A_POLICY_UID]);
		want->has_uid = true;
	}
	if (r->tb[CLOSEWATCH_A_POLICY_CGROUP])
		want->cgroup = nla_get_u64(r->tb[CLOSEWATCH_A_POLICY_CGROUP]);
	if (!comm)
		return 0;
	/* The rest stays zero, because names are compared and dumped whole. */
	memcpy(want->comm, nla_data(comm),
	       strnlen(nla_data(comm),
		       min_t(int, nla_len(comm), CW_COMM_LEN - 1)));
	if (want->comm[0])
		return 0;
	return CW_REFUSE(r, comm, -EINVAL,
			 "comm is empty; leave it out to match any");
}

static int cw_parse_rule(struct cw_parsed *d, const struct cw_request *r)
{
	struct nlattr *priority = r->tb[CLOSEWATCH_A_POLICY_PRIORITY];
	struct cw_conditions *want = &d->p.want;
	int err;

	d->p.priority = priority ? nla_get_u32(priority) : CW_DEFAULT_PRIORITY;
	err = cw_parse_ports(want, r);
	if (!err)
		err = cw_parse_family(want, r);
	if (!err)
		err = cw_parse_peer(want, r);
	if (!err)
		err = cw_parse_closer(want, r);
	if (err)
		return err;
	if (cw_policy_match_any(want) && !r->tb[CLOSEWATCH_A_POLICY_FORCE]) {
		NL_SET_ERR_MSG(r->extack,
			       "without any condition the rule is for every connection; add one, or force if that is meant");
		return -EINVAL;
	}
	return 0;
}

static int cw_refuse_sock_type(const struct cw_request *r, struct nlattr *fd,
			       const struct sock *sk)
{
	if (sk->sk_family == AF_UNIX)
		return CW_REFUSE(r, fd, -EINVAL,
				 "socket-fd is a Unix socket; name a TCP socket");
	if (sk->sk_family != AF_INET && sk->sk_family != AF_INET6)
		return CW_REFUSE(r, fd, -EINVAL,
				 "socket-fd is neither an IPv4 nor an IPv6 socket; name a TCP socket");
	if (sk->sk_protocol == IPPROTO_UDP)
		return CW_REFUSE(r, fd, -EINVAL,
				 "socket-fd is a UDP socket; name a TCP socket");
	if (sk->sk_protocol == IPPROTO_MPTCP)
		return CW_REFUSE(r, fd, -EINVAL,
				 "socket-fd is an MPTCP socket, whose closes are left alone; name a TCP socket");
	return CW_REFUSE(r, fd, -EINVAL,
			 "socket-fd is an internet socket, but not of TCP; name a TCP socket");
}

static int cw_check_sock(const struct cw_request *r, struct nlattr *fd,
			 const struct sock *sk)
{
	if (!cw_facts_is_tcp(sk))
		return cw_refuse_sock_type(r, fd, sk);
	if (!netlink_ns_capable(r->skb, sock_net(sk)->user_ns, CAP_NET_ADMIN))
		return CW_REFUSE(r, fd, -EPERM,
				 "the socket is of a network namespace that is not yours; this needs CAP_NET_ADMIN in it");
	if (READ_ONCE(sk->sk_state) == TCP_LISTEN)
		return CW_REFUSE(r, fd, -EINVAL,
				 "socket-fd is a listener; use a rule with local-port for the connections that it accepts");
	return 0;
}

static int cw_parse_fd(struct cw_parsed *d, const struct cw_request *r)
{
	struct nlattr *fd = r->tb[CLOSEWATCH_A_POLICY_SOCKET_FD];
	struct sock *sk;
	int err;

	d->sock = sockfd_lookup(nla_get_u32(fd), &err);
	if (!d->sock)
		return CW_REFUSE(r, fd, err,
				 "socket-fd is not an open socket of yours; get it with pidfd_getfd(2) from its program");
	sk = d->sock->sk;
	err = cw_check_sock(r, fd, sk);
	if (err)
		return err;
	d->p.cookie = cw_facts_cookie(sk);
	d->net = get_net(sock_net(sk));
	return 0;
}

/* Attributes that exclude socket-fd and cookie. */
static const u8 cw_conditions_attrs[] = {
	CLOSEWATCH_A_POLICY_FAMILY,
	CLOSEWATCH_A_POLICY_LOCAL_PORT,
	CLOSEWATCH_A_POLICY_LOCAL_PORT_LAST,
	CLOSEWATCH_A_POLICY_REMOTE_ADDR,
	CLOSEWATCH_A_POLICY_REMOTE_PREFIX,
	CLOSEWATCH_A_POLICY_COMM,
	CLOSEWATCH_A_POLICY_UID,
	CLOSEWATCH_A_POLICY_CGROUP,
	CLOSEWATCH_A_POLICY_PRIORITY,
};

static int cw_check_one_socket(const struct cw_request *r)
{
	struct nlattr *a = cw_first_given(r, cw_conditions_attrs,
					  ARRAY_SIZE(cw_conditions_attrs));
	struct nlattr *fd = r->tb[CLOSEWATCH_A_POLICY_SOCKET_FD];
	struct nlattr *cookie = r->tb[CLOSEWATCH_A_POLICY_COOKIE];
	struct nlattr *all = r->tb[CLOSEWATCH_A_POLICY_ALL_NETNS];
	struct nlattr *netns = r->tb[CLOSEWATCH_A_POLICY_NETNS_FD];

	if (fd && cookie)
		return CW_REFUSE(r, cookie, -EINVAL,
				 "socket-fd and cookie exclude each other");
	if (a)
		return CW_REFUSE(r, a, -EINVAL,
				 "a policy of one socket takes neither conditions nor a priority; leave them out");
	if (all)
		return CW_REFUSE(r, all, -EINVAL,
				 "a socket is in one network namespace; leave all-netns out");
	if (fd && netns)
		return CW_REFUSE(r, netns, -EINVAL,
				 "socket-fd implies its network namespace; leave netns-fd out");
	return 0;
}

static int cw_parse_where(struct cw_parsed *d, const struct cw_request *r)
{
	struct net *net = cw_netlink_netns(r->skb,
					   r->tb[CLOSEWATCH_A_POLICY_NETNS_FD],
					   r->tb[CLOSEWATCH_A_POLICY_ALL_NETNS],
					   r->extack);

	if (IS_ERR(net))
		return PTR_ERR(net);
	d->net = net;
	return 0;
}

static int cw_parse_socket(struct cw_parsed *d, const struct cw_request *r)
{
	int err = cw_check_one_socket(r);

	if (err)
		return err;
	if (r->tb[CLOSEWATCH_A_POLICY_SOCKET_FD])
		return cw_parse_fd(d, r);
	d->p.cookie = nla_get_u64(r->tb[CLOSEWATCH_A_POLICY_COOKIE]);
	return cw_parse_where(d, r);
}

static int cw_check_settable(const struct cw_request *r)
{
	static const u8 kernel_to_user[] = {
		CLOSEWATCH_A_POLICY_ID,
		CLOSEWATCH_A_POLICY_NETNS,
		CLOSEWATCH_A_POLICY_HITS,
	};
	struct nlattr *a = cw_first_given(r, kernel_to_user,
					  ARRAY_SIZE(kernel_to_user));

	if (!a)
		return 0;
	return CW_REFUSE(r, a, -EINVAL,
			 "id, netns and hits are set by the kernel; leave them out");
}

int cw_policy_parse(struct cw_parsed *d, const struct cw_request *r)
{
	int err;

	memset(d, 0, sizeof(*d));
	err = cw_check_settable(r);
	if (!err)
		err = cw_parse_action(d, r);
	if (!err)
		err = cw_parse_expiry(d, r);
	if (err)
		return err;
	if (r->tb[CLOSEWATCH_A_POLICY_SOCKET_FD] ||
	    r->tb[CLOSEWATCH_A_POLICY_COOKIE]) {
		err = cw_parse_socket(d, r);
	} else {
		err = cw_parse_rule(d, r);
		if (!err)
			err = cw_parse_where(d, r);
	}
	if (err)
		cw_parsed_put(d);
	return err;
}

void cw_parsed_put(struct cw_parsed *d)
{
	if (d->net)
		put_net(d->net);
	if (d->sock)
		sockfd_put(d->sock);
}
