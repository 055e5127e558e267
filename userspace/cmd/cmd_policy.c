// SPDX-License-Identifier: GPL-2.0
#include <unistd.h>

#include <linux/closewatch.h>

#include "cmd/arm.h"
#include "cmd/cmd_policy.h"
#include "cmd/policy_args.h"
#include "cmd/session.h"
#include "netlink/nl_policy.h"
#include "output/record_policy.h"

struct verb {
	struct cw_policy_args words;
	struct cw_session session;
};

static int add(struct verb *v)
{
	const struct cw_policy_request *wanted = &v->words.wanted;
	struct cw_session *s = &v->session;
	struct cw_armed armed;
	unsigned int i;
	int taken, ret;

	ret = cw_policy_find_socket(&v->words.wanted, &taken, s->fail);
	if (!ret)
		ret = cw_arm(s->nl, wanted, &armed, s->fail);
	if (taken >= 0)
		close(taken);
	for (i = 0; !ret && i < armed.n; i++)
		cw_session_shown(s, cw_record_added(s->view, &armed.rule[i],
						    &wanted->policy,
						    &armed.shadow[i]));
	return ret;
}

struct undo {
	const struct verb *v;
	struct cw_msg_policy found[CW_POLICY_RULES];
	unsigned int n;
};

/* One that covers the other and is covered by it has the same conditions. */
static void look_for_rule(void *arg, const struct cw_msg_policy *p)
{
	struct undo *u = arg;
	struct cw_msg_policy rule;
	unsigned int i;

	if (p->action != CLOSEWATCH_ACTION_DRAIN ||
	    u->n == CW_POLICY_RULES)
		return;
	for (i = 0; i < cw_policy_rules(&u->v->words.wanted); i++) {
		cw_policy_rule(&u->v->words.wanted, i, &rule);
		/* The list has none of another namespace. */
		rule.netns = p->netns;
		if (!cw_policy_shadows(p, &rule) || !cw_policy_shadows(&rule, p))
			continue;
		u->found[u->n++] = *p;
		return;
	}
}

static int off_some(struct verb *v)
{
	struct cw_session *s = &v->session;
	struct cw_msg_policy of = { .action = CLOSEWATCH_ACTION_DRAIN };
	struct undo u = { .v = v };
	unsigned int i;
	int ret;

	cw_policy_scope(&of, &v->words.wanted.match.filter);
	ret = cw_nl_policies(s->nl, &of, look_for_rule, &u, s->fail);
	if (!ret && !u.n)
		ret = cw_fail(s->fail, of.all_netns ?
			      "closewatch list --all-netns" : "closewatch list",
			      "no drain has exactly these conditions");
	for (i = 0; i < u.n && !ret; i++) {
		ret = cw_nl_policy_del(s->nl, u.found[i].id, s->fail);
		if (!ret)
			cw_session_shown(s, cw_record_removed(s->view,
							      &u.found[i], &of));
	}
	return ret;
}

static void count_removal(void *r, const struct cw_msg_policy *p)
{
	cw_removal_add(r, p);
}

static int off(struct verb *v)
{
	struct cw_removal r = { .of = &v->words.wanted.policy };
	struct cw_session *s = &v->session;
	int ret;

	if (cw_policy_is_rule(&v->words.wanted))
		return off_some(v);
	ret = cw_nl_policies(s->nl, r.of, count_removal, &r, s->fail);
	if (!ret)
		ret = cw_nl_drain_off(s->nl, r.of, s->fail);
	if (!ret)
		cw_session_shown(s, cw_record_off(s->view, &r));
	return ret;
}

static int run(enum closewatch_action action, int argc, char **argv,
	       struct cw_fail *fail)
{
	struct verb v = {
		.words = CW_POLICY_ARGS_INIT(fail),
		.session = CW_SESSION_INIT(fail),
	};
	struct cw_view_options opt = { .layout = cw_record_added_layout };
	int ret;

	ret = cw_policy_args_parse(&v.words, action, argc, argv);
	if (ret || v.words.args.done)
		goto release;
	opt.json = v.words.json;
	ret = cw_session_open(&v.session, &opt, NULL, NULL);
	if (!ret)
		ret = v.words.off ? off(&v) : add(&v);
	ret = cw_session_close(&v.session, ret);
release:
	cw_match_release(&v.words.wanted.match);
	return ret;
}

int cw_cmd_drain(int argc, char **argv, struct cw_fail *fail)
{
	return run(CLOSEWATCH_ACTION_DRAIN, argc, argv, fail);
}

int cw_cmd_linger(int argc, char **argv, struct cw_fail *fail)
{
	return run(CLOSEWATCH_ACTION_LINGER, argc, argv, fail);
}

int cw_cmd_reset(int argc, char **argv, struct cw_fail *fail)
{
	return run(CLOSEWATCH_ACTION_RESET, argc, argv, fail);
}

int cw_cmd_leave(int argc, char **argv, struct cw_fail *fail)
{
	return run(CLOSEWATCH_ACTION_LEAVE, argc, argv, fail);
}
