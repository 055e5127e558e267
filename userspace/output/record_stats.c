// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "base/names_gen.h"
#include "base/text.h"
#include "output/record_parts.h"
#include "output/record_stats.h"

#define BAR 40

enum { COL_WHICH, COL_EVENTS, COL_BYTES };

#define COUNT_LAYOUT(which, events, bytes) {				\
	[COL_WHICH] = { which, .width = 20 },				\
	[COL_EVENTS] = { events, .width = 12, .right = true },		\
	[COL_BYTES] = { bytes, .width = 16, .right = true },		\
	{ .title = "" },						\
	{ .title = NULL },						\
}

static const struct cw_column close_layout[] =
	COUNT_LAYOUT("PATH", "CLOSES", "UNREAD BYTES");
static const struct cw_column drain_close_layout[] =
	COUNT_LAYOUT("DRAIN CLOSED BY", "CLOSES", "UNREAD BYTES");
static const struct cw_column refused_layout[] =
	COUNT_LAYOUT("DRAIN REFUSED", "CLOSES", "RESPONSE BYTES");
static const struct cw_column fate_layout[] =
	COUNT_LAYOUT("FATE", "ENDS", "LOST BYTES");

enum { COL_RESPONSE = COL_BYTES + 1, COL_ACKED };

static const struct cw_column drain_layout[] = {
	[COL_WHICH] = { "DRAIN", .width = 18 },
	[COL_EVENTS] = { "ENDS", .width = 8, .right = true },
	[COL_BYTES] = { "DISCARDED", .width = 10, .right = true },
	[COL_RESPONSE] = { "RESPONSE B", .width = 10, .right = true },
	[COL_ACKED] = { "ACKED B", .width = 10, .right = true },
	{ .title = "" },
	{ .title = NULL },
};

enum { COL_RANGE, COL_COUNT, COL_BAR };

#define BUCKET_LAYOUT(title_) {						\
	[COL_RANGE] = { title_, .width = 20 },				\
	[COL_COUNT] = { "COUNT", .width = 12, .right = true },		\
	[COL_BAR] = { .title = "" },					\
	{ .title = NULL },						\
}

static const struct cw_column linger_layout[] = BUCKET_LAYOUT("LINGER WAIT");
static const struct cw_column time_layout[] = BUCKET_LAYOUT("CLOSE TO FATE");
static const struct cw_column unread_layout[] = BUCKET_LAYOUT("UNREAD BYTES");

static const struct cw_place in_list;

/* A table of nothing is an empty array in JSON and no table in text. */
static const struct cw_column *unless_empty(const struct cw_column *layout,
					    uint64_t events)
{
	return events ? layout : NULL;
}

/* What is counted how; closes and fates have different bytes. */
struct counting {
	const char *key;
	const struct cw_column *layout;
	const struct cw_names *names;
	const char *word;
	const char *bytes;
	bool minisocks;
};

static const struct counting closes = {
	"close", close_layout, &cw_path_names, "path", "unread_bytes", false,
};

static const struct counting drain_closes = {
	"drain_close", drain_close_layout, &cw_path_names, "path",
	"unread_bytes", false,
};

static const struct counting fates = {
	"fate", fate_layout, &cw_fate_names, "fate", "lost_bytes", true,
};

static void put_counts(struct cw_view *v, const struct counting *c,
		       const struct cw_count *counts)
{
	uint64_t all = 0;
	unsigned int i;

	for (i = 0; i < CW_STATS_KINDS; i++)
		all += counts[i].events;
	cw_view_table(v, c->key, unless_empty(c->layout, all));
	for (i = 0; i < CW_STATS_KINDS; i++) {
		if (!counts[i].events)
			continue;
		cw_view_row(v);
		cw_record_word(v, c->word, CW_AT(COL_WHICH), c->names, i);
		cw_view_big(v, "events", CW_AT(COL_EVENTS), counts[i].events);
		cw_view_big(v, c->bytes, CW_AT(COL_BYTES), counts[i].bytes);
		if (c->minisocks)
			cw_view_big(v, "minisocks", NULL, counts[i].minisocks);
		cw_view_row_end(v);
	}
	cw_view_table_end(v);
}

