// SPDX-License-Identifier: GPL-2.0
#include "cmd/replayed.h"
#include "cmd/session.h"

bool cw_replay_option(struct cw_replay_args *args, int key, char *arg)
{
	switch (key) {
	case 'r':
		args->path = arg;
		return true;
	case CW_KEY_SINCE:
		args->since = arg;
		return true;
	case CW_KEY_UNTIL:
		args->until = arg;
		return true;
	default:
		return false;
	}
}

int cw_replay_check(const struct cw_replay_args *args, const char *live,
		    struct cw_fail *fail)
{
	if (args->path && live)
		return cw_fail_usage(fail, NULL,
				     "%s is about live events, --read about recorded ones",
				     live);
	if (!args->path && (args->since || args->until))
		return cw_fail_usage(fail, NULL,
				     "--since and --until go with --read");
	return CW_OK;
}

int cw_replay_run(const struct cw_replay_args *args, struct cw_replay *r,
		  struct cw_fail *fail)
{
	int ret = cw_when_span(args->since, args->until, cw_session_date(),
			       &r->span, fail);

	r->path = args->path;
	r->complaints = stderr;
	return ret ? ret : cw_replay(r, fail);
}
