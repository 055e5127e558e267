/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_RECORD_POLICY_H
#define CLOSEWATCH_RECORD_POLICY_H

#include "explain/policy_say.h"
#include "explain/shadow.h"
#include "netlink/decode.h"
#include "output/view.h"

/* Policies as records. All return what cw_view_end() returns. */

/* What a list tells of a policy beyond its attributes; 0 or NULL: unknown, or none. */
struct cw_policy_notes {
	uint32_t shadow;	/* the rule that lets it never act */
	const char *netns;	/* the name of its network namespace */
	const char *cgroup;	/* the path of its cgroup, with CW_CGROUP_ROOT */
};

/* A line a policy. */
extern const struct cw_column cw_record_policy_layout[];
int cw_record_policy(struct cw_view *v, const struct cw_msg_policy *p,
		     const struct cw_policy_notes *notes);

/* One sentence; @wanted as with cw_policy_say(). */
extern const struct cw_column cw_record_added_layout[];
int cw_record_added(struct cw_view *v, const struct cw_msg_policy *p,
		    const struct cw_msg_policy *wanted,
		    const struct cw_shadow *shadow);
int cw_record_removed(struct cw_view *v, const struct cw_msg_policy *p,
		      const struct cw_msg_policy *scope);

/* What became of a rule of a set; @line: its words. */
struct cw_rule_change {
	const char *how;	/* added, removed or kept */
	const char *file;	/* NULL: removed */
	uint32_t at;		/* line of it */
	const char *line;
};

int cw_record_change(struct cw_view *v, const struct cw_msg_policy *p,
		     const struct cw_rule_change *change);

/* The last record of a set. */
struct cw_set_counts {
	uint32_t added, removed, kept;
	bool dry_run;
};

int cw_record_set(struct cw_view *v, const struct cw_set_counts *counts);
int cw_record_off(struct cw_view *v, const struct cw_removal *r);

#endif