static uint64_t all_drains(const struct cw_drain_count *counts)
{
	uint64_t all = 0;
	unsigned int i;

	for (i = 0; i < CW_STATS_KINDS; i++)
		all += counts[i].events;
	return all;
}

static void put_outcomes(struct cw_view *v, const struct cw_drain_count *counts)
{
	unsigned int i;

	cw_view_table(v, "drain", unless_empty(drain_layout,
					       all_drains(counts)));
	for (i = 0; i < CW_STATS_KINDS; i++) {
		const struct cw_drain_count *n = &counts[i];

		if (!n->events)
			continue;
		cw_view_row(v);
		cw_record_word(v, "outcome", CW_AT(COL_WHICH),
			       &cw_drain_outcome_names, i);
		cw_view_big(v, "events", CW_AT(COL_EVENTS), n->events);
		cw_view_big(v, "discarded", CW_AT(COL_BYTES), n->discarded);
		cw_view_big(v, "response_bytes", CW_AT(COL_RESPONSE),
			    n->response_bytes);
		cw_view_big(v, "response_acked", CW_AT(COL_ACKED),
			    n->response_acked);
		cw_view_row_end(v);
	}
	cw_view_table_end(v);
}

static void put_refusals(struct cw_view *v, const struct cw_drain_count *counts)
{
	unsigned int i;

	cw_view_table(v, "refused", unless_empty(refused_layout,
						 all_drains(counts)));
	for (i = 0; i < CW_STATS_KINDS; i++) {
		if (!counts[i].events)
			continue;
		cw_view_row(v);
		cw_record_word(v, "refusal", CW_AT(COL_WHICH),
			       &cw_refusal_names, i);
		cw_view_big(v, "events", CW_AT(COL_EVENTS), counts[i].events);
		cw_view_big(v, "response_bytes", CW_AT(COL_BYTES),
			    counts[i].response_bytes);
		cw_view_row_end(v);
	}
	cw_view_table_end(v);
}

/* Before any policy there is nothing that a person would want to read. */
static void put_saved(struct cw_view *v, const struct cw_msg_stats *s)
{
	bool any = s->drains || s->nothing_to_drain || all_drains(s->drain) ||
		   all_drains(s->refused);
	const struct cw_place *at = any ? &in_list : NULL;

	cw_view_number(v, "drains", at, s->drains);
	cw_view_big(v, "saved", at, s->saved);
	cw_view_big(v, "saved_bytes", at, s->saved_bytes);
	cw_view_big(v, "nothing_to_drain", at, s->nothing_to_drain);
}

static void say_bound(struct cw_text *t, unsigned int log2, bool time)
{
	static const char *const units[] = { "", "Ki", "Mi", "Gi" };
	unsigned int unit = log2 / 10 < 3 ? log2 / 10 : 3;

	if (time)
		cw_say_duration(t, log2 < 64 ? 1ULL << log2 : UINT64_MAX);
	else
		cw_say(t, "%" PRIu64 " %sB", (uint64_t)1 << (log2 - unit * 10),
		       units[unit]);
}

/* Bucket 0 holds 0 too. */
static void put_range(struct cw_view *v, unsigned int log2, bool time)
{
	char range[48];
	struct cw_text t = { .buf = range, .size = sizeof(range) };

	if (log2) {
		say_bound(&t, log2, time);
		cw_say(&t, " - ");
	} else {
		cw_say(&t, "below ");
	}
	say_bound(&t, log2 + 1, time);
	cw_view_text(v, CW_AT(COL_RANGE), range);
	cw_view_number(v, "log2", NULL, log2);
}

