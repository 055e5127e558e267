// SPDX-License-Identifier: GPL-2.0
#include <linux/closewatch.h>

#include "explain/explain.h"
#include "output/record.h"
#include "output/record_parts.h"

/* --- JSON --- */

static void put_members(struct cw_view *v, const struct cw_msg_event *ev,
			const struct cw_members *m)
{
	cw_view_members(v, cw_event_fields, ev, ev->present, m->attr, m->n);
}

static void put_linger(struct cw_view *v, const struct cw_msg_event *ev,
		       const struct cw_columns *c)
{
	if (!(ev->present & c->linger))
		return;
	cw_view_open(v, "linger");
	put_members(v, ev, &c->members[CW_MEMBERS_LINGER]);
	cw_view_close(v);
}

static void put_all(struct cw_view *v, const struct cw_msg_event *ev,
		    const struct cw_columns *c)
{
	const struct cw_members *m = c->members;

	put_members(v, ev, &m[CW_MEMBERS_HEAD]);
	if (c->local)
		cw_record_local(v, ev, NULL);
	if (c->peer)
		cw_record_remote(v, ev, NULL);
	put_members(v, ev, &m[CW_MEMBERS_FACTS]);
	put_linger(v, ev, c);
	put_members(v, ev, &m[CW_MEMBERS_TAIL]);
	if (ev->more)
		cw_view_members(v, cw_more_fields, ev, ev->more,
				m[CW_MEMBERS_MORE].attr, m[CW_MEMBERS_MORE].n);
	cw_columns_put_names(c, v, ev);
}

/* --- text: a few of them, and a sentence --- */

static void put_note(struct cw_view *v, const struct cw_msg_event *ev,
		     const struct cw_columns *c)
{
	bool lost = ev->type == CLOSEWATCH_EVENT_TYPE_LOST;
	char note[512];

	if (!c->note && !lost)
		return;
	cw_explain(ev, note, sizeof(note));
	cw_view_text(v, CW_AT(lost ? CW_COL_LOST_WORDS : CW_COL_NOTE), note);
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

static void put_stack(struct cw_view *v, const struct cw_stack_words *stack)
{
	cw_view_open(v, "stack");
	cw_view_word(v, "kernel", NULL, stack->kernel);
	cw_view_word(v, "program", NULL, stack->program);
	cw_view_close(v);
	cw_view_below(v, "kernel:", stack->kernel);
	cw_view_below(v, "program:", stack->program);
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
			     told ? " and perhaps others" :
			     h->count ? "; perhaps also held by others" :
			     "; the search for holders took too long");
	else if (!h->count)
		cw_view_text(v, CW_AT(CW_COL_NOTE), reset ?
			     "; its program has closed it since, or may not be looked into" :
			     "; no holder found in /proc");
}

int cw_record_event(struct cw_view *v, const struct cw_msg_event *ev,
		    const struct cw_holders *holders,
		    const struct cw_columns *columns, enum cw_diag diag)
{
	cw_view_begin(v);
	if (cw_view_is_text(v)) {
		cw_view_tone(v, cw_explain_tone(ev));
		cw_columns_put(columns, v, ev);
		put_note(v, ev, columns);
	} else {
		put_all(v, ev, columns);
	}
	if (holders)
		put_holders(v, ev, holders);
	if (diag)
		put_diag(v, ev, diag == CW_DIAG);
	if (columns->stack)
		put_stack(v, columns->stack);
	return cw_view_end(v);
}
