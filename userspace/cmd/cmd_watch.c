// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <unistd.h>

#include "base/parse.h"
#include "base/wrap.h"
#include "cmd/args.h"
#include "cmd/close_wait.h"
#include "cmd/cmd_watch.h"
#include "cmd/incoming.h"
#include "cmd/looks.h"
#include "cmd/replayed.h"
#include "cmd/scope.h"
#include "cmd/session.h"
#include "explain/groups.h"
#include "explain/reconcile.h"
#include "explain/refusals.h"
#include "explain/tally.h"
#include "host/health.h"
#include "netlink/nl_ask.h"
#include "output/record.h"
#include "output/record_groups.h"
#include "output/record_pending.h"
#include "request/filter.h"
#include "request/pick.h"

/* In a summary; stats has all of them. */
#define GROUPS_SHOWN 20

enum {
	KEY_COLOR = 256, KEY_DIAG, KEY_NO_LINGER, KEY_CLOSE_WAIT, KEY_GROUP_BY,
	KEY_STACK,
};

struct watch {
	struct cw_args args;	/* first: see cw_args_parse() */
	/* the command line */
	struct cw_match match;
	struct cw_looks looks;
	uint32_t count;
	uint64_t duration;
	uint32_t close_wait;	/* in seconds; 0: not asked for */
	bool header, quiet, diag, no_linger, stack;
	struct cw_replay_args recorded;
	/* the run */
	struct cw_session session;
	struct cw_tally tally;
	struct cw_groups groups;
	struct cw_refusals refusals;
	struct cw_close_wait waits;
	struct cw_incoming incoming;
	struct cw_stacks stacks;
	struct cw_stack_words words;
	bool partial;		/* without all RSTs' own events */
	bool full;		/* --count is reached: show no more */
};

static const struct argp_option options[] = {
	{ NULL, 0, NULL, 0, "What to watch; all conditions must hold:", 1 },
	CW_MATCH_OPTIONS(CW_ON_EVERY, "closer"),
	CW_PICK_OPTIONS,
	{ "no-linger-start", KEY_NO_LINGER, NULL, 0,
	  "no line when a linger wait begins", 0 },
	{ "close-wait", KEY_CLOSE_WAIT, "SECONDS", 0,
	  "also sockets that stay in CLOSE_WAIT for so long", 0 },
	CW_REPLAY_OPTIONS,
	{ NULL, 0, NULL, 0, "When to end; else at Ctrl-C:", 2 },
	{ "count", 'c', "N", 0, "after N events", 0 },
	{ "duration", 'd', "SECONDS", 0, "after this time, such as 10, 0.5 or 5m",
	  0 },
	{ NULL, 0, NULL, 0, "How to show it:", 3 },
	{ "diag", KEY_DIAG, NULL, 0, "add the cause and the remedy", 0 },
	{ "stack", KEY_STACK, NULL, 0,
	  "of a close or shutdown add the calls that led to it, in the kernel and the program", 0 },
	CW_LOOKS_OPTIONS,
	{ "json", 'j', NULL, 0, "one JSON object a line", 0 },
	{ "no-header", 'H', NULL, 0, "no line of titles", 0 },
	{ "group-by", KEY_GROUP_BY, CW_GROUP_WORDS, 0,
	  "in the summary also closes, RSTs and losses by group", 0 },
	{ "quiet", 'q', NULL, 0, "no summary at the end", 0 },
	{ "color", KEY_COLOR, "auto|always|never", 0,
	  "default: on a terminal, unless NO_COLOR is set", 0 },
	CW_ARGS_COMMON,
	{ 0 },
};

static const char doc[] =
	"Show how TCP connections end on this host: a line a close, with its path, the bytes that were unread, unsent and unacknowledged, its owner, and what the peer saw; and a line for an end that went wrong, with what became of the data.\vVerbs (watch is the default):\n"
	"  watch    show closes as they happen\n"
	"  top      show who closes how, with rates and keys\n"
	"  info     show the state of the module\n"
	"  stats    show the counters of paths, fates and drains, and check them\n"
	"  advise   say which ports or programs a lingering drain would help\n"
	"  record   write events to files, for -r of watch, top, stats and advise\n"
	"  story    join the recordings of both ends: who ended it, what arrived\n"
	"  drain    let the kernel close chosen sockets properly; 'off' ends it\n"
	"  linger, reset, leave   close chosen sockets in another way, or as they ask\n"
	"  list, del, flush       show or remove such policies\n"
	"  apply, save            install the policies of files, or write such a file\n"
	"  drains   show the drains that run\n"
	"  pending  show the connections that have not ended, and who does not close\n"
	"  doctor   say what keeps closewatch from working and what mends it\n"
	"  explain  say what a word of the output means\n"
	"  help     show the options of a verb\n"
	"\n"
	"Examples:\n"
	"  closewatch                             all closes in this network namespace\n"
	"  closewatch -P 443 --path rst-unread    only the resets for unread data\n"
	"  closewatch -C nginx -d 60 -j >log      a minute of nginx as NDJSON\n"
	"  closewatch -e fate                     every end, with its data's verdict\n"
	"  closewatch --diag -c 1                 the next close, explained\n"
	"  closewatch -e lost --close-wait 60     who does not close? nothing else\n"
	"  closewatch advise -d 60                whom would a drain help?\n"
	"  closewatch drain --local-port 80       no more lost responses on port 80\n"
	"\n"
	"Exit code: 0 done, 1 failed, 2 wrong usage. See closewatch(8).";

