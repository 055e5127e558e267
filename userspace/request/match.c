// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "request/filter.h"
#include "request/match.h"

void cw_match_release(struct cw_match *m)
{
	cw_filter_release(&m->filter);
	if (m->cgroups)
		cw_cgroup_set_release(m->cgroups);
	free(m->cgroups);
	m->cgroups = NULL;
}

bool cw_match_is_open(const struct cw_match *m)
{
	return cw_filter_is_open(&m->filter) && !m->here;
}

/* 0: the kernel cannot compare it. */
static uint16_t one_port(const struct cw_ports *p)
{
	return p->n == 1 && p->range[0].first == p->range[0].last ?
	       p->range[0].first : 0;
}

void cw_match_conclude(struct cw_match *m)
{
	struct cw_msg_filter *f = &m->filter;

	/* Both are as good as none. */
	if (m->ipv4 != m->ipv6)
		f->family = m->ipv4 ? AF_INET : AF_INET6;
	f->port = one_port(&m->port);
	f->local_port = one_port(&m->local_port);
	f->remote_port = one_port(&m->remote_port);
	if (m->comm.n == 1)
		strcpy(f->comm, m->comm.name[0]);
	m->here = (m->port.n && !f->port) ||
		  (m->local_port.n && !f->local_port) ||
		  (m->remote_port.n && !f->remote_port) ||
		  m->comm.n > 1 || m->local.n || m->remote.n || m->cgroups;
}

static bool port_in(const struct cw_ports *p, uint16_t port)
{
	unsigned int i;

	for (i = 0; i < p->n; i++)
		if (port >= p->range[i].first && port <= p->range[i].last)
			return true;
	return !p->n;
}

static bool address_in(const struct cw_prefixes *p, const struct cw_bytes *addr)
{
	struct cw_bytes on_wire;
	unsigned int i;

	if (!p->n)
		return true;
	on_wire = *addr;
	cw_address_unmap(&on_wire);
	for (i = 0; i < p->n; i++)
		if (cw_address_within(&on_wire, &p->prefix[i].addr,
				      p->prefix[i].bits))
			return true;
	return false;
}

static bool comm_in(const struct cw_comms *c, const struct cw_bytes *comm)
{
	unsigned int i;

	for (i = 0; i < c->n; i++)
		if (strlen(c->name[i]) == comm->len &&
		    !memcmp(c->name[i], comm->b, comm->len))
			return true;
	return !c->n;
}

static bool ports_match(const struct cw_match *m, uint16_t local, uint16_t remote)
{
	return (port_in(&m->port, local) || port_in(&m->port, remote)) &&
	       port_in(&m->local_port, local) && port_in(&m->remote_port, remote);
}

bool cw_match_by_inode(const struct cw_match *m, const struct cw_msg_event *ev)
{
	return m->filter.by_inode && ev->inode && !cw_event_has(ev, PID);
}

bool cw_match_event(const struct cw_match *m, const struct cw_msg_event *ev)
{
	if (!m->here || ev->type == CLOSEWATCH_EVENT_TYPE_LOST)
		return true;
	return ports_match(m, ev->local_port, ev->remote_port) &&
	       address_in(&m->local, &ev->local_addr) &&
	       address_in(&m->remote, &ev->remote_addr) &&
	       (cw_match_by_inode(m, ev) || comm_in(&m->comm, &ev->comm)) &&
	       (!m->cgroups || cw_cgroup_set_have(m->cgroups, ev->cgroup));
}

bool cw_match_socket(const struct cw_match *m, const struct cw_socket *s)
{
	const struct cw_msg_filter *f = &m->filter;
	const struct cw_ends *e = &s->ends;

	if (!ports_match(m, e->local_port, e->remote_port) ||
	    !address_in(&m->local, &e->local) ||
	    !address_in(&m->remote, &e->remote))
		return false;
	if (f->family && f->family != (e->local.len == 4 ? AF_INET : AF_INET6))
		return false;
	if (f->uid >= 0 && (!s->inode || s->uid != f->uid))
		return false;
	if (m->cgroups && !cw_cgroup_set_have(m->cgroups, s->cgroup))
		return false;
	return !f->cgroup || s->cgroup == f->cgroup;
}

bool cw_match_holder(const struct cw_match *m, const struct cw_holder *h)
{
	return (!m->filter.pid || m->filter.pid == h->pid) &&
	       comm_in(&m->comm, &h->comm);
}

bool cw_match_owners(const struct cw_match *m, const struct cw_owner *owners,
		     size_t n)
{
	size_t i;

	if (!m->filter.pid && !m->comm.n)
		return true;
	for (i = 0; i < n; i++)
		if (cw_match_holder(m, &owners[i].holder))
			return true;
	return false;
}
