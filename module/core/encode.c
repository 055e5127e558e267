// SPDX-License-Identifier: GPL-2.0
/* Events as netlink attributes; what does not apply is absent. */
#include <linux/ktime.h>
#include <net/genetlink.h>
#include <net/netlink.h>
#include <net/tcp_states.h>

#include "encode.h"

static const struct genl_family *cw_encode_family;

static int cw_put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, CLOSEWATCH_A_EVENT_PAD);
}

static int cw_put_addresses(struct sk_buff *skb, const struct cw_conn *c)
{
	int len = c->family == AF_INET ? 4 : 16;

	if (nla_put_u16(skb, CLOSEWATCH_A_EVENT_FAMILY, c->family) ||
	    nla_put(skb, CLOSEWATCH_A_EVENT_LOCAL_ADDR, len, c->laddr) ||
	    nla_put_u16(skb, CLOSEWATCH_A_EVENT_LOCAL_PORT, c->lport))
		return -EMSGSIZE;
	if (!c->rport)
		return 0;
	if (nla_put(skb, CLOSEWATCH_A_EVENT_REMOTE_ADDR, len, c->raddr) ||
	    nla_put_u16(skb, CLOSEWATCH_A_EVENT_REMOTE_PORT, c->rport))
		return -EMSGSIZE;
	return 0;
}

/* Absent in CLOSE: the fate event has reported the unacknowledged bytes. */
static int cw_put_under_way(struct sk_buff *skb, const struct cw_conn *c)
{
	if (c->state == TCP_CLOSE)
		return 0;
	if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_UNSENT, c->unsent) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_UNACKED, c->unacked) ||
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_ACKED, c->acked))
		return -EMSGSIZE;
	return 0;
}

static int cw_put_figures(struct sk_buff *skb, const struct cw_conn *c)
{
	if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_UNREAD, c->unread) ||
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_SENT, c->sent) ||
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_RETRANSMITTED,
		       c->retransmitted) ||
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_RECEIVED, c->received) ||
	    cw_put_under_way(skb, c))
		return -EMSGSIZE;
	if (c->age_ns && cw_put_u64(skb, CLOSEWATCH_A_EVENT_AGE_NS, c->age_ns))
		return -EMSGSIZE;
	return 0;
}

/* The cookie is 0 for an RST without a socket. */
static int cw_put_conn(struct sk_buff *skb, const struct cw_conn *c)
{
	if (cw_put_u64(skb, CLOSEWATCH_A_EVENT_NETNS, c->netns_inum) ||
	    cw_put_addresses(skb, c) ||
	    nla_put_u8(skb, CLOSEWATCH_A_EVENT_STATE, c->state))
		return -EMSGSIZE;
	if (c->cookie &&
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_COOKIE, c->cookie))
		return -EMSGSIZE;
	if (c->ulp[0] && nla_put_string(skb, CLOSEWATCH_A_EVENT_ULP, c->ulp))
		return -EMSGSIZE;
	return 0;
}

static int cw_put_linger(struct sk_buff *skb, const struct cw_conn *c)
{
	if (nla_put_u8(skb, CLOSEWATCH_A_EVENT_LINGER_ON, c->linger_on))
		return -EMSGSIZE;
	if (c->linger_on && nla_put_u32(skb, CLOSEWATCH_A_EVENT_LINGER_SECONDS,
					c->linger_seconds))
		return -EMSGSIZE;
	return 0;
}

static int cw_put_owner(struct sk_buff *skb, const struct cw_owner *o)
{
	/* No task closed it, or one did before the probes were armed. */
	if (!o->pid)
		return 0;
	if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_WHY, o->why) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_PID, o->pid) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_TID, o->tid) ||
	    nla_put_string(skb, CLOSEWATCH_A_EVENT_COMM, o->comm) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_UID, o->uid))
		return -EMSGSIZE;
	if (o->cgroup && cw_put_u64(skb, CLOSEWATCH_A_EVENT_CGROUP, o->cgroup))
		return -EMSGSIZE;
	return 0;
}

static int cw_put_children(struct sk_buff *skb, const struct cw_event *ev)
{
	const struct cw_marks *m = &ev->marks;
	u32 backlog = ev->conn.backlog;

	if (!m->listen_stop)
		return 0;
	if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_CHILDREN, m->children) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_CHILDREN_RESET,
			m->children_reset) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_CHILDREN_MIGRATED,
			backlog > m->children ? backlog - m->children : 0) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_SYN_QUEUE, ev->conn.syn_queue))
		return -EMSGSIZE;
	return 0;
}