static int parse_color(struct watch *w, const char *word)
{
	if (!strcmp(word, "auto"))
		w->session.color = CW_COLOR_AUTO;
	else if (!strcmp(word, "always"))
		w->session.color = CW_COLOR_ALWAYS;
	else if (!strcmp(word, "never"))
		w->session.color = CW_COLOR_NEVER;
	else
		return cw_fail_usage(w->args.fail, NULL,
				     "'%s' is no --color: auto, always or never is wanted",
				     word);
	return CW_OK;
}

/* Options with a value; the exit code lands in args.ret. */
static error_t parse_value(int key, char *arg, struct argp_state *state)
{
	struct watch *w = state->input;
	struct cw_fail *fail = w->args.fail;
	int ret;

	if (cw_replay_option(&w->recorded, key, arg))
		return 0;
	if (cw_match_option(&w->match, key, arg, &w->args) ||
	    cw_looks_option(&w->looks, key, arg, &w->args))
		return w->args.ret || w->args.done ? CW_ARGS_STOP : 0;
	switch (key) {
	case 'c':
		ret = cw_parse_u32(arg, 1, UINT32_MAX, "count", &w->count,
				   fail);
		break;
	case 'd':
		ret = cw_parse_duration(arg, &w->duration, fail);
		break;
	case KEY_CLOSE_WAIT:
		ret = cw_parse_seconds(arg, 86400, "time in CLOSE_WAIT",
				       &w->close_wait, fail);
		break;
	case KEY_GROUP_BY:
		ret = cw_groups_init(&w->groups, arg, fail);
		break;
	case KEY_COLOR:
		ret = parse_color(w, arg);
		break;
	default:
		ret = cw_pick_parse(&w->match.filter, key, arg, fail);
		if (ret < 0)
			return cw_args_default(key, arg, state);
	}
	w->args.ret = ret;
	return ret ? CW_ARGS_STOP : 0;
}

/* Settings that need the complete command line. */
static int conclude(struct watch *w)
{
	struct cw_msg_filter *f = &w->match.filter;
	int ret;

	if (w->close_wait)
		w->match.takes = CW_ON_ONE_NETNS;
	ret = cw_match_place(&w->match, w->args.fail);
	if (ret)
		return ret;
	if (w->close_wait && f->all_netns)
		return cw_match_fail_all_netns(w->args.fail);
	cw_match_conclude(&w->match);
	if (w->no_linger)
		f->events &= ~(1U << CLOSEWATCH_EVENT_TYPE_LINGER_WAIT);
	/* What one event of two reports, another has to. */
	w->partial = !f->quiet ||
		     !(f->events & 1U << CLOSEWATCH_EVENT_TYPE_RESET);
	w->groups.partial = w->partial;
	return CW_OK;
}

static int check(const struct watch *w)
{
	const char *live = w->close_wait ? "--close-wait" :
			   w->stack ? "--stack" :
			   w->duration ? "--duration" : NULL;

	return cw_replay_check(&w->recorded, live, w->args.fail);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct watch *w = state->input;

	switch (key) {
	case 'j':
		w->looks.view.json = true;
		break;
	case 'H':
		w->header = false;
		break;
	case 'q':
		w->quiet = true;
		break;
	case KEY_DIAG:
		w->diag = true;
		break;
	case KEY_STACK:
		w->stack = true;
		break;
	case KEY_NO_LINGER:
		w->no_linger = true;
		break;
	case ARGP_KEY_SUCCESS:
		w->args.ret = cw_pick_conclude(&w->match.filter, w->args.fail);
		if (!w->args.ret)
			w->args.ret = conclude(w);
		if (!w->args.ret)
			w->args.ret = check(w);
		return w->args.ret ? CW_ARGS_STOP : 0;
	default:
		return parse_value(key, arg, state);
	}
	return 0;
}

static const struct argp watch_argp = {
	.help_filter = cw_args_help_filter,
	.options = options, .parser = parse, .doc = doc,
};

