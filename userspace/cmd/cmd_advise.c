// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/closewatch.h>

#include "base/parse.h"
#include "cmd/args.h"
#include "cmd/cmd_advise.h"
#include "cmd/incoming.h"
#include "cmd/replayed.h"
#include "cmd/scope.h"
#include "cmd/session.h"
#include "netlink/nl_ask.h"
#include "output/record_whatif.h"
#include "request/filter.h"

#define NSEC_PER_SEC 1000000000ULL
/* Rarely: the kernel takes a while for a long list of sockets. */
#define PORTS_AGAIN NSEC_PER_SEC

enum { KEY_LINGER0 = 256 };

struct advise {
	struct cw_args args;	/* first: see cw_args_parse() */
	struct cw_match match;
	bool json, even_linger0;
	uint64_t duration;	/* ns; 0: until a signal */
	uint32_t count;
	struct cw_replay_args recorded;
	struct cw_session session;
	struct cw_incoming incoming;
	struct cw_whatif *whatif;
	struct cw_before before;
	uint64_t ports_read;	/* when */
	uint64_t overruns;
};

static const struct argp_option options[] = {
	{ NULL, 0, NULL, 0, "What to watch; all conditions must hold:", 1 },
	CW_MATCH_OPTIONS(CW_ON_ONE_NETNS, "closer"),
	{ NULL, 0, NULL, 0, "How:", 2 },
	{ "duration", 'd', "SECONDS", 0,
	  "watch this long, such as 60 or 5m; else until Ctrl-C", 0 },
	{ "count", 'c', "N", 0, "watch until N sockets have been closed", 0 },
	{ "even-linger0", KEY_LINGER0, NULL, 0,
	  "count RSTs too that programs asked for by SO_LINGER", 0 },
	{ "json", 'j', NULL, 0, "one JSON object", 0 },
	CW_REPLAY_OPTIONS,
	CW_ARGS_COMMON,
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct advise *a = state->input;
	int ret = CW_OK;

	if (cw_replay_option(&a->recorded, key, arg))
		return 0;
	if (cw_match_option(&a->match, key, arg, &a->args))
		return a->args.ret ? CW_ARGS_STOP : 0;
	switch (key) {
	case 'd':
		ret = cw_parse_duration(arg, &a->duration, a->args.fail);
		break;
	case 'c':
		ret = cw_parse_u32(arg, 1, UINT32_MAX, "count", &a->count,
				   a->args.fail);
		break;
	case KEY_LINGER0:
		a->even_linger0 = true;
		break;
	case 'j':
		a->json = true;
		break;
	case ARGP_KEY_SUCCESS:
		ret = cw_replay_check(&a->recorded,
				      a->duration ? "--duration" : NULL,
				      a->args.fail);
		if (!ret)
			ret = cw_match_place(&a->match, a->args.fail);
		cw_match_conclude(&a->match);
		break;
	default:
		return cw_args_default(key, arg, state);
	}
	a->args.ret = ret;
	return ret ? CW_ARGS_STOP : 0;
}

static const struct argp advise_argp = {
	.help_filter = cw_args_help_filter,
	.options = options, .parser = parse,
	.doc =
		"Watch for a while, then say for which ports or programs of this network namespace a lingering drain could have delivered something, what to type, and what else was seen that a drain does not mend. No policy is changed."
	       "\vCounted are RSTs for unread data, and for data that came after the close; "
	       "a drain is offered where bytes of ours were not acknowledged then. "
	       "Once it is installed, the next run compares.",
};

static bool take(void *arg, const struct cw_msg_event *ev,
		 const struct cw_holders *holders)
{
	struct advise *a = arg;
	uint64_t now = cw_session_clock();

	(void)holders;
	/* A server may have started since. */
	if (cw_whatif_helps(ev, a->even_linger0) &&
	    now - a->ports_read >= PORTS_AGAIN) {
		cw_whatif_ports(a->whatif, "/proc");
		a->ports_read = now;
	}
	cw_whatif_add(a->whatif, ev);
	if (a->count && a->whatif->all.closes >= a->count)
		a->session.stop = true;
	return true;
}

static void on_events(void *arg, const void *attrs, size_t len)
{
	struct advise *a = arg;

	cw_incoming_take(&a->incoming, attrs, len);
}

static void on_overrun(void *arg)
{
	struct advise *a = arg;

	a->overruns++;
}

/*
 * One file a network namespace, until the next boot; without the right to write
 * there nothing is compared.
 */
static bool name_before(char *path, size_t size)
{
	struct stat ns;

	if (stat("/proc/self/ns/net", &ns) ||
	    (mkdir("/run/closewatch", 0755) && errno != EEXIST))
		return false;
	snprintf(path, size, "/run/closewatch/advice.%ju",
		 (uintmax_t)ns.st_ino);
	return true;
}

static void load_before(struct cw_before *b)
{
	char path[64];
	FILE *f;

	f = name_before(path, sizeof(path)) ? fopen(path, "re") : NULL;
	if (!f)
		return;
	cw_before_read(b, f);
	fclose(f);
}

