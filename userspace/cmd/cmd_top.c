// SPDX-License-Identifier: GPL-2.0
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"
#include "base/wrap.h"
#include "cmd/args.h"
#include "cmd/cmd_top.h"
#include "cmd/incoming.h"
#include "cmd/replayed.h"
#include "cmd/scope.h"
#include "cmd/session.h"
#include "cmd/top_pages.h"
#include "host/health.h"
#include "netlink/nl_ask.h"
#include "output/painter.h"
#include "request/filter.h"
#include "request/pick.h"

#define NSEC_PER_SEC 1000000000ULL
/* Of lines that go to no terminal. */
#define PLAIN_WIDTH 100

enum { KEY_GROUP_BY = 256, KEY_SORT };

struct top {
	struct cw_args args;	/* first: see cw_args_parse() */
	/* the command line */
	struct cw_match match;
	struct cw_replay_args recorded;
	uint64_t duration;
	uint32_t count;
	/* the run */
	struct cw_session session;
	struct cw_incoming incoming;
	struct cw_hosted host;
	struct cw_whatif *whatif;
	struct cw_top_pages pages;
	uint64_t ports_read;	/* when */
	uint32_t printed;
};

/* It outlives this program's end if its terminal takes nothing. */
static struct cw_painter painter;

static const struct argp_option options[] = {
	{ NULL, 0, NULL, 0, "What to count; all conditions must hold:", 1 },
	CW_MATCH_OPTIONS(CW_ON_EVERY, "closer"),
	CW_PICK_OPTIONS,
	CW_REPLAY_OPTIONS,
	{ NULL, 0, NULL, 0, "How to show it; keys change it later:", 2 },
	{ "group-by", KEY_GROUP_BY, CW_GROUP_WORDS, 0,
	  "rows by path and this; else comm", 0 },
	{ "sort", KEY_SORT, CW_TOP_SORT_WORDS, 0, "the most first; else rate",
	  0 },
	{ NULL, 0, NULL, 0, "When to end; else at q or Ctrl-C:", 3 },
	{ "count", 'c', "N", 0, "print N plain tables, as on a dumb terminal", 0 },
	{ "duration", 'd', "SECONDS", 0, "after this time, such as 10, 0.5 or 5m",
	  0 },
	CW_ARGS_COMMON,
	{ 0 },
};

/* CW_USAGE if @word is none of @names. */
static int parse_word(const struct cw_names *names, const char *word,
		      unsigned int *value, struct cw_fail *fail)
{
	int n = cw_names_value(names, word, strlen(word));
	char all[128];

	if (n >= 0) {
		*value = n;
		return CW_OK;
	}
	cw_names_list(names, all, sizeof(all));
	return cw_fail_usage(fail, NULL, "'%s' is none of: %s", word, all);
}

static int conclude(struct top *t)
{
	int ret = cw_pick_conclude(&t->match.filter, t->args.fail);

	if (!ret)
		ret = cw_match_place(&t->match, t->args.fail);
	if (!ret)
		ret = cw_replay_check(&t->recorded,
				      t->duration ? "--duration" : NULL,
				      t->args.fail);
	cw_match_conclude(&t->match);
	return ret;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct top *t = state->input;
	int ret = CW_OK;

	if (cw_replay_option(&t->recorded, key, arg))
		return 0;
	if (cw_match_option(&t->match, key, arg, &t->args))
		return t->args.ret ? CW_ARGS_STOP : 0;
	switch (key) {
	case 'c':
		ret = cw_parse_u32(arg, 1, UINT32_MAX, "count", &t->count,
				   t->args.fail);
		break;
	case 'd':
		ret = cw_parse_duration(arg, &t->duration, t->args.fail);
		break;
	case KEY_GROUP_BY:
		ret = parse_word(&cw_group_names, arg,
				 &t->pages.choice.by, t->args.fail);
		break;
	case KEY_SORT:
		ret = parse_word(&cw_top_sort_names, arg,
				 &t->pages.choice.sort, t->args.fail);
		break;
	case ARGP_KEY_SUCCESS:
		ret = conclude(t);
		break;
	default:
		ret = cw_pick_parse(&t->match.filter, key, arg, t->args.fail);
		if (ret < 0)
			return cw_args_default(key, arg, state);
	}
	t->args.ret = ret;
	return ret ? CW_ARGS_STOP : 0;
}