/* Only once subscribed: a refusal prints no titles. */
static void show_header(struct watch *w)
{
	if (w->header)
		cw_view_header(w->session.view);
	w->header = false;
}

/* False once there are enough. */
static bool count(struct watch *w)
{
	w->full = w->count && w->tally.shown >= w->count;
	w->session.stop |= w->full;
	return !w->full;
}

static void find_stack(struct watch *w, const struct cw_msg_event *ev)
{
	const struct cw_stack_of of = {
		.time = ev->time, .tid = ev->tid, .local_port = ev->local_port,
		.remote_port = ev->remote_port,
		.released = ev->type != CLOSEWATCH_EVENT_TYPE_SHUTDOWN,
	};

	w->looks.columns.stack = NULL;
	if (ev->type != CLOSEWATCH_EVENT_TYPE_CLOSE &&
	    ev->type != CLOSEWATCH_EVENT_TYPE_LINGER_WAIT && of.released)
		return;
	cw_stacks_say(&w->stacks, &of, &w->words);
	w->looks.columns.stack = &w->words;
}

static bool show_event(struct watch *w, const struct cw_msg_event *ev,
		       const struct cw_holders *holders)
{
	enum cw_diag diag = CW_DIAG_NOT;

	if (w->diag)
		diag = cw_refusals_see(&w->refusals, ev) ? CW_DIAG_REFUSED :
							   CW_DIAG;
	cw_tally_add(&w->tally, ev);
	if (w->groups.by)
		cw_groups_add(&w->groups, ev);
	if (w->stack)
		find_stack(w, ev);
	cw_session_shown(&w->session,
			 cw_record_event(w->session.view, ev, holders,
					 &w->looks.columns, diag));
	return count(w);
}

static bool shows_no_more(const struct watch *w)
{
	return w->full || w->session.out.error;
}

/* The kernel's count of losses has missed probe hits in it, which need not have
 * been events; only their records tell how many.
 */
static bool take_loss(void *arg, const struct cw_msg_event *ev)
{
	struct watch *w = arg;

	if (ev->type == CLOSEWATCH_EVENT_TYPE_LOST)
		cw_tally_add(&w->tally, ev);
	return true;
}

static bool show(void *arg, const struct cw_msg_event *ev,
		 const struct cw_holders *holders)
{
	struct watch *w = arg;

	if (shows_no_more(w))
		return take_loss(w, ev);
	show_header(w);
	return show_event(w, ev, holders);
}

static bool show_recorded(void *arg, const struct cw_recorded *r)
{
	struct watch *w = arg;

	if (!cw_match_event(&w->match, &r->ev))
		return true;
	w->looks.host.told = &r->told;
	w->groups.partial = w->partial || !r->all;
	show_header(w);
	return show_event(w, &r->ev, r->has_holders ? &r->holders : NULL) &&
	       !shows_no_more(w);
}

static bool show_wait(void *arg, struct cw_pending_row *row)
{
	struct watch *w = arg;

	row->date = cw_session_date();
	row->columns = &w->looks.columns;
	row->utf8 = row->columns->utf8;
	row->diag = w->diag;
	cw_tally_add_wait(&w->tally);
	cw_session_shown(&w->session, cw_record_pending(w->session.view, row));
	return count(w) && !w->session.out.error;
}

static void on_events(void *arg, const void *attrs, size_t len)
{
	struct watch *w = arg;

	/* All of what these events were called by, and perhaps of later ones. */
	if (w->stack)
		cw_stacks_read(&w->stacks);
	w->tally.malformed += shows_no_more(w) ?
		cw_decode_events(attrs, len, take_loss, w) :
		cw_incoming_take(&w->incoming, attrs, len);
}

/* The kernel dropped messages and could not say how many events. */
static void on_overrun(void *w)
{
	const struct cw_msg_event ev = cw_session_lost(CLOSEWATCH_LOSS_SOCKET, 0);

	show(w, &ev, NULL);
}

static int open_session(struct watch *w)
{
	int ret;

	w->session.overrun = on_overrun;
	w->session.overrun_arg = w;
	ret = cw_session_signals(&w->session);
	return ret ? ret : cw_session_open(&w->session, &w->looks.view,
					   on_events, w);
}

/* Switches that silence the probes raise no error, so look at them. */
static void warn_silenced(void)
{
	struct cw_finding finding;

	cw_health_silenced("", &finding);
	cw_health_warn(&finding);
}

/* The counters, where they stand for what the filter leaves out. */
static bool read_ends(struct watch *w, struct cw_msg_stats *stats)
{
	struct cw_fail unused;

	w->tally.partial = !w->match.filter.quiet;
	return !w->quiet && !w->match.filter.quiet && cw_match_is_open(&w->match) &&
	       !cw_nl_stats(w->session.nl, stats, &unused);
}

