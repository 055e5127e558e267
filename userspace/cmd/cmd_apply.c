// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/closewatch.h>

#include "cmd/args.h"
#include "cmd/cmd_apply.h"
#include "cmd/policy_files.h"
#include "cmd/session.h"
#include "netlink/nl_policy.h"
#include "output/record_policy.h"
#include "request/policy_line.h"

enum { KEY_DRY = 256 };

struct apply {
	struct cw_args args;	/* first: see cw_args_parse() */
	struct cw_policy_files files;
	struct cw_session session;
	struct cw_msg_policy *before;	/* what was installed */
	size_t nr_before;
	size_t answered;		/* rules of the set, so far */
	struct cw_set_counts counts;
	bool json, any, full;
};

static const struct argp_option options[] = {
	{ "dry-run", KEY_DRY, NULL, 0,
	  "let the kernel check it, change nothing and say what would change", 0 },
	{ "json", 'j', NULL, 0, "one JSON object a rule, and one for all", 0 },
	CW_ARGS_COMMON,
	{ 0 },
};

static int read_path(struct apply *a, const char *path)
{
	a->any = true;
	return cw_policy_files_read(&a->files, path, a->args.fail);
}

static int read_default(struct apply *a)
{
	struct cw_fail *fail = a->args.fail;

	if (!access(CW_POLICIES_DIR, F_OK))
		return read_path(a, CW_POLICIES_DIR);
	return cw_fail_usage(fail, "closewatch apply FILE",
			     "nothing names rules, and " CW_POLICIES_DIR ": %s",
			     strerror(errno));
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct apply *a = state->input;

	switch (key) {
	case KEY_DRY:
		a->counts.dry_run = true;
		return 0;
	case 'j':
		a->json = true;
		return 0;
	case ARGP_KEY_ARG:
		a->args.ret = read_path(a, arg);
		return a->args.ret ? CW_ARGS_STOP : 0;
	case ARGP_KEY_SUCCESS:
		if (!a->any)
			a->args.ret = read_default(a);
		return a->args.ret ? CW_ARGS_STOP : 0;
	default:
		return cw_args_default(key, arg, state);
	}
}

static const struct argp apply_argp = {
	.help_filter = cw_args_help_filter, .options = options,
	.parser = parse, .args_doc = "[FOLDER|FILE|-]...",
	.doc =
		"Make the rules of this network namespace those of files, all or nothing; of folders, the files *.conf. "
		"Without a name, those in " CW_POLICIES_DIR "."
		"\vA line of a file has the words of closewatch drain, linger, reset or leave, such as: drain --local-port 443 --idle 2. "
		"Shown are rules that are added (+), removed (-) and kept (=) with their ids and hits. "
		"Policies of one socket and rules that expire stay. See closewatch(8).",
};

static void remember(void *arg, const struct cw_msg_policy *p)
{
	struct apply *a = arg;
	struct cw_msg_policy *all;

	all = reallocarray(a->before, a->nr_before + 1, sizeof(*all));
	a->full |= !all;
	if (!all)
		return;
	a->before = all;
	all[a->nr_before++] = *p;
}

/* One that was added since is shown by its id alone. */
static struct cw_msg_policy find_removed(const struct apply *a, uint32_t id)
{
	size_t i;

	for (i = 0; i < a->nr_before; i++)
		if (a->before[i].id == id)
			return a->before[i];
	return (struct cw_msg_policy){ 0 };
}

static void show(struct apply *a, struct cw_msg_policy *p,
		 struct cw_rule_change *change, uint32_t id)
{
	char line[512] = "";
	struct cw_text t = { .buf = line, .size = sizeof(line) };

	if (cw_policy_has(p, ACTION))
		cw_policy_line(&t, p, NULL);
	if (id) {
		p->id = id;
		p->present |= 1ULL << CLOSEWATCH_A_POLICY_ID;
	}
	change->line = line;
	cw_session_shown(&a->session,
			 cw_record_change(a->session.view, p, change));
}

static void show_removed(struct apply *a, uint32_t id)
{
	struct cw_msg_policy p = find_removed(a, id);
	struct cw_rule_change change = { .how = "removed" };

	a->counts.removed++;
	show(a, &p, &change, id);
}

static void take_change(void *arg, const struct cw_msg_change *c)
{
	struct apply *a = arg;
	struct cw_rule_change change = { .how = c->added ? "added" : "kept" };
	size_t i = a->answered;

	if (c->removed) {
		show_removed(a, c->id);
		return;
	}
	if (i == a->files.n)
		return;
	a->answered++;
	(*(c->added ? &a->counts.added : &a->counts.kept))++;
	change.file = a->files.place[i].file;
	change.at = a->files.place[i].line;
	show(a, &a->files.rule[i], &change, c->id);
}

/* Where the files say what the kernel refuses */
static int fail_rule(struct apply *a, int ret, const struct cw_nl_refusal *r)
{
	const char *option = cw_policy_option(r->attr);
	struct cw_fail *fail = a->args.fail;
	struct cw_fail inner = *fail;

	if (option)
		cw_fail(fail, inner.fix, "%s: %s", option, inner.what);
	return cw_policy_files_fail(fail, ret, &a->files.place[r->rule]);
}

static int apply(struct apply *a)
{
	const struct cw_msg_policy here = { .action = CLOSEWATCH_ACTION_DRAIN };
	struct cw_fail *fail = a->args.fail;
	struct cw_nl_refusal refusal;
	int ret = cw_nl_policies(a->session.nl, &here, remember, a, fail);

	if (ret)
		return ret;
	if (a->full)
		return cw_fail(fail, NULL, "out of memory");
	ret = cw_nl_policy_set(a->session.nl, a->files.rule, a->files.n,
			       a->counts.dry_run, take_change, a, &refusal, fail);
	if (ret && refusal.rule < a->files.n)
		return fail_rule(a, ret, &refusal);
	if (!ret)
		cw_session_shown(&a->session,
				 cw_record_set(a->session.view, &a->counts));
	return ret;
}

int cw_cmd_apply(int argc, char **argv, struct cw_fail *fail)
{
	struct apply a = {
		.args.fail = fail, .session = CW_SESSION_INIT(fail),
	};
	struct cw_view_options opt = { .layout = cw_record_added_layout };
	int ret = cw_args_parse(&apply_argp, argc, argv, &a.args);

	if (!ret && !a.args.done) {
		opt.json = a.json;
		ret = cw_session_open(&a.session, &opt, NULL, NULL);
		if (!ret)
			ret = apply(&a);
		ret = cw_session_close(&a.session, ret);
	}
	free(a.before);
	cw_policy_files_release(&a.files);
	return ret;
}
