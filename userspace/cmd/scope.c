// SPDX-License-Identifier: GPL-2.0
#include "cmd/scope.h"

bool cw_match_option(struct cw_match *m, int key, char *arg,
		     struct cw_args *args)
{
	int ret = cw_match_parse(m, key, arg, args->fail);

	if (ret >= 0)
		args->ret = ret;
	return ret >= 0;
}

int cw_match_fail_all_netns(struct cw_fail *fail)
{
	return cw_fail_usage(fail, NULL,
			     "sock_diag lists the sockets of one network namespace: --netns all is not possible here");
}

error_t cw_scope_parse(int key, char *arg, struct argp_state *state)
{
	struct cw_scope_args *s = state->input;

	if (cw_match_option(&s->match, key, arg, &s->args))
		return s->args.ret ? CW_ARGS_STOP : 0;
	switch (key) {
	case 'j':
		s->json = true;
		return 0;
	case ARGP_KEY_SUCCESS:
		s->args.ret = cw_match_place(&s->match, s->args.fail);
		cw_match_conclude(&s->match);
		cw_policy_scope(&s->policy, &s->match.filter);
		return s->args.ret ? CW_ARGS_STOP : 0;
	default:
		return cw_args_default(key, arg, state);
	}
}
