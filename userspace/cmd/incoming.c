// SPDX-License-Identifier: GPL-2.0
#include <linux/closewatch.h>

#include "cmd/incoming.h"
#include "netlink/diag.h"

void cw_incoming_init(struct cw_incoming *in, struct cw_match *match,
		      cw_incoming_fn *fn, void *arg)
{
	match->filter.by_inode = match->filter.pid || match->comm.n;
	in->match = match;
	in->fn = fn;
	in->arg = arg;
	in->whose.match = match;
	in->whose.limit_ms = CW_WHOSE_MS;
}

static bool pass_on(struct cw_incoming *in, struct cw_msg_event *ev)
{
	const struct cw_holders *found = NULL;

	if (ev->inode && !cw_whose_find(&in->whose, &in->order, ev, &found))
		return true;
	if (ev->type == CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE &&
	    cw_diag_holders(ev, &in->whose.holders))
		found = &in->whose.holders;
	return in->fn(in->arg, ev, found);
}

static bool flush(struct cw_incoming *in)
{
	struct cw_order *o = &in->order;
	unsigned int i = 0;

	while (i < o->count && pass_on(in, &o->list[o->at[i]]))
		i++;
	return i == o->count;
}

/* False: no more of this message. */
static bool take(struct cw_incoming *in, struct cw_msg_event *ev)
{
	bool more = true;

	if (!cw_match_event(in->match, ev))
		return true;
	if (!cw_order_hold(&in->order))
		return pass_on(in, ev);
	if (in->order.count == CW_ORDER_MAX) {
		more = flush(in);
		cw_order_clear(&in->order);
	}
	return more;
}

unsigned int cw_incoming_take(struct cw_incoming *in, const void *attrs,
			      size_t len)
{
	struct cw_events e = cw_events_walk(attrs, len);
	struct cw_msg_event *ev;

	cw_order_clear(&in->order);
	do {
		ev = cw_order_next(&in->order);
	} while (cw_events_next(&e, ev) && take(in, ev));
	flush(in);
	return e.malformed;
}
