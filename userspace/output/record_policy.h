/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_RECORD_POLICY_H
#define CLOSEWATCH_RECORD_POLICY_H

#include "explain/policy_say.h"
#include "explain/shadow.h"
#include "netlink/decode.h"
#include "output/view.h"

/* Policies as records. All return what cw_view_end() returns. */

/* A line a policy. @shadow: the rule that lets it never act, or 0. */
extern const struct cw_column cw_record_policy_layout[];
int cw_record_policy(struct cw_view *v, const struct cw_msg_policy *p,
		     uint32_t shadow);

/* One sentence; @wanted as with cw_policy_say(). */
extern const struct cw_column cw_record_added_layout[];
int cw_record_added(struct cw_view *v, const struct cw_msg_policy *p,
		    const struct cw_msg_policy *wanted,
		    const struct cw_shadow *shadow);
int cw_record_removed(struct cw_view *v, const struct cw_msg_policy *p,
		      const struct cw_msg_policy *scope);
int cw_record_off(struct cw_view *v, const struct cw_removal *r);

#endif
