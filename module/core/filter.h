/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_FILTER_H
#define CW_FILTER_H

#include <net/inet_sock.h>

#include "event.h"

/**
 * struct cw_filter - which events a listener gets; every condition must hold
 * @paths: bit mask of enum closewatch_path; 0 for any
 * @netns: number of the network namespace, see netns.h; 0 for all
 * @cgroup: id of the closer's cgroup v2, or the socket's; 0 for any
 * @events: bit mask of enum closewatch_event_type; 0 for any
 * @pid: the closer's process; 0 for any
 * @uid: the closer's user, or the socket's, if @has_uid
 * @family: AF_INET or AF_INET6 by the packets on the wire; 0 for any
 * @port: local or remote port; 0 for any
 * @lport: local port; 0 for any
 * @rport: remote port; 0 for any
 * @has_uid: compare @uid
 * @by_inode: @pid and @comm are the listener's task where an inode is told
 * @quiet: also what ended well or another event reports, see quiet.h
 * @comm: the closer's name; empty for any
 */
struct cw_filter {
	u64 paths;
	u64 netns;
	u64 cgroup;
	u32 events;
	u32 pid;
	u32 uid;
	u16 family;
	u16 port;
	u16 lport;
	u16 rport;
	bool has_uid;
	bool by_inode;
	bool quiet;
	char comm[CW_COMM_LEN];
};

#define CW_FILTER_QUIET	((u32)BIT(31))	/* beside the types in a mask */

/** cw_filter_types() - bit mask of the types of event that can match */
static inline u32 cw_filter_types(const struct cw_filter *f)
{
	u32 all = (1U << (CLOSEWATCH_EVENT_TYPE_MAX + 1)) - 1;

	return (f->events ? f->events : all) | (f->quiet ? CW_FILTER_QUIET : 0);
}

/** cw_filter_has_port() - does the answer of cw_filter_asks() depend on ports? */
static inline bool cw_filter_has_port(const struct cw_filter *f)
{
	return f->port || f->lport || f->rport;
}

/**
 * cw_filter_asks() - could an event of a socket match?
 * @sk: a full socket; its ports are compared
 *
 * Context: any in which the socket cannot be freed.
 */
static inline bool cw_filter_asks(const struct cw_filter *f,
				  const struct sock *sk)
{
	u16 lport = ntohs(inet_sk(sk)->inet_sport);
	u16 rport = ntohs(inet_sk(sk)->inet_dport);

	if (f->port && f->port != lport && f->port != rport)
		return false;
	if (f->lport && f->lport != lport)
		return false;
	return !f->rport || f->rport == rport;
}

/**
 * cw_filter_match() - does an event match a filter?
 *
 * A filter with @paths matches only closes and shutdowns: other events have no
 * path. Pure; any context.
 */
bool cw_filter_match(const struct cw_filter *f, const struct cw_event *ev);

/**
 * cw_filter_may_match() - could an event match that is not decided yet?
 * @ev: without the path of a close or shutdown, or without the fate
 *
 * As cw_filter_match(), but any path matches, and @quiet is ignored. Pure; any
 * context.
 */
bool cw_filter_may_match(const struct cw_filter *f, const struct cw_event *ev);

#endif
