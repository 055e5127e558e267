// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <linux/closewatch.h>

#include "base/parse.h"
#include "base/text.h"
#include "base/wrap.h"
#include "cmd/args.h"
#include "cmd/cmd_remove.h"
#include "cmd/scope.h"
#include "explain/policy_say.h"
#include "netlink/nl_policy.h"

struct removal {
	struct cw_args args;	/* first: see cw_args_parse() */
	uint32_t *ids;		/* as many as there are words, at most */
	unsigned int count;
};

static const struct argp_option del_options[] = {
	CW_ARGS_COMMON,
	{ 0 },
};

static const struct argp_option flush_options[] = {
	CW_MATCH_NETNS(CW_SCOPE_TAKES),
	CW_ARGS_COMMON,
	{ 0 },
};

static error_t parse_ids(int key, char *arg, struct argp_state *state)
{
	struct removal *r = state->input;
	struct cw_args *args = &r->args;

	if (key == ARGP_KEY_ARG)
		args->ret = cw_parse_u32(arg, 1, UINT32_MAX, "policy id",
					 &r->ids[r->count++], args->fail);
	else if (key == ARGP_KEY_NO_ARGS)
		args->ret = cw_fail_usage(args->fail, NULL,
					  "which? closewatch list shows the ids; closewatch flush removes all");
	else
		return cw_args_default(key, arg, state);
	return args->ret ? CW_ARGS_STOP : 0;
}

static const struct argp del_argp = {
	.help_filter = cw_args_help_filter,
	.options = del_options, .parser = parse_ids, .args_doc = "ID...",
	.doc =
		"Remove policies by their ids, of whichever network namespace. Drains that they have begun go on.",
};

static const struct argp flush_argp = {
	.help_filter = cw_args_help_filter,
	.options = flush_options, .parser = cw_scope_parse,
	.doc =
		"Remove all policies of this network namespace. Drains that they have begun go on; closewatch drain off ends these too.",
};

/* The first that fails ends it: what follows was not tried. */
static int remove_all(struct removal *r, struct cw_nl *nl)
{
	unsigned int i;
	int ret = CW_OK;

	for (i = 0; i < r->count && !ret; i++) {
		ret = cw_nl_policy_del(nl, r->ids[i], r->args.fail);
		if (!ret)
			printf("policy %" PRIu32 " is removed; drains that it has begun go on\n",
			       r->ids[i]);
	}
	return ret;
}

static void count_removal(void *r, const struct cw_msg_policy *p)
{
	cw_removal_add(r, p);
}

static int flush(struct cw_nl *nl, const struct cw_msg_policy *of,
		 struct cw_fail *fail)
{
	struct cw_removal r = { .of = of };
	char text[256];
	struct cw_text t = { .buf = text, .size = sizeof(text) };
	int ret = cw_nl_policies(nl, of, count_removal, &r, fail);

	if (!ret)
		ret = cw_nl_policy_flush(nl, of, fail);
	if (ret)
		return ret;
	cw_say(&t, "%" PRIu32 " %s of %s removed; drains that they have begun go on",
	       r.removed, r.removed == 1 ? "policy" : "policies",
	       cw_removal_where(&r));
	cw_wrap_print(stdout, NULL, text);
	if (!r.left)
		return ret;
	t.used = 0;
	cw_removal_say_left(&t, &r);
	cw_wrap_print(stdout, "but", text);
	return ret;
}

int cw_cmd_del(int argc, char **argv, struct cw_fail *fail)
{
	struct removal r = { .args.fail = fail };
	struct cw_nl *nl = NULL;
	int ret;

	r.ids = calloc(argc, sizeof(*r.ids));
	ret = r.ids ? cw_args_parse(&del_argp, argc, argv, &r.args) :
		      cw_fail(fail, NULL, "out of memory");
	if (!ret && !r.args.done) {
		ret = cw_nl_open(&nl, NULL, NULL, fail);
		if (!ret)
			ret = remove_all(&r, nl);
		cw_nl_close(nl);
	}
	free(r.ids);
	return ret;
}

int cw_cmd_flush(int argc, char **argv, struct cw_fail *fail)
{
	struct cw_scope_args scope = CW_SCOPE_INIT(fail, CW_SCOPE_TAKES);
	struct cw_nl *nl = NULL;
	int ret = cw_args_parse(&flush_argp, argc, argv, &scope.args);

	if (!ret && !scope.args.done) {
		ret = cw_nl_open(&nl, NULL, NULL, fail);
		if (!ret)
			ret = flush(nl, &scope.policy, fail);
		cw_nl_close(nl);
	}
	cw_match_release(&scope.match);
	return ret;
}
