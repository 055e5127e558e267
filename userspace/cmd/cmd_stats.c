// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <linux/closewatch.h>

#include "base/parse.h"
#include "cmd/args.h"
#include "cmd/cmd_stats.h"
#include "cmd/grouping.h"
#include "cmd/replayed.h"
#include "cmd/scope.h"
#include "cmd/session.h"
#include "explain/recount.h"
#include "netlink/nl_ask.h"
#include "output/openmetrics.h"
#include "output/record_groups.h"
#include "output/record_stats.h"
#include "request/filter.h"

#define NSEC_PER_SEC	1000000000ULL
#define WATCH_DEFAULT	NSEC_PER_SEC
/* Readings until two of them are the same. */
#define STEADY_TRIES	20

enum { KEY_RECONCILE = 256, KEY_GROUP_BY, KEY_OPENMETRICS, KEY_PROMETHEUS };

struct stats {
	struct cw_args args;	/* first: see cw_args_parse() */
	struct cw_match match;
	bool json, watch, reconcile;
	bool metrics, text;	/* for Prometheus; in its text format */
	struct cw_replay_args recorded;
	bool counts;		/* conditions: the kernel's counters are of all */
	struct cw_msg_stats counted;
	uint64_t lost;
	uint64_t interval;	/* ns */
	uint64_t duration;	/* ns; 0: until a signal */
	uint32_t count;
	struct cw_grouping grouping;
	struct cw_session session;
};

/* All that is read at one moment. */
struct moment {
	struct cw_msg_stats stats;
	struct cw_mibs mibs;
	struct cw_msg_info info;
	uint64_t clock;		/* CLOCK_MONOTONIC, ns */
	bool steady;
};

static const struct argp_option options[] = {
	{ NULL, 0, NULL, 0,
	  "What to count, with --watch, --group-by or --read; all conditions must hold:", 1 },
	CW_MATCH_OPTIONS(CW_ON_ONE_NETNS, "closer"),
	{ NULL, 0, NULL, 0, "How:", 2 },
	{ "watch", 'w', "SECONDS", OPTION_ARG_OPTIONAL,
	  "keep the counters moving, and show every second, or so many, what was added",
	  0 },
	{ "reconcile", KEY_RECONCILE, NULL, 0,
	  "for a while, hold the counters against the kernel's own; exit code 1 if they differ",
	  0 },
	{ "group-by", KEY_GROUP_BY, CW_GROUP_WORDS, 0,
	  "for a while, or of --read, count closes, RSTs and losses by group", 0 },
	{ "count", 'c', "N", 0, "with --watch: end after N intervals", 0 },
	{ "duration", 'd', "SECONDS", 0,
	  "end after this time, such as 10, 0.5 or 5m; else at Ctrl-C", 0 },
	{ "json", 'j', NULL, 0, "one JSON object a reading", 0 },
	{ "openmetrics", KEY_OPENMETRICS, NULL, 0,
	  "as OpenMetrics, for a scrape", 0 },
	{ "prometheus", KEY_PROMETHEUS, NULL, 0,
	  "in Prometheus' text format, for node_exporter's textfile collector", 0 },
	CW_REPLAY_OPTIONS,
	CW_ARGS_COMMON,
	{ 0 },
};

static const char doc[] =
	"Show how often each path was taken and each fate met in this network namespace, with the bytes that were unread or lost.\v"
	"The counters move only while someone listens, such as 'closewatch watch' or 'closewatch stats --watch'. "
	"They count also the events that a listener did not get; those of drains move always. "
	"With conditions, this program counts the events that match, from its start.";

static int check(struct stats *s)
{
	if (s->watch && s->reconcile)
		return cw_fail_usage(s->args.fail, NULL,
				     "--watch and --reconcile exclude each other");
	if (s->grouping.groups.by && s->reconcile)
		return cw_fail_usage(s->args.fail, NULL,
				     "--group-by and --reconcile exclude each other");
	if (s->count && !s->watch)
		return cw_fail_usage(s->args.fail, NULL,
				     "--count goes with --watch");
	if (s->duration && !s->watch && !s->reconcile && !s->grouping.groups.by)
		return cw_fail_usage(s->args.fail, NULL,
				     "--duration goes with --watch, --group-by or --reconcile");
	if (s->metrics && (s->json || s->watch || s->reconcile ||
			   s->grouping.groups.by || s->recorded.path))
		return cw_fail_usage(s->args.fail, NULL,
				     "--openmetrics and --prometheus are of the module's counters once: leave out --json, --watch, --group-by, --reconcile and --read");
	return cw_replay_check(&s->recorded, s->watch ? "--watch" :
			       s->reconcile ? "--reconcile" :
			       s->duration ? "--duration" : NULL, s->args.fail);
}

