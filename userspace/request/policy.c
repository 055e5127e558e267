// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/closewatch.h>

#include "base/parse.h"
#include "host/pidfd.h"
#include "netlink/diag.h"
#include "request/match_options.h"
#include "request/policy.h"

#define bit(attr) (1ULL << CLOSEWATCH_A_POLICY_##attr)

int cw_policy_seconds(struct cw_msg_policy *p, const char *text,
		      struct cw_fail *fail)
{
	uint32_t seconds = 0;
	int ret = cw_parse_seconds(text, 3600, "time to linger", &seconds, fail);

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

static int take_match(struct cw_policy_request *w, struct cw_fail *fail)
{
	const struct cw_msg_filter *f = &w->match.filter;
	struct cw_msg_policy *p = &w->policy;
	uint64_t cgroup;
	int ret = cw_match_cgroup(&w->match, &cgroup, fail);

	cw_policy_scope(p, f);
	if (f->family)
		cw_policy_set(p, FAMILY, family, f->family);
	if (f->uid >= 0)
		cw_policy_set(p, UID, uid, f->uid);
	if (!ret && cgroup)
		cw_policy_set(p, CGROUP, cgroup, cgroup);
	return ret;
}

const char *cw_policy_cgroup(const struct cw_msg_policy *p,
			     struct cw_cgroups *cgroups, char *path, size_t size)
{
	struct cw_match m = CW_MATCH_INIT;
	const struct cw_cgroup *c;
	struct cw_fail ignored;
	uint64_t id = 0;
	int ret;

	if (!cw_policy_has(p, CGROUP))
		return NULL;
	c = cw_cgroups_find(cgroups, p->cgroup);
	if (!c || !*c->path)
		return NULL;
	snprintf(path, size, CW_CGROUP_ROOT "%s", c->path);
	ret = cw_match_parse(&m, CW_KEY_CGROUP, path, &ignored);
	if (!ret)
		ret = cw_match_cgroup(&m, &id, &ignored);
	cw_match_release(&m);
	return !ret && id == p->cgroup ? path : NULL;
}

static unsigned int ways(unsigned int n)
{
	return n ? n : 1;
}

unsigned int cw_policy_rules(const struct cw_policy_request *w)
{
	const struct cw_match *m = &w->match;

	return ways(m->local_port.n) * ways(m->remote.n) * ways(m->comm.n);
}

static void set_comm(struct cw_msg_policy *p, const char *name)
{
	p->comm.len = strlen(name);
	memcpy(p->comm.b, name, p->comm.len);
	p->present |= bit(COMM);
}

void cw_policy_rule(const struct cw_policy_request *w, unsigned int n,
		    struct cw_msg_policy *p)
{
	const struct cw_match *m = &w->match;
	unsigned int port = n % ways(m->local_port.n);
	unsigned int peer = n / ways(m->local_port.n) % ways(m->remote.n);
	unsigned int comm = n / ways(m->local_port.n) / ways(m->remote.n);
	const struct cw_port_range *range = &m->local_port.range[port];

