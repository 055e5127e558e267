// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include <linux/closewatch.h>

#include "base/names_gen.h"
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

static const struct cw_place at_time = { .column = COL_TIME };
static const struct cw_place at_path = { .column = COL_PATH };
static const struct cw_place at_local = { .column = COL_PAIR };
static const struct cw_place at_remote = { .column = COL_PAIR, .before = " -> " };
static const struct cw_place at_remote_utf8 = {
	.column = COL_PAIR, .before = " → ",
};

static const struct cw_place at_unread = { .column = COL_UNREAD };
static const struct cw_place at_unsent = { .column = COL_UNSENT };
static const struct cw_place at_unacked = { .column = COL_UNACKED };
static const struct cw_place at_comm = { .column = COL_PROCESS };
static const struct cw_place at_pid = { COL_PROCESS, "[", "]" };
static const struct cw_place at_note = { .column = COL_NOTE };

#define has(ev, attr) cw_has(ev, CLOSEWATCH_A_EVENT_##attr)

static void put_what(struct cw_view *v, const struct cw_msg_event *ev)
{
	bool named = ev->type == CLOSEWATCH_EVENT_TYPE_CLOSE ||
		     (ev->type == CLOSEWATCH_EVENT_TYPE_FATE && has(ev, FATE));

	/*
	 * The text column tells a close by its path, an end by its fate, and
	 * the rest by their type.
	 */
	cw_record_word(v, "event", named ? NULL : &at_path, &cw_event_type_names,
		       ev->type);
	if (has(ev, TIME))
		cw_view_time(v, "time", &at_time, ev->time);
	if (has(ev, CPU))
		cw_view_number(v, "cpu", NULL, ev->cpu);
	if (has(ev, SEQ))
		cw_view_big(v, "seq", NULL, ev->seq);
	if (has(ev, NETNS))
		cw_view_big(v, "netns", NULL, ev->netns);
}

static void put_verdict(struct cw_view *v, const struct cw_msg_event *ev)
{
	bool close = ev->type == CLOSEWATCH_EVENT_TYPE_CLOSE;

	if (has(ev, PATH))
		cw_record_word(v, "path", close ? &at_path : NULL, &cw_path_names,
			       ev->path);
	if (has(ev, STATE))
		cw_record_word(v, "state", NULL, &cw_state_names, ev->state);
	if (has(ev, NEW_STATE))
		cw_record_word(v, "new_state", NULL, &cw_state_names,
			       ev->new_state);
	if (has(ev, FIN))
		cw_record_word(v, "fin", NULL, &cw_fin_form_names, ev->fin);
}

static void put_bytes(struct cw_view *v, const struct cw_msg_event *ev)
{
	if (has(ev, UNREAD))
		cw_view_number(v, "unread", &at_unread, ev->unread);
	if (has(ev, UNSENT))
		cw_view_number(v, "unsent", &at_unsent, ev->unsent);
	if (has(ev, UNACKED))
		cw_view_number(v, "unacked", &at_unacked, ev->unacked);
	if (has(ev, SENT))
		cw_view_big(v, "sent", NULL, ev->sent);
	if (has(ev, RETRANSMITTED))
		cw_view_big(v, "retransmitted", NULL, ev->retransmitted);
	if (has(ev, RECEIVED))
		cw_view_big(v, "received", NULL, ev->received);
	if (has(ev, ACKED))
		cw_view_big(v, "acked", NULL, ev->acked);
	if (has(ev, AGE_NS))
		cw_view_big(v, "age_ns", NULL, ev->age_ns);
}

static void put_linger(struct cw_view *v, const struct cw_msg_event *ev)
{
	const uint64_t any = 1ULL << CLOSEWATCH_A_EVENT_LINGER_ON |
			     1ULL << CLOSEWATCH_A_EVENT_LINGER_SECONDS |
			     1ULL << CLOSEWATCH_A_EVENT_LINGER_WAITED_NS |
			     1ULL << CLOSEWATCH_A_EVENT_LINGER_OUTCOME;

	if (!(ev->present & any))
		return;
	cw_view_open(v, "linger");
	if (has(ev, LINGER_ON))
		cw_view_bool(v, "on", NULL, ev->linger_on);
	if (has(ev, LINGER_SECONDS))
		cw_view_number(v, "seconds", NULL, ev->linger_seconds);
	if (has(ev, LINGER_WAITED_NS))
		cw_view_big(v, "waited_ns", NULL, ev->linger_waited_ns);
	if (has(ev, LINGER_OUTCOME))
		cw_record_word(v, "outcome", NULL, &cw_linger_outcome_names,
			       ev->linger_outcome);
	cw_view_close(v);
}