/* In the network namespace that was named: then that is no condition. */
static int check_counts(struct stats *s)
{
	s->counts = !s->grouping.groups.by && !cw_match_is_open(&s->match);
	if (s->counts && !s->watch)
		return cw_fail_usage(s->args.fail, NULL,
				     "the kernel counts all that ends in a network namespace: what matches conditions is counted from now on, with --watch or --group-by");
	return CW_OK;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct stats *s = state->input;
	struct cw_fail *fail = s->args.fail;
	int ret = CW_OK;

	if (cw_replay_option(&s->recorded, key, arg))
		return 0;
	if (cw_match_option(&s->match, key, arg, &s->args))
		return s->args.ret ? CW_ARGS_STOP : 0;
	switch (key) {
	case 'w':
		s->watch = true;
		if (arg)
			ret = cw_parse_duration(arg, &s->interval, fail);
		break;
	case KEY_RECONCILE:
		s->reconcile = true;
		break;
	case KEY_GROUP_BY:
		ret = cw_groups_init(&s->grouping.groups, arg, fail);
		break;
	case 'c':
		ret = cw_parse_u32(arg, 1, UINT32_MAX, "count", &s->count,
				   fail);
		break;
	case 'd':
		ret = cw_parse_duration(arg, &s->duration, fail);
		break;
	case 'j':
		s->json = true;
		break;
	case KEY_PROMETHEUS:
	case KEY_OPENMETRICS:
		s->metrics = true;
		s->text = key == KEY_PROMETHEUS;
		break;
	case ARGP_KEY_ARG:
		/* "--watch 5": what getopt does not take for its value. */
		if (!s->watch)
			return cw_args_default(key, arg, state);
		ret = cw_parse_duration(arg, &s->interval, fail);
		break;
	case ARGP_KEY_SUCCESS:
		ret = cw_match_place(&s->match, fail);
		cw_match_conclude(&s->match);
		if (!ret)
			ret = check(s);
		break;
	default:
		return cw_args_default(key, arg, state);
	}
	s->args.ret = ret;
	return ret ? CW_ARGS_STOP : 0;
}

static const struct argp stats_argp = {
	.help_filter = cw_args_help_filter,
	.options = options, .parser = parse, .doc = doc,
};

static bool count(void *arg, const struct cw_msg_event *ev)
{
	struct stats *s = arg;

	if (ev->type == CLOSEWATCH_EVENT_TYPE_LOST)
		s->lost += ev->loss == CLOSEWATCH_LOSS_BLIND ? 0 : ev->count;
	else if (cw_match_event(&s->match, ev))
		cw_recount(&s->counted, ev);
	return true;
}

static void on_events(void *arg, const void *attrs, size_t len)
{
	cw_decode_events(attrs, len, count, arg);
}

static void on_overrun(void *arg)
{
	struct stats *s = arg;

	s->lost++;
}

/* One that asks for no event keeps the probes armed. */
static int subscribe(struct stats *s)
{
	struct cw_msg_filter *filter = &s->match.filter;

	filter->events = 1U << CLOSEWATCH_EVENT_TYPE_LOST;
	if (s->counts)
		filter->events |= 1U << CLOSEWATCH_EVENT_TYPE_CLOSE |
				  1U << CLOSEWATCH_EVENT_TYPE_FATE |
				  1U << CLOSEWATCH_EVENT_TYPE_DRAIN_END;
	filter->quiet = s->counts;
	return cw_nl_subscribe(s->session.nl, filter, s->args.fail);
}

static int read_once(struct stats *s, struct moment *m)
{
	int ret = cw_nl_stats(s->session.nl, &m->stats, s->args.fail);

	if (s->counts) {
		s->counted.netns = m->stats.netns;
		m->stats = s->counted;
	}
	if (!ret)
		ret = cw_nl_info(s->session.nl, &m->info, s->args.fail);
	m->clock = cw_session_clock();
	return ret;
}

/*
 * No two readings are of one instant. Two in a row that are the same, with
 * the kernel's counters read in between, are as good.
 */
