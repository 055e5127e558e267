/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_ARM_H
#define CLOSEWATCH_ARM_H

#include "explain/shadow.h"
#include "netlink/nl.h"
#include "request/policy.h"

/* The rules of one command. */
struct cw_armed {
	struct cw_msg_policy rule[CW_POLICY_RULES];
	struct cw_shadow shadow[CW_POLICY_RULES];	/* what keeps it from acting */
	unsigned int n;
};

/* Adds all of them or none. */
int cw_arm(struct cw_nl *nl, const struct cw_policy_request *wanted,
	   struct cw_armed *armed, struct cw_fail *fail);

#endif
