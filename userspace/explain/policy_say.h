/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_POLICY_SAY_H
#define CLOSEWATCH_POLICY_SAY_H

#include "base/text.h"
#include "netlink/decode.h"

/* A policy in plain words. */

/*
 * One sentence: what will happen to which sockets. @wanted: as it was asked
 * for, which shows whether a network namespace or a descriptor was named.
 */
void cw_policy_say(struct cw_text *t, const struct cw_msg_policy *p,
		   const struct cw_msg_policy *wanted);

/* Its limits or seconds, as far as they are present. */
void cw_policy_say_limits(struct cw_text *t, const struct cw_msg_policy *p);

#endif
