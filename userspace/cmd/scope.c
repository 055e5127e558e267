// SPDX-License-Identifier: GPL-2.0
#include <sys/socket.h>

#include "base/parse.h"
#include "cmd/scope.h"
#include "request/filter.h"

bool cw_scope_filter(struct cw_msg_filter *f, int key, char *arg,
		     struct cw_args *args)
{
	switch (key) {
	case 'C':
		args->ret = cw_filter_comm(f, arg, args->fail);
		return true;
	case 'u':
		args->ret = cw_filter_user(f, arg, args->fail);
		return true;
	case CW_KEY_CGROUP:
		args->ret = cw_filter_cgroup(f, arg, args->fail);
		return true;
	case CW_KEY_NETNS:
		args->ret = cw_filter_netns(f, arg, args->fail);
		return true;
	case CW_KEY_ALL_NETNS:
		cw_filter_release(f);
		f->all_netns = true;
		return true;
	default:
		return false;
	}
}

bool cw_match_option(struct cw_match *m, int key, char *arg,
		     struct cw_args *args)
{
	struct cw_msg_filter *f = &m->filter;

	switch (key) {
	case 'P':
		args->ret = cw_parse_port(arg, &f->port, args->fail);
		return true;
	case 'L':
		args->ret = cw_parse_port(arg, &f->local_port, args->fail);
		return true;
	case 'D':
		args->ret = cw_parse_port(arg, &f->remote_port, args->fail);
		return true;
	case 'p':
		args->ret = cw_parse_u32(arg, 1, 1 << 22, "process id",
					 &f->pid, args->fail);
		return true;
	case '4':
		m->ipv4 = true;
		return true;
	case '6':
		m->ipv6 = true;
		return true;
	default:
		return cw_scope_filter(f, key, arg, args);
	}
}

void cw_match_conclude(struct cw_match *m)
{
	/* Both are as good as none. */
	if (m->ipv4 != m->ipv6)
		m->filter.family = m->ipv4 ? AF_INET : AF_INET6;
}

int cw_match_fail_all_netns(struct cw_fail *fail)
{
	return cw_fail_usage(fail, NULL,
			     "sock_diag lists the sockets of one network namespace: --netns all is not possible here");
}

error_t cw_scope_parse(int key, char *arg, struct argp_state *state)
{
	struct cw_scope_args *s = state->input;

	if (cw_scope_filter(&s->filter, key, arg, &s->args))
		return s->args.ret ? CW_ARGS_STOP : 0;
	switch (key) {
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
