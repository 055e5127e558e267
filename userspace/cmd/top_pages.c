// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/closewatch.h>

#include "base/util.h"
#include "cmd/top_pages.h"
#include "netlink/nl_policy.h"
#include "output/record.h"
#include "output/record_drain.h"
#include "output/top_lines.h"
#include "request/policy.h"

/* Narrower, a list of events leaves out the figures, which a story has. */
#define EVENTS_WIDTH	72

static const char *const feet[] = {
	[CW_PAGE_ROWS] =
		"q:quit h:help Enter:events d:drain g:group <>:sort /:filter w:drains",
	[CW_PAGE_EVENTS] = "Enter:story Esc:back q:quit",
	[CW_PAGE_STORY] = "Esc:back q:quit",
	[CW_PAGE_OFFER] = "Esc:back q:quit",
	[CW_PAGE_DRAINS] = "Esc:back q:quit",
	[CW_PAGE_HELP] = "Esc:back q:quit",
};

static const enum cw_top_page behind[] = {
	[CW_PAGE_STORY] = CW_PAGE_EVENTS, [CW_PAGE_HELP] = CW_PAGE_ROWS,
};

void cw_top_pages_init(struct cw_top_pages *p)
{
	p->row = -1;
	p->choice = (struct cw_top_choice){ .by = CW_BY_COMM, .text = p->text };
}

static struct cw_top_table *table_of(const struct cw_top_pages *p)
{
	return p->top->table[p->choice.by];
}

/* The line of the marked row; the first if that is not listed. */
static size_t line_of_row(const struct cw_top_pages *p)
{
	size_t i;

	for (i = 0; i < p->top->n; i++)
		if (p->top->order[i] == p->row)
			return i;
	return 0;
}

/* --- what is shown --- */

static struct cw_view *view_on(FILE *to, int width,
			       const struct cw_column *layout,
			       const uint8_t *slots)
{
	return cw_view_new(&(struct cw_view_options){
		.out = to, .width = width, .layout = layout, .slots = slots,
	});
}

/* Lists and stories are of the same code as watch. */
static void print_events(const struct cw_top_pages *p, FILE *to, int width,
			 const char *columns, const struct cw_msg_event *ev,
			 size_t n)
{
	struct cw_refusals refusals = { 0 };
	enum cw_diag diag = CW_DIAG_NOT;
	struct cw_fail unused;
	struct cw_columns c;
	struct cw_view *v;
	size_t i;

	cw_columns_init(&c, p->utf8);
	if (columns)
		cw_columns_choose(&c, columns, &unused);
	cw_columns_time(&c, 12);
	v = view_on(to, width, c.layout, c.slots);
	if (!v)
		return;
	cw_view_header(v);
	for (i = 0; i < n; i++) {
		if (!columns)
			diag = cw_refusals_see(&refusals, &ev[i]) ?
			       CW_DIAG_REFUSED : CW_DIAG;
		cw_record_event(v, &ev[i], NULL, &c, diag);
	}
	cw_view_free(v);
}

static void print_state(const struct cw_top_pages *p, FILE *to)
{
	time_t now = p->choice.now;
	struct cw_group sum;
	char clock[16] = "";
	struct tm tm;

	if (localtime_r(&now, &tm))
		strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	cw_top_sum(p->top, &sum);
	fprintf(to, "%s  %" PRIu64 " closes; RSTs: %" PRIu64 " sent, %" PRIu64
		" received", clock, sum.closes, sum.rsts_sent, sum.rsts_received);
	if (p->looked)
		fprintf(to, "; drains: %" PRIu64, p->drains);
	if (p->drains)
		fprintf(to, ", %" PRIu64 " B discarded", p->discarded);
	fputc('\n', to);
}

static void print_rows(struct cw_top_pages *p, FILE *to, int width,
		       struct cw_screen_page *page)
{
	const struct cw_top_look look = { .width = width, .utf8 = p->utf8 };
	const struct cw_top *top = p->top;

	cw_top_list(p->top, &p->choice);
	page->at = line_of_row(p);
	p->row = top->n ? top->order[page->at] : -1;
	page->marked = top->n;
	print_state(p, to);
	if (top->missed)
		fprintf(to, "LOST: %" PRIu64 " events at most; ", top->missed);
	if (top->blind)
		fprintf(to, "BLIND for %" PRIu64 " s; ", top->blind);
	page->alarm = top->missed || top->blind;
	fprintf(to, "%zu row%s by %s%s, sorted by %s", top->n,
		top->n == 1 ? "" : "s",
		p->choice.by == CW_BY_PATH ? "" : "path and ",
		cw_names_word(&cw_group_names, p->choice.by),
		cw_names_word(&cw_top_sort_names, p->choice.sort));
	if (*p->text || p->typing)
		fprintf(to, ", with \"%s%s\"", p->text, p->typing ? "_" : "");
	fputc('\n', to);
	cw_top_print_titles(to, top, &p->choice, &look);
	page->head = 3;
	cw_top_print_rows(to, top, &p->choice, &look);
}

