/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_SCOPE_H
#define CLOSEWATCH_SCOPE_H

#include "cmd/args.h"
#include "request/policy.h"

/*
 * What the verbs share that look at or remove policies and drains: of which
 * network namespace.
 */
struct cw_scope_args {
	struct cw_args args;	/* first: see cw_args_parse() */
	struct cw_msg_filter filter;
	struct cw_msg_policy policy;	/* for the request */
	bool json;
};

#define CW_SCOPE_INIT(f) { .args.fail = (f), .filter = CW_FILTER_INIT }

enum { CW_KEY_CGROUP = 0x1001, CW_KEY_NETNS, CW_KEY_ALL_NETNS };

/* What watch and pending match sockets on, from their command lines. */
struct cw_match {
	struct cw_msg_filter filter;
	bool ipv4, ipv6;
};

#define CW_MATCH_INIT { .filter = CW_FILTER_INIT }

/* @who: whose process, name, user and cgroup is meant. */
#define CW_MATCH_OPTIONS(who, netns)					\
	{ "port", 'P', "PORT", 0, "local or remote port", 0 },		\
	{ "local-port", 'L', "PORT", 0, "local port", 0 },		\
	{ "remote-port", 'D', "PORT", 0, "remote port", 0 },		\
	{ "pid", 'p', "PID", 0, "process of the " who, 0 },		\
	{ "comm", 'C', "NAME", 0, "task name of the " who ", whole", 0 }, \
	{ "user", 'u', "USER", 0, "user name or id of the " who, 0 },	\
	{ "cgroup", CW_KEY_CGROUP, "PATH", 0, "cgroup v2 of the " who, 0 }, \
	{ "netns", CW_KEY_NETNS, netns, 0,				\
	  "network namespace instead of this one", 0 },			\
	{ "ipv4", '4', NULL, 0, "IPv4 only", 0 },			\
	{ "ipv6", '6', NULL, 0, "IPv6 only", 0 }

#define CW_SCOPE_OPTIONS						\
	{ "netns", CW_KEY_NETNS, "NAME|PID|PATH|all", 0,		\
	  "network namespace instead of this one", 0 },			\
	{ "all-netns", CW_KEY_ALL_NETNS, NULL, 0,			\
	  "all network namespaces, as --netns all", 0 }

/*
 * The options of a filter that several verbs have: a task's name, a user, a
 * cgroup and a network namespace. False if @key is none of them; else the exit
 * code is in @args.
 */
bool cw_scope_filter(struct cw_msg_filter *f, int key, char *arg,
		     struct cw_args *args);

/* The same for CW_MATCH_OPTIONS. */
bool cw_match_option(struct cw_match *m, int key, char *arg,
		     struct cw_args *args);

/* Once the command line is complete. */
void cw_match_conclude(struct cw_match *m);

/* For what asks sock_diag. */
int cw_match_fail_all_netns(struct cw_fail *fail);

/* For a parser's default, of an input that begins with struct cw_scope_args. */
error_t cw_scope_parse(int key, char *arg, struct argp_state *state);

#endif
