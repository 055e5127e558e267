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

/* For a parser's default, of an input that begins with struct cw_scope_args. */
error_t cw_scope_parse(int key, char *arg, struct argp_state *state);

#endif
