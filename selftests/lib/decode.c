// SPDX-License-Identifier: GPL-2.0
#include "decode.h"

#include <netlink/attr.h>
#include <string.h>
#include <sys/socket.h>

static uint64_t number(const struct nlattr *a)
{
	switch (nla_len(a)) {
	case 1:
		return nla_get_u8(a);
	case 2:
		return nla_get_u16(a);
	case 4:
		return nla_get_u32(a);
	case 8:
		return nla_get_u64(a);
	default:
		return 0;
	}
}

static size_t copy(void *to, size_t size, const struct nlattr *a)
{
	size_t len = nla_len(a);

	if (len > size)
		return 0;
	memcpy(to, nla_data(a), len);
	return len;
}

/* By the names of the attributes; the addresses and the task's name apart */
#define MEMBER(attr, name)						\
	{ CLOSEWATCH_A_EVENT_##attr, offsetof(struct closewatch_facts, name),	\
	  sizeof(((struct closewatch_facts *)0)->name) }

static const struct {
	int type;
	size_t offset, size;
} members[] = {
	MEMBER(TIME, time), MEMBER(SEQ, seq), MEMBER(COOKIE, cookie),
	MEMBER(SENT, sent), MEMBER(RETRANSMITTED, retransmitted),
	MEMBER(RECEIVED, received), MEMBER(ACKED, acked),
	MEMBER(AGE_NS, age_ns), MEMBER(CGROUP, cgroup), MEMBER(NETNS, netns),
	MEMBER(CPU, cpu), MEMBER(PID, pid), MEMBER(TID, tid), MEMBER(UID, uid),
	MEMBER(UNREAD, unread), MEMBER(UNSENT, unsent),
	MEMBER(UNACKED, unacked), MEMBER(FAMILY, family),
	MEMBER(LOCAL_PORT, local_port), MEMBER(REMOTE_PORT, remote_port),
	MEMBER(TYPE, type), MEMBER(STATE, state), MEMBER(NEW_STATE, new_state),
	MEMBER(WHY, why), MEMBER(PATH, path), MEMBER(FIN, fin),
	MEMBER(FATE, fate), MEMBER(VERDICT, verdict),
	MEMBER(CLOSED_FIRST, closed_first), MEMBER(LINGER_ON, linger_on),
};

static void take_address(uint8_t *to, size_t *len, const uint8_t *addr,
			 uint16_t family)
{
	*len = family == AF_INET ? 4 : 16;
	memcpy(to, addr, *len);
}

static void take_facts(struct event *ev, const struct nlattr *a)
{
	struct closewatch_facts f;

	if (nla_len(a) < (int)sizeof(f))
		return;
	memcpy(&f, nla_data(a), sizeof(f));
	ev->has |= f.has;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		memcpy(&ev->num[members[i].type], (char *)&f + members[i].offset,
		       members[i].size);
	if (EVENT_HAS(ev, LOCAL_ADDR))
		take_address(ev->local, &ev->local_len, f.local_addr, f.family);
	if (EVENT_HAS(ev, REMOTE_ADDR))
		take_address(ev->remote, &ev->remote_len, f.remote_addr,
			     f.family);
	memcpy(ev->comm, f.comm, sizeof(f.comm));
}

void decode_event(struct event *ev, struct nlattr *nest)
{
	struct nlattr *a;
	int left;

	memset(ev, 0, sizeof(*ev));
	nla_for_each_nested(a, nest, left) {
		int type = nla_type(a);

		if (type == CLOSEWATCH_A_EVENT_MORE)
			copy(&ev->more, sizeof(ev->more), a);
		if (type > CLOSEWATCH_A_EVENT_MAX ||
		    type == CLOSEWATCH_A_EVENT_MORE)
			continue;
		ev->has |= 1ULL << (type & 63);
		switch (type) {
		case CLOSEWATCH_A_EVENT_FACTS:
			take_facts(ev, a);
			break;
		case CLOSEWATCH_A_EVENT_ULP:
			copy(ev->ulp, sizeof(ev->ulp) - 1, a);
			break;
		case CLOSEWATCH_A_EVENT_KERNEL_REASON:
			copy(ev->reason, sizeof(ev->reason) - 1, a);
			break;
		default:
			ev->num[type] = number(a);
		}
	}
}