static void print_name(const struct cw_top_pages *p, FILE *to)
{
	const char *key = p->row < 0 ? "" : cw_top_key(table_of(p), p->row);
	int path = strcspn(key, "\t");

	fprintf(to, "%.*s %s: ", path, key, key[path] ? key + path + 1 : "");
}

static void print_drains(const struct cw_top_pages *p, FILE *to, int width)
{
	struct cw_view *v = view_on(to, width, cw_record_drain_layout, NULL);
	uint64_t i;

	if (!v)
		return;
	cw_view_header(v);
	for (i = 0; i < p->drains && i < CW_TOP_DRAINS; i++)
		cw_record_drain(v, &p->drain[i], 0);
	cw_view_free(v);
}

static void print_help(FILE *to)
{
	fputs("RATE/S  events a second, of the last 10 seconds\n"
	      "COUNT   events since the start\n"
	      "UNREAD  bytes that the program had not read when it closed\n"
	      "LOST B  bytes of ours that were never sent\n"
	      "FLIGHT  bytes of ours that were sent and not acknowledged\n"
	      "MINUTE  the last minute, up to the row's own most\n\n"
	      "Up, Down, Page Up, Page Down, Home, End: move\n"
	      "Enter   the last events of a row, then the story of one\n"
	      "Esc     back\n"
	      "g       group by program, port, peer, cgroup, container\n"
	      "< >     sort by another column\n"
	      "/       show only rows with a text; Esc clears it\n"
	      "d       offer a drain for the row, with what speaks for it\n"
	      "w       the drains that run\n"
	      "q       quit\n", to);
}

void cw_top_pages_print(struct cw_top_pages *p, FILE *to, int width,
			struct cw_screen_page *page)
{
	*page = (struct cw_screen_page){
		.at = p->at[p->page], .head = 1, .foot = feet[p->page],
	};
	switch (p->page) {
	case CW_PAGE_ROWS:
		print_rows(p, to, width, page);
		return;
	case CW_PAGE_EVENTS:
		print_name(p, to);
		fprintf(to, "the last events, %zu kept, the newest first\n",
			p->events);
		page->head = 2;
		page->marked = true;
		/* A line each, whatever the width. */
		print_events(p, to, 0, width < EVENTS_WIDTH ? "time,peer,proc,local" :
			     "time,peer,unread,unsent,unacked,proc,local",
			     p->event, p->events);
		return;
	case CW_PAGE_STORY:
		fputs("What is kept of this connection\n", to);
		print_events(p, to, width, NULL, p->story, p->stories);
		return;
	case CW_PAGE_OFFER:
		print_name(p, to);
		fputs("would a drain help?\n", to);
		cw_offer_print(&p->offer, to, width);
		return;
	case CW_PAGE_DRAINS:
		if (p->looked)
			fprintf(to, "running drains: %" PRIu64 "\n", p->drains);
		else
			fputs("A recording does not tell which drains run.\n", to);
		if (p->drains)
			print_drains(p, to, width);
		return;
	default:
		fputs("closewatch top\n", to);
		print_help(to);
	}
}

/* --- what keys do --- */

static void count_drain(void *arg, const struct cw_msg_event *drain)
{
	struct cw_top_pages *p = arg;

	if (p->drains < CW_TOP_DRAINS)
		p->drain[p->drains] = *drain;
	p->drains++;
	p->discarded += drain->discarded;
}

void cw_top_pages_look(struct cw_top_pages *p)
{
	struct cw_msg_policy of = { 0 };
	struct cw_fail unused;

	cw_policy_scope(&of, p->offer.filter);
	p->looked = true;
	p->drains = 0;
	p->discarded = 0;
	cw_nl_drains(p->offer.session->nl, &of, count_drain, p, &unused);
}

static void open_row(struct cw_top_pages *p)
{
	const struct cw_top_row *row = &table_of(p)->row[p->row];
	const struct cw_msg_event *ev;

	for (p->events = 0; (ev = cw_top_event(row, p->events)); p->events++)
		p->event[p->events] = *ev;
	p->page = CW_PAGE_EVENTS;
	p->at[p->page] = 0;
}

