/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_SCOPE_H
#define CLOSEWATCH_SCOPE_H

#include "cmd/args.h"
#include "request/match_options.h"
#include "request/policy.h"

/*
 * What the verbs share that look at or remove policies and drains: of which
 * network namespace.
 */
struct cw_scope_args {
	struct cw_args args;	/* first: see cw_args_parse() */
	struct cw_match match;
	struct cw_msg_policy policy;	/* for the request */
	bool json;
};

#define CW_SCOPE_TAKES (CW_ON_NETNS | CW_ON_ALL_NETNS)
#define CW_SCOPE_INIT(f, takes)						\
	{ .args.fail = (f), .match = CW_MATCH_INIT_OF(takes,		\
						      CW_RULE_REASON) }
#define CW_RULE_REASON							\
	"a policy's rule compares the local port, the peer's address, and the closer's name, user and cgroup"
#define CW_NETNS_REASON "one network namespace is wanted"

/*
 * An option of CW_MATCH_OPTIONS, or a part of it. False if @key is none; else the
 * exit code is in @args.
 */
bool cw_match_option(struct cw_match *m, int key, char *arg,
		     struct cw_args *args);

/* For what asks sock_diag. */
int cw_match_fail_all_netns(struct cw_fail *fail);

/* For a parser's default, of an input that begins with struct cw_scope_args. */
error_t cw_scope_parse(int key, char *arg, struct argp_state *state);

#endif