static int read_steady(struct stats *s, struct moment *m)
{
	struct cw_msg_stats before;
	struct cw_mibs mibs;
	int try, ret;

	m->steady = false;
	ret = cw_nl_stats(s->session.nl, &m->stats, s->args.fail);
	if (!ret && !cw_mib_read(&m->mibs, "/proc/self"))
		ret = cw_fail(s->args.fail, NULL,
			      "cannot read /proc/self/net: %s",
			      strerror(errno));
	for (try = 0; try < STEADY_TRIES && !ret && !m->steady; try++) {
		before = m->stats;
		mibs = m->mibs;
		ret = read_once(s, m);
		if (!cw_mib_read(&m->mibs, "/proc/self"))
			return cw_fail(s->args.fail, NULL,
				       "cannot read /proc/self/net: %s",
				       strerror(errno));
		m->steady = !memcmp(&before, &m->stats, sizeof(before)) &&
			    !memcmp(&mibs, &m->mibs, sizeof(mibs));
	}
	return ret;
}

static struct cw_reading reading(struct stats *s, const struct moment *now,
				 const struct moment *before)
{
	struct cw_reading r = {
		.time = cw_session_date(),
		.listeners = now->info.listeners,
		.policy_armed = now->info.policy_armed,
		.netns = cw_hosted_netns(&s->grouping.host, now->stats.netns,
					 now->clock),
	};

	if (!before)
		return r;
	r.span_ns = now->clock - before->clock;
	r.blind = now->info.blind_seconds - before->info.blind_seconds;
	r.missed = now->info.missed - before->info.missed;
	r.unfollowed = now->info.inflight_full - before->info.inflight_full;
	r.unsteady = !now->steady || !before->steady;
	return r;
}

static int run_once(struct stats *s)
{
	struct cw_reading r;
	struct moment now;
	int ret = read_once(s, &now);

	if (ret)
		return ret;
	if (s->metrics) {
		cw_openmetrics(s->session.out.file, s->text, &now.info,
			       &now.stats);
		return CW_OK;
	}
	r = reading(s, &now, NULL);
	cw_session_shown(&s->session,
			 cw_record_stats(s->session.view, &r, &now.stats));
	return CW_OK;
}

static int run_watch(struct stats *s)
{
	struct cw_session *out = &s->session;
	struct moment before, now;
	struct cw_msg_stats delta;
	struct cw_reading r;
	uint64_t end = UINT64_MAX, next;
	uint32_t shown = 0;
	int ret = subscribe(s);

	if (!ret)
		ret = read_once(s, &before);
	if (!ret && s->duration)
		end = before.clock + s->duration;
	while (!ret && !out->stop && !out->out.error && before.clock < end &&
	       (!s->count || shown < s->count)) {
		next = before.clock + s->interval;
		ret = cw_session_wait(out, next < end ? next : end);
		if (!ret)
			ret = read_once(s, &now);
		if (ret)
			break;
		cw_stats_since(&delta, &now.stats, &before.stats);
		now.steady = true;
		before.steady = true;
		r = reading(s, &now, &before);
		if (shown++ && !s->json)
			fputc('\n', out->out.file);
		cw_session_shown(out, cw_record_stats(out->view, &r, &delta));
		before = now;
	}
	if (s->lost)
		fprintf(stderr,
			"closewatch: up to %" PRIu64 " events were lost, and are not counted\n",
			s->lost);
	return ret;
}

static int run_reconcile(struct stats *s)
{
	struct moment before, now;
	struct cw_row rows[CW_ROWS];
	struct cw_msg_stats stats;
	struct cw_mibs mibs;
	struct cw_reading r;
	unsigned int bad;
	int ret = subscribe(s);

	if (!ret)
		ret = read_steady(s, &before);
	if (!ret)
		ret = cw_session_wait(&s->session, s->duration ?
				      before.clock + s->duration : UINT64_MAX);
	if (!ret)
		ret = read_steady(s, &now);
	if (ret)
		return ret;
	cw_stats_since(&stats, &now.stats, &before.stats);
	cw_mibs_since(&mibs, &now.mibs, &before.mibs);
	r = reading(s, &now, &before);
	bad = cw_reconcile(rows, &stats, &mibs);
	cw_session_shown(&s->session,
			 cw_record_rows(s->session.view, &r, rows));
	return bad ? cw_fail(s->args.fail, NULL,
			     "%u of %u counters differ from the kernel's", bad,
			     CW_ROWS) : CW_OK;
}

