/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_POLICY_ARGS_H
#define CLOSEWATCH_POLICY_ARGS_H

#include <linux/closewatch.h>

#include "cmd/args.h"
#include "request/policy.h"

/* The words of a verb that adds policies: of the command line, or of a file. */
struct cw_policy_args {
	struct cw_args args;	/* first: see cw_args_parse() */
	struct cw_policy_request wanted;
	bool json, off;
};

#define CW_POLICY_ARGS_INIT(f)						\
	{ .args.fail = (f), .wanted = CW_POLICY_REQUEST_INIT }

/*
 * Returns an exit code; @args.done as with cw_args_parse(). The caller releases
 * @wanted.match.
 */
int cw_policy_args_parse(struct cw_policy_args *v, enum closewatch_action action,
			 int argc, char **argv);

#endif
