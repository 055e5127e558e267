// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include "cmd/args.h"
#include "cmd/cmd_story.h"
#include "cmd/replayed.h"
#include "cmd/scope.h"
#include "cmd/session.h"
#include "explain/join.h"
#include "output/record_join.h"
#include "recording/match_event.h"

#define NSEC_PER_SEC	1000000000ULL

struct story {
	struct cw_args args;	/* first: see cw_args_parse() */
	struct cw_match match;
	struct cw_replay_args recorded;	/* its path: the one that is read */
	const char *path[2];
	unsigned int paths;
	bool json, header, quiet, all;
	struct cw_session session;
	struct cw_halves halves;
	struct cw_joins joins;
	bool failed;		/* out of memory */
};

static const struct argp_option options[] = {
	{ NULL, 0, NULL, 0,
	  "Which connections; an event of either end has to meet all conditions:", 1 },
	CW_MATCH_OPTIONS(CW_ON_EVERY, "closer"),
	CW_SPAN_OPTIONS,
	{ NULL, 0, NULL, 0, "How to show them:", 2 },
	{ "all", 'a', NULL, 0, "those too of which one end alone is recorded", 0 },
	{ "json", 'j', NULL, 0, "one JSON object a connection", 0 },
	{ "no-header", 'H', NULL, 0, "no line of titles", 0 },
	{ "quiet", 'q', NULL, 0, "no summary at the end", 0 },
	CW_ARGS_COMMON,
	{ 0 },
};

static int take_path(struct story *s, const char *path)
{
	if (s->paths == 2)
		return cw_fail_usage(s->args.fail, NULL,
				     "'%s' is a third recording: a connection has two ends",
				     path);
	if (s->paths && !strcmp(s->path[0], path))
		return cw_fail_usage(s->args.fail, NULL,
				     "%s is there twice: one that holds both ends is enough",
				     path);
	s->path[s->paths++] = path;
	return CW_OK;
}

static int conclude(struct story *s)
{
	int ret;

	if (!s->paths)
		return cw_fail_usage(s->args.fail, NULL,
				     "the recordings of both ends are wanted: closewatch story A B");
	ret = cw_match_place(&s->match, s->args.fail);
	cw_match_conclude(&s->match);
	/* Any event can say which connection is meant. */
	s->match.filter.quiet = true;
	return ret;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct story *s = state->input;

	if (cw_replay_option(&s->recorded, key, arg))
		return 0;
	if (cw_match_option(&s->match, key, arg, &s->args))
		return s->args.ret ? CW_ARGS_STOP : 0;
	switch (key) {
	case 'a':
		s->all = true;
		break;
	case 'j':
		s->json = true;
		break;
	case 'H':
		s->header = false;
		break;
	case 'q':
		s->quiet = true;
		break;
	case ARGP_KEY_ARG:
		s->args.ret = take_path(s, arg);
		break;
	case ARGP_KEY_SUCCESS:
		s->args.ret = conclude(s);
		break;
	default:
		return cw_args_default(key, arg, state);
	}
	return s->args.ret ? CW_ARGS_STOP : 0;
}

static const struct argp story_argp = {
	.help_filter = cw_args_help_filter,
	.options = options, .parser = parse, .args_doc = "FILE|DIR [FILE|DIR]",
	.doc =
		"Join the recordings of both ends of connections, and say of each who ended it, what either end had sent, and what the other received and read. One recording is enough if it holds both ends. Needs neither the module nor root.",
};

static bool take(void *arg, const struct cw_recorded *r)
{
	struct story *s = arg;
	const struct cw_half_of of = {
		.recording = s->recorded.path != s->path[0],
		.boot = r->boot, .listening = r->told.listening,
		.matched = cw_filter_event(&s->match.filter, &r->ev) &&
			   cw_match_event(&s->match, &r->ev),
	};

	s->failed = !cw_halves_add(&s->halves, &r->ev, &of);
	return !s->failed;
}

/* A condition may hold for one end only, so it is no filter of what is read. */
static int read_all(struct story *s)
{
	struct cw_msg_filter every = CW_FILTER_INIT;
	unsigned int i;

	every.quiet = true;
	for (i = 0; i < s->paths; i++) {
		struct cw_replay replay = {
			.filter = &every, .fn = take, .arg = s,
		};
		int ret;

		s->recorded.path = s->path[i];
		ret = cw_replay_run(&s->recorded, &replay, s->args.fail);
		if (ret)
			return ret;
		cw_replay_say(&replay, stderr);
	}
	if (s->failed || !cw_halves_list(&s->halves) ||
	    !cw_joins_make(&s->joins, &s->halves))
		return cw_fail(s->args.fail, "choose a shorter time with --since and --until",
			       "out of memory");
	return CW_OK;
}

static void show(struct story *s)
{
	const struct cw_joins *j = &s->joins;
	size_t i;

	if (s->header && (j->joined || (s->all && j->n)))
		cw_view_header(s->session.view);
	for (i = 0; i < j->n && !s->session.out.error; i++)
		if (s->all || (j->list[i].half[0] && j->list[i].half[1]))
			cw_session_shown(&s->session,
					 cw_record_join(s->session.view, &j->list[i]));
}

static void say_clocks(const struct cw_joins *j)
{
	uint64_t off = j->ahead < 0 ? -(uint64_t)j->ahead : (uint64_t)j->ahead;
	char text[32] = "";
	struct cw_text t = { .buf = text, .size = sizeof(text) };

	if (!j->clocked || off < NSEC_PER_SEC)
		return;
	cw_say_duration(&t, off);
	fprintf(stderr, "B's clock is about %s %s A's, by %zu connection%s; times are A's\n",
		text, j->ahead < 0 ? "behind" : "ahead of", j->clocked,
		j->clocked == 1 ? "" : "s");
}

static const char not_joined[] =
	": the other end is not recorded, or NAT shows it by other addresses";

static void sum_up(const struct story *s)
{
	const struct cw_joins *j = &s->joins;
	size_t alone = j->alone[0] + j->alone[1];

	fprintf(stderr, "%zu connection%s joined", j->joined, j->joined == 1 ? "" : "s");
	if (alone && s->paths == 2)
		fprintf(stderr, "; %zu of A and %zu of B not", j->alone[0], j->alone[1]);
	else if (alone)
		fprintf(stderr, "; %zu not", alone);
	if (alone)
		fprintf(stderr, "%s%s", not_joined, s->all ? "" : "; -a lists them");
	fputc('\n', stderr);
	say_clocks(j);
	if (s->halves.missed)
		fprintf(stderr, "%" PRIu64 " events at most were lost when this was recorded\n",
			s->halves.missed);
}

int cw_cmd_story(int argc, char **argv, struct cw_fail *fail)
{
	struct story s = {
		.args.fail = fail, .session = CW_SESSION_INIT(fail),
		.match = CW_MATCH_INIT, .header = true,
	};
	struct cw_view_options opt = { .layout = cw_record_join_layout };
	int ret = cw_args_parse(&story_argp, argc, argv, &s.args);

	if (ret || s.args.done)
		goto release;
	opt.json = s.json;
	ret = cw_session_show(&s.session, &opt);
	if (!ret)
		ret = read_all(&s);
	if (!ret) {
		show(&s);
		fflush(s.session.out.file);
		if (!s.quiet)
			sum_up(&s);
	}
	ret = cw_session_close(&s.session, ret);
	cw_joins_release(&s.joins);
	cw_halves_release(&s.halves);
release:
	cw_match_release(&s.match);
	return ret;
}