static int run_groups(struct stats *s)
{
	struct cw_grouping *g = &s->grouping;

	cw_grouping_match(g, &s->match);
	g->interval = s->watch ? s->interval : 0;
	g->duration = s->duration;
	g->count = s->count;
	return cw_grouping_run(g, &s->session);
}

/* What is counted from recorded events. */
struct recount {
	const struct cw_match *match;
	struct cw_grouping *grouping;
	struct cw_msg_stats stats;
	uint64_t lost;
	bool several;		/* network namespaces */
	char netns[CW_NAMESPACE_NAME];
};

static bool recount(void *arg, const struct cw_recorded *rec)
{
	const struct cw_msg_event *ev = &rec->ev;
	struct recount *n = arg;

	if (!cw_match_event(n->match, ev))
		return true;
	if (n->grouping->groups.by) {
		n->grouping->host.told = &rec->told;
		n->grouping->groups.partial = !rec->all;
		cw_groups_add(&n->grouping->groups, ev);
		return true;
	}
	if (ev->type == CLOSEWATCH_EVENT_TYPE_LOST) {
		n->lost += ev->loss == CLOSEWATCH_LOSS_BLIND ? 0 : ev->count;
		return true;
	}
	n->several |= n->stats.netns && n->stats.netns != ev->netns;
	n->stats.netns = ev->netns;
	memcpy(n->netns, rec->told.netns, sizeof(n->netns));
	cw_recount(&n->stats, ev);
	return true;
}

static void show_recorded(struct stats *s, const struct cw_replay *replay,
			  struct recount *n)
{
	const struct cw_reading r = {
		.time = replay->last, .span_ns = replay->last - replay->first,
		.recorded = true, .partial = replay->partial, .lost = n->lost,
		.netns = n->netns,
	};

	if (n->several)
		n->stats.netns = 0;
	cw_session_shown(&s->session, s->grouping.groups.by ?
			 cw_record_groups(s->session.view, &s->grouping.groups,
					  r.time, r.span_ns) :
			 cw_record_stats(s->session.view, &r, &n->stats));
}

static int run_recorded(struct stats *s, const struct cw_view_options *opt)
{
	struct recount n = { .match = &s->match, .grouping = &s->grouping };
	struct cw_replay replay = {
		.filter = &s->match.filter, .fn = recount, .arg = &n,
	};
	int ret = cw_session_show(&s->session, opt);

	s->match.filter.quiet = true;
	if (!ret)
		ret = cw_replay_run(&s->recorded, &replay, s->args.fail);
	if (ret)
		return ret;
	show_recorded(s, &replay, &n);
	cw_replay_say(&replay, stderr);
	return CW_OK;
}

static int open_session(struct stats *s, const struct cw_view_options *opt)
{
	if (s->grouping.groups.by)
		return cw_session_open(&s->session, opt, cw_grouping_events,
				       &s->grouping);
	return cw_session_open(&s->session, opt, s->counts ? on_events : NULL, s);
}

int cw_cmd_stats(int argc, char **argv, struct cw_fail *fail)
{
	struct stats s = {
		.args.fail = fail, .interval = WATCH_DEFAULT,
		.session = CW_SESSION_INIT(fail),
		.match = CW_MATCH_INIT_OF(CW_ON_ONE_NETNS, CW_NETNS_REASON),
	};
	struct cw_view_options opt = { 0 };
	int ret;

	cw_grouping_init(&s.grouping);
	ret = cw_args_parse(&stats_argp, argc, argv, &s.args);
	if (ret || s.args.done)
		goto release;
	opt.json = s.json;
	if (s.recorded.path) {
		ret = cw_session_close(&s.session, run_recorded(&s, &opt));
		goto release;
	}
	ret = cw_filter_enter(&s.match.filter, fail);
	cw_hosted_init(&s.grouping.host);
	if (!ret)
		ret = check_counts(&s);
	if (s.counts) {
		s.session.overrun = on_overrun;
		s.session.overrun_arg = &s;
	}
	if (!ret)
		ret = cw_session_signals(&s.session);
	if (!ret)
		ret = open_session(&s, &opt);
	if (!ret && s.grouping.groups.by)
		ret = run_groups(&s);
	else if (!ret && s.watch)
		ret = run_watch(&s);
	else if (!ret && s.reconcile)
		ret = run_reconcile(&s);
	else if (!ret)
		ret = run_once(&s);
	ret = cw_session_close(&s.session, ret);
release:
	cw_grouping_release(&s.grouping);
	cw_match_release(&s.match);
	return ret;
}
