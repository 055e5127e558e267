// SPDX-License-Identifier: GPL-2.0
#include <linux/closewatch.h>

#include "cmd/args.h"
#include "cmd/cmd_list.h"
#include "cmd/scope.h"
#include "cmd/session.h"
#include "explain/probes.h"
#include "host/health.h"
#include "host/hosted.h"
#include "netlink/nl_ask.h"
#include "netlink/nl_policy.h"
#include "output/record_policy.h"
#include "request/policy.h"

struct list {
	struct cw_scope_args scope;	/* first: see cw_scope_parse() */
	struct cw_session session;
	struct cw_rules_tried tried;
	struct cw_hosted host;
	bool header;
	size_t shown;
};

static const struct argp_option options[] = {
	CW_MATCH_OPTIONS(CW_ON_RULE, "closer"),
	{ "json", 'j', NULL, 0, "one JSON object a policy", 0 },
	{ "no-header", 'H', NULL, 0, "no line of titles", 0 },
	CW_ARGS_COMMON,
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct list *l = state->input;

	if (key != 'H')
		return cw_scope_parse(key, arg, state);
	l->header = false;
	return 0;
}

static const struct argp list_argp = {
	.help_filter = cw_args_help_filter,
	.options = options, .parser = parse,
	.doc =
		"Show the policies of this network namespace, in the order in which they are tried; with conditions, those that a close that meets them can meet.",
};

static void show(void *arg, const struct cw_msg_policy *p)
{
	struct list *l = arg;
	char cgroup[CW_CGROUP_NAMED];
	struct cw_policy_notes notes;

	if (!cw_policy_concerns(&l->scope.match, p))
		return;
	if (l->header)
		cw_view_header(l->session.view);
	l->header = false;
	l->shown++;
	notes = (struct cw_policy_notes){
		.shadow = cw_rules_try(&l->tried, p),
		.netns = cw_policy_has(p, NETNS) ?
			 cw_hosted_netns(&l->host, p->netns, cw_session_clock()) :
			 NULL,
		.cgroup = cw_policy_cgroup(p, &l->host.cgroups, cgroup,
					   sizeof(cgroup)),
	};
	cw_session_shown(&l->session,
			 cw_record_policy(l->session.view, p, &notes));
}

/* A policy whose probe does not fire is kept, and does nothing. */
static int warn(const struct list *l, struct cw_fail *fail)
{
	struct cw_finding finding;
	struct cw_msg_info info;
	int ret = cw_nl_info(l->session.nl, &info, fail);

	if (ret)
		return ret;
	cw_probes_judge(&info, false, &finding);
	cw_health_warn(&finding);
	return 0;
}

static void say_none(const struct list *l)
{
	cw_fail_print(cw_policy_is_narrow(&l->scope.match) ?
		      "no policy here can meet such a close; closewatch list shows all" :
		      "there are no policies here", NULL);
}

int cw_cmd_list(int argc, char **argv, struct cw_fail *fail)
{
	struct list l = {
		.scope = CW_SCOPE_INIT(fail, CW_ON_RULE), .header = true,
		.session = CW_SESSION_INIT(fail),
	};
	struct cw_view_options opt = { .layout = cw_record_policy_layout };
	int ret = cw_args_parse(&list_argp, argc, argv, &l.scope.args);

	if (ret || l.scope.args.done)
		goto release;
	opt.json = l.scope.json;
	cw_hosted_init(&l.host);
	ret = cw_session_open(&l.session, &opt, NULL, NULL);
	if (!ret)
		ret = cw_nl_policies(l.session.nl, &l.scope.policy, show, &l,
				     fail);
	if (!ret && !l.shown)
		say_none(&l);
	if (!ret)
		ret = warn(&l, fail);
	ret = cw_session_close(&l.session, ret);
	cw_rules_tried_release(&l.tried);
	cw_hosted_release(&l.host);
release:
	cw_match_release(&l.scope.match);
	return ret;
}