static int cw_put_path(struct sk_buff *skb, const struct cw_event *ev)
{
	if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_PATH, ev->verdict.path) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_FIN, ev->verdict.fin))
		return -EMSGSIZE;
	return cw_put_children(skb, ev);
}

static int cw_put_reason(struct sk_buff *skb, const struct cw_event *ev)
{
	if (!ev->extra.reason[0])
		return 0;
	return nla_put_string(skb, CLOSEWATCH_A_EVENT_KERNEL_REASON,
			      ev->extra.reason);
}

/* policy_id is 0 if no policy applied. */
static int cw_put_policy(struct sk_buff *skb, const struct cw_drained *d)
{
	if (!d->policy_id)
		return 0;
	if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_POLICY_ID, d->policy_id) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_ACTION, d->action))
		return -EMSGSIZE;
	return d->dry_run ? nla_put_u8(skb, CLOSEWATCH_A_EVENT_DRY_RUN, 1) : 0;
}

static int cw_put_close(struct sk_buff *skb, const struct cw_event *ev)
{
	const struct cw_marks *m = &ev->marks;
	u32 outcome = ev->verdict.linger;

	if (cw_put_path(skb, ev) || cw_put_reason(skb, ev) ||
	    cw_put_policy(skb, &ev->drained))
		return -EMSGSIZE;
	if (outcome != CLOSEWATCH_LINGER_OUTCOME_NONE &&
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_LINGER_OUTCOME, outcome))
		return -EMSGSIZE;
	if (m->waited &&
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_LINGER_WAITED_NS, m->wait_ns))
		return -EMSGSIZE;
	return 0;
}

static int cw_put_fate(struct sk_buff *skb, const struct cw_end *end)
{
	if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_FATE, end->fate) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_VERDICT, end->verdict) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_CLOSED_FIRST, end->first))
		return -EMSGSIZE;
	if (end->fate != CLOSEWATCH_FATE_MPTCP &&
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_LOST_BYTES, end->lost_bytes))
		return -EMSGSIZE;
	if (end->since_ns &&
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_SINCE_CLOSE_NS, end->since_ns))
		return -EMSGSIZE;
	return 0;
}

/* A drain-begin event (ns is 0) has no progress. */
static int cw_put_progress(struct sk_buff *skb, const struct cw_drained *d)
{
	if (!d->ns)
		return 0;
	if (cw_put_u64(skb, CLOSEWATCH_A_EVENT_DISCARDED, d->discarded) ||
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_RESPONSE_ACKED,
		       d->response_acked) ||
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_DRAIN_NS, d->ns))
		return -EMSGSIZE;
	return 0;
}

static int cw_put_drain_begin(struct sk_buff *skb, const struct cw_drained *d)
{
	if (cw_put_policy(skb, d) ||
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_RESPONSE_BYTES, d->response))
		return -EMSGSIZE;
	return cw_put_progress(skb, d);
}

/* response is 0 if the drain was refused before the figures were read. */
static int cw_put_refusal(struct sk_buff *skb, const struct cw_drained *d)
{
	if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_REFUSAL, d->refusal))
		return -EMSGSIZE;
	if (!d->response)
		return 0;
	return cw_put_u64(skb, CLOSEWATCH_A_EVENT_RESPONSE_BYTES, d->response);
}

/* A dry run also reports why a drain would have been refused. */
static int cw_put_acted(struct sk_buff *skb, const struct cw_drained *d)
{
	if (cw_put_policy(skb, d))
		return -EMSGSIZE;
	if (d->outcome != CLOSEWATCH_DRAIN_OUTCOME_REFUSED)
		return 0;
	if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_DRAIN_OUTCOME, d->outcome))
		return -EMSGSIZE;
	return cw_put_refusal(skb, d);
}

static int cw_put_drain_end(struct sk_buff *skb, const struct cw_event *ev)
{
	const struct cw_drained *d = &ev->drained;

	if (cw_put_policy(skb, d) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_DRAIN_OUTCOME, d->outcome))
		return -EMSGSIZE;
	if (d->outcome == CLOSEWATCH_DRAIN_OUTCOME_REFUSED)
		return cw_put_refusal(skb, d);
	if (cw_put_u64(skb, CLOSEWATCH_A_EVENT_RESPONSE_BYTES, d->response) ||
	    cw_put_progress(skb, d) ||
	    nla_put_u8(skb, CLOSEWATCH_A_EVENT_SAVED, d->saved))
		return -EMSGSIZE;
	return d->has_path ? cw_put_path(skb, ev) : 0;
}

