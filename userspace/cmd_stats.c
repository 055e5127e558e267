// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include <linux/closewatch.h>

#include "cmd.h"
#include "nl.h"
#include "out.h"
#include "record_stats.h"

#define NSEC_PER_SEC	1000000000ULL
#define NSEC_PER_MSEC	1000000ULL
#define WATCH_DEFAULT	NSEC_PER_SEC
/* Readings until two of them are the same. */
#define STEADY_TRIES	20

enum { KEY_RECONCILE = 256 };

struct stats {
	struct cw_args args;	/* first: see cw_args_parse() */
	bool json, watch, reconcile;
	uint64_t interval;	/* ns */
	uint64_t duration;	/* ns; 0: until a signal */
	uint32_t count;
	/* the run */
	struct cw_nl *nl;
	struct cw_out out;
	struct cw_view *view;
	int signal_fd;
	bool stop;
};

/* All that is read at one moment. */
struct moment {
	struct cw_stats stats;
	struct cw_mibs mibs;
	struct cw_info info;
	uint64_t clock;		/* CLOCK_MONOTONIC, ns */
	bool steady;
};

static const struct argp_option options[] = {
	{ "watch", 'w', "SECONDS", OPTION_ARG_OPTIONAL,
	  "keep the counters moving, and show every second, or so many, what was added",
	  0 },
	{ "reconcile", KEY_RECONCILE, NULL, 0,
	  "for a while, hold the counters against the kernel's own; exit code 1 if they differ",
	  0 },
	{ "count", 'c', "N", 0, "with --watch: end after N intervals", 0 },
	{ "duration", 'd', "SECONDS", 0,
	  "end after this time, such as 10 or 0.5; else at Ctrl-C", 0 },
	{ "json", 'j', NULL, 0, "one JSON object a reading", 0 },
	CW_ARGS_HELP,
	CW_ARGS_USAGE,
	CW_ARGS_VERSION,
	{ 0 },
};

static const char doc[] =
	"Show how often each path was taken and each fate met in this network namespace, with the bytes that were unread or lost.\v"
	"The counters move only while someone listens, be it 'closewatch watch' or 'closewatch stats --watch'. "
	"They count also the events that a listener did not get.";

