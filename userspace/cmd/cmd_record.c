// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>
#include <sys/utsname.h>

#include <linux/closewatch.h>

#include "base/parse.h"
#include "cmd/alarms.h"
#include "cmd/args.h"
#include "cmd/cmd_record.h"
#include "cmd/incoming.h"
#include "cmd/scope.h"
#include "cmd/session.h"
#include "host/service.h"
#include "netlink/nl_ask.h"
#include "output/record.h"
#include "recording/store.h"
#include "request/filter.h"
#include "request/pick.h"

#define NSEC_PER_SEC	1000000000ULL
#define MAX_SIZE	(64ULL << 20)
#define MAX_AGE		(24 * 3600 * NSEC_PER_SEC)
#define KEEP		(1024ULL << 20)
#define SIZE_LEAST	4096

enum { KEY_MAX_SIZE = 256, KEY_MAX_AGE, KEY_KEEP };

struct recorder {
	struct cw_args args;	/* first: see cw_args_parse() */
	/* the command line */
	struct cw_match match;
	struct cw_store_options opt;
	uint32_t count;
	uint64_t duration;
	bool quiet;
	/* the run */
	struct cw_session session;
	struct cw_incoming incoming;
	struct cw_store *store;
	struct cw_alarms alarms;
	struct cw_columns columns;
	struct cw_hosted host;
	uint64_t recorded;	/* or not written */
	uint64_t unwritten;	/* lines */
	uint64_t lost;		/* by the listener's own figure */
	bool subscribed;
	int told;		/* of the store's errors, the last */
};

static const struct argp_option options[] = {
	{ NULL, 0, NULL, 0, "What to record; all conditions must hold:", 1 },
	CW_MATCH_OPTIONS(CW_ON_EVERY, "closer"),
	CW_PICK_OPTIONS,
	{ NULL, 0, NULL, 0, "How much to keep:", 2 },
	{ "max-size", KEY_MAX_SIZE, "BYTES", 0,
	  "a new file after so much, such as 64M (default)", 0 },
	{ "max-age", KEY_MAX_AGE, "SECONDS", 0,
	  "a new file after this time; default a day", 0 },
	{ "keep", KEY_KEEP, "BYTES", 0,
	  "remove the oldest files beyond so much in all; default 1G", 0 },
	{ NULL, 0, NULL, 0, "When to end; else at Ctrl-C:", 3 },
	{ "count", 'c', "N", 0, "after N events", 0 },
	{ "duration", 'd', "SECONDS", 0, "after this time, such as 10, 0.5 or 5m",
	  0 },
	{ "quiet", 'q', NULL, 0, "say nothing but errors", 0 },
	CW_ARGS_COMMON,
	{ 0 },
};

/* What it takes to make sense of a file elsewhere, or after the next boot. */
static void write_header(void *arg, FILE *to)
{
	struct recorder *r = arg;
	const struct cw_view_options opt = { .out = to, .json = true };
	struct cw_view *v = cw_view_new(&opt);
	uint64_t date = cw_session_date();
	struct utsname name = { 0 };
	char boot[64] = "";
	FILE *f;

	if (!v)
		return;
	uname(&name);
	f = fopen("/proc/sys/kernel/random/boot_id", "re");
	if (f && !fgets(boot, sizeof(boot), f))
		boot[0] = '\0';
	if (f)
		fclose(f);
	boot[strcspn(boot, "\n")] = '\0';
	cw_view_begin(v);
	cw_view_word(v, "event", NULL, "recording");
	cw_view_time(v, "time", NULL, date);
	cw_view_word(v, "version", NULL, CW_VERSION);
	cw_view_number(v, "protocol", NULL, CLOSEWATCH_FAMILY_VERSION);
	cw_view_word(v, "kernel", NULL, name.release);
	cw_view_word(v, "boot_id", NULL, boot);
	cw_view_big(v, "clock_offset_ns", NULL, date - cw_session_clock());
	cw_view_big(v, "netns", NULL, cw_hosted_here(&r->host));
	cw_view_bool(v, "all", NULL, r->match.filter.quiet);
	cw_view_end(v);
	cw_view_free(v);
}