	*p = w->policy;
	if (m->local_port.n)
		cw_policy_set(p, LOCAL_PORT, local_port, range->first);
	if (m->local_port.n && range->last != range->first)
		cw_policy_set(p, LOCAL_PORT_LAST, local_port_last, range->last);
	if (m->remote.n) {
		cw_policy_set(p, REMOTE_ADDR, remote_addr,
			      m->remote.prefix[peer].addr);
		cw_policy_set(p, REMOTE_PREFIX, remote_prefix,
			      m->remote.prefix[peer].bits);
	}
	if (m->comm.n)
		set_comm(p, m->comm.name[comm]);
}

bool cw_policy_is_narrow(const struct cw_match *m)
{
	return m->local_port.n || m->remote.n || m->comm.n || m->cgroups ||
	       m->filter.family || m->filter.uid >= 0 || m->filter.cgroup;
}

bool cw_policy_is_rule(const struct cw_policy_request *w)
{
	return cw_policy_is_narrow(&w->match);
}

static int check_socket(const struct cw_policy_request *w, struct cw_fail *fail)
{
	const struct cw_msg_policy *p = &w->policy;

	if (w->has_ends && w->pid)
		return cw_fail_usage(fail, NULL,
				     "--socket and --pid exclude each other: both name one socket");
	if (cw_policy_is_rule(w) || cw_policy_has(p, PRIORITY))
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

static int check_families(const struct cw_match *m, struct cw_fail *fail)
{
	uint16_t family = m->filter.family;
	unsigned int i;

	for (i = 0; family && i < m->remote.n; i++)
		if (family != (m->remote.prefix[i].addr.len == 4 ? AF_INET :
								   AF_INET6))
			return cw_fail_usage(fail, NULL,
					     "no peer with that --remote-prefix can be of that family");
	return CW_OK;
}

static int check_rules(const struct cw_policy_request *w, struct cw_fail *fail)
{
	if (!cw_policy_is_rule(w) && !cw_policy_has(&w->policy, FORCE))
		return cw_fail_usage(fail, NULL,
				     "nothing says which sockets: name a condition such as --local-port 80, or one socket with --socket or --pid and --fd; --force means all of them");
	if (cw_policy_rules(w) > CW_POLICY_RULES)
		return cw_fail_usage(fail, NULL,
				     "that makes %u rules, one for each port, address and name, and %d are allowed at once: name ranges, or leave out conditions",
				     cw_policy_rules(w), CW_POLICY_RULES);
	return check_families(&w->match, fail);
}

int cw_policy_conclude(struct cw_policy_request *w, struct cw_fail *fail)
{
	int ret = take_match(w, fail);

	if (ret)
		return ret;
	if (!w->pid != !w->has_fd)
		return cw_fail_usage(fail, NULL,
				     "--pid and --fd go together: a process and its descriptor of the socket");
	if (w->pid || w->has_ends)
		return check_socket(w, fail);
	return check_rules(w, fail);
}

static bool ports_meet(const struct cw_ports *set, const struct cw_msg_policy *p)
{
	uint16_t last = cw_policy_has(p, LOCAL_PORT_LAST) ? p->local_port_last :
							    p->local_port;
	unsigned int i;

	for (i = 0; i < set->n; i++)
		if (set->range[i].first <= last &&
		    set->range[i].last >= p->local_port)
			return true;
	return !set->n || !cw_policy_has(p, LOCAL_PORT);
}

static bool prefixes_meet(const struct cw_prefixes *set,
			  const struct cw_msg_policy *p)
{
	unsigned int bits = cw_policy_has(p, REMOTE_PREFIX) ?
			    p->remote_prefix : p->remote_addr.len * 8U;
	unsigned int i;

	for (i = 0; i < set->n; i++)
		if (cw_address_within(&p->remote_addr, &set->prefix[i].addr,
				      bits < set->prefix[i].bits ? bits :
				      set->prefix[i].bits))
			return true;
	return !set->n || !cw_policy_has(p, REMOTE_ADDR);
}

static bool comms_meet(const struct cw_comms *set, const struct cw_msg_policy *p)
{
	unsigned int i;

	for (i = 0; i < set->n; i++)
		if (strlen(set->name[i]) == p->comm.len &&
		    !memcmp(set->name[i], p->comm.b, p->comm.len))
			return true;
	return !set->n || !cw_policy_has(p, COMM);
}

/* A socket's own policy names no condition, so it cannot be told. */
bool cw_policy_concerns(const struct cw_match *m, const struct cw_msg_policy *p)
{
	const struct cw_msg_filter *f = &m->filter;

	if (cw_policy_has(p, COOKIE))
		return !m->local_port.n && !m->remote.n && !m->comm.n &&
		       !m->cgroups && !f->family && f->uid < 0 && !f->cgroup;
	if (f->family && cw_policy_has(p, FAMILY) && f->family != p->family)
		return false;
	if (f->uid >= 0 && cw_policy_has(p, UID) && f->uid != p->uid)
		return false;
	if (cw_policy_has(p, CGROUP) &&
	    ((f->cgroup && f->cgroup != p->cgroup) ||
	     (m->cgroups && !cw_cgroup_set_have(m->cgroups, p->cgroup))))
		return false;
	return ports_meet(&m->local_port, p) && prefixes_meet(&m->remote, p) &&
	       comms_meet(&m->comm, p);
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
	ret = cw_diag_cookie(&w->ends, w->match.filter.netns_fd, &p->cookie, fail);
	if (!ret)
		p->present |= bit(COOKIE);
	return ret;
}