/* At least one mark for what is not nothing. */
static void put_bar(struct cw_view *v, uint64_t n, uint64_t most)
{
	char bar[BAR + 1];
	unsigned int len = (double)n / most * BAR + 0.5;

	if (!len)
		len = 1;
	memset(bar, '#', len);
	bar[len] = '\0';
	cw_view_text(v, CW_AT(COL_BAR), bar);
}

/* From the first to the last that is not empty: text shows the gaps. */
static void put_histogram(struct cw_view *v, const char *key,
			  const struct cw_column *layout, bool time,
			  const uint64_t *n)
{
	unsigned int i, first = CW_STATS_KINDS, last = 0;
	uint64_t most = 0;

	for (i = 0; i < CW_STATS_KINDS; i++) {
		if (!n[i])
			continue;
		if (first > i)
			first = i;
		last = i;
		if (n[i] > most)
			most = n[i];
	}
	cw_view_table(v, key, unless_empty(layout, most));
	for (i = first; i <= last && most; i++) {
		cw_view_row(v);
		put_range(v, i, time);
		cw_view_big(v, "count", CW_AT(COL_COUNT), n[i]);
		if (n[i])
			put_bar(v, n[i], most);
		cw_view_row_end(v);
	}
	cw_view_table_end(v);
}

static void put_span(struct cw_view *v, const struct cw_reading *r)
{
	char seconds[32];

	if (!r->span_ns && !r->recorded) {
		cw_view_list_text(v, "span", "since the module was loaded");
		return;
	}
	snprintf(seconds, sizeof(seconds), "%.1f s", r->span_ns / 1e9);
	cw_view_big(v, "span_ns", NULL, r->span_ns);
	cw_view_list_text(v, "span", seconds);
}

/* In the place of what the module would say. */
static void put_recorded(struct cw_view *v, const struct cw_reading *r)
{
	cw_view_bool(v, "recorded", NULL, true);
	cw_view_bool(v, "partial", NULL, r->partial);
	cw_view_big(v, "lost", r->lost ? &in_list : NULL, r->lost);
	cw_view_list_text(v, "note", r->partial ?
			  "counted from recorded events, without ends that went well (record -a)" :
			  "counted from recorded events");
}

static void put_reading(struct cw_view *v, const struct cw_reading *r)
{
	cw_view_time(v, "time", &in_list, r->time);
	put_span(v, r);
	if (r->recorded) {
		put_recorded(v, r);
		return;
	}
	cw_view_number(v, "listeners", &in_list, r->listeners);
	if (r->missed)
		cw_view_big(v, "missed", &in_list, r->missed);
	if (r->blind) {
		cw_view_big(v, "blind_seconds", &in_list, r->blind);
		cw_view_list_text(v, "note",
				  "the kernel's probes did not fire for so long, and what ended then is not counted");
	}
	if (r->unfollowed)
		cw_view_big(v, "unfollowed", &in_list, r->unfollowed);
}

static void put_netns(struct cw_view *v, const struct cw_reading *r,
		      uint64_t netns)
{
	/* A recording may be of several. */
	if (!netns && r->recorded)
		return;
	if (!r->netns || !*r->netns) {
		cw_view_big(v, "netns", &in_list, netns);
		return;
	}
	cw_view_big(v, "netns", NULL, netns);
	cw_view_word(v, "netns_name", NULL, r->netns);
	cw_view_list_text(v, "netns", r->netns);
}

static void put_still(struct cw_view *v, const struct cw_reading *r)
{
	if (r->policy_armed)
		cw_view_list_text(v, "note",
				  "nobody listens, so only the probe of the policies is armed and the counters, but for those of drains, stand still; closewatch stats --watch moves them");
	else
		cw_view_list_text(v, "note",
				  "nobody listens, so no probe is armed and the counters, but for those of drains, stand still; closewatch stats --watch moves them");
}

