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

/* Only which sockets. */
void cw_policy_say_which(struct cw_text *t, const struct cw_msg_policy *p,
			 const struct cw_msg_policy *wanted);

/* Its limits or seconds, as far as they are present. */
void cw_policy_say_limits(struct cw_text *t, const struct cw_msg_policy *p);

/* What a flush removes, and the rules for all network namespaces that it leaves. */
#define CW_LEFT_IDS	8

struct cw_removal {
	const struct cw_msg_policy *of;	/* the request */
	uint32_t removed;
	uint32_t left;
	uint32_t ids[CW_LEFT_IDS];	/* of those left; there may be more */
};

/* A policy of a list that was made before. */
void cw_removal_add(struct cw_removal *r, const struct cw_msg_policy *p);

/* "this network namespace", or which */
const char *cw_removal_where(const struct cw_removal *r);

/* Only if some are left. */
void cw_removal_say_left(struct cw_text *t, const struct cw_removal *r);

#endif
