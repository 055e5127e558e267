/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_MATCH_OPTIONS_H
#define CLOSEWATCH_MATCH_OPTIONS_H

#include <argp.h>

#include "base/fail.h"
#include "request/match.h"

/*
 * The one table of options that connections are matched on, and their parser. A
 * verb says which it takes; the others are hidden, and refused with its reason.
 */

enum {
	CW_KEY_CGROUP = 0x1001, CW_KEY_NETNS, CW_KEY_ALL_NETNS,
	CW_KEY_CONTAINER, CW_KEY_LOCAL_PREFIX, CW_KEY_REMOTE_PREFIX,
};

enum cw_match_on {
	CW_ON_PORT = 1, CW_ON_LOCAL_PORT = 2, CW_ON_REMOTE_PORT = 4,
	CW_ON_LOCAL_PREFIX = 8, CW_ON_REMOTE_PREFIX = 16, CW_ON_PID = 32,
	CW_ON_OWNER = 64,	/* task name, user, cgroup and container */
	CW_ON_FAMILY = 128, CW_ON_NETNS = 256,
	CW_ON_ALL_NETNS = 512,	/* several namespaces at once */

	/* What the rules of a policy can compare. */
	CW_ON_RULE = CW_ON_LOCAL_PORT | CW_ON_REMOTE_PREFIX | CW_ON_OWNER |
		     CW_ON_FAMILY | CW_ON_NETNS | CW_ON_ALL_NETNS,
	CW_ON_ONE_NETNS = 511,
	CW_ON_EVERY = 1023,
};

#define CW_MATCH_INIT_OF(on, reason)					\
	{ .takes = (on), .why = (reason), .filter = CW_FILTER_INIT }
#define CW_MATCH_INIT	CW_MATCH_INIT_OF(CW_ON_EVERY, NULL)

#define CW_MATCH_SHOWN(takes, on)	\
	((takes) & CW_ON_##on ? 0 : OPTION_HIDDEN)

#define CW_MATCH_ENDS(takes)						\
	{ "port", 'P', "PORT[-PORT],...", CW_MATCH_SHOWN(takes, PORT),	\
	  "local or remote ports", 0 },					\
	{ "local-port", 'L', "PORT[-PORT],...",				\
	  CW_MATCH_SHOWN(takes, LOCAL_PORT), "local ports", 0 },	\
	{ "remote-port", 'D', "PORT[-PORT],...",			\
	  CW_MATCH_SHOWN(takes, REMOTE_PORT), "remote ports", 0 },	\
	{ "local-prefix", CW_KEY_LOCAL_PREFIX, "ADDR[/LEN],...",	\
	  CW_MATCH_SHOWN(takes, LOCAL_PREFIX), "local addresses", 0 },	\
	{ "remote-prefix", CW_KEY_REMOTE_PREFIX, "ADDR[/LEN],...",	\
	  CW_MATCH_SHOWN(takes, REMOTE_PREFIX),				\
	  "addresses of the peer", 0 },					\
	{ "ipv4", '4', NULL, CW_MATCH_SHOWN(takes, FAMILY), "IPv4 only", 0 }, \
	{ "ipv6", '6', NULL, CW_MATCH_SHOWN(takes, FAMILY), "IPv6 only", 0 }

#define CW_MATCH_PID(takes, who)					\
	{ "pid", 'p', "PID", CW_MATCH_SHOWN(takes, PID),		\
	  "process of the " who, 0 }

#define CW_MATCH_OWNER(takes, who)					\
	{ "comm", 'C', "NAME,...", CW_MATCH_SHOWN(takes, OWNER),	\
	  "task names of the " who ", whole", 0 },			\
	{ "user", 'u', "USER", CW_MATCH_SHOWN(takes, OWNER),		\
	  "user name or id of the " who, 0 },				\
	{ "uid", 0, NULL, OPTION_ALIAS | OPTION_HIDDEN, NULL, 0 },	\
	{ "cgroup", CW_KEY_CGROUP, "PATH|ID", CW_MATCH_SHOWN(takes, OWNER), \
	  "cgroup v2 of the " who, 0 },					\
	{ "container", CW_KEY_CONTAINER, "ID", CW_MATCH_SHOWN(takes, OWNER), \
	  "container of the " who ", 12 or more digits", 0 }

#define CW_MATCH_NETNS(takes)						\
	{ "netns", CW_KEY_NETNS, (takes) & CW_ON_ALL_NETNS ?		\
	  "NAME|PID|PATH|all" : "NAME|PID|PATH",			\
	  CW_MATCH_SHOWN(takes, NETNS),					\
	  "network namespace instead of this one", 0 },			\
	{ "all-netns", CW_KEY_ALL_NETNS, NULL,				\
	  CW_MATCH_SHOWN(takes, ALL_NETNS),				\
	  "all network namespaces, as --netns all", 0 }

/* @who: whose process, name, user, cgroup and container are meant. */
#define CW_MATCH_OPTIONS(takes, who)					\
	CW_MATCH_ENDS(takes), CW_MATCH_PID(takes, who),			\
	CW_MATCH_OWNER(takes, who), CW_MATCH_NETNS(takes)

/* Takes the option @key; -1 if it is none of the table's. */
int cw_match_parse(struct cw_match *m, int key, const char *arg,
		   struct cw_fail *fail);

/*
 * Finds the network namespace in which a container is, unless one is named. Once
 * the command line is complete.
 */
int cw_match_place(struct cw_match *m, struct cw_fail *fail);

/* The one cgroup that is meant, for a kernel that compares one; 0: none is. */
int cw_match_cgroup(const struct cw_match *m, uint64_t *id,
		    struct cw_fail *fail);

#endif