static const struct argp top_argp = {
	.help_filter = cw_args_help_filter,
	.options = options, .parser = parse,
	.doc =
		"Show which paths closes take, of which programs, ports, peers or containers, as it goes: rates, totals and the last minute of each, and the bytes that were unread, never sent or in flight. Keys sort, filter and group; Enter shows the last connections of a row and the story of each; d offers a drain and arms it if that is confirmed."
		"\vWithout a terminal, or on a dumb one, a plain table is printed each second. A replay shows how it was at its end.",
};

static bool take(void *arg, const struct cw_msg_event *ev,
		 const struct cw_holders *holders)
{
	struct top *t = arg;
	uint64_t now = cw_session_clock();

	(void)holders;
	/* A server may have started since. */
	if (cw_whatif_helps(ev, false) && now - t->ports_read >= NSEC_PER_SEC) {
		cw_whatif_ports(t->whatif, "/proc");
		t->ports_read = now;
	}
	cw_whatif_add(t->whatif, ev);
	cw_top_add(t->pages.top, ev);
	return true;
}

static void on_events(void *arg, const void *attrs, size_t len)
{
	struct top *t = arg;

	cw_incoming_take(&t->incoming, attrs, len);
}

static void on_overrun(void *t)
{
	const struct cw_msg_event ev = cw_session_lost(CLOSEWATCH_LOSS_SOCKET, 0);

	take(t, &ev, NULL);
}

/* What one event of two reports, another has to: see struct cw_groups. */
static bool is_partial(const struct top *t)
{
	return !t->match.filter.quiet || !(t->match.filter.events &
					   1U << CLOSEWATCH_EVENT_TYPE_RESET);
}

static bool take_recorded(void *arg, const struct cw_recorded *r)
{
	struct top *t = arg;

	if (!cw_match_event(&t->match, &r->ev))
		return true;
	t->host.told = &r->told;
	if (r->told.listening)
		cw_listeners_add(&t->whatif->listeners, r->ev.local_port);
	cw_whatif_add(t->whatif, &r->ev);
	t->pages.top->table[CW_BY_PATH]->groups.partial = is_partial(t) || !r->all;
	cw_top_add(t->pages.top, &r->ev);
	return true;
}

/* --- what is shown --- */

static size_t count_lines(const char *text)
{
	size_t n = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		n++;
	}
	return n;
}

/* Text is scrolled until its last line is the last that is shown. */
static void end_scrolling(struct top *t, struct cw_screen_page *page, int height)
{
	size_t lines = count_lines(page->text);
	/* Beside the foot */
	size_t shown = height > page->head + 1 ? height - 1 : page->head + 1;
	size_t most = lines > shown ? lines - shown : 0;

	if (page->marked || page->at <= most)
		return;
	page->at = most;
	t->pages.at[t->pages.page] = most;
}

static void draw(struct top *t)
{
	struct cw_screen_page page;
	int width, height;
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		return;
	cw_painter_size(&painter, &width, &height);
	cw_top_pages_print(&t->pages, to, width, &page);
	if (fclose(to) || !text) {
		free(text);
		return;
	}
	page.text = text;
	end_scrolling(t, &page, height);
	cw_painter_draw(&painter, &page);
}

static void print(struct top *t)
{
	int width = cw_terminal_width(STDOUT_FILENO);
	FILE *out = t->session.out.file;
	struct cw_screen_page page;

	if (t->printed++)
		fputc('\n', out);
	cw_top_pages_print(&t->pages, out, width ? width : PLAIN_WIDTH, &page);
	fflush(out);
	t->session.stop |= t->recorded.path || t->printed == t->count;
}

static void take_keys(struct top *t)
{
	int key, width, height;

	cw_painter_size(&painter, &width, &height);
	while ((key = cw_painter_key(&painter)) != CW_KEY_NONE)
		t->session.stop |= !cw_top_pages_key(&t->pages, key, height);
}