static void open_story(struct cw_top_pages *p)
{
	const struct cw_msg_event *part[CW_TOP_STORY];
	size_t i;

	p->stories = cw_top_story(p->top, p->choice.by,
				  &p->event[p->at[CW_PAGE_EVENTS]], part);
	for (i = 0; i < p->stories; i++)
		p->story[i] = *part[i];
	p->page = CW_PAGE_STORY;
	p->at[p->page] = 0;
}

static void open_offer(struct cw_top_pages *p)
{
	const struct cw_msg_event *ev =
		cw_top_event(&table_of(p)->row[p->row], 0);

	if (!ev)
		return;
	cw_offer_make(&p->offer, ev, p->choice.by == CW_BY_COMM);
	p->page = CW_PAGE_OFFER;
	p->at[p->page] = 0;
}

static void type(struct cw_top_pages *p, int key)
{
	size_t len = strlen(p->text);

	if (key == CW_KEY_ERASE && len)
		p->text[len - 1] = '\0';
	else if (key > 0 && key < CW_KEY_UP && len + 1 < sizeof(p->text))
		p->text[len] = key;
	else if (key == CW_KEY_BACK)
		memset(p->text, 0, sizeof(p->text));
	p->typing = key != CW_KEY_ENTER && key != CW_KEY_BACK;
	/* Keys that come before the next page is drawn go by the new rows. */
	cw_top_list(p->top, &p->choice);
}

/* By lines, to which who draws sets a bound; where rows are marked, the row counts. */
static bool move(struct cw_top_pages *p, int key, size_t lines)
{
	size_t *at = &p->at[p->page], last = SIZE_MAX / 2;

	if (p->page == CW_PAGE_ROWS) {
		*at = line_of_row(p);
		last = p->top->n ? p->top->n - 1 : 0;
	} else if (p->page == CW_PAGE_EVENTS) {
		last = p->events ? p->events - 1 : 0;
	}
	if (key == CW_KEY_UP)
		*at -= *at > 0;
	else if (key == CW_KEY_DOWN)
		++*at;
	else if (key == CW_KEY_PAGE_UP)
		*at -= *at < lines ? *at : lines;
	else if (key == CW_KEY_PAGE_DOWN)
		*at += lines;
	else if (key == CW_KEY_HOME)
		*at = 0;
	else if (key == CW_KEY_END)
		*at = last;
	else
		return false;
	*at = *at < last ? *at : last;
	if (p->page == CW_PAGE_ROWS && p->top->n)
		p->row = p->top->order[*at];
	return true;
}

static void key_on_rows(struct cw_top_pages *p, int key)
{
	struct cw_top_choice *c = &p->choice;

	if (key == 'g') {
		c->by = c->by == CW_BYS - 1 ? CW_BY_NONE + 1 : c->by + 1;
		p->row = -1;
		cw_top_list(p->top, c);
	} else if (key == '>' || key == '<') {
		c->sort = (c->sort + (key == '>' ? 1 : CW_TOP_SORTS - 1)) %
			  CW_TOP_SORTS;
		cw_top_list(p->top, c);
	} else if (key == '/') {
		p->typing = true;
	} else if (key == 'w' || key == 'h') {
		p->page = key == 'w' ? CW_PAGE_DRAINS : CW_PAGE_HELP;
		p->at[p->page] = 0;
	} else if (key == CW_KEY_ENTER && p->row >= 0) {
		open_row(p);
	} else if (key == 'd' && p->row >= 0) {
		open_offer(p);
	}
}

bool cw_top_pages_key(struct cw_top_pages *p, int key, int lines)
{
	if (p->typing) {
		if (key != CW_KEY_OTHER)
			type(p, key);
		return true;
	}
	if (key == 'q')
		return false;
	if (key == CW_KEY_OTHER || move(p, key, lines > 5 ? lines - 5 : 1))
		return true;
	if (p->page == CW_PAGE_ROWS)
		key_on_rows(p, key);
	else if (p->page == CW_PAGE_EVENTS && key == CW_KEY_ENTER && p->events)
		open_story(p);
	else if (p->page == CW_PAGE_OFFER && key == 'y' && p->offer.open)
		cw_offer_accept(&p->offer);
	else if (key == CW_KEY_BACK || p->page == CW_PAGE_OFFER)
		p->page = behind[p->page];
	return true;
}