/* The attributes that depend on the type of event. */
static int cw_put_kind(struct sk_buff *skb, const struct cw_event *ev)
{
	switch (ev->type) {
	case CLOSEWATCH_EVENT_TYPE_CLOSE:
		return cw_put_close(skb, ev);
	case CLOSEWATCH_EVENT_TYPE_SHUTDOWN:
		if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_HOW, ev->extra.how))
			return -EMSGSIZE;
		return cw_put_path(skb, ev);
	case CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE:
		return nla_put_u32(skb, CLOSEWATCH_A_EVENT_REFERENCES,
				   ev->extra.references);
	case CLOSEWATCH_EVENT_TYPE_WRITE_AFTER_SHUTDOWN:
		return nla_put_u8(skb, CLOSEWATCH_A_EVENT_SIGPIPE,
				  ev->extra.sigpipe);
	case CLOSEWATCH_EVENT_TYPE_FATE:
		return cw_put_fate(skb, &ev->end);
	case CLOSEWATCH_EVENT_TYPE_RESET:
		if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_RESET_KIND,
				ev->extra.reset_kind))
			return -EMSGSIZE;
		return cw_put_reason(skb, ev);
	case CLOSEWATCH_EVENT_TYPE_DRAIN_BEGIN:
		return cw_put_drain_begin(skb, &ev->drained);
	case CLOSEWATCH_EVENT_TYPE_DRAIN_END:
		return cw_put_drain_end(skb, ev);
	case CLOSEWATCH_EVENT_TYPE_POLICY:
		return cw_put_acted(skb, &ev->drained);
	}
	return 0;
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

/* Also without figures where SO_LINGER alone may explain the event. */
static bool cw_has_linger(const struct cw_event *ev)
{
	return cw_has_figures(ev) || ev->conn.state == TCP_LISTEN ||
	       ev->type == CLOSEWATCH_EVENT_TYPE_POLICY ||
	       ev->type == CLOSEWATCH_EVENT_TYPE_DRAIN_END;
}

/* Unset in a fate event: the connection has no further state. */
static int cw_put_new_state(struct sk_buff *skb, const struct cw_event *ev)
{
	if (!ev->marks.new_state)
		return 0;
	return nla_put_u8(skb, CLOSEWATCH_A_EVENT_NEW_STATE,
			  ev->marks.new_state);
}

static int cw_put_event(struct sk_buff *skb, const struct cw_event *ev)
{
	if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_TYPE, ev->type) ||
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_TIME, ev->time) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_CPU, ev->cpu) ||
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_SEQ, ev->seq) ||
	    cw_put_conn(skb, &ev->conn) ||
	    cw_put_new_state(skb, ev))
		return -EMSGSIZE;
	if (cw_has_figures(ev) && cw_put_figures(skb, &ev->conn))
		return -EMSGSIZE;
	if (cw_has_linger(ev) && cw_put_linger(skb, &ev->conn))
		return -EMSGSIZE;
	if (cw_put_owner(skb, &ev->owner))
		return -EMSGSIZE;
	return cw_put_kind(skb, ev);
}

static int cw_fill_nest(struct sk_buff *skb, int type,
			const struct cw_event *ev)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest)
		return -EMSGSIZE;
	if (cw_put_event(skb, ev)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

void cw_encode_init(const struct genl_family *family)
{
	cw_encode_family = family;
}

void *cw_encode_begin(struct sk_buff *skb)
{
	return genlmsg_put(skb, 0, 0, cw_encode_family, 0,
			   CLOSEWATCH_CMD_EVENT);
}

int cw_encode_event(struct sk_buff *skb, const struct cw_event *ev)
{
	return cw_fill_nest(skb, CLOSEWATCH_A_EVENT, ev);
}

int cw_encode_drain(struct sk_buff *skb, const struct cw_event *ev)
{
	return cw_fill_nest(skb, CLOSEWATCH_A_DRAIN, ev);
}

int cw_encode_lost(struct sk_buff *skb, u64 count, u32 loss)
{
	struct nlattr *nest = nla_nest_start(skb, CLOSEWATCH_A_EVENT);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_TYPE,
			CLOSEWATCH_EVENT_TYPE_LOST) ||
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_TIME, ktime_get_real_ns()) ||
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_COUNT, count) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_LOSS, loss)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}
