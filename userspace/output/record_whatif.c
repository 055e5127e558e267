// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "base/util.h"
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
	[COL_CLOSES] = { "CLOSES", .width = 8, .right = true },		\
	[COL_RSTS] = { rsts, .width = 8, .right = true },		\
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

static void put_row(struct cw_view *v, const struct cw_whatif_row *row,
		    bool even_linger0)
{
	const char *comm = row->target.comm;
	char command[128];
	struct cw_text t = { .buf = command, .size = sizeof(command) };

	cw_view_row(v);
	if (row->target.port) {
		cw_view_number(v, "port", CW_AT(COL_WHICH), row->target.port);
		cw_view_word(v, "seen_as", CW_AT(COL_SEEN),
			     known_words[row->known]);
	} else {
		cw_view_word(v, "comm", CW_AT(COL_WHICH), comm);
		cw_view_big(v, "elsewhere", NULL, row->elsewhere);
	}
	cw_view_big(v, "closes", CW_AT(COL_CLOSES), row->closes);
	cw_view_big(v, "drained", NULL, row->drained);
	cw_view_big(v, "rsts", CW_AT(COL_RSTS), row->rsts);
	cw_view_big(v, "responses", CW_AT(COL_RESPONSES), row->responses);
	cw_view_big(v, "bytes_at_risk", CW_AT(COL_AT_RISK), row->at_risk);
	cw_view_big(v, "never_sent", NULL, row->never_sent);
	cw_whatif_command(&t, &row->target, even_linger0);
	cw_view_word(v, "command", CW_AT(COL_COMMAND), command);
	cw_view_row_end(v);
}

static void put_rows(struct cw_view *v, const struct cw_whatif *w,
		     const char *key, const struct cw_column *layout,
		     const struct cw_whatif_row **rows, unsigned int n)
{
	unsigned int i;

	cw_view_table(v, key, n ? layout : NULL);
	for (i = 0; i < n && i < ROWS_MAX; i++)
		put_row(v, rows[i], w->even_linger0);
	cw_view_table_end(v);
}

static void say_helped(struct cw_text *t, const struct cw_whatif_row *all)
{
	cw_say(t, "a drain would have avoided %" PRIu64 " RST%s, ", all->rsts,
	       all->rsts == 1 ? "" : "s");
	if (all->responses)
		cw_say(t, "%" PRIu64 " of them with %" PRIu64
		       " B of ours not acknowledged", all->responses,
		       all->at_risk);
	else
		cw_say(t, "none of them with data of ours not acknowledged");
}

static void say_verdict(struct cw_text *t, const struct cw_whatif_row *all)
{
	if (!all->closes && !all->rsts)
		cw_say(t, "nothing was closed meanwhile, so there is nothing to say");
	else if (!all->rsts)
		cw_say(t, "no RST was seen that a drain would have avoided: nothing to type");
	else
		say_helped(t, all);
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

static unsigned int beyond(unsigned int n)
{
	return n > ROWS_MAX ? n - ROWS_MAX : 0;
}

int cw_record_whatif(struct cw_view *v, const struct cw_whatif *w,
		     uint64_t time, uint64_t span_ns)
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
	return cw_view_end(v);
}
