/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_NL_POLICY_H
#define CLOSEWATCH_NL_POLICY_H

#include <stdint.h>

#include "base/fail.h"
#include "netlink/decode.h"
#include "netlink/nl.h"

/* Requests about policies and drains. */

/* @added: the policy as the kernel has it, with its id and its defaults. */
int cw_nl_policy_add(struct cw_nl *nl, const struct cw_msg_policy *policy,
		     struct cw_msg_policy *added, struct cw_fail *fail);

/* Does the module refuse its limit of time? Says so in the words of the option. */
bool cw_nl_total_too_long(const struct cw_msg_policy *policy, const char *root,
			  struct cw_fail *fail);

/* The kernel's answer for a rule; an id of 0 is one that there is not yet. */
struct cw_msg_change {
	uint32_t id;
	bool added, removed;
	uint64_t present;
};

/* Comes for each rule of the set in its order, then for those that are removed. */
typedef void cw_change_fn(void *arg, const struct cw_msg_change *change);

/* What the kernel refused; @rule is the number of rules if it is not one of them. */
struct cw_nl_refusal {
	size_t rule;
	unsigned int attr;	/* of the rule, or 0 */
};

/* Replaces the rules of this network namespace; all or nothing. */
int cw_nl_policy_set(struct cw_nl *nl, const struct cw_msg_policy *rules,
		     size_t n, bool dry_run, cw_change_fn *fn, void *arg,
		     struct cw_nl_refusal *refusal, struct cw_fail *fail);

int cw_nl_policy_del(struct cw_nl *nl, uint32_t id, struct cw_fail *fail);

/*
 * @of has its netns_fd or all_netns only: the network namespace that the
 * request is about.
 */
int cw_nl_policy_flush(struct cw_nl *nl, const struct cw_msg_policy *of,
		       struct cw_fail *fail);
/* When it returns the drains are over. */
int cw_nl_drain_off(struct cw_nl *nl, const struct cw_msg_policy *of,
		    struct cw_fail *fail);

typedef void cw_policy_fn(void *arg, const struct cw_msg_policy *policy);
typedef void cw_drain_fn(void *arg, const struct cw_msg_event *drain);

/* Calls @fn for each policy or drain. */
int cw_nl_policies(struct cw_nl *nl, const struct cw_msg_policy *of,
		   cw_policy_fn *fn, void *arg, struct cw_fail *fail);
int cw_nl_drains(struct cw_nl *nl, const struct cw_msg_policy *of,
		 cw_drain_fn *fn, void *arg, struct cw_fail *fail);

#endif
