/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_POLICY_LINE_H
#define CLOSEWATCH_POLICY_LINE_H

#include "base/text.h"
#include "netlink/decode.h"

/*
 * A rule as the command line has it: parsed again, it makes the same rule. What
 * has its default is left out. @cgroup: how its cgroup is named, or NULL: by number.
 */
void cw_policy_line(struct cw_text *t, const struct cw_msg_policy *p,
		    const char *cgroup);

/* NULL if a line of a file can say it, else why not. */
const char *cw_policy_unlined(const struct cw_msg_policy *p);

/* The option of a policy's attribute, or NULL. */
const char *cw_policy_option(unsigned int attr);

#endif
