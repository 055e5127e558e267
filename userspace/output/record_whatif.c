// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/names_gen.h"
#include "base/text.h"
#include "base/util.h"
#include "output/record_parts.h"
#include "output/record_whatif.h"

/* More are not useful; the record has their number. */
#define ROWS_MAX 32

enum {
	COL_WHICH, COL_SEEN, COL_CLOSES, COL_RSTS, COL_RESPONSES, COL_AT_RISK,
	COL_COMMAND,
};

#define LAYOUT(which, seen, rsts) {					\
	[COL_WHICH] = { which, .width = 8, .limit = 24 },		\
	[COL_SEEN] = { seen, .width = 10 },				\
	[COL_CLOSES] = { "CLOSES", .width = 7, .right = true },		\
	[COL_RSTS] = { rsts, .width = 7, .right = true },		\
	[COL_RESPONSES] = { "WITH DATA", .width = 9, .right = true },	\
	[COL_AT_RISK] = { "BYTES AT RISK", .width = 13, .right = true },	\
	[COL_COMMAND] = { .title = "TO TYPE" },				\
	{ .title = NULL },						\
}

static const struct cw_column port_layout[] =
	LAYOUT("PORT", "SEEN AS", "RSTS");
static const struct cw_column program_layout[] =
	LAYOUT("PROGRAM", "", "RSTS");

static const struct cw_place in_list;

static const char *const known_words[] = {
	[CW_KNOWN_NOT] = "unknown",
	[CW_KNOWN_LISTENER] = "listener",
	[CW_KNOWN_GUESS] = "guess",
};

static void put_limits(struct cw_view *v, const struct cw_whatif_row *row)
{
	char text[320];
	struct cw_text t = { .buf = text, .size = sizeof(text) };

	cw_whatif_say_limits(&t, row);
	cw_view_word(v, "cannot_mend", NULL, text);
	cw_view_below(v, "cannot mend:", text);
	if (row->at_risk == row->never_sent)
		return;
	snprintf(text, sizeof(text),
		 "%" PRIu64 " of the bytes at risk were in flight and may have arrived anyway",
		 row->at_risk - row->never_sent);
	cw_view_below(v, "note:", text);
}

static void put_policy(struct cw_view *v, const struct cw_whatif_row *row)
{
	char text[192];
	struct cw_text t = { .buf = text, .size = sizeof(text) };

	if (!row->policy)
		return;
	cw_view_number(v, "policy_id", NULL, row->policy);
	cw_record_word(v, "action", NULL, &cw_action_names, row->action);
	cw_view_bool(v, "dry_run", NULL, row->dry_run);
	cw_whatif_say_policy(&t, row);
	cw_view_below(v, "but", text);
}

static void put_target(struct cw_view *v, const struct cw_target *target)
{
	if (target->port)
		cw_view_number(v, "port", CW_AT(COL_WHICH), target->port);
	else
		cw_view_word(v, "comm", CW_AT(COL_WHICH), target->comm);
}

static void put_row(struct cw_view *v, const struct cw_whatif *w,
		    const struct cw_whatif_row *row)
{
	char command[512];
	struct cw_text t = { .buf = command, .size = sizeof(command) };

	cw_view_row(v);
	put_target(v, &row->target);
	if (row->target.port)
		cw_view_word(v, "seen_as", CW_AT(COL_SEEN),
			     known_words[row->known]);
	else
		cw_view_big(v, "elsewhere", NULL, row->elsewhere);
	cw_view_big(v, "closes", CW_AT(COL_CLOSES), row->closes);
	cw_view_big(v, "drained", NULL, row->drained);
	cw_view_big(v, "rsts", CW_AT(COL_RSTS), row->rsts);
	cw_view_big(v, "responses", CW_AT(COL_RESPONSES), row->responses);
	cw_view_big(v, "bytes_at_risk", CW_AT(COL_AT_RISK), row->at_risk);
	cw_view_big(v, "never_sent", NULL, row->never_sent);
	cw_whatif_command(&t, &row->target, w->even_linger0);
	if (w->netns && w->netns[0])
		cw_say(&t, " --netns '%s'", w->netns);
	cw_view_word(v, "command", CW_AT(COL_COMMAND), command);
	put_policy(v, row);
	put_limits(v, row);
	cw_view_row_end(v);
}

static void put_rows(struct cw_view *v, const struct cw_whatif *w,
		     const char *key, const struct cw_column *layout,
		     const struct cw_whatif_row **rows, unsigned int n)
{
	unsigned int i;

	cw_view_table(v, key, n ? layout : NULL);
	for (i = 0; i < n && i < ROWS_MAX; i++)
		put_row(v, w, rows[i]);
	cw_view_table_end(v);
}

