// SPDX-License-Identifier: GPL-2.0
#include <linux/closewatch.h>

#include "cmd/session.h"
#include "cmd/whose.h"

/* Unless the filter needs them, searches take a hundredth of the time at most. */
#define REST		99

/* The process whose close of the socket came later in the same message. */
static bool closer(const struct cw_order *o, const struct cw_msg_event *ev,
		   struct cw_holder *h)
{
	const struct cw_msg_event *close = ev;

	while (++close < &o->list[o->count]) {
		if (close->type != CLOSEWATCH_EVENT_TYPE_CLOSE ||
		    close->cookie != ev->cookie || !cw_event_has(close, PID))
			continue;
		h->pid = close->pid;
		h->comm = close->comm;
		return true;
	}
	return false;
}

static const struct cw_holder *search(struct cw_whose *w, uint32_t inode)
{
	struct cw_holders *h = &w->holders;
	uint64_t begin = cw_session_clock(), end;
	unsigned int i;

	cw_holders_find(h, "/proc", inode, w->limit_ms);
	end = cw_session_clock();
	w->rest_until = end + REST * (end - begin);
	for (i = 0; i < h->count; i++)
		if (cw_match_holder(w->match, &h->list[i]))
			return &h->list[i];
	return NULL;
}

static void take(struct cw_msg_event *ev, const struct cw_holder *h)
{
	ev->pid = h->pid;
	ev->comm = h->comm;
	ev->present |= 1ULL << CLOSEWATCH_A_EVENT_PID |
		       1ULL << CLOSEWATCH_A_EVENT_COMM;
}

bool cw_whose_find(struct cw_whose *w, const struct cw_order *o,
		   struct cw_msg_event *ev, const struct cw_holders **found)
{
	bool asked = cw_match_by_inode(w->match, ev);
	const struct cw_holder *h;

	*found = NULL;
	if (!ev->inode || cw_event_has(ev, PID))
		return true;
	if (closer(o, ev, &w->holders.list[0])) {
		take(ev, &w->holders.list[0]);
		return cw_match_holder(w->match, &w->holders.list[0]);
	}
	if (!asked && cw_session_clock() < w->rest_until)
		return true;
	h = search(w, ev->inode);
	if (h)
		take(ev, h);
	*found = &w->holders;
	/* One that was given up may have missed the process that is asked for. */
	return h || !asked || w->holders.cut;
}
