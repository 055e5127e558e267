// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/closewatch.h>

#include "base/names_gen.h"
#include "netlink/decode.h"

#define EVENT(attr, member, kind)					\
	[CLOSEWATCH_A_EVENT_##attr] = CW_FIELD(cw_msg_event, member, kind)

#define EVENT_WORD(attr, member, names)					\
	[CLOSEWATCH_A_EVENT_##attr] =					\
		CW_WORD(cw_msg_event, member, NUMBER, &cw_##names##_names)

/* Whose key in JSON is not the member's name. */
#define EVENT_KEYED(attr, member, kind, names, key)			\
	[CLOSEWATCH_A_EVENT_##attr] =					\
		CW_KEYED(cw_msg_event, member, kind, names, key)

/* Not of the spec: numbers of the socket API. */
static const struct cw_word family_words[] = {
	[AF_INET] = CW_WORD_IS("ipv4"),
	[AF_INET6] = CW_WORD_IS("ipv6"),
};

static const struct cw_names family_names = {
	.word = family_words, .count = AF_INET6 + 1,
};

const struct cw_field cw_event_fields[CLOSEWATCH_A_EVENT_MAX + 1] = {
	EVENT_KEYED(TYPE, type, NUMBER, &cw_event_type_names, "event"),
	EVENT(TIME, time, TIME),
	EVENT(CPU, cpu, NUMBER),
	EVENT(SEQ, seq, NUMBER),
	EVENT(NETNS, netns, NUMBER),
	EVENT_KEYED(FAMILY, family, NUMBER, &family_names, "family"),
	EVENT(LOCAL_ADDR, local_addr, ADDRESS),
	EVENT(REMOTE_ADDR, remote_addr, ADDRESS),
	EVENT(LOCAL_PORT, local_port, NUMBER),
	EVENT(REMOTE_PORT, remote_port, NUMBER),
	EVENT(COOKIE, cookie, NUMBER),
	EVENT_WORD(PATH, path, path),
	EVENT_WORD(STATE, state, state),
	EVENT_WORD(NEW_STATE, new_state, state),
	EVENT(UNREAD, unread, NUMBER),
	EVENT(UNSENT, unsent, NUMBER),
	EVENT(UNACKED, unacked, NUMBER),
	EVENT(SENT, sent, NUMBER),
	EVENT(RETRANSMITTED, retransmitted, NUMBER),
	EVENT(RECEIVED, received, NUMBER),
	EVENT(ACKED, acked, NUMBER),
	EVENT(AGE_NS, age_ns, NUMBER),
	EVENT_WORD(FIN, fin, fin_form),
	EVENT_KEYED(LINGER_ON, linger_on, BOOL, NULL, "on"),
	EVENT_KEYED(LINGER_SECONDS, linger_seconds, NUMBER, NULL, "seconds"),
	EVENT_KEYED(LINGER_WAITED_NS, linger_waited_ns, NUMBER, NULL,
		    "waited_ns"),
	EVENT_KEYED(LINGER_OUTCOME, linger_outcome, NUMBER,
		    &cw_linger_outcome_names, "outcome"),
	EVENT_WORD(WHY, why, cause),
	EVENT(PID, pid, NUMBER),
	EVENT(TID, tid, NUMBER),
	EVENT(COMM, comm, STRING),
	EVENT(UID, uid, NUMBER),
	EVENT(CGROUP, cgroup, NUMBER),
	EVENT(CHILDREN, children, NUMBER),
	EVENT(CHILDREN_RESET, children_reset, NUMBER),
	EVENT(ULP, ulp, STRING),
	EVENT(COUNT, count, NUMBER),
	EVENT_WORD(LOSS, loss, loss),
	EVENT_WORD(HOW, how, how),
	EVENT(REFERENCES, references, NUMBER),
	EVENT(SIGPIPE, sigpipe, BOOL),
	EVENT_WORD(FATE, fate, fate),
	EVENT_WORD(VERDICT, verdict, verdict),
	EVENT(LOST_BYTES, lost_bytes, NUMBER),
	EVENT_WORD(CLOSED_FIRST, closed_first, side),
	EVENT(SINCE_CLOSE_NS, since_close_ns, NUMBER),
	EVENT_WORD(RESET_KIND, reset_kind, reset_kind),
	EVENT(KERNEL_REASON, kernel_reason, STRING),
	EVENT(CHILDREN_MIGRATED, children_migrated, NUMBER),
	EVENT(SYN_QUEUE, syn_queue, NUMBER),
	EVENT(POLICY_ID, policy_id, NUMBER),
	EVENT_WORD(ACTION, action, action),
	EVENT(DRY_RUN, dry_run, BOOL),
	EVENT_WORD(DRAIN_OUTCOME, drain_outcome, drain_outcome),
	EVENT_WORD(REFUSAL, refusal, refusal),
	EVENT(DISCARDED, discarded, NUMBER),
	EVENT(RESPONSE_BYTES, response_bytes, NUMBER),
	EVENT(RESPONSE_ACKED, response_acked, NUMBER),
	EVENT(DRAIN_NS, drain_ns, NUMBER),
	EVENT(SAVED, saved, BOOL),
	EVENT(SIGNAL, signal, NUMBER),
	EVENT(SINCE_SENT_NS, since_sent_ns, NUMBER),
};

/* Those after it have no bit, and mark their presence themselves. */
_Static_assert(CLOSEWATCH_A_EVENT_SINCE_SENT_NS == 64, "present has 64 bits");

#define ERROR(name)							\
	[name] = CW_WORD_IS(#name)

/* What connect() fails with, by RST, ICMP, a timer or an administrator. */
static const struct cw_word error_words[] = {
	ERROR(EACCES), ERROR(ENONET), ERROR(EPROTO), ERROR(EMSGSIZE),
	ERROR(ENOPROTOOPT), ERROR(EOPNOTSUPP), ERROR(ENETUNREACH),
	ERROR(ECONNABORTED), ERROR(ETIMEDOUT), ERROR(ECONNREFUSED),
	ERROR(EHOSTDOWN), ERROR(EHOSTUNREACH),
};

static const struct cw_names error_names = {
	.word = error_words, .count = ARRAY_SIZE(error_words),
};

#define MORE(fact, member, kind, names)					\
	[CW_MORE_##fact] = CW_WORD(cw_msg_event, member, kind, names)

const struct cw_field cw_more_fields[CW_MORE_COUNT] = {
	MORE(CONNECT_ERROR, connect_error, NUMBER, &error_names),
	MORE(CONNECT_RST, connect_rst, BOOL, NULL),
	MORE(ENDED_BY, ended_by, NUMBER, &cw_fate_names),
	MORE(SINCE_ENDED_NS, since_ended_ns, NUMBER, NULL),
	MORE(SINCE_RECEIVED_NS, since_received_ns, NUMBER, NULL),
	MORE(SINCE_HEARD_NS, since_heard_ns, NUMBER, NULL),
	MORE(INODE, inode, NUMBER, NULL),
};

#define LISTENER(attr, member, kind)					\
	[CLOSEWATCH_A_LISTENER_##attr] =				\
		CW_FIELD(cw_msg_listener, member, kind)

static const struct cw_field listener_fields[CLOSEWATCH_A_LISTENER_MAX + 1] = {
	LISTENER(SENT, sent, NUMBER),
	LISTENER(LOST, lost, NUMBER),
};

#define INFO(attr, member, kind)					\
	[CLOSEWATCH_A_INFO_##attr] = CW_FIELD(cw_msg_info, member, kind)

const struct cw_field cw_info_fields[CLOSEWATCH_A_INFO_MAX + 1] = {
	INFO(VERSION, version, STRING),
	INFO(LISTENERS, listeners, NUMBER),
	INFO(PROBES, probes, NUMBER),
	INFO(EVENTS, events, NUMBER),
	INFO(LOST_RING, lost_ring, NUMBER),
	INFO(LOST_SOCKET, lost_socket, NUMBER),
	INFO(MISSED, missed, NUMBER),
	INFO(INFLIGHT_FULL, inflight_full, NUMBER),
	INFO(INFLIGHT, inflight, NUMBER),
	INFO(RING_SLOTS, ring_slots, NUMBER),
	INFO(POLICIES, policies, NUMBER),
	INFO(DRAINS, drains, NUMBER),
	INFO(POLICY_ARMED, policy_armed, BOOL),
	INFO(BLIND, blind, BOOL),
	INFO(BLIND_SECONDS, blind_seconds, NUMBER),
	INFO(PROBES_STUCK, probes_stuck, NUMBER),
	INFO(PROBES_FIRED, probes_fired, NUMBER),
	INFO(EVICTED, evicted, NUMBER),
	INFO(USERNS, userns, BOOL),
};

#define PROBE(attr, member, kind)					\
	[CLOSEWATCH_A_PROBE_##attr] = CW_FIELD(cw_msg_probe, member, kind)

static const struct cw_field probe_fields[CLOSEWATCH_A_PROBE_MAX + 1] = {
	PROBE(NAME, name, STRING),
	PROBE(AT_RETURN, at_return, BOOL),
	PROBE(FIRED, fired, BOOL),
};

#define POLICY(attr, member, kind)					\
	[CLOSEWATCH_A_POLICY_##attr] = CW_FIELD(cw_msg_policy, member, kind)

const struct cw_field cw_policy_fields[CLOSEWATCH_A_POLICY_MAX + 1] = {
	POLICY(ID, id, NUMBER),
	[CLOSEWATCH_A_POLICY_ACTION] =
		CW_WORD(cw_msg_policy, action, NUMBER, &cw_action_names),
	POLICY(SOCKET_FD, socket_fd, NUMBER),
	POLICY(COOKIE, cookie, NUMBER),
	POLICY(FAMILY, family, NUMBER),
	POLICY(LOCAL_PORT, local_port, NUMBER),
	POLICY(LOCAL_PORT_LAST, local_port_last, NUMBER),
	POLICY(REMOTE_ADDR, remote_addr, ADDRESS),
	POLICY(REMOTE_PREFIX, remote_prefix, NUMBER),
	POLICY(COMM, comm, STRING),
	POLICY(UID, uid, NUMBER),
	POLICY(CGROUP, cgroup, NUMBER),
	POLICY(NETNS_FD, netns_fd, NUMBER),
	POLICY(ALL_NETNS, all_netns, FLAG),
	POLICY(NETNS, netns, NUMBER),
	POLICY(PRIORITY, priority, NUMBER),
	POLICY(EXPIRES_MS, expires_ms, NUMBER),
	POLICY(IDLE_MS, idle_ms, NUMBER),
	POLICY(TOTAL_MS, total_ms, NUMBER),
	POLICY(BYTES, bytes, NUMBER),
	POLICY(LINGER_SECONDS, linger_seconds, NUMBER),
	POLICY(DRY_RUN, dry_run, FLAG),
	POLICY(FORCE, force, FLAG),
	POLICY(EVEN_LINGER0, even_linger0, FLAG),
	POLICY(HITS, hits, NUMBER),
	POLICY(EVEN_OOM, even_oom, FLAG),
};

/* Those of version 2: a module sends no less. */
#define FACTS_LEAST	176

_Static_assert(sizeof(struct closewatch_facts) == FACTS_LEAST,
	       "version 2 has no more");

#define HAS(attr) (1ULL << CLOSEWATCH_A_EVENT_##attr)

#define FACTS_HAS							\
	(HAS(TIME) | HAS(SEQ) | HAS(COOKIE) | HAS(SENT) |		\
	 HAS(RETRANSMITTED) | HAS(RECEIVED) | HAS(ACKED) | HAS(AGE_NS) |	\
	 HAS(CGROUP) | HAS(LOCAL_ADDR) | HAS(REMOTE_ADDR) | HAS(COMM) |	\
	 HAS(NETNS) | HAS(CPU) | HAS(PID) | HAS(TID) | HAS(UID) |	\
	 HAS(UNREAD) | HAS(UNSENT) | HAS(UNACKED) | HAS(FAMILY) |	\
	 HAS(LOCAL_PORT) | HAS(REMOTE_PORT) | HAS(TYPE) | HAS(STATE) |	\
	 HAS(NEW_STATE) | HAS(WHY) | HAS(PATH) | HAS(FIN) | HAS(FATE) |	\
	 HAS(VERDICT) | HAS(CLOSED_FIRST) | HAS(LINGER_ON))

static void set_address(struct cw_bytes *to, uint16_t family, const void *addr)
{
	to->len = family == AF_INET ? 4 : 16;
	memcpy(to->b, addr, 16);
}

static void set_numbers(struct cw_msg_event *ev,
			const struct closewatch_facts *f)
{
	ev->time = f->time;
	ev->seq = f->seq;
	ev->cookie = f->cookie;
	ev->sent = f->sent;
	ev->retransmitted = f->retransmitted;
	ev->received = f->received;
	ev->acked = f->acked;
	ev->age_ns = f->age_ns;
	ev->cgroup = f->cgroup;
	ev->netns = f->netns;
	ev->cpu = f->cpu;
	ev->pid = f->pid;
	ev->tid = f->tid;
	ev->uid = f->uid;
	ev->unread = f->unread;
	ev->unsent = f->unsent;
	ev->unacked = f->unacked;
	ev->family = f->family;
	ev->local_port = f->local_port;
	ev->remote_port = f->remote_port;
}

static void set_words(struct cw_msg_event *ev, const struct closewatch_facts *f)
{
	ev->type = f->type;
	ev->state = f->state;
	ev->new_state = f->new_state;
	ev->why = f->why;
	ev->path = f->path;
	ev->fin = f->fin;
	ev->fate = f->fate;
	ev->verdict = f->verdict;
	ev->closed_first = f->closed_first;
	ev->linger_on = f->linger_on;
}

/* False if they are shorter than any module sends them. */
static bool set_facts(struct cw_msg_event *ev, const void *data, size_t len)
{
	struct closewatch_facts f;

	if (len < FACTS_LEAST)
		return false;
	/* By copy: at any alignment. What a newer module adds is skipped. */
	memcpy(&f, data, sizeof(f));
	ev->present |= f.has & FACTS_HAS;
	set_numbers(ev, &f);
	set_words(ev, &f);
	if (cw_event_has(ev, LOCAL_ADDR))
		set_address(&ev->local_addr, f.family, f.local_addr);
	if (cw_event_has(ev, REMOTE_ADDR))
		set_address(&ev->remote_addr, f.family, f.remote_addr);
	ev->comm.len = strnlen(f.comm, sizeof(f.comm));
	memcpy(ev->comm.b, f.comm, sizeof(f.comm));
	return true;
}

/* By copy; a newer module's are longer, and an older one's shorter. */
static void set_more(struct cw_msg_event *ev, const void *data, size_t len)
{
	struct closewatch_more m = { 0 };

	memcpy(&m, data, len < sizeof(m) ? len : sizeof(m));
	ev->since_ended_ns = m.since_ended_ns;
	ev->since_received_ns = m.since_received_ns;
	ev->since_heard_ns = m.since_heard_ns;
	ev->ended_by = m.ended_by;
	ev->inode = m.inode;
	ev->connect_error = m.connect_error;
	ev->connect_rst = m.connect_rst;
	if (m.since_ended_ns)
		ev->more |= 1U << CW_MORE_ENDED_BY | 1U << CW_MORE_SINCE_ENDED_NS;
	if (m.since_received_ns || ev->type == CLOSEWATCH_EVENT_TYPE_FATE)
		ev->more |= 1U << CW_MORE_SINCE_RECEIVED_NS;
	if (m.since_heard_ns)
		ev->more |= 1U << CW_MORE_SINCE_HEARD_NS;
	if (m.inode)
		ev->more |= 1U << CW_MORE_INODE;
	if (m.connect_error)
		ev->more |= 1U << CW_MORE_CONNECT_ERROR | 1U << CW_MORE_CONNECT_RST;
}

/* The module puts the facts, which have the type, before the rest. */
void cw_decode_event(struct cw_msg_event *ev, const void *attrs, size_t len)
{
	struct cw_attr a = cw_attr_walk(attrs, len);
	int more;

	memset(ev, 0, sizeof(*ev));
	while ((more = cw_attr_next(&a)) > 0) {
		if (a.type == CLOSEWATCH_A_EVENT_FACTS)
			ev->malformed += !set_facts(ev, a.data, a.len);
		else if (a.type == CLOSEWATCH_A_EVENT_MORE)
			set_more(ev, a.data, a.len);
		else
			ev->malformed += !cw_attr_take(cw_event_fields,
						       CLOSEWATCH_A_EVENT_MAX,
						       &a, ev, &ev->present);
	}
	ev->malformed += more < 0;
}

void cw_decode_listener(struct cw_msg_listener *l, const void *attrs,
			size_t len)
{
	memset(l, 0, sizeof(*l));
	l->malformed = cw_attr_decode(listener_fields,
				      CLOSEWATCH_A_LISTENER_MAX, attrs, len,
				      l, &l->present);
}

void cw_decode_info(struct cw_msg_info *info, const void *attrs, size_t len)
{
	struct cw_attr a = cw_attr_walk(attrs, len);
	struct cw_msg_probe *p = info->probe;

	memset(info, 0, sizeof(*info));
	info->malformed = cw_attr_decode(cw_info_fields, CLOSEWATCH_A_INFO_MAX,
					 attrs, len, info, &info->present);
	while (cw_attr_next(&a) > 0 && p < info->probe + CW_MSG_PROBES) {
		if (a.type != CLOSEWATCH_A_INFO_PROBE)
			continue;
		info->malformed += cw_attr_decode(probe_fields,
						  CLOSEWATCH_A_PROBE_MAX, a.data,
						  a.len, p, &p->present);
		p++;
	}
	info->probe_count = p - info->probe;
}

void cw_decode_policy(struct cw_msg_policy *p, const void *attrs, size_t len)
{
	memset(p, 0, sizeof(*p));
	p->malformed = cw_attr_decode(cw_policy_fields, CLOSEWATCH_A_POLICY_MAX,
				      attrs, len, p, &p->present);
}

bool cw_policy_attr(const struct cw_msg_policy *p, unsigned int type,
		    const void **data, size_t *len)
{
	if (type > CLOSEWATCH_A_POLICY_MAX || !cw_has(p, type) ||
	    cw_policy_fields[type].kind == CW_FIELD_NONE)
		return false;
	*data = cw_attr_payload(&cw_policy_fields[type], p, len);
	return true;
}

struct cw_events cw_events_walk(const void *attrs, size_t len)
{
	return (struct cw_events){ .attr = cw_attr_walk(attrs, len) };
}

bool cw_events_next(struct cw_events *e, struct cw_msg_event *ev)
{
	int more;

	while ((more = cw_attr_next(&e->attr)) > 0) {
		if (e->attr.type != CLOSEWATCH_A_EVENT)
			continue;
		cw_decode_event(ev, e->attr.data, e->attr.len);
		e->malformed += ev->malformed;
		if (cw_has(ev, CLOSEWATCH_A_EVENT_TYPE))
			return true;
		e->malformed++;
	}
	e->malformed += more < 0;
	return false;
}

unsigned int cw_decode_events(const void *attrs, size_t len, cw_event_fn *fn,
			      void *arg)
{
	struct cw_events e = cw_events_walk(attrs, len);
	struct cw_msg_event ev;

	while (cw_events_next(&e, &ev) && fn(arg, &ev))
		;
	return e.malformed;
}
