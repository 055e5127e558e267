/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_MATCH_H
#define CLOSEWATCH_MATCH_H

#include "base/address.h"
#include "host/cgroup_set.h"
#include "host/owners.h"
#include "netlink/diag_dump.h"
#include "netlink/nl_ask.h"

/*
 * What a verb matches connections on. Sets have several values, one of which must
 * hold; an empty one sets no condition.
 */

#define CW_MATCH_MOST	64	/* values in a set */

struct cw_ports {
	unsigned int n;
	struct cw_port_range {
		uint16_t first, last;
	} range[CW_MATCH_MOST];
};

struct cw_prefixes {
	unsigned int n;
	struct cw_prefix {
		struct cw_bytes addr;
		uint8_t bits;
	} prefix[CW_MATCH_MOST];
};

struct cw_comms {
	unsigned int n;
	char name[CW_MATCH_MOST][CLOSEWATCH_COMM_MAX + 1];
};

struct cw_match {
	uint32_t takes;		/* bits of enum cw_match_on */
	const char *why;	/* it takes no others: a reason for people */
	/* User, process, a cgroup's id, family and network namespace are here only. */
	struct cw_msg_filter filter;
	struct cw_ports port, local_port, remote_port;
	struct cw_prefixes local, remote;
	struct cw_comms comm;
	struct cw_cgroup_set *cgroups;	/* NULL: none */
	const char *netns;	/* as it was named; NULL: not, or cw_match_place() */
	char place[12];		/* what that found instead; or empty */
	bool ipv4, ipv6;
	bool here;	/* the kernel compares only a part of it */
};

/* Closes and frees what it holds. */
void cw_match_release(struct cw_match *m);

/* No condition: every connection of this network namespace. */
bool cw_match_is_open(const struct cw_match *m);

/*
 * Once the command line is complete: @filter gets what the kernel can compare, and
 * @here says whether anything is left.
 */
void cw_match_conclude(struct cw_match *m);

/* Are process and task name compared once they are found by the inode? */
bool cw_match_by_inode(const struct cw_match *m, const struct cw_msg_event *ev);

/*
 * An event that passed the filter: does it match the rest, but for these? Losses
 * always do.
 */
bool cw_match_event(const struct cw_match *m, const struct cw_msg_event *ev);

/* Of a socket: ports, addresses, family, user and cgroup. */
bool cw_match_socket(const struct cw_match *m, const struct cw_socket *s);

/* Process and task name. */
bool cw_match_holder(const struct cw_match *m, const struct cw_holder *h);

/* The same: one of the @n owners has both. */
bool cw_match_owners(const struct cw_match *m, const struct cw_owner *owners,
		     size_t n);

#endif