static void put_rest(struct cw_view *v, const struct cw_msg_event *ev)
{
	if (has(ev, CHILDREN))
		cw_view_number(v, "children", NULL, ev->children);
	if (has(ev, CHILDREN_RESET))
		cw_view_number(v, "children_reset", NULL, ev->children_reset);
	if (has(ev, CHILDREN_MIGRATED))
		cw_view_number(v, "children_migrated", NULL,
			       ev->children_migrated);
	if (has(ev, SYN_QUEUE))
		cw_view_number(v, "syn_queue", NULL, ev->syn_queue);
	if (has(ev, ULP))
		cw_view_bytes(v, "ulp", NULL, ev->ulp.b, ev->ulp.len);
	if (has(ev, COUNT))
		cw_view_big(v, "count", NULL, ev->count);
	if (has(ev, LOSS))
		cw_record_word(v, "loss", NULL, &cw_loss_names, ev->loss);
}

static void put_end(struct cw_view *v, const struct cw_msg_event *ev)
{
	bool fate = ev->type == CLOSEWATCH_EVENT_TYPE_FATE;

	if (has(ev, FATE))
		cw_record_word(v, "fate", fate ? &at_path : NULL, &cw_fate_names,
			       ev->fate);
	if (has(ev, VERDICT))
		cw_record_word(v, "verdict", NULL, &cw_verdict_names, ev->verdict);
	if (has(ev, LOST_BYTES))
		cw_view_big(v, "lost_bytes", NULL, ev->lost_bytes);
	if (has(ev, CLOSED_FIRST))
		cw_record_word(v, "closed_first", NULL, &cw_side_names,
			       ev->closed_first);
	if (has(ev, SINCE_CLOSE_NS))
		cw_view_big(v, "since_close_ns", NULL, ev->since_close_ns);
}

static void put_call(struct cw_view *v, const struct cw_msg_event *ev)
{
	if (has(ev, HOW))
		cw_record_word(v, "how", NULL, &cw_how_names, ev->how);
	if (has(ev, REFERENCES))
		cw_view_number(v, "references", NULL, ev->references);
	if (has(ev, SIGPIPE))
		cw_view_bool(v, "sigpipe", NULL, ev->sigpipe);
	if (has(ev, RESET_KIND))
		cw_record_word(v, "reset_kind", NULL, &cw_reset_kind_names,
			       ev->reset_kind);
	if (has(ev, KERNEL_REASON))
		cw_view_bytes(v, "kernel_reason", NULL, ev->kernel_reason.b,
			      ev->kernel_reason.len);
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
		cw_view_text(v, &at_note, i ? ", " : "; also held by ");
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
		cw_view_text(v, &at_note, h->count ? " and perhaps others" :
			     "; the search for holders took too long");
	else if (!h->count)
		cw_view_text(v, &at_note, "; no holder found in /proc");
}

int cw_record_event(struct cw_view *v, const struct cw_msg_event *ev,
		    const struct cw_holders *holders, bool utf8, bool diag)
{
	static const struct cw_policy_places json_alone;
	char note[512];

	cw_view_begin(v);
	cw_view_tone(v, cw_explain_tone(ev));
	put_what(v, ev);
	cw_record_connection(v, ev, &at_local,
			     utf8 ? &at_remote_utf8 : &at_remote);
	put_verdict(v, ev);
	put_end(v, ev);
	put_call(v, ev);
	cw_record_policy_facts(v, ev, &json_alone);
	put_bytes(v, ev);
	put_linger(v, ev);
	cw_record_owner(v, ev, &at_comm, &at_pid);
	put_rest(v, ev);
	cw_explain(ev, note, sizeof(note));
	cw_view_text(v, &at_note, note);
	if (holders)
		put_holders(v, holders);
	if (diag)
		put_diag(v, ev);
	return cw_view_end(v);
}
