// SPDX-License-Identifier: GPL-2.0
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include <linux/closewatch.h>

#include "base/address.h"
#include "explain/groups.h"
#include "explain/halves.h"

#define BIT_OF(attr)	(1ULL << (CLOSEWATCH_A_EVENT_##attr & 63))

/* --- which half --- */

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_end(const struct cw_bytes *a, uint16_t a_port,
		       const struct cw_bytes *b, uint16_t b_port)
{
	if (a->len != b->len)
		return a->len - b->len;
	return memcmp(a->b, b->b, a->len) ?: a_port - b_port;
}

int cw_half_side(const struct cw_half *h)
{
	const struct cw_msg_event *ev = &h->ev;

	return compare_end(&ev->local_addr, ev->local_port, &ev->remote_addr,
			   ev->remote_port);
}

/* The two ends of @h, the lower one first. */
static void get_ends(const struct cw_half *h, const struct cw_bytes *addr[2],
		     uint16_t port[2])
{
	const struct cw_msg_event *ev = &h->ev;
	bool local = cw_half_side(h) > 0;

	addr[local] = &ev->local_addr;
	port[local] = ev->local_port;
	addr[!local] = &ev->remote_addr;
	port[!local] = ev->remote_port;
}

int cw_half_compare_ends(const struct cw_half *a, const struct cw_half *b)
{
	const struct cw_bytes *x[2], *y[2];
	uint16_t xp[2], yp[2];

	get_ends(a, x, xp);
	get_ends(b, y, yp);
	return compare_end(x[0], xp[0], y[0], yp[0]) ?:
	       compare_end(x[1], xp[1], y[1], yp[1]);
}

static int compare_halves(const void *a, const void *b)
{
	const struct cw_half *x = a, *y = b;

	return cw_half_compare_ends(x, y) ?:
	       compare(cw_half_side(x) > 0, cw_half_side(y) > 0) ?:
	       compare(x->of.boot, y->of.boot) ?:
	       compare(x->ev.netns, y->ev.netns) ?:
	       compare(x->ev.cookie, y->ev.cookie);
}

static struct cw_half *half_of(struct cw_halves *h, const struct cw_msg_event *ev,
			       const struct cw_half_of *of)
{
	struct cw_half key = {
		.ev = {
			.present = ev->present & (BIT_OF(NETNS) | BIT_OF(FAMILY) |
						  BIT_OF(LOCAL_ADDR) | BIT_OF(LOCAL_PORT) |
						  BIT_OF(REMOTE_ADDR) | BIT_OF(REMOTE_PORT) |
						  BIT_OF(COOKIE)),
			.netns = ev->netns, .cookie = ev->cookie,
			.family = ev->family, .local_addr = ev->local_addr,
			.remote_addr = ev->remote_addr,
			.local_port = ev->local_port, .remote_port = ev->remote_port,
		},
		.of = *of, .first = ev->time,
	}, **found, *made;

	cw_address_unmap(&key.ev.local_addr);
	cw_address_unmap(&key.ev.remote_addr);
	/* Each is a host of its own then; the number of a boot_id is odd. */
	if (!key.of.boot)
		key.of.boot = 2 * (of->recording + 1);
	found = tfind(&key, &h->tree, compare_halves);
	if (found)
		return *found;
	made = malloc(sizeof(*made));
	if (!made)
		return NULL;
	*made = key;
	if (!tsearch(made, &h->tree, compare_halves)) {
		free(made);
		return NULL;
	}
	h->n++;
	return made;
}

/* --- what its events say --- */

#define TAKE(h, from, attr, member) do {				\
		if (cw_event_has(from, attr)) {				\
			(h)->ev.member = (from)->member;		\
			(h)->ev.present |= BIT_OF(attr);		\
		}							\
	} while (0)