static void say_verdict(struct cw_text *t, const struct cw_whatif_row *all)
{
	if (!all->closes && !all->rsts)
		cw_say(t, "nothing was closed meanwhile, so there is nothing to say");
	else if (!all->responses)
		cw_say(t, "%s",
		       "no RST of this side endangered data of ours that a drain could have delivered: nothing to type");
	else
		cw_say(t, "a drain could have delivered up to %" PRIu64
		       " B of ours that were not acknowledged at %" PRIu64
		       " RST%s of this side", all->at_risk, all->responses,
		       all->responses == 1 ? "" : "s");
	if (all->drained)
		cw_say(t, "; %" PRIu64 " close%s drained already",
		       all->drained, all->drained == 1 ? " is" : "s are");
}

static void put_notes(struct cw_view *v, const struct cw_whatif *w,
		      unsigned int more)
{
	char text[160];

	if (w->lost) {
		cw_view_big(v, "lost", &in_list, w->lost);
		cw_view_list_text(v, "note",
				  "events were lost, at most so many: the figures are the least");
	}
	if (w->unnamed)
		cw_view_big(v, "unnamed", &in_list, w->unnamed);
	if (!more)
		return;
	cw_view_number(v, "left_out", NULL, more);
	snprintf(text, sizeof(text),
		 "%u more ports and programs are left out", more);
	cw_view_list_text(v, "note", text);
}

enum { COL_SEEN_WHAT, COL_SEEN_COUNT, COL_SEEN_WHERE };

static const struct cw_column seen_layout[] = {
	[COL_SEEN_WHAT] = { "WHAT ELSE WAS SEEN", .width = 30 },
	[COL_SEEN_COUNT] = { "COUNT", .width = 8, .right = true },
	[COL_SEEN_WHERE] = { .title = "WHERE" },
	{ .title = NULL },
};

static void put_seen(struct cw_view *v, const struct cw_seen *s)
{
	struct cw_column layout[ARRAY_SIZE(seen_layout)];
	struct cw_column *what = &layout[COL_SEEN_WHAT];
	bool any = false;
	int i, width;

	/* All rows are known, so that their titles stand over them. */
	memcpy(layout, seen_layout, sizeof(layout));
	for (i = 0; i < CW_SEEN_KINDS; i++) {
		if (!s->row[i].count)
			continue;
		any = true;
		width = strlen(cw_seen_names.doc[i]);
		if (width > what->width)
			what->width = width;
	}
	cw_view_table(v, "seen", any ? layout : NULL);
	for (i = 0; i < CW_SEEN_KINDS; i++) {
		const struct cw_seen_row *row = &s->row[i];

		if (!row->count)
			continue;
		cw_view_row(v);
		cw_view_word(v, "kind", NULL, cw_seen_names.word[i].text);
		cw_view_text(v, CW_AT(COL_SEEN_WHAT), cw_seen_names.doc[i]);
		cw_view_big(v, "count", CW_AT(COL_SEEN_COUNT), row->count);
		cw_view_word(v, "where", CW_AT(COL_SEEN_WHERE), row->where);
		cw_view_bool(v, "others", NULL, row->others);
		if (row->others)
			cw_view_text(v, CW_AT(COL_SEEN_WHERE), " and others");
		cw_view_word(v, "remedy", NULL, row->remedy);
		cw_view_below(v, "remedy:", row->remedy);
		cw_view_row_end(v);
	}
	cw_view_table_end(v);
}

enum { COL_WHEN = COL_WHICH + 1, COL_RATE, COL_DRAINED };

static const struct cw_column before_layout[] = {
	[COL_WHICH] = { "COMPARED", .width = 8, .limit = 24 },
	[COL_WHEN] = { "BEFORE", .width = 56, .limit = 72 },
	[COL_RATE] = { "NOW", .width = 56, .limit = 72 },
	[COL_DRAINED] = { .title = "BY DRAINS" },
	{ .title = NULL },
};

