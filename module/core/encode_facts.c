// SPDX-License-Identifier: GPL-2.0
#include <linux/bits.h>
#include <linux/string.h>
#include <net/netlink.h>
#include <net/tcp_states.h>

#include "encode_facts.h"

#define HAS(attr) BIT_ULL(CLOSEWATCH_A_EVENT_##attr)

static void cw_fill_addresses(struct closewatch_facts *f,
			      const struct cw_conn *c)
{
	size_t len = c->family == AF_INET ? 4 : sizeof(f->local_addr);

	f->has |= HAS(FAMILY) | HAS(LOCAL_ADDR) | HAS(LOCAL_PORT);
	f->family = c->family;
	memcpy(f->local_addr, c->laddr, len);
	f->local_port = c->lport;
	if (!c->rport)
		return;
	f->has |= HAS(REMOTE_ADDR) | HAS(REMOTE_PORT);
	memcpy(f->remote_addr, c->raddr, len);
	f->remote_port = c->rport;
}

/* The cookie is 0 for an RST without a socket. */
static void cw_fill_conn(struct closewatch_facts *f, const struct cw_conn *c)
{
	cw_fill_addresses(f, c);
	f->has |= HAS(NETNS) | HAS(STATE);
	f->netns = c->netns_inum;
	f->state = c->state;
	if (!c->cookie)
		return;
	f->has |= HAS(COOKIE);
	f->cookie = c->cookie;
}

/* Absent in CLOSE: the fate event has reported the unacknowledged bytes. */
static void cw_fill_under_way(struct closewatch_facts *f,
			      const struct cw_conn *c)
{
	if (c->state == TCP_CLOSE)
		return;
	f->has |= HAS(UNSENT) | HAS(UNACKED) | HAS(ACKED);
	f->unsent = c->unsent;
	f->unacked = c->unacked;
	f->acked = c->acked;
}

static void cw_fill_figures(struct closewatch_facts *f, const struct cw_conn *c)
{
	f->has |= HAS(UNREAD) | HAS(SENT) | HAS(RETRANSMITTED) | HAS(RECEIVED);
	f->unread = c->unread;
	f->sent = c->sent;
	f->retransmitted = c->retransmitted;
	f->received = c->received;
	cw_fill_under_way(f, c);
	if (!c->age_ns)
		return;
	f->has |= HAS(AGE_NS);
	f->age_ns = c->age_ns;
}

/* Of a listener: its children's. */
static void cw_fill_children(struct closewatch_facts *f,
			     const struct cw_conn *c)
{
	f->has |= HAS(UNREAD);
	f->unread = c->unread;
}

static void cw_fill_owner(struct closewatch_facts *f, const struct cw_owner *o)
{
	if (o->pid) {
		f->has |= HAS(WHY) | HAS(PID) | HAS(TID) | HAS(COMM);
		f->why = o->why;
		f->pid = o->pid;
		f->tid = o->tid;
		strscpy(f->comm, o->comm, sizeof(f->comm));
	} else if (!o->of_socket) {
		/* No task closed it, or one did before the probes were armed. */
		return;
	}
	f->has |= HAS(UID);
	f->uid = o->uid;
	if (!o->cgroup)
		return;
	f->has |= HAS(CGROUP);
	f->cgroup = o->cgroup;
}

static void cw_fill_fate(struct closewatch_facts *f, const struct cw_end *end)
{
	f->has |= HAS(FATE) | HAS(VERDICT) | HAS(CLOSED_FIRST);
	f->fate = end->fate;
	f->verdict = end->verdict;
	f->closed_first = end->first;
}

/* Whether the figures were read under the socket's lock, and so are exact. */
static bool cw_has_figures(const struct cw_event *ev)
{
	if (ev->conn.state == TCP_LISTEN)
		return false;
	switch (ev->type) {
	case CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE:
	case CLOSEWATCH_EVENT_TYPE_POLICY:
		return false;
	case CLOSEWATCH_EVENT_TYPE_RESET:
		return ev->extra.reset_kind == CLOSEWATCH_RESET_KIND_RECEIVED;
	case CLOSEWATCH_EVENT_TYPE_DRAIN_END:
		return ev->drained.outcome != CLOSEWATCH_DRAIN_OUTCOME_REFUSED;
	}
	return true;
}

bool cw_encode_has_linger(const struct cw_event *ev)
{
	return cw_has_figures(ev) || ev->conn.state == TCP_LISTEN ||
	       ev->type == CLOSEWATCH_EVENT_TYPE_POLICY ||
	       ev->type == CLOSEWATCH_EVENT_TYPE_DRAIN_END;
}

static bool cw_has_path(const struct cw_event *ev)
{
	switch (ev->type) {
	case CLOSEWATCH_EVENT_TYPE_CLOSE:
	case CLOSEWATCH_EVENT_TYPE_SHUTDOWN:
		return true;
	case CLOSEWATCH_EVENT_TYPE_DRAIN_END:
		return ev->drained.has_path &&
		       ev->drained.outcome != CLOSEWATCH_DRAIN_OUTCOME_REFUSED;
	}
	return false;
}

static void cw_fill_path(struct closewatch_facts *f, const struct cw_verdict *v)
{
	f->has |= HAS(PATH) | HAS(FIN);
	f->path = v->path;
	f->fin = v->fin;
}

static void cw_fill_linger(struct closewatch_facts *f, const struct cw_conn *c)
{
	f->has |= HAS(LINGER_ON);
	f->linger_on = c->linger_on;
}

/* What depends on the event as a whole. new_state is unset in a fate event. */
static void cw_fill_event(struct closewatch_facts *f, const struct cw_event *ev)
{
	f->has |= HAS(TYPE) | HAS(TIME) | HAS(CPU) | HAS(SEQ);
	f->type = ev->type;
	f->time = ev->time;
	f->cpu = ev->cpu;
	f->seq = ev->seq;
	if (ev->marks.new_state) {
		f->has |= HAS(NEW_STATE);
		f->new_state = ev->marks.new_state;
	}
	if (cw_has_figures(ev))
		cw_fill_figures(f, &ev->conn);
	else if (ev->marks.children)
		cw_fill_children(f, &ev->conn);
	if (cw_encode_has_linger(ev))
		cw_fill_linger(f, &ev->conn);
	if (cw_has_path(ev))
		cw_fill_path(f, &ev->verdict);
	if (ev->type == CLOSEWATCH_EVENT_TYPE_FATE) {
		cw_fill_fate(f, &ev->end);
	} else if (ev->extra.ended) {
		f->has |= HAS(FATE);
		f->fate = ev->end.fate;
	}
}

int cw_encode_facts(struct sk_buff *skb, const struct cw_event *ev)
{
	struct closewatch_facts *f;
	struct nlattr *a = nla_reserve_64bit(skb, CLOSEWATCH_A_EVENT_FACTS,
					     sizeof(*f), CLOSEWATCH_A_EVENT_PAD);

	if (!a)
		return -EMSGSIZE;
	f = nla_data(a);
	memset(f, 0, sizeof(*f));
	cw_fill_event(f, ev);
	cw_fill_conn(f, &ev->conn);
	cw_fill_owner(f, &ev->owner);
	return 0;
}
