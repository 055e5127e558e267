// SPDX-License-Identifier: GPL-2.0
#include <linux/socket.h>
#include <linux/string.h>

#include "filter.h"
#include "quiet.h"

static bool cw_filter_kind(const struct cw_filter *f, const struct cw_event *ev)
{
	return cw_filter_types(f) & 1U << ev->type;
}

static bool cw_filter_may_path(const struct cw_filter *f,
			       const struct cw_event *ev)
{
	return !f->paths || ev->type == CLOSEWATCH_EVENT_TYPE_CLOSE ||
	       ev->type == CLOSEWATCH_EVENT_TYPE_SHUTDOWN;
}

static bool cw_filter_path(const struct cw_filter *f, const struct cw_event *ev)
{
	return cw_filter_may_path(f, ev) &&
	       (!f->paths || f->paths & 1ULL << ev->verdict.path);
}

static bool cw_filter_conn(const struct cw_filter *f, const struct cw_conn *c)
{
	u16 wire = c->v4mapped ? AF_INET : c->family;

	if (f->netns && f->netns != c->netns)
		return false;
	if (f->family && f->family != wire)
		return false;
	if (f->port && f->port != c->lport && f->port != c->rport)
		return false;
	if (f->lport && f->lport != c->lport)
		return false;
	return !f->rport || f->rport == c->rport;
}

static bool cw_filter_task(const struct cw_filter *f, const struct cw_owner *o)
{
	if (f->by_inode && o->inode)
		return true;
	if (f->pid && f->pid != o->pid)
		return false;
	return !f->comm[0] || !strncmp(f->comm, o->comm, CW_COMM_LEN);
}

static bool cw_filter_owner(const struct cw_filter *f, const struct cw_owner *o)
{
	if (f->has_uid && (f->uid != o->uid || !(o->pid || o->of_socket)))
		return false;
	if (f->cgroup && f->cgroup != o->cgroup)
		return false;
	return cw_filter_task(f, o);
}

bool cw_filter_match(const struct cw_filter *f, const struct cw_event *ev)
{
	return cw_filter_kind(f, ev) && cw_filter_path(f, ev) &&
	       (f->quiet || !cw_quiet(ev)) &&
	       cw_filter_conn(f, &ev->conn) && cw_filter_owner(f, &ev->owner);
}

bool cw_filter_may_match(const struct cw_filter *f, const struct cw_event *ev)
{
	return cw_filter_kind(f, ev) && cw_filter_may_path(f, ev) &&
	       cw_filter_conn(f, &ev->conn) && cw_filter_owner(f, &ev->owner);
}
