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
}

static bool pass_on(struct cw_incoming *in, struct cw_msg_event *ev)
{
	const struct cw_holders *found;

	if (!cw_match_event(in->match, ev) ||
	    !cw_whose_find(&in->whose, &in->order, ev, &found))
		return true;
	if (ev->type == CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE &&
	    cw_diag_holders(ev, &in->whose.holders))
		found = &in->whose.holders;
	return in->fn(in->arg, ev, found);
}

static void flush(struct cw_incoming *in)
{
	struct cw_order *o = &in->order;
	unsigned int i = 0;

	while (i < o->count && pass_on(in, &o->list[o->at[i]]))
		i++;
	o->count = 0;
}

static bool take(void *arg, const struct cw_msg_event *ev)
{
	struct cw_incoming *in = arg;

	cw_order_add(&in->order, ev);
	if (in->order.count == CW_ORDER_MAX)
		flush(in);
	return true;
}

unsigned int cw_incoming_take(struct cw_incoming *in, const void *attrs,
			      size_t len)
{
	unsigned int malformed = cw_decode_events(attrs, len, take, in);

	flush(in);
	return malformed;
}