/* They only grow, but events of several CPUs can be out of order. */
static void take_figures(struct cw_half *h, const struct cw_msg_event *ev)
{
	uint64_t written = cw_less(ev->sent, ev->retransmitted) + ev->unsent;

	if (!cw_event_has(ev, SENT) || ev->sent < h->ev.sent ||
	    ev->received < h->ev.received)
		return;
	TAKE(h, ev, SENT, sent);
	TAKE(h, ev, RETRANSMITTED, retransmitted);
	TAKE(h, ev, RECEIVED, received);
	TAKE(h, ev, ACKED, acked);
	if (written > h->written)
		h->written = written;
}

/* What a TCP in @state has sent, or queued behind data. */
static bool fin_by_state(uint32_t state)
{
	return state == CLOSEWATCH_STATE_FIN_WAIT1 ||
	       state == CLOSEWATCH_STATE_FIN_WAIT2 ||
	       state == CLOSEWATCH_STATE_CLOSING ||
	       state == CLOSEWATCH_STATE_LAST_ACK;
}

static bool sends_fin(const struct cw_msg_event *ev)
{
	switch (ev->path) {
	case CLOSEWATCH_PATH_FIN:
	case CLOSEWATCH_PATH_FIN_BEHIND_DATA:
	case CLOSEWATCH_PATH_FIN_ON_SENT_DATA:
	case CLOSEWATCH_PATH_ALREADY_FIN:
	case CLOSEWATCH_PATH_DRAIN:
		return true;
	default:
		return (ev->fin != CLOSEWATCH_FIN_FORM_NONE &&
			ev->fin != CLOSEWATCH_FIN_FORM_LOST) ||
		       fin_by_state(ev->state);
	}
}

/* Of the two, by what a TCP in @state that sends FIN or RST, or has, knows. */
static uint32_t first_by_state(uint32_t state)
{
	return state == CLOSEWATCH_STATE_CLOSE_WAIT ||
	       state == CLOSEWATCH_STATE_LAST_ACK ? CLOSEWATCH_SIDE_PEER :
						    CLOSEWATCH_SIDE_LOCAL;
}

/* Unless a fate has said so, or an earlier event has. */
static void set_first(struct cw_half *h, uint32_t side)
{
	if (h->ev.closed_first != CLOSEWATCH_SIDE_UNKNOWN)
		return;
	h->ev.closed_first = side;
	h->ev.present |= BIT_OF(CLOSED_FIRST);
}

/* Of a close or a shutdown. */
static void take_act(struct cw_half *h, const struct cw_msg_event *ev)
{
	bool fin = sends_fin(ev), rst = cw_path_resets(ev->path);

	h->fin |= fin;
	h->rst |= rst;
	/* A program that has the socket open sends FIN by nothing else. */
	h->shutdown |= fin_by_state(ev->state);
	if (fin || rst)
		set_first(h, first_by_state(ev->state));
}

static void take_fate(struct cw_half *h, uint32_t fate)
{
	h->ev.fate = fate;
	h->ev.present |= BIT_OF(FATE);
	h->received_all = true;
	h->sent_all = true;
	switch (fate) {
	case CLOSEWATCH_FATE_TIME_WAIT:
	case CLOSEWATCH_FATE_TIME_WAIT_OVERFLOW:
	case CLOSEWATCH_FATE_FIN_WAIT2_TIMEOUT:
	case CLOSEWATCH_FATE_ACKED:
		h->fin = true;
		break;
	case CLOSEWATCH_FATE_RST_LATE_DATA:
	case CLOSEWATCH_FATE_RST_LINGER2:
	case CLOSEWATCH_FATE_KEEPALIVE_TIMEOUT:
		h->rst = true;
		break;
	case CLOSEWATCH_FATE_PEER_RESET:
		h->got_rst = true;
		break;
	}
}