/* Read before the first event and after the last: no fewer ends than lines. */
static void count_ends(struct watch *w, const struct cw_msg_stats *before)
{
	struct cw_msg_stats now, added = { 0 };

	if (!read_ends(w, &now))
		return;
	cw_stats_since(&added, &now, before);
	cw_tally_ends(&w->tally, &added);
}

/* Of the lines that were shown, where the summary is. */
static void show_groups(struct watch *w)
{
	const struct cw_view_options opt = {
		.out = stderr, .width = cw_terminal_width(STDERR_FILENO),
	};
	struct cw_view *v = w->groups.by ? cw_view_new(&opt) : NULL;

	if (!v)
		return;
	cw_record_groups_table(v, &w->groups, GROUPS_SHOWN);
	cw_view_free(v);
	fputc('\n', stderr);
}

/* Until the session ends, with a look at sock_diag whenever it is worth it. */
static int follow(struct watch *w)
{
	struct cw_session *s = &w->session;
	uint64_t next = w->close_wait ? 0 : UINT64_MAX;
	int ret;

	for (;;) {
		ret = cw_session_wait(s, next);
		if (ret || s->stop || s->out.error)
			return ret;
		ret = cw_close_wait_look(&w->waits, &next, s->fail);
		if (ret)
			return ret;
	}
}

static int run(struct watch *w)
{
	struct cw_session *s = &w->session;
	struct cw_msg_listener figures = { 0 };
	struct cw_msg_stats before;
	bool counted = read_ends(w, &before);
	int ret = cw_nl_subscribe(s->nl, &w->match.filter, s->fail);

	if (ret)
		return ret;
	show_header(w);
	if (w->duration)
		ret = cw_session_end_in(s, w->duration);
	if (!ret)
		ret = follow(w);
	/* After a failed wait there is no listener left to ask. */
	if (!ret)
		cw_nl_unsubscribe(s->nl, &figures);
	if (!ret && counted)
		count_ends(w, &before);
	fflush(s->out.file);
	w->tally.cut = s->out.error;
	w->tally.unwritten = cw_session_unwritten(s);
	if (w->quiet)
		return ret;
	show_groups(w);
	cw_tally_print(&w->tally, &figures, stderr);
	return ret;
}

/* Without the module: signals end the program as they do by default. */
static int run_recorded(struct watch *w)
{
	struct cw_replay replay = {
		.filter = &w->match.filter, .fn = show_recorded, .arg = w,
	};
	const struct cw_msg_listener none = { 0 };
	int ret = cw_session_show(&w->session, &w->looks.view);

	if (ret)
		return ret;
	/* From a pipe, events may still come one by one. */
	if (strcmp(w->recorded.path, "-"))
		cw_out_gather(&w->session.out);
	ret = cw_replay_run(&w->recorded, &replay, w->session.fail);
	if (ret)
		return ret;
	show_header(w);
	fflush(w->session.out.file);
	if (w->quiet)
		return CW_OK;
	w->tally.recorded = true;
	w->tally.cut = w->session.out.error;
	w->tally.unwritten = cw_session_unwritten(&w->session);
	w->tally.unrecorded = replay.partial;
	w->tally.partial = replay.partial || !w->match.filter.quiet;
	show_groups(w);
	cw_tally_print(&w->tally, &none, stderr);
	cw_replay_say(&replay, stderr);
	return CW_OK;
}

static int run_live(struct watch *w)
{
	int ret = open_session(w);

	if (!ret && w->stack)
		ret = cw_stacks_open(&w->stacks, w->session.fail);
	if (ret)
		return ret;
	cw_incoming_init(&w->incoming, &w->match, show, w);
	warn_silenced();
	cw_close_wait_init(&w->waits, &w->match, w->close_wait, show_wait, w);
	ret = run(w);
	cw_close_wait_release(&w->waits);
	return ret;
}

int cw_cmd_watch(int argc, char **argv, struct cw_fail *fail)
{
	struct watch w = {
		.args.fail = fail, .match = CW_MATCH_INIT, .header = true,
		.session = CW_SESSION_INIT(fail),
	};
	int ret;

	cw_looks_init(&w.looks);
	w.groups.host = &w.looks.host;
	ret = cw_args_parse(&watch_argp, argc, argv, &w.args);
	if (ret || w.args.done)
		goto release;
	ret = cw_looks_conclude(&w.looks, fail);
	if (!ret)
		ret = w.recorded.path ? run_recorded(&w) : run_live(&w);
	ret = cw_session_close(&w.session, ret);
release:
	cw_stacks_close(&w.stacks);
	cw_groups_release(&w.groups);
	cw_looks_release(&w.looks);
	cw_match_release(&w.match);
	return ret;
}