void decode_listed(struct listed *p, struct nlattr *nest)
{
	struct nlattr *a;
	int left;

	memset(p, 0, sizeof(*p));
	nla_for_each_nested(a, nest, left) {
		int type = nla_type(a);

		if (type > CLOSEWATCH_A_POLICY_MAX)
			continue;
		p->has |= 1ULL << type;
		p->num[type] = number(a);
		if (type == CLOSEWATCH_A_POLICY_COMM)
			copy(p->comm, sizeof(p->comm) - 1, a);
		if (type == CLOSEWATCH_A_POLICY_REMOTE_ADDR)
			p->addr_len = copy(p->addr, sizeof(p->addr), a);
	}
}

static uint64_t nested(struct nlattr **tb, int type)
{
	return tb[type] ? number(tb[type]) : 0;
}

void decode_figures(struct listener_figures *f, struct nlattr *nest)
{
	struct nlattr *tb[CLOSEWATCH_A_LISTENER_MAX + 1];

	if (nla_parse_nested(tb, CLOSEWATCH_A_LISTENER_MAX, nest, NULL) < 0)
		return;
	f->sent = nested(tb, CLOSEWATCH_A_LISTENER_SENT);
	f->lost = nested(tb, CLOSEWATCH_A_LISTENER_LOST);
}

void decode_info(struct module_info *info, struct nlattr *nest)
{
	struct nlattr *tb[CLOSEWATCH_A_INFO_MAX + 1];

	if (nla_parse_nested(tb, CLOSEWATCH_A_INFO_MAX, nest, NULL) < 0)
		return;
	*info = (struct module_info){
		.listeners = nested(tb, CLOSEWATCH_A_INFO_LISTENERS),
		.probes = nested(tb, CLOSEWATCH_A_INFO_PROBES),
		.inflight = nested(tb, CLOSEWATCH_A_INFO_INFLIGHT),
		.events = nested(tb, CLOSEWATCH_A_INFO_EVENTS),
		.missed = nested(tb, CLOSEWATCH_A_INFO_MISSED),
		.policies = nested(tb, CLOSEWATCH_A_INFO_POLICIES),
		.drains = nested(tb, CLOSEWATCH_A_INFO_DRAINS),
		.policy_armed = nested(tb, CLOSEWATCH_A_INFO_POLICY_ARMED),
		.blind = nested(tb, CLOSEWATCH_A_INFO_BLIND),
		.blind_seconds = nested(tb, CLOSEWATCH_A_INFO_BLIND_SECONDS),
	};
}

static void take_tally(struct stats *s, struct nlattr *nest)
{
	struct nlattr *tb[CLOSEWATCH_A_TALLY_MAX + 1];
	uint64_t events, path, fate;

	if (nla_parse_nested(tb, CLOSEWATCH_A_TALLY_MAX, nest, NULL) < 0)
		return;
	events = nested(tb, CLOSEWATCH_A_TALLY_EVENTS);
	path = nested(tb, CLOSEWATCH_A_TALLY_PATH);
	fate = nested(tb, CLOSEWATCH_A_TALLY_FATE);
	if (tb[CLOSEWATCH_A_TALLY_PATH] && path <= CLOSEWATCH_PATH_MAX) {
		s->closes[path] = events;
		s->unread_bytes[path] =
			nested(tb, CLOSEWATCH_A_TALLY_UNREAD_BYTES);
	}
	if (tb[CLOSEWATCH_A_TALLY_FATE] && fate <= CLOSEWATCH_FATE_MAX) {
		s->fates[fate] = events;
		s->lost_bytes[fate] =
			nested(tb, CLOSEWATCH_A_TALLY_LOST_BYTES);
		s->minisocks[fate] = nested(tb, CLOSEWATCH_A_TALLY_MINISOCKS);
	}
}

