// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <sys/socket.h>

#include "request/match.h"

bool cw_match_socket(const struct cw_msg_filter *f, const struct cw_socket *s)
{
	const struct cw_ends *e = &s->ends;

	if (f->port && f->port != e->local_port && f->port != e->remote_port)
		return false;
	if (f->local_port && f->local_port != e->local_port)
		return false;
	if (f->remote_port && f->remote_port != e->remote_port)
		return false;
	if (f->family && f->family != (e->local.len == 4 ? AF_INET : AF_INET6))
		return false;
	if (f->uid >= 0 && (!s->inode || s->uid != f->uid))
		return false;
	return !f->cgroup || s->cgroup == f->cgroup;
}

static bool match_owner(const struct cw_msg_filter *f,
			const struct cw_holder *h)
{
	size_t len = strlen(f->comm);

	return (!f->pid || f->pid == h->pid) &&
	       (!len || (len == h->comm.len && !memcmp(f->comm, h->comm.b, len)));
}

bool cw_match_owners(const struct cw_msg_filter *f,
		     const struct cw_owner *owners, size_t n)
{
	size_t i;

	if (!f->pid && !f->comm[0])
		return true;
	for (i = 0; i < n; i++)
		if (match_owner(f, &owners[i].holder))
			return true;
	return false;
}
