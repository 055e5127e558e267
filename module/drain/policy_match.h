/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A policy, and the conditions of a rule. Pure functions over plain structs, also
 * compiled into a host unit test.
 */
#ifndef CW_POLICY_MATCH_H
#define CW_POLICY_MATCH_H

#include "core/event.h"

/**
 * struct cw_conditions - all must hold; one that is 0 or empty always holds
 * @cgroup: id of the closer's cgroup v2
 * @uid: the closer's user, if @has_uid
 * @family: AF_INET or AF_INET6 by the packets on the wire
 * @lport_first: lowest local port
 * @lport_last: highest local port; not 0 if @lport_first is not
 * @raddr: address of the peer, 4 or 16 bytes in network order
 * @raddr_len: 4, 16, or 0 for any peer
 * @prefix_len: how many bits of @raddr count
 * @has_uid: compare @uid
 * @comm: the closer's name, NUL-terminated
 */
struct cw_conditions {
	u64 cgroup;
	u32 uid;
	u16 family;
	u16 lport_first;
	u16 lport_last;
	u8 raddr[16];
	u8 raddr_len;
	u8 prefix_len;
	bool has_uid;
	char comm[CW_COMM_LEN];
};

/**
 * struct cw_policy_limits - limits at which a drain ends
 * @bytes: bytes discarded
 * @idle_ms: time without progress
 * @total_ms: time since it began
 */
struct cw_policy_limits {
	u64 bytes;
	u32 idle_ms;
	u32 total_ms;
};

/**
 * struct cw_policy - what to do with a close; never changes once installed
 * @cookie: of the socket that it applies to; 0 for a rule
 * @netns: number of its network namespace, see core/netns.h; 0 for all of them
 * @netns_inum: its inode number, for display
 * @seq: of rules with one priority, the smallest comes first
 * @expires: deadline, as ktime_get_boottime_ns(); 0 for never
 * @limits: for CLOSEWATCH_ACTION_DRAIN
 * @want: the conditions of a rule
 * @id: set by cw_policy_add(), never 0
 * @action: enum closewatch_action
 * @priority: of a rule; the smallest comes first
 * @linger_seconds: for CLOSEWATCH_ACTION_LINGER
 * @dry_run: only count and report
 * @even_linger0: drain although the program asked for linger-0
 * @even_oom: drain although the closer is a victim of the OOM killer
 */
struct cw_policy {
	u64 cookie;
	u64 netns;
	u64 seq;
	u64 expires;
	struct cw_policy_limits limits;
	struct cw_conditions want;
	u32 netns_inum;
	u32 id;
	u32 action;
	u32 priority;
	u32 linger_seconds;
	bool dry_run;
	bool even_linger0;
	bool even_oom;
};

/** cw_policy_expired() - has it expired at the time @now? Pure */
static inline bool cw_policy_expired(const struct cw_policy *p, u64 now)
{
	return p->expires && p->expires <= now;
}

/**
 * cw_policy_match() - does this close meet these conditions?
 * @want: the conditions
 * @conn: the connection; only what cw_facts_ends() fills is compared
 * @owner: the task that closes
 *
 * A v4-mapped peer has an IPv4 address: it matches only prefixes of 4 bytes,
 * never those of 16. Pure; any context.
 */
bool cw_policy_match(const struct cw_conditions *want,
		     const struct cw_conn *conn, const struct cw_owner *owner);

/** cw_policy_match_port() - does the local port meet these conditions? */
bool cw_policy_match_port(const struct cw_conditions *want, u16 lport);

/** cw_policy_match_any() - do these conditions match every close? */
bool cw_policy_match_any(const struct cw_conditions *want);

#endif
