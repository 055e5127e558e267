// SPDX-License-Identifier: GPL-2.0
/* Events as netlink attributes; what does not apply is absent. */
#include <linux/ktime.h>
#include <net/genetlink.h>
#include <net/netlink.h>
#include <net/tcp_states.h>

#include "encode.h"
#include "encode_facts.h"

static const struct genl_family *cw_encode_family;

static int cw_put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, CLOSEWATCH_A_EVENT_PAD);
}

/* What few connections have. */
static int cw_put_conn(struct sk_buff *skb, const struct cw_event *ev)
{
	const struct cw_conn *c = &ev->conn;

	if (c->ulp[0] && nla_put_string(skb, CLOSEWATCH_A_EVENT_ULP, c->ulp))
		return -EMSGSIZE;
	if (ev->owner.signal &&
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_SIGNAL, ev->owner.signal))
		return -EMSGSIZE;
	if (!c->linger_on || !cw_encode_has_linger(ev))
		return 0;
	return nla_put_u32(skb, CLOSEWATCH_A_EVENT_LINGER_SECONDS,
			   c->linger_seconds);
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

static int cw_put_reason(struct sk_buff *skb, const struct cw_event *ev)
{
	if (!ev->extra.reason[0])
		return 0;
	return nla_put_string(skb, CLOSEWATCH_A_EVENT_KERNEL_REASON,
			      ev->extra.reason);
}

static int cw_put_resets(struct sk_buff *skb, const struct cw_event *ev)
{
	if (cw_put_u64(skb, CLOSEWATCH_A_EVENT_COUNT, ev->extra.resets))
		return -EMSGSIZE;
	return cw_put_u64(skb, CLOSEWATCH_A_EVENT_SINCE_CLOSE_NS,
			  ev->end.since_ns);
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

/* What few events have: 0 where it does not apply. */
static int cw_put_more(struct sk_buff *skb, const struct cw_event *ev)
{
	const struct closewatch_more more = {
		.since_ended_ns = ev->extra.since_ended_ns,
		.since_received_ns = ev->type == CLOSEWATCH_EVENT_TYPE_FATE ?
				     ev->conn.since_received_ns : 0,
		.since_heard_ns = ev->extra.since_heard_ns,
		.ended_by = ev->extra.ended_by,
		.inode = ev->owner.inode,
		.connect_error = ev->extra.connect_error,
		.connect_rst = ev->extra.connect_rst,
	};

	return nla_put(skb, CLOSEWATCH_A_EVENT_MORE, sizeof(more), &more);
}

static int cw_put_close(struct sk_buff *skb, const struct cw_event *ev)
{
	const struct cw_marks *m = &ev->marks;
	u32 outcome = ev->verdict.linger;

	if (cw_put_children(skb, ev) || cw_put_reason(skb, ev) ||
	    cw_put_policy(skb, &ev->drained) ||
	    ((ev->extra.since_ended_ns || ev->extra.connect_error) &&
	     cw_put_more(skb, ev)))
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
	return d->has_path ? cw_put_children(skb, ev) : 0;
}

static int cw_put_since_sent(struct sk_buff *skb, const struct cw_event *ev)
{
	return cw_put_u64(skb, CLOSEWATCH_A_EVENT_SINCE_SENT_NS,
			  ev->conn.since_sent_ns);
}

/* Where they tell an idle connection from one in use. */
static int cw_put_idle(struct sk_buff *skb, const struct cw_event *ev)
{
	if (ev->verdict.path == CLOSEWATCH_PATH_RST_UNREAD)
		return cw_put_since_sent(skb, ev);
	if (ev->end.fate != CLOSEWATCH_FATE_RST_LATE_DATA &&
	    ev->end.fate != CLOSEWATCH_FATE_LATE_DATA_SILENT)
		return 0;
	return cw_put_since_sent(skb, ev) ?: cw_put_more(skb, ev);
}

static int cw_put_reset(struct sk_buff *skb, const struct cw_event *ev)
{
	if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_RESET_KIND,
			ev->extra.reset_kind))
		return -EMSGSIZE;
	if (ev->conn.state == TCP_CLOSE_WAIT && cw_put_since_sent(skb, ev))
		return -EMSGSIZE;
	if (ev->extra.reset_kind == CLOSEWATCH_RESET_KIND_RECEIVED)
		return cw_put_more(skb, ev);
	return ev->extra.resets ? cw_put_resets(skb, ev) :
				  cw_put_reason(skb, ev);
}

/* The attributes that depend on the type of event. */
static int cw_put_kind(struct sk_buff *skb, const struct cw_event *ev)
{
	switch (ev->type) {
	case CLOSEWATCH_EVENT_TYPE_CLOSE:
		return cw_put_close(skb, ev) ?: cw_put_idle(skb, ev);
	case CLOSEWATCH_EVENT_TYPE_SHUTDOWN:
		if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_HOW, ev->extra.how))
			return -EMSGSIZE;
		return cw_put_children(skb, ev);
	case CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE:
		return nla_put_u32(skb, CLOSEWATCH_A_EVENT_REFERENCES,
				   ev->extra.references);
	case CLOSEWATCH_EVENT_TYPE_WRITE_AFTER_SHUTDOWN:
		return nla_put_u8(skb, CLOSEWATCH_A_EVENT_SIGPIPE,
				  ev->extra.sigpipe);
	case CLOSEWATCH_EVENT_TYPE_FATE:
		return cw_put_fate(skb, &ev->end) ?: cw_put_idle(skb, ev);
	case CLOSEWATCH_EVENT_TYPE_RESET:
		return cw_put_reset(skb, ev);
	case CLOSEWATCH_EVENT_TYPE_DRAIN_BEGIN:
		return cw_put_drain_begin(skb, &ev->drained);
	case CLOSEWATCH_EVENT_TYPE_DRAIN_END:
		return cw_put_drain_end(skb, ev);
	case CLOSEWATCH_EVENT_TYPE_POLICY:
		return cw_put_acted(skb, &ev->drained);
	}
	return 0;
}

static int cw_put_event(struct sk_buff *skb, const struct cw_event *ev)
{
	if (cw_encode_facts(skb, ev) || cw_put_conn(skb, ev))
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
