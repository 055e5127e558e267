/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The conditions of a rule. Pure functions over plain structs, also compiled
 * into a host unit test.
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
