// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/closewatch.h>

#include "base/parse.h"
#include "host/pidfd.h"
#include "netlink/diag.h"
#include "request/policy.h"

#define bit(attr) (1ULL << CLOSEWATCH_A_POLICY_##attr)

#define CONDITIONS (bit(FAMILY) | bit(LOCAL_PORT) | bit(REMOTE_ADDR) |	\
		    bit(COMM) | bit(UID) | bit(CGROUP))

int cw_policy_ports(struct cw_msg_policy *p, const char *text,
		    struct cw_fail *fail)
{
	char first[16] = "";
	const char *dash = strchrnul(text, '-');
	struct cw_fail ignored;
	uint16_t a, b;

	if (dash - text < (long)sizeof(first))
		memcpy(first, text, dash - text);
	if (cw_parse_port(first, &a, &ignored) ||
	    cw_parse_port(*dash ? dash + 1 : first, &b, &ignored) || a > b)
		return cw_fail_usage(fail, NULL,
				     "'%s' is no port or range of ports: numbers from 1 to 65535 are wanted, such as 80 or 8000-8099",
				     text);
	cw_policy_set(p, LOCAL_PORT, local_port, a);
	if (*dash)
		cw_policy_set(p, LOCAL_PORT_LAST, local_port_last, b);
	return CW_OK;
}

int cw_policy_prefix(struct cw_msg_policy *p, const char *text,
		     struct cw_fail *fail)
{
	int ret = cw_parse_prefix(text, &p->remote_addr, &p->remote_prefix,
				  fail);

	if (!ret)
		p->present |= bit(REMOTE_ADDR) | bit(REMOTE_PREFIX);
	return ret;
}

int cw_policy_seconds(struct cw_msg_policy *p, const char *text,
		      struct cw_fail *fail)
{
	uint32_t seconds = 0;
	int ret = cw_parse_u32(text, 1, 3600, "number of seconds to linger",
			       &seconds, fail);

	if (!ret)
		cw_policy_set(p, LINGER_SECONDS, linger_seconds, seconds);
	return ret;
}

void cw_policy_scope(struct cw_msg_policy *p, const struct cw_msg_filter *f)
{
	if (f->netns_fd >= 0)
		cw_policy_set(p, NETNS_FD, netns_fd, f->netns_fd);
	if (f->all_netns)
		cw_policy_set(p, ALL_NETNS, all_netns, true);
}

static void take_filter(struct cw_msg_policy *p, const struct cw_msg_filter *f)
{
	cw_policy_scope(p, f);
	if (f->family)
		cw_policy_set(p, FAMILY, family, f->family);
	if (f->uid >= 0)
		cw_policy_set(p, UID, uid, f->uid);
	if (f->cgroup)
		cw_policy_set(p, CGROUP, cgroup, f->cgroup);
	if (!f->comm[0])
		return;
	p->comm.len = strlen(f->comm);
	memcpy(p->comm.b, f->comm, p->comm.len);
	p->present |= bit(COMM);
}

static int check_socket(const struct cw_policy_request *w, struct cw_fail *fail)
{
	const struct cw_msg_policy *p = &w->policy;

	if (w->has_ends && w->pid)
		return cw_fail_usage(fail, NULL,
				     "--socket and --pid exclude each other: both name one socket");
	if (p->present & (CONDITIONS | bit(PRIORITY)))
		return cw_fail_usage(fail, NULL,
				     "one socket is named, so neither conditions such as --local-port nor a priority say anything more: leave out the one or the other");
	if (cw_policy_has(p, ALL_NETNS))
		return cw_fail_usage(fail, NULL,
				     "one socket is in one network namespace: leave out --all-netns");
	if (w->pid && cw_policy_has(p, NETNS_FD))
		return cw_fail_usage(fail, NULL,
				     "--netns goes with --socket; the descriptor of --fd says itself where its socket is");
	return CW_OK;
}

static int check_rule(const struct cw_msg_policy *p, struct cw_fail *fail)
{
	if (!(p->present & CONDITIONS) && !cw_policy_has(p, FORCE))
		return cw_fail_usage(fail, NULL,
				     "nothing says which sockets: name a condition such as --local-port 80, or one socket with --socket or --pid and --fd; --force means all of them");
	if (cw_policy_has(p, REMOTE_ADDR) && cw_policy_has(p, FAMILY) &&
	    p->family != (p->remote_addr.len == 4 ? AF_INET : AF_INET6))
		return cw_fail_usage(fail, NULL,
				     "no peer with that --remote-prefix can be of that family");
	return CW_OK;
}

int cw_policy_conclude(struct cw_policy_request *w, struct cw_fail *fail)
{
	take_filter(&w->policy, &w->filter);
	if (!w->pid != !w->has_fd)
		return cw_fail_usage(fail, NULL,
				     "--pid and --fd go together: a process and its descriptor of the socket");
	if (w->pid || w->has_ends)
		return check_socket(w, fail);
	return check_rule(&w->policy, fail);
}

int cw_policy_find_socket(struct cw_policy_request *w, int *taken,
			  struct cw_fail *fail)
{
	struct cw_msg_policy *p = &w->policy;
	int ret;

	*taken = -1;
	if (w->pid) {
		ret = cw_pidfd_take(w->pid, w->fd, taken, fail);
		if (!ret)
			cw_policy_set(p, SOCKET_FD, socket_fd, *taken);
		return ret;
	}
	if (!w->has_ends)
		return CW_OK;
	ret = cw_diag_cookie(&w->ends, w->filter.netns_fd, &p->cookie, fail);
	if (!ret)
		p->present |= bit(COOKIE);
	return ret;
}
