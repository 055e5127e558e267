// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <linux/closewatch.h>

#include "cmd/args.h"
#include "cmd/cmd_save.h"
#include "cmd/policy_files.h"
#include "host/cgroups.h"
#include "host/namespaces.h"
#include "netlink/nl_policy.h"
#include "request/policy.h"
#include "request/policy_line.h"

#define TRIES	10	/* until the rules stay as they are while they are listed */

struct save {
	struct cw_args args;	/* first: see cw_args_parse() */
	struct cw_msg_policy *policy;
	size_t n;
	bool full;		/* out of memory */
	struct cw_cgroups cgroups;
	int initial;		/* 1: of rules for all namespaces, too; -1: not known */
};

static const struct argp_option options[] = {
	CW_ARGS_COMMON,
	{ 0 },
};

static const struct argp save_argp = {
	.help_filter = cw_args_help_filter, .options = options,
	.parser = cw_args_default,
	.doc =
		"Write the rules of this network namespace as closewatch apply reads them, in the order in which they are tried."
		"\vSuch as: closewatch save > " CW_POLICIES_DIR "/saved.conf",
};

/* NULL: it can be written, else why not. */
static const char *left_out(const struct save *s, const struct cw_msg_policy *p)
{
	if (p->all_netns && s->initial < 0)
		return "it is for all network namespaces, and only root can tell "
		       "whether this is the initial one, to which it belongs";
	return cw_policy_unlined(p);
}

static void print(struct save *s, const struct cw_msg_policy *p)
{
	char line[1024] = "", path[CW_CGROUP_NAMED];
	struct cw_text t = { .buf = line, .size = sizeof(line) };
	const char *why = left_out(s, p), *cgroup;

	if (p->all_netns && !s->initial)
		return;
	if (why) {
		snprintf(line, sizeof(line), "policy %" PRIu32 " is left out: %s",
			 p->id, why);
		cw_fail_print(line, NULL);
		return;
	}
	cgroup = cw_policy_cgroup(p, &s->cgroups, path, sizeof(path));
	cw_policy_line(&t, p, cgroup);
	if (cw_policy_has(p, CGROUP) && !cgroup)
		cw_say(&t, "  # a number, not a path: another cgroup's after a reboot");
	puts(line);
}

static void remember(void *arg, const struct cw_msg_policy *p)
{
	struct save *s = arg;
	struct cw_msg_policy *all = reallocarray(s->policy, s->n + 1, sizeof(*all));

	s->full |= !all;
	if (!all)
		return;
	s->policy = all;
	all[s->n++] = *p;
}

/* A part of them, applied again, would remove the others. */
static int list(struct save *s, struct cw_nl *nl)
{
	const struct cw_msg_policy here = { .action = CLOSEWATCH_ACTION_DRAIN };
	struct cw_fail *fail = s->args.fail;
	unsigned int tries = 0;
	int ret;

	do {
		s->n = 0;
		ret = cw_nl_policies(nl, &here, remember, s, fail);
	} while (!ret && cw_nl_interrupted(nl) && ++tries < TRIES);
	if (!ret && s->full)
		ret = cw_fail(fail, NULL, "out of memory");
	else if (!ret && tries == TRIES)
		ret = cw_fail(fail, "closewatch save",
			      "the policies change while they are listed");
	return ret;
}

int cw_cmd_save(int argc, char **argv, struct cw_fail *fail)
{
	struct save s = {
		.args.fail = fail, .cgroups = CW_CGROUPS_INIT,
		.initial = cw_namespaces_initial("/proc"),
	};
	struct cw_nl *nl = NULL;
	int ret = cw_args_parse(&save_argp, argc, argv, &s.args);
	size_t i;

	if (!ret && !s.args.done) {
		ret = cw_nl_open(&nl, NULL, NULL, fail);
		if (!ret)
			ret = list(&s, nl);
		cw_nl_close(nl);
	}
	for (i = 0; i < s.n && !ret; i++)
		print(&s, &s.policy[i]);
	free(s.policy);
	cw_cgroups_release(&s.cgroups);
	return ret;
}
