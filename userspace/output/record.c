// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <linux/closewatch.h>

#include "base/names_gen.h"
#include "base/util.h"
#include "explain/explain.h"
#include "output/record.h"
#include "output/record_parts.h"

#define LAYOUT(pair) {							\
	[CW_COL_TIME] = { "TIME", .width = 12, .dim = true },		\
	[CW_COL_PATH] = { "PATH", .width = 16, .limit = 18, .toned = true },		\
	[CW_COL_PAIR] = { pair, .width = 37, .limit = 97 },		\
	CW_RECORD_FIGURES,						\
	[CW_COL_PROCESS] = { "PROCESS", "-", 14, .limit = 24 },		\
	[CW_COL_NOTE] = { .title = "WHAT HAPPENED" },			\
	{ .title = NULL },						\
}

const struct cw_column cw_record_layout[] = LAYOUT("LOCAL -> REMOTE");
const struct cw_column cw_record_layout_utf8[] = LAYOUT("LOCAL → REMOTE");

static const struct cw_place at_remote = { .column = CW_COL_PAIR, .before = " -> " };
static const struct cw_place at_remote_utf8 = {
	.column = CW_COL_PAIR, .before = " → ",
};

static const struct cw_place at_pid = { CW_COL_PROCESS, "[", "]" };

/* --- JSON: every fact, in the order of the man page --- */

#define A(attr) CLOSEWATCH_A_EVENT_##attr

static const uint8_t before_ends[] = {
	A(TYPE), A(TIME), A(CPU), A(SEQ), A(NETNS), A(FAMILY),
};

static const uint8_t before_linger[] = {
	A(COOKIE), A(PATH), A(STATE), A(NEW_STATE), A(FIN), A(FATE), A(VERDICT),
	A(LOST_BYTES), A(CLOSED_FIRST), A(SINCE_CLOSE_NS), A(HOW),
	A(REFERENCES), A(SIGPIPE), A(RESET_KIND), A(KERNEL_REASON),
	A(POLICY_ID), A(ACTION), A(DRY_RUN), A(DRAIN_OUTCOME), A(REFUSAL),
	A(DISCARDED), A(RESPONSE_ACKED), A(RESPONSE_BYTES), A(DRAIN_NS),
	A(SAVED), A(UNREAD), A(UNSENT), A(UNACKED), A(SENT), A(RETRANSMITTED),
	A(RECEIVED), A(ACKED), A(AGE_NS), A(SINCE_SENT_NS),
};

static const uint8_t linger[] = {
	A(LINGER_ON), A(LINGER_SECONDS), A(LINGER_WAITED_NS), A(LINGER_OUTCOME),
};

static const uint8_t after_linger[] = {
	A(WHY), A(SIGNAL), A(COMM), A(PID), A(TID), A(UID), A(CGROUP),
	A(CHILDREN), A(CHILDREN_RESET), A(CHILDREN_MIGRATED), A(SYN_QUEUE), A(ULP), A(COUNT),
	A(LOSS),
};

#undef A

static const uint8_t more[] = {
	CW_MORE_CONNECT_ERROR, CW_MORE_CONNECT_RST, CW_MORE_ENDED_BY,
	CW_MORE_SINCE_ENDED_NS, CW_MORE_SINCE_RECEIVED_NS,
	CW_MORE_SINCE_HEARD_NS, CW_MORE_INODE,
};

#define put_facts(v, ev, attrs)						\
	cw_view_members(v, cw_event_fields, ev, (ev)->present, attrs,	\
			ARRAY_SIZE(attrs))

static void put_linger(struct cw_view *v, const struct cw_msg_event *ev)
{
	if (!cw_event_has(ev, LINGER_ON) && !cw_event_has(ev, LINGER_SECONDS) &&
	    !cw_event_has(ev, LINGER_WAITED_NS) &&
	    !cw_event_has(ev, LINGER_OUTCOME))
		return;
	cw_view_open(v, "linger");
	put_facts(v, ev, linger);
	cw_view_close(v);
}

static void put_all(struct cw_view *v, const struct cw_msg_event *ev)
{
	put_facts(v, ev, before_ends);
	cw_record_ends(v, ev, NULL, NULL);
	put_facts(v, ev, before_linger);
	put_linger(v, ev);
	put_facts(v, ev, after_linger);
	if (ev->more)
		cw_view_members(v, cw_more_fields, ev, ev->more, more,
				ARRAY_SIZE(more));
}

/* --- text: a few of them, and a sentence --- */

