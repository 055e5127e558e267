// SPDX-License-Identifier: GPL-2.0
#include "cmd/scope.h"

error_t cw_scope_parse(int key, char *arg, struct argp_state *state)
{
	struct cw_scope_args *s = state->input;

	switch (key) {
	case CW_KEY_NETNS:
		s->args.ret = cw_filter_netns(&s->filter, arg, s->args.fail);
		return s->args.ret ? CW_ARGS_STOP : 0;
	case CW_KEY_ALL_NETNS:
		cw_filter_release(&s->filter);
		s->filter.all_netns = true;
		return 0;
	case 'j':
		s->json = true;
		return 0;
	case ARGP_KEY_SUCCESS:
		cw_policy_scope(&s->policy, &s->filter);
		return 0;
	default:
		return cw_args_default(key, arg, state);
	}
}

void cw_scope_release(struct cw_scope_args *s)
{
	cw_filter_release(&s->filter);
}