/* "3 of 12 closes in 60.0 s by RST, 4000 B at risk" */
static void put_figures(struct cw_view *v, const char *key, int column,
			const struct cw_before_row *row)
{
	char text[160];

	cw_view_open(v, key);
	cw_view_time(v, "time", NULL, row->time);
	cw_view_big(v, "span_ns", NULL, row->span_ns);
	cw_view_big(v, "closes", NULL, row->closes);
	cw_view_big(v, "rsts", NULL, row->rsts);
	cw_view_big(v, "responses", NULL, row->responses);
	cw_view_big(v, "bytes_at_risk", NULL, row->at_risk);
	cw_view_close(v);
	snprintf(text, sizeof(text), "%" PRIu64 " of %" PRIu64
		 " closes in %.1f s by RST, %" PRIu64 " B at risk", row->rsts,
		 row->closes, row->span_ns / 1e9, row->at_risk);
	cw_view_text(v, CW_AT(column), text);
}

static void put_compared(struct cw_view *v, const struct cw_before_row *before,
			 const struct cw_whatif_row *row, uint64_t time,
			 uint64_t span_ns)
{
	const struct cw_before_row now = {
		.time = time, .span_ns = span_ns, .closes = row->closes,
		.rsts = row->rsts, .responses = row->responses,
		.at_risk = row->at_risk,
	};
	char text[160];

	cw_view_row(v);
	put_target(v, &before->target);
	put_figures(v, "before", COL_WHEN, before);
	put_figures(v, "now", COL_RATE, &now);
	cw_view_big(v, "drained", NULL, row->drained);
	cw_view_big(v, "delivered", NULL, row->delivered);
	cw_view_big(v, "delivered_bytes", NULL, row->delivered_bytes);
	cw_view_big(v, "refused", NULL, row->refused);
	snprintf(text, sizeof(text), "%" PRIu64 ": %" PRIu64
		 " ended well, %" PRIu64 " B acknowledged; %" PRIu64 " refused",
		 row->drained, row->delivered, row->delivered_bytes,
		 row->refused);
	cw_view_text(v, CW_AT(COL_DRAINED), text);
	cw_view_row_end(v);
}

static void put_before(struct cw_view *v, struct cw_whatif *w,
		       const struct cw_before *before, uint64_t time,
		       uint64_t span_ns)
{
	const struct cw_whatif_row *row;
	bool any = false;
	unsigned int i;

	for (i = 0; i < before->rows; i++)
		any |= cw_before_changed(cw_whatif_row_of(w, &before->row[i].target));
	cw_view_table(v, "compared", any ? before_layout : NULL);
	for (i = 0; i < before->rows; i++) {
		row = cw_whatif_row_of(w, &before->row[i].target);
		if (cw_before_changed(row))
			put_compared(v, &before->row[i], row, time, span_ns);
	}
	cw_view_table_end(v);
}

static unsigned int beyond(unsigned int n)
{
	return n > ROWS_MAX ? n - ROWS_MAX : 0;
}

int cw_record_whatif(struct cw_view *v, struct cw_whatif *w,
		     const struct cw_before *before, uint64_t time,
		     uint64_t span_ns)
{
	const struct cw_whatif_row *ports[ROWS_MAX], *programs[ROWS_MAX];
	unsigned int n_ports = cw_whatif_ports_helped(w, ports, ROWS_MAX);
	unsigned int n_programs = cw_whatif_programs_helped(w, programs,
							    ROWS_MAX);
	char text[256];
	struct cw_text t = { .buf = text, .size = sizeof(text) };

	cw_view_begin(v);
	cw_view_time(v, "time", &in_list, time);
	snprintf(text, sizeof(text), "%.1f s", span_ns / 1e9);
	cw_view_big(v, "span_ns", NULL, span_ns);
	cw_view_list_text(v, "span", text);
	cw_view_big(v, "closes", &in_list, w->all.closes);
	cw_view_big(v, "drained", NULL, w->all.drained);
	cw_view_big(v, "rsts", NULL, w->all.rsts);
	cw_view_big(v, "responses", NULL, w->all.responses);
	cw_view_big(v, "bytes_at_risk", NULL, w->all.at_risk);
	cw_view_big(v, "never_sent", NULL, w->all.never_sent);
	say_verdict(&t, &w->all);
	cw_view_word(v, "verdict", &in_list, text);
	put_notes(v, w, beyond(n_ports) + beyond(n_programs));
	put_rows(v, w, "ports", port_layout, ports, n_ports);
	put_rows(v, w, "programs", program_layout, programs, n_programs);
	put_before(v, w, before, time, span_ns);
	put_seen(v, &w->seen);
	return cw_view_end(v);
}

int cw_record_whatif_row(struct cw_view *v, const struct cw_whatif *w,
			 const struct cw_whatif_row *row)
{
	bool port = row->target.port;

	cw_view_begin(v);
	put_rows(v, w, port ? "ports" : "programs",
		 port ? port_layout : program_layout, &row, 1);
	return cw_view_end(v);
}
