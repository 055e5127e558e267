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
