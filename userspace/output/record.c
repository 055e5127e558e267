// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <linux/closewatch.h>

#include "base/names_gen.h"
#include "base/util.h"
#include "explain/explain.h"
#include "output/record.h"
#include "output/record_parts.h"

enum {
	COL_TIME, COL_PATH, COL_PAIR, COL_UNREAD, COL_UNSENT, COL_UNACKED,
	COL_PROCESS, COL_NOTE,
};

/* The three figures need 100 columns; the note repeats those that matter. */
#define LAYOUT(pair) {							\
	[COL_TIME] = { "TIME", .width = 12, .dim = true },		\
	[COL_PATH] = { "PATH", .width = 16, .limit = 18, .toned = true },		\
	[COL_PAIR] = { pair, .width = 37, .limit = 97 },		\
	[COL_UNREAD] = { "UNREAD", "-", 7, .terminal = 100,		\
			 .right = true },				\
	[COL_UNSENT] = { "UNSENT", "-", 7, .terminal = 100,		\
			 .right = true },				\
	[COL_UNACKED] = { "UNACKED", "-", 7, .terminal = 100,		\
			  .right = true },				\
	[COL_PROCESS] = { "PROCESS", "-", 14, .limit = 24 },		\
	[COL_NOTE] = { .title = "WHAT HAPPENED" },			\
	{ .title = NULL },						\
}

const struct cw_column cw_record_layout[] = LAYOUT("LOCAL -> REMOTE");
const struct cw_column cw_record_layout_utf8[] = LAYOUT("LOCAL → REMOTE");

static const struct cw_place at_remote = { .column = COL_PAIR, .before = " -> " };
static const struct cw_place at_remote_utf8 = {
	.column = COL_PAIR, .before = " → ",
};

static const struct cw_place at_pid = { COL_PROCESS, "[", "]" };

static void put_what(struct cw_view *v, const struct cw_msg_event *ev)
{
	bool named = ev->type == CLOSEWATCH_EVENT_TYPE_CLOSE ||
		     (ev->type == CLOSEWATCH_EVENT_TYPE_FATE &&
		      cw_event_has(ev, FATE));

	/*
	 * The text column tells a close by its path, an end by its fate, and
	 * the rest by their type.
	 */
	cw_record_word(v, "event", named ? NULL : CW_AT(COL_PATH),
		       &cw_event_type_names, ev->type);
	if (cw_event_has(ev, TIME))
		cw_view_time(v, "time", CW_AT(COL_TIME), ev->time);
	cw_record_fact(v, ev, CPU, NULL);
	cw_record_fact(v, ev, SEQ, NULL);
	cw_record_fact(v, ev, NETNS, NULL);
}

static void put_verdict(struct cw_view *v, const struct cw_msg_event *ev)
{
	bool close = ev->type == CLOSEWATCH_EVENT_TYPE_CLOSE;

	cw_record_fact(v, ev, PATH, close ? CW_AT(COL_PATH) : NULL);
	cw_record_fact(v, ev, STATE, NULL);
	cw_record_fact(v, ev, NEW_STATE, NULL);
	cw_record_fact(v, ev, FIN, NULL);
}

static void put_bytes(struct cw_view *v, const struct cw_msg_event *ev)
{
	cw_record_fact(v, ev, UNREAD, CW_AT(COL_UNREAD));
	cw_record_fact(v, ev, UNSENT, CW_AT(COL_UNSENT));
	cw_record_fact(v, ev, UNACKED, CW_AT(COL_UNACKED));
	cw_record_fact(v, ev, SENT, NULL);
	cw_record_fact(v, ev, RETRANSMITTED, NULL);
	cw_record_fact(v, ev, RECEIVED, NULL);
	cw_record_fact(v, ev, ACKED, NULL);
	cw_record_fact(v, ev, AGE_NS, NULL);
}

static void put_linger(struct cw_view *v, const struct cw_msg_event *ev)
{
	static const uint8_t attrs[] = {
		CLOSEWATCH_A_EVENT_LINGER_ON, CLOSEWATCH_A_EVENT_LINGER_SECONDS,
		CLOSEWATCH_A_EVENT_LINGER_WAITED_NS,
		CLOSEWATCH_A_EVENT_LINGER_OUTCOME,
	};
	bool open = false;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(attrs); i++) {
		const struct cw_field *f = &cw_event_fields[attrs[i]];

		if (!cw_has(ev, attrs[i]))
			continue;
		if (!open)
			cw_view_open(v, "linger");
		open = true;
		cw_record_field(v, f, f->name + strlen("linger_"), ev, NULL);
	}
	if (open)
		cw_view_close(v);
}