static int parse_size(const char *arg, uint64_t *bytes, struct cw_fail *fail)
{
	int ret = cw_parse_bytes(arg, bytes, fail);

	if (!ret && *bytes < SIZE_LEAST)
		ret = cw_fail_usage(fail, NULL, "'%s' is too small: a file has %d bytes or more",
				    arg, SIZE_LEAST);
	return ret;
}

static int conclude(struct recorder *r)
{
	int ret;

	if (!r->opt.path)
		return cw_fail_usage(r->args.fail, NULL,
				     "a folder to record into is wanted: closewatch record DIR");
	if (r->opt.keep < 2 * r->opt.max_size)
		return cw_fail_usage(r->args.fail, NULL,
				     "--keep must be twice --max-size or more");
	ret = cw_match_place(&r->match, r->args.fail);
	if (ret)
		return ret;
	cw_match_conclude(&r->match);
	return cw_pick_conclude(&r->match.filter, r->args.fail);
}

static int parse_value(struct recorder *r, int key, char *arg)
{
	struct cw_fail *fail = r->args.fail;

	switch (key) {
	case KEY_MAX_SIZE:
		return parse_size(arg, &r->opt.max_size, fail);
	case KEY_MAX_AGE:
		return cw_parse_duration(arg, &r->opt.max_age, fail);
	case KEY_KEEP:
		return parse_size(arg, &r->opt.keep, fail);
	case 'c':
		return cw_parse_u32(arg, 1, UINT32_MAX, "count", &r->count, fail);
	case 'd':
		return cw_parse_duration(arg, &r->duration, fail);
	default:
		return cw_pick_parse(&r->match.filter, key, arg, fail);
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct recorder *r = state->input;
	int ret = CW_OK;

	if (cw_match_option(&r->match, key, arg, &r->args))
		return r->args.ret ? CW_ARGS_STOP : 0;
	switch (key) {
	case 'q':
		r->quiet = true;
		break;
	case ARGP_KEY_ARG:
		if (r->opt.path)
			return cw_args_default(key, arg, state);
		r->opt.path = arg;
		break;
	case ARGP_KEY_SUCCESS:
		ret = conclude(r);
		break;
	default:
		ret = parse_value(r, key, arg);
		if (ret < 0)
			return cw_args_default(key, arg, state);
	}
	r->args.ret = ret;
	return ret ? CW_ARGS_STOP : 0;
}

static const struct argp record_argp = {
	.help_filter = cw_args_help_filter,
	.options = options, .parser = parse, .args_doc = "DIR",
	.doc =
		"Write events into files of the folder DIR, a JSON object a line, for 'closewatch watch --read DIR --since 02:10 --until 02:20', and for stats and advise."
		"\vWithout --all, what ended well is not recorded; stats cannot count it later.",
};

/* Both the person and the recording are told what is missing. */
static void tell(struct recorder *r)
{
	int err = cw_store_error(r->store);
	struct cw_msg_event ev;
	uint64_t lost;

	if (err && err != r->told)
		fprintf(stderr,
			"closewatch: cannot write %s: %s; 1 MiB of events is kept until it can be\n",
			cw_store_name(r->store), strerror(err));
	else if (!err && r->told)
		fprintf(stderr, "closewatch: the recording goes on\n");
	r->told = err;
	lost = err ? 0 : cw_store_dropped(r->store);
	if (!lost)
		return;
	r->unwritten += lost;
	fprintf(stderr, "closewatch: %" PRIu64 " events could not be written\n",
		lost);
	ev = cw_session_lost(CLOSEWATCH_LOSS_RECORDING, lost);
	cw_alarms_take(&r->alarms, &ev);
	cw_record_event(r->session.view, &ev, NULL, &r->columns, CW_DIAG_NOT);
}

static bool take(void *arg, const struct cw_msg_event *ev,
		 const struct cw_holders *holders)
{
	struct recorder *r = arg;

	if (r->count && r->recorded >= r->count)
		return false;
	cw_alarms_take(&r->alarms, ev);
	cw_record_event(r->session.view, ev, holders, &r->columns,
			CW_DIAG_NOT);
	r->recorded += ev->type != CLOSEWATCH_EVENT_TYPE_LOST;
	r->session.stop |= r->count && r->recorded >= r->count;
	return true;
}

static void on_events(void *arg, const void *attrs, size_t len)
{
	struct recorder *r = arg;

	tell(r);
	cw_incoming_take(&r->incoming, attrs, len);
}

static void on_overrun(void *arg)
{
	const struct cw_msg_event ev = cw_session_lost(CLOSEWATCH_LOSS_SOCKET, 0);

	take(arg, &ev, NULL);
}

/* The session writes into the store as it would to standard output. */
static int open_session(struct recorder *r)
{
	struct cw_session *s = &r->session;
	struct cw_view_options opt = { .json = true };
	int ret = cw_session_signals(s);

	cw_incoming_init(&r->incoming, &r->match, take, r);
	cw_columns_record(&r->columns);
	r->columns.host = &r->host;
	r->opt.begin = write_header;
	r->opt.arg = r;
	if (!ret)
		ret = cw_nl_open(&s->nl, on_events, r, s->fail);
	if (!ret)
		ret = cw_store_open(&r->store, &r->opt, s->fail);
	if (ret)
		return ret;
	s->overrun = on_overrun;
	s->overrun_arg = r;
	s->out.fd = -1;
	opt.out = cw_store_out(r->store);
	s->out.file = opt.out;
	s->view = cw_view_new(&opt);
	return s->view ? CW_OK : cw_fail(s->fail, NULL, "out of memory");
}

/* Once a second, also what could not be written is tried again. */
static int follow(struct recorder *r)
{
	struct cw_session *s = &r->session;
	int ret = CW_OK;

	while (!ret && !s->stop) {
		ret = cw_session_wait(s, cw_session_clock() + NSEC_PER_SEC);
		cw_store_retry(r->store);
		tell(r);
		cw_alarms_tell(&r->alarms, cw_session_clock());
	}
	return ret;
}

static int run(struct recorder *r)
{
	struct cw_session *s = &r->session;
	struct cw_msg_listener figures = { 0 };
	int ret = cw_nl_subscribe(s->nl, &r->match.filter, s->fail);

	if (ret)
		return ret;
	r->subscribed = true;
	cw_service_ready();
	if (!r->quiet)
		fprintf(stderr, "closewatch: recording into %s\n", r->opt.path);
	if (r->duration)
		ret = cw_session_end_in(s, r->duration);
	if (!ret)
		ret = follow(r);
	if (!ret)
		cw_nl_unsubscribe(s->nl, &figures);
	fflush(s->out.file);
	tell(r);
	r->lost = figures.lost;
	return ret;
}

/* Once the store has been closed, which tries for the last time. */
static void print_end(const struct recorder *r)
{
	uint64_t written = r->recorded > r->unwritten ?
			   r->recorded - r->unwritten : 0;

	if (r->subscribed && !r->quiet)
		fprintf(stderr, "%" PRIu64 " event%s recorded; %" PRIu64 " lost\n",
			written, written == 1 ? "" : "s",
			r->lost + r->unwritten);
}

int cw_cmd_record(int argc, char **argv, struct cw_fail *fail)
{
	struct recorder r = {
		.args.fail = fail, .match = CW_MATCH_INIT,
		.opt = { .max_size = MAX_SIZE, .max_age = MAX_AGE, .keep = KEEP },
		.session = CW_SESSION_INIT(fail),
	};
	int ret, err;
	uint64_t lost;

	cw_hosted_init(&r.host);
	ret = cw_args_parse(&record_argp, argc, argv, &r.args);
	cw_alarms_open(&r.alarms, "");
	if (!ret && !r.args.done) {
		ret = open_session(&r);
		if (!ret)
			ret = run(&r);
		ret = cw_session_close(&r.session, ret);
		err = r.store ? cw_store_error(r.store) : 0;
		lost = cw_store_close(r.store);
		r.unwritten += lost;
		print_end(&r);
		if (lost && !ret)
			ret = cw_fail(fail, NULL,
				      "%" PRIu64 " events could not be written into %s: %s",
				      lost, r.opt.path, strerror(err));
		cw_alarms_tell(&r.alarms, UINT64_MAX);
	}
	if (ret)
		cw_alarms_failed(&r.alarms, fail);
	cw_alarms_close(&r.alarms);
	cw_hosted_release(&r.host);
	cw_match_release(&r.match);
	return ret;
}