static void keep_before(const struct cw_before *b)
{
	char path[64], draft[80];
	FILE *f;

	if (!name_before(path, sizeof(path)))
		return;
	snprintf(draft, sizeof(draft), "%s.%d", path, getpid());
	f = fopen(draft, "wxe");
	if (!f)
		return;
	cw_before_write(b, f);
	if (fclose(f) || rename(draft, path))
		unlink(draft);
}

static void conclude(struct advise *a, uint64_t span)
{
	struct cw_session *s = &a->session;
	uint64_t date = cw_session_date();

	/* Figures of a part are no measure for those of another. */
	if (!cw_match_is_open(&a->match)) {
		cw_session_shown(s, cw_record_whatif(s->view, a->whatif,
						     &a->before, date, span));
		return;
	}
	load_before(&a->before);
	cw_session_shown(s, cw_record_whatif(s->view, a->whatif, &a->before,
					     date, span));
	cw_before_update(&a->before, a->whatif, date, span);
	if (a->before.rows)
		keep_before(&a->before);
}

static const uint32_t wanted = 1U << CLOSEWATCH_EVENT_TYPE_CLOSE |
			       1U << CLOSEWATCH_EVENT_TYPE_FATE |
			       1U << CLOSEWATCH_EVENT_TYPE_RESET |
			       1U << CLOSEWATCH_EVENT_TYPE_DRAIN_END |
			       1U << CLOSEWATCH_EVENT_TYPE_POLICY |
			       1U << CLOSEWATCH_EVENT_TYPE_LOST;

static bool take_recorded(void *arg, const struct cw_recorded *r)
{
	struct advise *a = arg;

	if (r->told.listening)
		cw_listeners_add(&a->whatif->listeners, r->ev.local_port);
	if (cw_match_event(&a->match, &r->ev))
		cw_whatif_add(a->whatif, &r->ev);
	return !a->count || a->whatif->all.closes < a->count;
}

/*
 * What listened then is known from records only, and what was advised since is about
 * another time: neither is read.
 */
static int run_recorded(struct advise *a, const struct cw_view_options *opt)
{
	struct cw_replay replay = {
		.filter = &a->match.filter, .fn = take_recorded, .arg = a,
	};
	struct cw_session *s = &a->session;
	int ret = cw_session_show(s, opt);

	a->match.filter.events = wanted;
	if (!ret)
		ret = cw_replay_run(&a->recorded, &replay, s->fail);
	if (ret)
		return ret;
	cw_session_shown(s, cw_record_whatif(s->view, a->whatif, &a->before,
					     replay.last,
					     replay.last - replay.first));
	cw_replay_say(&replay, stderr);
	return CW_OK;
}

static int run(struct advise *a)
{
	struct cw_session *s = &a->session;
	struct cw_msg_filter *filter = &a->match.filter;
	struct cw_msg_listener figures;
	uint64_t begin, span;
	int ret;

	filter->events = wanted;
	cw_incoming_init(&a->incoming, &a->match, take, a);
	cw_whatif_ports(a->whatif, "/proc");
	ret = cw_nl_subscribe(s->nl, filter, s->fail);
	if (ret)
		return ret;
	begin = cw_session_clock();
	a->ports_read = begin;
	ret = cw_session_wait(s, a->duration ? begin + a->duration :
					       UINT64_MAX);
	span = cw_session_clock() - begin;
	/* What was seen is told even if the module is gone. */
	if (ret)
		memset(&figures, 0, sizeof(figures));
	else
		cw_nl_unsubscribe(s->nl, &figures);
	/* The kernel's own count has also what no record could tell. */
	if (cw_has(&figures, CLOSEWATCH_A_LISTENER_LOST))
		a->whatif->lost = figures.lost;
	else
		a->whatif->lost += a->overruns;
	conclude(a, span);
	return ret;
}

static int run_live(struct advise *a, const struct cw_view_options *opt)
{
	int ret = cw_filter_enter(&a->match.filter, a->session.fail);

	if (!ret)
		ret = cw_session_signals(&a->session);
	if (!ret)
		ret = cw_session_open(&a->session, opt, on_events, a);
	return ret ? ret : run(a);
}

int cw_cmd_advise(int argc, char **argv, struct cw_fail *fail)
{
	struct advise a = {
		.args.fail = fail, .session = CW_SESSION_INIT(fail),
		.match = CW_MATCH_INIT_OF(CW_ON_ONE_NETNS, CW_NETNS_REASON),
	};
	struct cw_view_options opt = { 0 };
	int ret = cw_args_parse(&advise_argp, argc, argv, &a.args);

	if (ret || a.args.done)
		goto release;
	opt.json = a.json;
	a.session.overrun = on_overrun;
	a.session.overrun_arg = &a;
	a.whatif = cw_whatif_new(a.even_linger0);
	if (!a.whatif) {
		ret = cw_fail(fail, NULL, "out of memory");
	} else {
		a.whatif->netns = a.match.netns ? a.match.netns : a.match.place;
		ret = a.recorded.path ? run_recorded(&a, &opt) :
					run_live(&a, &opt);
	}
	ret = cw_session_close(&a.session, ret);
	free(a.whatif);
release:
	cw_match_release(&a.match);
	return ret;
}