static int check(struct stats *s)
{
	if (s->watch && s->reconcile)
		return cw_fail_usage(s->args.fail, NULL,
				     "--watch and --reconcile exclude each other");
	if (s->count && !s->watch)
		return cw_fail_usage(s->args.fail, NULL,
				     "--count goes with --watch");
	if (s->duration && !s->watch && !s->reconcile)
		return cw_fail_usage(s->args.fail, NULL,
				     "--duration goes with --watch or --reconcile");
	return CW_OK;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct stats *s = state->input;
	struct cw_fail *fail = s->args.fail;
	int ret = CW_OK;

	switch (key) {
	case 'w':
		s->watch = true;
		if (arg)
			ret = cw_parse_duration(arg, &s->interval, fail);
		break;
	case KEY_RECONCILE:
		s->reconcile = true;
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
	case ARGP_KEY_ARG:
		/* "--watch 5": what getopt does not take for its value. */
		if (!s->watch)
			return cw_args_default(key, arg, state);
		ret = cw_parse_duration(arg, &s->interval, fail);
		break;
	case ARGP_KEY_SUCCESS:
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

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/* Only loss could come, and that is in the counters of info. */
static void no_events(void *arg, const void *attrs, size_t len)
{
	(void)arg;
	(void)attrs;
	(void)len;
}

/* A subscription that asks for no event keeps the probes armed. */
static int subscribe(struct stats *s)
{
	struct cw_filter filter = CW_FILTER_INIT;

	filter.events = 1U << CLOSEWATCH_EVENT_TYPE_LOST;
	return cw_nl_subscribe(s->nl, &filter, s->args.fail);
}

static int read_once(struct stats *s, struct moment *m)
{
	int ret = cw_nl_stats(s->nl, &m->stats, s->args.fail);

	if (!ret)
		ret = cw_nl_info(s->nl, &m->info, s->args.fail);
	m->clock = clock_ns(CLOCK_MONOTONIC);
	return ret;
}

/*
 * No two readings are of one instant. Two in a row that are the same, with
 * the kernel's counters read in between, are as good.
 */
static int read_steady(struct stats *s, struct moment *m)
{
	struct cw_stats before;
	struct cw_mibs mibs;
	int try, ret;

	m->steady = false;
	ret = cw_nl_stats(s->nl, &m->stats, s->args.fail);
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

static struct cw_reading reading(const struct moment *now,
				 const struct moment *before)
{
	struct cw_reading r = {
		.time = clock_ns(CLOCK_REALTIME),
		.listeners = now->info.listeners,
	};

	if (!before)
		return r;
	r.span_ns = now->clock - before->clock;
	r.missed = now->info.missed - before->info.missed;
	r.unfollowed = now->info.inflight_full - before->info.inflight_full;
	r.unsteady = !now->steady || !before->steady;
	return r;
}

/* Until @end or a signal; false when there is nothing more to show. */
static int wait_until(struct stats *s, uint64_t end)
{
	bool overrun;

	while (!s->stop && !s->out.error) {
		struct pollfd p[] = {
			{ .fd = cw_nl_fd(s->nl), .events = POLLIN },
			{ .fd = s->signal_fd, .events = POLLIN },
			{ .fd = s->out.fd, .events = 0 },
		};
		uint64_t now = clock_ns(CLOCK_MONOTONIC);
		int ret, ms = -1;

		if (now >= end)
			return CW_OK;
		if (end != UINT64_MAX)
			ms = (end - now + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC;
		if (poll(p, 3, ms) < 0 && errno != EINTR)
			return cw_fail(s->args.fail, NULL, "poll: %s",
				       strerror(errno));
		ret = p[0].revents ? cw_nl_receive(s->nl, &overrun,
						   s->args.fail) : CW_OK;
		if (ret)
			return ret;
		if (p[2].revents & (POLLERR | POLLHUP))
			s->out.error = EPIPE;
		s->stop |= p[1].revents != 0;
	}
	return CW_OK;
}

static int show(struct stats *s, const struct cw_reading *r,
		const struct cw_stats *stats)
{
	if (cw_record_stats(s->view, r, stats) && !s->out.error)
		s->out.error = ENOMEM;
	return CW_OK;
}

static int run_once(struct stats *s)
{
	struct cw_reading r;
	struct moment now;
	int ret = read_once(s, &now);

	if (ret)
		return ret;
	r = reading(&now, NULL);
	return show(s, &r, &now.stats);
}

static int run_watch(struct stats *s)
{
	struct moment before, now;
	struct cw_stats delta;
	struct cw_reading r;
	uint64_t end = UINT64_MAX, next;
	uint32_t shown = 0;
	int ret = subscribe(s);

	if (!ret)
		ret = read_once(s, &before);
	if (!ret && s->duration)
		end = before.clock + s->duration;
	while (!ret && !s->stop && !s->out.error && before.clock < end &&
	       (!s->count || shown < s->count)) {
		next = before.clock + s->interval;
		ret = wait_until(s, next < end ? next : end);
		if (!ret)
			ret = read_once(s, &now);
		if (ret)
			break;
		cw_stats_since(&delta, &now.stats, &before.stats);
		now.steady = true;
		before.steady = true;
		r = reading(&now, &before);
		if (shown++ && !s->json)
			fputc('\n', s->out.file);
		show(s, &r, &delta);
		before = now;
	}
	return ret;
}

static int run_reconcile(struct stats *s)
{
	struct moment before, now;
	struct cw_row rows[CW_ROWS];
	struct cw_stats stats;
	struct cw_mibs mibs;
	struct cw_reading r;
	unsigned int bad;
	int ret = subscribe(s);

	if (!ret)
		ret = read_steady(s, &before);
	if (!ret)
		ret = wait_until(s, s->duration ? before.clock + s->duration :
						  UINT64_MAX);
	if (!ret)
		ret = read_steady(s, &now);
	if (ret)
		return ret;
	cw_stats_since(&stats, &now.stats, &before.stats);
	cw_mibs_since(&mibs, &now.mibs, &before.mibs);
	r = reading(&now, &before);
	bad = cw_reconcile(rows, &stats, &mibs);
	if (cw_record_rows(s->view, &r, rows) && !s->out.error)
		s->out.error = ENOMEM;
	return bad ? cw_fail(s->args.fail, NULL,
			     "%u of %u counters differ from the kernel's", bad,
			     CW_ROWS) : CW_OK;
}

static int open_all(struct stats *s)
{
	struct cw_view_options opt = { .json = s->json };
	sigset_t set;
	int ret;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	s->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->signal_fd < 0)
		return cw_fail(s->args.fail, NULL, "signalfd: %s",
			       strerror(errno));
	ret = cw_out_open(&s->out, STDOUT_FILENO, s->args.fail);
	if (ret)
		return ret;
	s->out.stop[0] = s->signal_fd;
	opt.out = s->out.file;
	opt.color = cw_out_color(s->out.fd);
	s->view = cw_view_new(&opt);
	if (!s->view)
		return cw_fail(s->args.fail, NULL, "out of memory");
	return cw_nl_open(&s->nl, no_events, NULL, s->args.fail);
}

static int close_all(struct stats *s, int ret)
{
	struct cw_fail late;
	int out = cw_out_close(&s->out, ret ? &late : s->args.fail);

	cw_view_free(s->view);
	cw_nl_close(s->nl);
	if (s->signal_fd >= 0)
		close(s->signal_fd);
	return ret ? ret : out;
}

int cw_cmd_stats(int argc, char **argv, struct cw_fail *fail)
{
	struct stats s = {
		.args.fail = fail, .interval = WATCH_DEFAULT, .signal_fd = -1,
	};
	int ret = cw_args_parse(&stats_argp, argc, argv, &s.args);

	if (ret || s.args.done)
		return ret;
	ret = open_all(&s);
	if (!ret && s.watch)
		ret = run_watch(&s);
	else if (!ret && s.reconcile)
		ret = run_reconcile(&s);
	else if (!ret)
		ret = run_once(&s);
	return close_all(&s, ret);
}