static void put_rest(struct cw_view *v, const struct cw_msg_event *ev)
{
	cw_record_fact(v, ev, CHILDREN, NULL);
	cw_record_fact(v, ev, CHILDREN_RESET, NULL);
	cw_record_fact(v, ev, CHILDREN_MIGRATED, NULL);
	cw_record_fact(v, ev, SYN_QUEUE, NULL);
	cw_record_fact(v, ev, ULP, NULL);
	cw_record_fact(v, ev, COUNT, NULL);
	cw_record_fact(v, ev, LOSS, NULL);
}

static void put_end(struct cw_view *v, const struct cw_msg_event *ev)
{
	bool fate = ev->type == CLOSEWATCH_EVENT_TYPE_FATE;

	cw_record_fact(v, ev, FATE, fate ? CW_AT(COL_PATH) : NULL);
	cw_record_fact(v, ev, VERDICT, NULL);
	cw_record_fact(v, ev, LOST_BYTES, NULL);
	cw_record_fact(v, ev, CLOSED_FIRST, NULL);
	cw_record_fact(v, ev, SINCE_CLOSE_NS, NULL);
}

static void put_call(struct cw_view *v, const struct cw_msg_event *ev)
{
	cw_record_fact(v, ev, HOW, NULL);
	cw_record_fact(v, ev, REFERENCES, NULL);
	cw_record_fact(v, ev, SIGPIPE, NULL);
	cw_record_fact(v, ev, RESET_KIND, NULL);
	cw_record_fact(v, ev, KERNEL_REASON, NULL);
}

static void put_note(struct cw_view *v, const struct cw_msg_event *ev)
{
	char note[512];

	cw_explain(ev, note, sizeof(note));
	cw_view_text(v, CW_AT(COL_NOTE), note);
}

static void put_diag(struct cw_view *v, const struct cw_msg_event *ev)
{
	const char *cause = cw_explain_cause(ev);
	char remedy[512];

	if (!cause || !cw_explain_remedy(ev, remedy, sizeof(remedy)))
		return;
	cw_view_open(v, "diag");
	cw_view_word(v, "cause", NULL, cause);
	cw_view_word(v, "remedy", NULL, remedy);
	cw_view_close(v);
	cw_view_below(v, "cause: ", cause);
	cw_view_below(v, "remedy:", remedy);
}

static const struct cw_place at_holder = { COL_NOTE, "", NULL };
static const struct cw_place at_holder_pid = { COL_NOTE, "[", "]" };
static const struct cw_place at_holder_fd = { COL_NOTE, " fd ", NULL };

/* After the note, so that text reads on from it. */
static void put_holders(struct cw_view *v, const struct cw_holders *h)
{
	unsigned int i;

	cw_view_open(v, "holders");
	cw_view_bool(v, "best_effort", NULL, true);
	cw_view_bool(v, "complete", NULL, !h->cut);
	cw_view_table(v, "processes", NULL);
	for (i = 0; i < h->count; i++) {
		cw_view_text(v, CW_AT(COL_NOTE), i ? ", " : "; also held by ");
		cw_view_row(v);
		cw_view_bytes(v, "comm", &at_holder, h->list[i].comm.b,
			      h->list[i].comm.len);
		cw_view_number(v, "pid", &at_holder_pid, h->list[i].pid);
		cw_view_number(v, "fd", &at_holder_fd, h->list[i].fd);
		cw_view_row_end(v);
	}
	cw_view_table_end(v);
	cw_view_close(v);
	if (h->cut)
		cw_view_text(v, CW_AT(COL_NOTE),
			     h->count ? " and perhaps others" :
			     "; the search for holders took too long");
	else if (!h->count)
		cw_view_text(v, CW_AT(COL_NOTE), "; no holder found in /proc");
}

int cw_record_event(struct cw_view *v, const struct cw_msg_event *ev,
		    const struct cw_holders *holders, bool utf8, bool diag)
{
	static const struct cw_policy_places json_alone;

	cw_view_begin(v);
	cw_view_tone(v, cw_explain_tone(ev));
	put_what(v, ev);
	cw_record_connection(v, ev, CW_AT(COL_PAIR),
			     utf8 ? &at_remote_utf8 : &at_remote);
	put_verdict(v, ev);
	put_end(v, ev);
	put_call(v, ev);
	cw_record_policy_facts(v, ev, &json_alone);
	put_bytes(v, ev);
	put_linger(v, ev);
	cw_record_owner(v, ev, CW_AT(COL_PROCESS), &at_pid);
	put_rest(v, ev);
	if (cw_view_is_text(v))
		put_note(v, ev);
	if (holders)
		put_holders(v, holders);
	if (diag)
		put_diag(v, ev);
	return cw_view_end(v);
}