static void take_close(struct cw_half *h, const struct cw_msg_event *ev)
{
	take_act(h, ev);
	TAKE(h, ev, PATH, path);
	TAKE(h, ev, UNREAD, unread);
	TAKE(h, ev, WHY, why);
	TAKE(h, ev, SIGNAL, signal);
	TAKE(h, ev, COMM, comm);
	TAKE(h, ev, PID, pid);
	TAKE(h, ev, UID, uid);
	if (cw_event_has(ev, RECEIVED)) {
		h->closed = true;
		h->read = cw_less(ev->received, ev->unread);
	}
	if (ev->path != CLOSEWATCH_PATH_DRAIN)
		h->received_all = true;
	if (cw_path_resets(ev->path) || (cw_event_has(ev, UNSENT) && !ev->unsent))
		h->sent_all = true;
	/* What a close that aborts has not sent, it never does. */
	if (cw_path_resets(ev->path) && !cw_event_has(&h->ev, LOST_BYTES) &&
	    cw_event_has(ev, UNSENT)) {
		h->ev.lost_bytes = ev->unsent;
		h->ev.present |= BIT_OF(LOST_BYTES);
	}
	/* That fate was left out of the recording, as it is a quiet one. */
	if (cw_event_more(ev, ENDED_BY) && !cw_event_has(&h->ev, FATE))
		take_fate(h, ev->ended_by);
}

/* Does tcp_disconnect() or tcp_abort() in @state send RST? */
static bool aborts_with_rst(uint32_t state)
{
	return state == CLOSEWATCH_STATE_ESTABLISHED ||
	       state == CLOSEWATCH_STATE_CLOSE_WAIT ||
	       state == CLOSEWATCH_STATE_FIN_WAIT1 ||
	       state == CLOSEWATCH_STATE_FIN_WAIT2 ||
	       state == CLOSEWATCH_STATE_SYN_RECV;
}

static void take_end(struct cw_half *h, const struct cw_msg_event *ev)
{
	take_fate(h, ev->fate);
	/* Of a close or a shutdown that is not recorded */
	if (!cw_event_has(&h->ev, PATH))
		h->fin |= fin_by_state(ev->state);
	TAKE(h, ev, VERDICT, verdict);
	TAKE(h, ev, LOST_BYTES, lost_bytes);
	TAKE(h, ev, UNACKED, unacked);
	/* If that is unknown, neither was, unless a shutdown is known by itself. */
	if (ev->closed_first != CLOSEWATCH_SIDE_UNKNOWN ||
	    !cw_event_has(&h->ev, CLOSED_FIRST))
		TAKE(h, ev, CLOSED_FIRST, closed_first);
	if (ev->fate == CLOSEWATCH_FATE_KILLED ||
	    ev->fate == CLOSEWATCH_FATE_DISCONNECTED)
		h->rst |= aborts_with_rst(ev->state);
	/* A listener's child, which no program has had. */
	if (ev->fate == CLOSEWATCH_FATE_ABORTED && !cw_event_has(&h->ev, PATH) &&
	    !cw_event_has(ev, PID)) {
		h->rst |= aborts_with_rst(ev->state);
		h->closed = true;
		TAKE(h, ev, UNREAD, unread);
	}
}

static void take_reset(struct cw_half *h, const struct cw_msg_event *ev)
{
	bool local;

	switch (ev->reset_kind) {
	case CLOSEWATCH_RESET_KIND_RECEIVED:
		h->got_rst = true;
		/* The shutdown before it is a quiet event. */
		h->fin |= fin_by_state(ev->state);
		local = fin_by_state(ev->state) &&
			first_by_state(ev->state) == CLOSEWATCH_SIDE_LOCAL;
		set_first(h, local ? CLOSEWATCH_SIDE_LOCAL : CLOSEWATCH_SIDE_PEER);
		if (!cw_event_has(&h->ev, FATE))
			take_fate(h, CLOSEWATCH_FATE_PEER_RESET);
		if (!cw_event_has(&h->ev, LOST_BYTES) && cw_event_has(ev, UNSENT)) {
			h->ev.lost_bytes = ev->unsent;
			h->ev.present |= BIT_OF(LOST_BYTES);
		}
		TAKE(h, ev, UNACKED, unacked);
		return;
	case CLOSEWATCH_RESET_KIND_LATE_DATA:
	case CLOSEWATCH_RESET_KIND_LISTENER:
	case CLOSEWATCH_RESET_KIND_BAD_SEGMENT:
		h->rst = true;
		return;
	case CLOSEWATCH_RESET_KIND_TIME_WAIT:
		/* Its fate tells of the same one: it ends a minisock in FIN_WAIT2. */
		h->fin = true;
		h->rst = true;
		set_first(h, CLOSEWATCH_SIDE_LOCAL);
		return;
	default:
		/* Of what came when it was over, or never was. */
		TAKE(h, ev, RESET_KIND, reset_kind);
		if (cw_half_socketless(h)) {
			h->rst = true;
			set_first(h, CLOSEWATCH_SIDE_LOCAL);
		}
	}
}

