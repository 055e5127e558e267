// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <linux/closewatch.h>

#include "base/address.h"
#include "explain/order.h"

static bool same_address(const struct cw_bytes *a, const struct cw_bytes *b)
{
	struct cw_bytes x = *a, y = *b;

	cw_address_unmap(&x);
	cw_address_unmap(&y);
	return x.len == y.len && !memcmp(x.b, y.b, x.len);
}

static bool is_peer(const struct cw_msg_event *a, const struct cw_msg_event *b)
{
	return a->local_port == b->remote_port &&
	       a->remote_port == b->local_port &&
	       same_address(&a->local_addr, &b->remote_addr) &&
	       same_address(&a->remote_addr, &b->local_addr);
}

/* A listener on any address has no address of the connection. */
static bool is_listener_of_peer(const struct cw_msg_event *listener,
				const struct cw_msg_event *ev)
{
	return listener->children_reset &&
	       listener->local_port == ev->remote_port;
}

static bool tells_of_rst(const struct cw_msg_event *ev)
{
	switch ((enum closewatch_event_type)ev->type) {
	case CLOSEWATCH_EVENT_TYPE_RESET:
		return ev->reset_kind == CLOSEWATCH_RESET_KIND_RECEIVED;
	case CLOSEWATCH_EVENT_TYPE_FATE:
		return ev->fate == CLOSEWATCH_FATE_PEER_RESET;
	case CLOSEWATCH_EVENT_TYPE_CLOSE:
		return ev->since_ended_ns &&
		       ev->ended_by == CLOSEWATCH_FATE_PEER_RESET;
	default:
		return false;
	}
}

static bool tells_of_fin(const struct cw_msg_event *ev)
{
	return ev->state == CLOSEWATCH_STATE_CLOSE_WAIT ||
	       ev->state == CLOSEWATCH_STATE_LAST_ACK;
}

/* Of a connection that is younger than @effect, if ports are used again. */
static bool is_newer(const struct cw_msg_event *ev,
		     const struct cw_msg_event *effect)
{
	return cw_event_has(ev, AGE_NS) && ev->time - ev->age_ns > effect->time;
}

bool cw_order_follows(const struct cw_msg_event *effect,
		      const struct cw_msg_event *cause)
{
	if (cause->type != CLOSEWATCH_EVENT_TYPE_CLOSE &&
	    cause->type != CLOSEWATCH_EVENT_TYPE_SHUTDOWN)
		return false;
	if (effect->type == CLOSEWATCH_EVENT_TYPE_FATE &&
	    effect->fate == CLOSEWATCH_FATE_ABORTED)
		return cause->type == CLOSEWATCH_EVENT_TYPE_CLOSE &&
		       cause->cookie && cause->cookie == effect->cookie;
	switch (cause->path) {
	case CLOSEWATCH_PATH_LISTENER:
		return tells_of_rst(effect) && is_listener_of_peer(cause, effect);
	case CLOSEWATCH_PATH_RST_UNREAD:
	case CLOSEWATCH_PATH_RST_LINGER0:
	case CLOSEWATCH_PATH_RST_LINGER2:
	case CLOSEWATCH_PATH_RST_MEMORY:
		return tells_of_rst(effect) && is_peer(cause, effect) &&
		       !is_newer(cause, effect);
	case CLOSEWATCH_PATH_FIN:
	case CLOSEWATCH_PATH_FIN_BEHIND_DATA:
	case CLOSEWATCH_PATH_DRAIN:
		return cause->state == CLOSEWATCH_STATE_ESTABLISHED &&
		       tells_of_fin(effect) && is_peer(cause, effect) &&
		       !is_newer(cause, effect);
	default:
		return false;
	}
}

/* Only of such can cw_order_follows() be true. */
static bool may_be_effect(const struct cw_msg_event *ev)
{
	return tells_of_fin(ev) || tells_of_rst(ev) ||
	       (ev->type == CLOSEWATCH_EVENT_TYPE_FATE &&
		ev->fate == CLOSEWATCH_FATE_ABORTED);
}

/* A bit that is the same for both ends of a connection. */
static uint64_t pair_bit(const struct cw_msg_event *ev)
{
	uint32_t ports = ev->local_port + ev->remote_port;

	return 1ULL << (ports * 0x9e3779b1U >> 26);
}

/* Its effect, but for a listener's, is of the same pair of ports. */
static bool may_be_cause(const struct cw_order *o, const struct cw_msg_event *ev)
{
	if ((ev->type != CLOSEWATCH_EVENT_TYPE_CLOSE &&
	     ev->type != CLOSEWATCH_EVENT_TYPE_SHUTDOWN) ||
	    ev->path == CLOSEWATCH_PATH_ALREADY_CLOSED)
		return false;
	return o->effects & pair_bit(ev) ||
	       ev->path == CLOSEWATCH_PATH_LISTENER;
}

static unsigned int first_effect(const struct cw_order *o,
				 const struct cw_msg_event *cause)
{
	bool any = cause->path == CLOSEWATCH_PATH_LISTENER;
	unsigned int i;

	for (i = 0; i < o->count; i++) {
		const struct cw_msg_event *ev = &o->list[o->at[i]];

		/* First what tells most apart. */
		if ((ev->local_port == cause->remote_port ||
		     ev->cookie == cause->cookie || any) &&
		    (ev->remote_port == cause->local_port ||
		     ev->cookie == cause->cookie) &&
		    cw_order_follows(ev, cause))
			break;
	}
	return i;
}

bool cw_order_hold(struct cw_order *o)
{
	const struct cw_msg_event *ev = &o->list[o->count];
	unsigned int n = o->count, i = n;

	if (n && may_be_cause(o, ev)) {
		i = first_effect(o, ev);
		memmove(&o->at[i + 1], &o->at[i], n - i);
	}
	if (may_be_effect(ev))
		o->effects |= pair_bit(ev);
	else if (!n)
		return false;
	o->at[i] = n;
	o->count++;
	return true;
}
