// SPDX-License-Identifier: GPL-2.0
/* The module's filter.c, on what its events tell. */
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <linux/closewatch.h>

#include "module/core/quiet.h"
#include "recording/match_event.h"

static bool match_kind(const struct cw_msg_filter *f,
		       const struct cw_msg_event *ev)
{
	bool has_path = ev->type == CLOSEWATCH_EVENT_TYPE_CLOSE ||
			ev->type == CLOSEWATCH_EVENT_TYPE_SHUTDOWN;

	if (f->events && (ev->type > CLOSEWATCH_EVENT_TYPE_MAX ||
			  !(f->events & 1U << ev->type)))
		return false;
	return !f->paths || (has_path && ev->path <= CLOSEWATCH_PATH_MAX &&
			     f->paths & 1ULL << ev->path);
}

/* The module's own decision. */
static bool is_quiet(const struct cw_msg_event *ev)
{
	const struct cw_event e = {
		.type = ev->type,
		.verdict.path = ev->path,
		.owner.pid = ev->pid,
		.end = {
			.fate = ev->fate, .verdict = ev->verdict,
			.lost_bytes = ev->lost_bytes, .unacked = ev->unacked,
			.since_ns = ev->since_close_ns,
		},
		.extra.reset_kind = ev->reset_kind,
		.drained = { .action = ev->action, .dry_run = ev->dry_run },
	};

	return cw_quiet(&e);
}

static bool is_mapped(const struct cw_bytes *addr)
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	return addr->len == 16 && !memcmp(addr->b, prefix, sizeof(prefix));
}

/* By the packets on the wire. */
static uint16_t family_of(const struct cw_msg_event *ev)
{
	if (is_mapped(&ev->local_addr) || is_mapped(&ev->remote_addr))
		return AF_INET;
	return ev->family;
}

static bool match_conn(const struct cw_msg_filter *f,
		       const struct cw_msg_event *ev)
{
	if (f->family && f->family != family_of(ev))
		return false;
	if (f->port && f->port != ev->local_port && f->port != ev->remote_port)
		return false;
	if (f->local_port && f->local_port != ev->local_port)
		return false;
	return !f->remote_port || f->remote_port == ev->remote_port;
}

static bool match_owner(const struct cw_msg_filter *f,
			const struct cw_msg_event *ev)
{
	size_t len = strlen(f->comm);

	if (f->pid && f->pid != ev->pid)
		return false;
	if (f->uid >= 0 && (f->uid != ev->uid || !cw_event_has(ev, UID)))
		return false;
	if (f->cgroup && f->cgroup != ev->cgroup)
		return false;
	return !len || (len == ev->comm.len && !memcmp(f->comm, ev->comm.b, len));
}

static bool match_netns(const struct cw_msg_filter *f,
			const struct cw_msg_event *ev)
{
	struct stat ns;

	return f->netns_fd < 0 ||
	       (!fstat(f->netns_fd, &ns) && ns.st_ino == ev->netns);
}

bool cw_filter_event(const struct cw_msg_filter *f,
		     const struct cw_msg_event *ev)
{
	/* What was lost might have matched. */
	if (ev->type == CLOSEWATCH_EVENT_TYPE_LOST)
		return true;
	return match_kind(f, ev) && (f->quiet || !is_quiet(ev)) &&
	       match_conn(f, ev) && match_owner(f, ev) && match_netns(f, ev);
}