static bool has_peers_fin(uint32_t state)
{
	return state == CLOSEWATCH_STATE_CLOSE_WAIT ||
	       state == CLOSEWATCH_STATE_CLOSING ||
	       state == CLOSEWATCH_STATE_LAST_ACK;
}

static void take_event(struct cw_half *h, const struct cw_msg_event *ev)
{
	h->got_fin |= has_peers_fin(ev->state);
	switch ((enum closewatch_event_type)ev->type) {
	case CLOSEWATCH_EVENT_TYPE_CLOSE:
		take_close(h, ev);
		break;
	case CLOSEWATCH_EVENT_TYPE_SHUTDOWN:
		take_act(h, ev);
		h->shutdown |= sends_fin(ev);
		break;
	case CLOSEWATCH_EVENT_TYPE_FATE:
		take_end(h, ev);
		break;
	case CLOSEWATCH_EVENT_TYPE_RESET:
		take_reset(h, ev);
		break;
	case CLOSEWATCH_EVENT_TYPE_DRAIN_END:
		TAKE(h, ev, DRAIN_OUTCOME, drain_outcome);
		h->received_all |= cw_event_has(ev, SENT);
		break;
	default:
		break;
	}
}

bool cw_halves_add(struct cw_halves *h, const struct cw_msg_event *ev,
		   const struct cw_half_of *of)
{
	struct cw_half *half;

	if (ev->type == CLOSEWATCH_EVENT_TYPE_LOST) {
		if (ev->loss != CLOSEWATCH_LOSS_BLIND)
			h->missed += ev->count;
		return true;
	}
	/* A listener, or a socket that never had a peer or has let go of it. */
	if (!cw_event_has(ev, LOCAL_ADDR) || !cw_event_has(ev, REMOTE_ADDR))
		return true;
	if (!cw_event_has(ev, COOKIE) && ev->type != CLOSEWATCH_EVENT_TYPE_RESET)
		return true;
	half = half_of(h, ev, of);
	if (!half)
		return false;
	half->of.matched |= of->matched;
	half->of.listening |= of->listening;
	if (ev->time < half->first)
		half->first = ev->time;
	if (ev->time > half->last)
		half->last = ev->time;
	if (cw_event_has(ev, AGE_NS))
		half->begin = cw_less(ev->time, ev->age_ns);
	take_figures(half, ev);
	take_event(half, ev);
	return true;
}

/* --- all of them --- */

static void list_one(const void *node, VISIT which, void *arg)
{
	struct cw_halves *h = arg;

	if (which == postorder || which == leaf)
		h->list[h->n++] = *(struct cw_half *const *)node;
}

bool cw_halves_list(struct cw_halves *h)
{
	h->list = calloc(h->n + 1, sizeof(*h->list));
	if (!h->list)
		return false;
	h->n = 0;
	twalk_r(h->tree, list_one, h);
	return true;
}

void cw_halves_release(struct cw_halves *h)
{
	tdestroy(h->tree, free);
	free(h->list);
	*h = (struct cw_halves){ 0 };
}