int cw_record_stats(struct cw_view *v, const struct cw_reading *r,
		    const struct cw_msg_stats *s)
{
	cw_view_begin(v);
	put_reading(v, r);
	put_netns(v, r, s->netns);
	if (!r->recorded)
		cw_view_bool(v, "moving", NULL, r->listeners);
	if (!r->recorded && !r->listeners)
		put_still(v, r);
	if (s->malformed)
		cw_view_number(v, "malformed", &in_list, s->malformed);
	put_saved(v, s);
	put_counts(v, &closes, s->close);
	put_counts(v, &fates, s->fate);
	put_outcomes(v, s->drain);
	put_refusals(v, s->refused);
	put_counts(v, &drain_closes, s->drain_close);
	cw_view_big(v, "linger_wait_ns", NULL, s->linger_wait_ns);
	put_histogram(v, "linger_wait", linger_layout, true, s->linger_wait);
	put_histogram(v, "fate_time", time_layout, true, s->fate_time);
	put_histogram(v, "unread", unread_layout, false, s->unread);
	return cw_view_end(v);
}

enum { COL_STATE, COL_COUNTER, COL_KERNEL, COL_OURS, COL_SUM };

static const struct cw_column row_layout[] = {
	[COL_STATE] = { "STATE", .width = 7, .toned = true },
	[COL_COUNTER] = { "COUNTER", .width = 26 },
	[COL_KERNEL] = { "KERNEL", .width = 10, .right = true },
	[COL_OURS] = { "OURS", .width = 12, .right = true },
	[COL_SUM] = { .title = "WHAT ADDS UP" },
	{ .title = NULL },
};

static const struct cw_place at_most = { .column = COL_OURS, .before = "-" };
static const struct cw_place at_note = { COL_SUM, " (", ")" };

static void put_row(struct cw_view *v, const struct cw_row *row)
{
	bool exact = row->least == row->most;
	const char *state = "agrees";
	char text[32];

	if (!row->present)
		state = "absent";
	else if (row->difference)
		state = "differs";
	cw_view_tone(v, row->difference ? CW_BAD : CW_GOOD);
	cw_view_word(v, "state", CW_AT(COL_STATE), state);
	cw_view_word(v, "counter", CW_AT(COL_COUNTER), cw_mib_name(row->mib));
	if (row->present)
		cw_view_big(v, "kernel", CW_AT(COL_KERNEL), row->kernel);
	cw_view_big(v, "least", CW_AT(COL_OURS), row->least);
	cw_view_big(v, "most", exact ? NULL : &at_most, row->most);
	snprintf(text, sizeof(text), "%" PRId64, row->difference);
	cw_view_word(v, "difference", NULL, text);
	cw_view_word(v, "sum", CW_AT(COL_SUM), row->sum);
	if (row->difference) {
		snprintf(text, sizeof(text), "; difference %" PRId64,
			 row->difference);
		cw_view_text(v, CW_AT(COL_SUM), text);
	}
	if (row->note)
		cw_view_word(v, "note", &at_note, row->note);
}

int cw_record_rows(struct cw_view *v, const struct cw_reading *r,
		   const struct cw_row rows[CW_ROWS])
{
	bool agrees = true;
	unsigned int i;

	for (i = 0; i < CW_ROWS; i++)
		agrees &= !rows[i].difference;
	cw_view_begin(v);
	put_reading(v, r);
	cw_view_bool(v, "agrees", &in_list, agrees);
	cw_view_bool(v, "steady", NULL, !r->unsteady);
	if (r->unsteady)
		cw_view_list_text(v, "note",
				  "the counters moved while they were read; a difference of a few may come of that");
	cw_view_table(v, "rows", row_layout);
	for (i = 0; i < CW_ROWS; i++) {
		cw_view_row(v);
		put_row(v, &rows[i]);
		cw_view_row_end(v);
	}
	cw_view_table_end(v);
	return cw_view_end(v);
}