/* Events are taken while the screen waits for its next second or for a key. */
static int follow(struct top *t)
{
	struct cw_session *s = &t->session;
	bool plain = s->key_fd < 0, live = !t->recorded.path;
	uint64_t next = cw_session_clock() + (plain ? NSEC_PER_SEC : 0);
	int ret = CW_OK;

	while (!ret && !s->stop && !s->out.error) {
		/* A table is of what came before it. */
		if (plain && live)
			ret = cw_session_wait(s, next);
		if (ret)
			break;
		if (live && cw_session_clock() >= next) {
			/* Seconds in which this program was stopped are not made up for. */
			next = cw_session_clock() + NSEC_PER_SEC;
			cw_top_pages_look(&t->pages);
		}
		t->pages.choice.now = live ? cw_session_date() / NSEC_PER_SEC :
					     t->pages.top->second + 1;
		if (plain) {
			print(t);
			continue;
		}
		draw(t);
		ret = cw_session_wait(s, live ? next : UINT64_MAX);
		take_keys(t);
	}
	return ret;
}

static int show(struct top *t)
{
	struct cw_session *s = &t->session;
	int ret;

	if (!t->count && cw_painter_open(&painter))
		s->key_fd = cw_painter_fd(&painter);
	ret = follow(t);
	if (s->key_fd >= 0)
		cw_painter_close(&painter);
	return ret;
}

static int run_recorded(struct top *t)
{
	struct cw_replay replay = {
		.filter = &t->match.filter, .fn = take_recorded, .arg = t,
	};
	struct cw_session *s = &t->session;
	int ret = cw_replay_run(&t->recorded, &replay, s->fail);

	if (!ret)
		ret = cw_session_show(s, &(struct cw_view_options){ 0 });
	if (!ret)
		ret = show(t);
	if (!ret)
		cw_replay_say(&replay, stderr);
	return ret;
}

/* Switches that silence the probes raise no error, so look at them. */
static void warn(void)
{
	struct cw_finding finding;

	cw_health_silenced("", &finding);
	cw_health_warn(&finding);
}

static int run_live(struct top *t)
{
	struct cw_session *s = &t->session;
	struct cw_msg_listener unused;
	int ret;

	s->overrun = on_overrun;
	s->overrun_arg = t;
	ret = cw_session_open(s, &(struct cw_view_options){ 0 }, on_events, t);
	if (ret)
		return ret;
	warn();
	cw_incoming_init(&t->incoming, &t->match, take, t);
	cw_whatif_ports(t->whatif, "/proc");
	ret = cw_nl_subscribe(s->nl, &t->match.filter, s->fail);
	if (!ret && t->duration)
		ret = cw_session_end_in(s, t->duration);
	if (!ret)
		ret = show(t);
	if (!ret)
		cw_nl_unsubscribe(s->nl, &unused);
	return ret;
}

/* In the network namespace that is meant, as advise: a recording is not left for it. */
static int run(struct top *t)
{
	const struct cw_msg_filter *f = &t->match.filter;
	struct cw_session *s = &t->session;
	int ret = CW_OK;

	if (!t->recorded.path)
		ret = cw_filter_enter(&t->match.filter, s->fail);
	if (!ret)
		ret = cw_session_signals(s);
	if (ret)
		return ret;
	cw_hosted_init(&t->host);
	t->whatif = cw_whatif_new(false);
	t->pages.top = cw_top_new(&t->host, is_partial(t));
	if (!t->whatif || !t->pages.top)
		return cw_fail(s->fail, NULL, "out of memory");
	t->whatif->netns = t->match.netns ? t->match.netns : t->match.place;
	t->pages.offer = (struct cw_offer){
		.whatif = t->whatif, .session = s, .filter = f,
		.here = t->host.here,
	};
	t->pages.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	return t->recorded.path ? run_recorded(t) : run_live(t);
}

int cw_cmd_top(int argc, char **argv, struct cw_fail *fail)
{
	struct top t = {
		.args.fail = fail, .match = CW_MATCH_INIT,
		.session = CW_SESSION_INIT(fail),
	};
	int ret;

	cw_top_pages_init(&t.pages);
	ret = cw_args_parse(&top_argp, argc, argv, &t.args);
	if (!ret && !t.args.done) {
		ret = cw_session_close(&t.session, run(&t));
		cw_hosted_release(&t.host);
	}
	cw_offer_release(&t.pages.offer);
	cw_top_free(t.pages.top);
	free(t.whatif);
	cw_match_release(&t.match);
	return ret;
}
