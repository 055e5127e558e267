// SPDX-License-Identifier: GPL-2.0
#include <linux/closewatch.h>

#include "base/parse.h"
#include "cmd/args.h"
#include "cmd/cmd_drains.h"
#include "cmd/scope.h"
#include "cmd/session.h"
#include "netlink/nl_policy.h"
#include "output/record_drain.h"

#define NSEC_PER_SEC 1000000000ULL

struct drains {
	struct cw_scope_args scope;	/* first: see cw_scope_parse() */
	struct cw_session session;
	bool watch, header;
	uint64_t interval;	/* ns */
	uint64_t duration;	/* ns; 0: until a signal */
	uint32_t count;
	uint32_t reading;	/* 0: there is one only */
	uint32_t shown;		/* in this reading */
};

static const struct argp_option options[] = {
	CW_MATCH_NETNS(CW_SCOPE_TAKES),
	{ "watch", 'w', "SECONDS", OPTION_ARG_OPTIONAL,
	  "again every second, or so many", 0 },
	{ "count", 'c', "N", 0, "with --watch: end after N readings", 0 },
	{ "duration", 'd', "SECONDS", 0,
	  "with --watch: end after this time; else at Ctrl-C", 0 },
	{ "json", 'j', NULL, 0, "one JSON object a drain", 0 },
	{ "no-header", 'H', NULL, 0, "no line of titles", 0 },
	CW_ARGS_COMMON,
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct drains *d = state->input;
	struct cw_args *args = &d->scope.args;

	switch (key) {
	case 'w':
		d->watch = true;
		if (arg)
			args->ret = cw_parse_duration(arg, &d->interval,
						      args->fail);
		break;
	case 'c':
		args->ret = cw_parse_u32(arg, 1, UINT32_MAX, "count",
					 &d->count, args->fail);
		break;
	case 'd':
		args->ret = cw_parse_duration(arg, &d->duration, args->fail);
		break;
	case 'H':
		d->header = false;
		break;
	case ARGP_KEY_END:
		if ((d->count || d->duration) && !d->watch)
			args->ret = cw_fail_usage(args->fail, NULL,
						  "--count and --duration go with --watch");
		break;
	default:
		return cw_scope_parse(key, arg, state);
	}
	return args->ret ? CW_ARGS_STOP : 0;
}

static const struct argp drains_argp = {
	.help_filter = cw_args_help_filter,
	.options = options, .parser = parse,
	.doc = "Show the drains that run now in this network namespace.",
};

static void show(void *arg, const struct cw_msg_event *drain)
{
	struct drains *d = arg;
	struct cw_session *s = &d->session;

	if (!d->shown++ && d->header)
		cw_view_header(s->view);
	cw_session_shown(s, cw_record_drain(s->view, drain, d->reading));
}

static int read_once(struct drains *d)
{
	int ret;

	d->shown = 0;
	ret = cw_nl_drains(d->session.nl, &d->scope.policy, show, d,
			   d->session.fail);
	if (!ret && !d->shown && !d->watch)
		cw_fail_print("there are no drains here", NULL);
	return ret;
}

static int run_watch(struct drains *d)
{
	struct cw_session *s = &d->session;
	uint64_t next = cw_session_clock(), end = UINT64_MAX;
	int ret = CW_OK;

	if (d->duration)
		end = next + d->duration;
	while (!ret && !s->stop && !s->out.error && next < end) {
		if (d->reading++ && d->shown && !d->scope.json)
			fputc('\n', s->out.file);
		ret = read_once(d);
		if (d->reading == d->count)
			break;
		next += d->interval;
		if (!ret)
			ret = cw_session_wait(s, next < end ? next : end);
	}
	return ret;
}

int cw_cmd_drains(int argc, char **argv, struct cw_fail *fail)
{
	struct drains d = {
		.scope = CW_SCOPE_INIT(fail, CW_SCOPE_TAKES), .header = true,
		.interval = NSEC_PER_SEC, .session = CW_SESSION_INIT(fail),
	};
	struct cw_view_options opt = { .layout = cw_record_drain_layout };
	int ret = cw_args_parse(&drains_argp, argc, argv, &d.scope.args);

	if (ret || d.scope.args.done)
		goto release;
	opt.json = d.scope.json;
	if (d.watch)
		ret = cw_session_signals(&d.session);
	if (!ret)
		ret = cw_session_open(&d.session, &opt, NULL, NULL);
	if (!ret)
		ret = d.watch ? run_watch(&d) : read_once(&d);
	ret = cw_session_close(&d.session, ret);
release:
	cw_match_release(&d.scope.match);
	return ret;
}