static void take_bucket(uint64_t *histogram, struct nlattr *nest)
{
	struct nlattr *tb[CLOSEWATCH_A_BUCKET_MAX + 1];
	uint64_t n;

	if (nla_parse_nested(tb, CLOSEWATCH_A_BUCKET_MAX, nest, NULL) < 0)
		return;
	n = nested(tb, CLOSEWATCH_A_BUCKET_LOG2);
	if (n < STATS_BUCKETS)
		histogram[n] = nested(tb, CLOSEWATCH_A_BUCKET_COUNT);
}

/* Both lists are as long as their numbers are many */
static void take_drain_tally(struct drain_tally *list, unsigned int max,
			     int by, struct nlattr *nest)
{
	struct nlattr *tb[CLOSEWATCH_A_DRAIN_TALLY_MAX + 1];
	uint64_t i;

	if (nla_parse_nested(tb, CLOSEWATCH_A_DRAIN_TALLY_MAX, nest, NULL) < 0)
		return;
	i = nested(tb, by);
	if (!tb[by] || i > max)
		return;
	list[i] = (struct drain_tally){
		.events = nested(tb, CLOSEWATCH_A_DRAIN_TALLY_EVENTS),
		.discarded = nested(tb, CLOSEWATCH_A_DRAIN_TALLY_DISCARDED),
		.response = nested(tb, CLOSEWATCH_A_DRAIN_TALLY_RESPONSE_BYTES),
		.acked = nested(tb, CLOSEWATCH_A_DRAIN_TALLY_RESPONSE_ACKED),
	};
}

static void take_drain_close(struct stats *s, struct nlattr *nest)
{
	struct nlattr *tb[CLOSEWATCH_A_TALLY_MAX + 1];
	uint64_t path;

	if (nla_parse_nested(tb, CLOSEWATCH_A_TALLY_MAX, nest, NULL) < 0)
		return;
	path = nested(tb, CLOSEWATCH_A_TALLY_PATH);
	if (path <= CLOSEWATCH_PATH_MAX)
		s->drain_closes[path] = nested(tb, CLOSEWATCH_A_TALLY_EVENTS);
}

static void take_drain_stats(struct stats *s, struct nlattr *a)
{
	switch (nla_type(a)) {
	case CLOSEWATCH_A_STATS_DRAIN:
		take_drain_tally(s->ended, CLOSEWATCH_DRAIN_OUTCOME_MAX,
				 CLOSEWATCH_A_DRAIN_TALLY_OUTCOME, a);
		break;
	case CLOSEWATCH_A_STATS_REFUSED:
		take_drain_tally(s->refused, CLOSEWATCH_REFUSAL_MAX,
				 CLOSEWATCH_A_DRAIN_TALLY_REFUSAL, a);
		break;
	case CLOSEWATCH_A_STATS_DRAIN_CLOSE:
		take_drain_close(s, a);
		break;
	case CLOSEWATCH_A_STATS_SAVED:
		s->saved = number(a);
		break;
	case CLOSEWATCH_A_STATS_SAVED_BYTES:
		s->saved_bytes = number(a);
		break;
	case CLOSEWATCH_A_STATS_NOTHING_TO_DRAIN:
		s->nothing_to_drain = number(a);
		break;
	case CLOSEWATCH_A_STATS_DRAINS:
		s->drains = number(a);
		break;
	}
}

void decode_stats(struct stats *s, struct nlattr *nest)
{
	struct nlattr *a;
	int left;

	memset(s, 0, sizeof(*s));
	nla_for_each_nested(a, nest, left) {
		switch (nla_type(a)) {
		case CLOSEWATCH_A_STATS_NETNS:
			s->netns = number(a);
			break;
		case CLOSEWATCH_A_STATS_CLOSE:
		case CLOSEWATCH_A_STATS_FATE:
			take_tally(s, a);
			break;
		case CLOSEWATCH_A_STATS_LINGER_WAIT:
			take_bucket(s->linger_wait, a);
			break;
		case CLOSEWATCH_A_STATS_FATE_TIME:
			take_bucket(s->fate_time, a);
			break;
		case CLOSEWATCH_A_STATS_UNREAD:
			take_bucket(s->unread, a);
			break;
		default:
			take_drain_stats(s, a);
		}
	}
}