/* A close by its path, an end by its fate, and the rest by their type. */
static void put_what(struct cw_view *v, const struct cw_msg_event *ev)
{
	if (ev->type == CLOSEWATCH_EVENT_TYPE_CLOSE)
		cw_record_fact(v, ev, PATH, CW_AT(CW_COL_PATH));
	else if (ev->type == CLOSEWATCH_EVENT_TYPE_FATE &&
		 cw_event_has(ev, FATE))
		cw_record_fact(v, ev, FATE, CW_AT(CW_COL_PATH));
	else
		cw_record_fact(v, ev, TYPE, CW_AT(CW_COL_PATH));
}

static void put_cells(struct cw_view *v, const struct cw_msg_event *ev,
		      bool utf8)
{
	cw_view_tone(v, cw_explain_tone(ev));
	cw_record_fact(v, ev, TIME, CW_AT(CW_COL_TIME));
	put_what(v, ev);
	cw_record_ends(v, ev, CW_AT(CW_COL_PAIR),
		       utf8 ? &at_remote_utf8 : &at_remote);
	cw_record_fact(v, ev, UNREAD, CW_AT(CW_COL_UNREAD));
	cw_record_fact(v, ev, UNSENT, CW_AT(CW_COL_UNSENT));
	cw_record_fact(v, ev, UNACKED, CW_AT(CW_COL_UNACKED));
	/* Before the pid, so that it reads name[pid]. */
	cw_record_fact(v, ev, COMM, CW_AT(CW_COL_PROCESS));
	cw_record_fact(v, ev, PID, &at_pid);
}

static void put_note(struct cw_view *v, const struct cw_msg_event *ev)
{
	char note[512];

	cw_explain(ev, note, sizeof(note));
	cw_view_text(v, CW_AT(CW_COL_NOTE), note);
}

static void put_diag(struct cw_view *v, const struct cw_msg_event *ev,
		     bool offer)
{
	char cause[512], remedy[512];

	if (!cw_explain_cause(ev, cause, sizeof(cause)) ||
	    !cw_explain_remedy(ev, offer, remedy, sizeof(remedy)))
		return;
	cw_view_open(v, "diag");
	cw_view_word(v, "cause", NULL, cause);
	cw_view_word(v, "remedy", NULL, remedy);
	cw_view_close(v);
	cw_view_below(v, "cause: ", cause);
	cw_view_below(v, "remedy:", remedy);
}

static const struct cw_place at_holder = { CW_COL_NOTE, "", NULL };
static const struct cw_place at_holder_pid = { CW_COL_NOTE, "[", "]" };
static const struct cw_place at_holder_fd = { CW_COL_NOTE, " fd ", NULL };

/* After the note, so that text reads on from it. */
static void put_holders(struct cw_view *v, const struct cw_msg_event *ev,
			const struct cw_holders *h)
{
	bool reset = ev->type == CLOSEWATCH_EVENT_TYPE_RESET, told = false;
	unsigned int i;

	cw_view_open(v, "holders");
	cw_view_bool(v, "best_effort", NULL, true);
	cw_view_bool(v, "complete", NULL, !h->cut);
	cw_view_table(v, "processes", NULL);
	for (i = 0; i < h->count; i++) {
		/* Who has its own column. */
		bool known = reset && h->list[i].pid == ev->pid;

		if (!known)
			cw_view_text(v, CW_AT(CW_COL_NOTE), told ? ", " :
							    "; also held by ");
		told |= !known;
		cw_view_row(v);
		cw_view_bytes(v, "comm", known ? NULL : &at_holder,
			      &h->list[i].comm);
		cw_view_number(v, "pid", known ? NULL : &at_holder_pid,
			       h->list[i].pid);
		cw_view_number(v, "fd", known ? NULL : &at_holder_fd,
			       h->list[i].fd);
		cw_view_row_end(v);
	}
	cw_view_table_end(v);
	cw_view_close(v);
	if (h->cut)
		cw_view_text(v, CW_AT(CW_COL_NOTE),
			     h->count ? " and perhaps others" :
			     "; the search for holders took too long");
	else if (!h->count)
		cw_view_text(v, CW_AT(CW_COL_NOTE), reset ?
			     "; its program has closed it since, or may not be looked into" :
			     "; no holder found in /proc");
}

int cw_record_event(struct cw_view *v, const struct cw_msg_event *ev,
		    const struct cw_holders *holders, bool utf8,
		    enum cw_diag diag)
{
	cw_view_begin(v);
	if (cw_view_is_text(v)) {
		put_cells(v, ev, utf8);
		put_note(v, ev);
	} else {
		put_all(v, ev);
	}
	if (holders)
		put_holders(v, ev, holders);
	if (diag)
		put_diag(v, ev, diag == CW_DIAG);
	return cw_view_end(v);
}
