/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_SHADOW_H
#define CLOSEWATCH_SHADOW_H

#include <stdbool.h>

#include "netlink/decode.h"

/*
 * Does rule @first match every close that @p matches? If it is tried before @p, then
 * @p never acts. Pure.
 */
bool cw_policy_shadows(const struct cw_msg_policy *first,
		       const struct cw_msg_policy *p);

#define CW_SHADOW_OVER	8	/* more are counted */

/* Where a new rule stands among the others. */
struct cw_shadow {
	uint32_t by;		/* the first that is tried before and covers it, or 0 */
	bool dry;		/* that one is a dry run */
	bool passed;		/* those that come now are tried later */
	uint32_t over[CW_SHADOW_OVER];	/* later ones that it covers */
	unsigned int count;	/* of them */
};

/* For each @p of a list, which has @added too. */
void cw_shadow_look(struct cw_shadow *s, const struct cw_msg_policy *added,
		    const struct cw_msg_policy *p);

/* Rules of a list so far; of a list that is very long only the first. */
struct cw_rules_tried {
	struct cw_msg_policy *rule;
	size_t count;
};

/* The id of one that is tried before @p and covers it, or 0. Keeps @p. */
uint32_t cw_rules_try(struct cw_rules_tried *t, const struct cw_msg_policy *p);
void cw_rules_tried_release(struct cw_rules_tried *t);

#endif
