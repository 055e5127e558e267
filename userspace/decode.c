// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <linux/closewatch.h>
#include <linux/netlink.h>

#include "decode.h"

enum field_kind {
	FIELD_NONE,	/* skipped: padding, or unknown here */
	FIELD_NUMBER,	/* exactly as wide as the member */
	FIELD_ADDRESS,	/* 4 or 16 bytes */
	FIELD_STRING,	/* up to its NUL or its end */
};

struct field {
	enum field_kind kind;
	size_t offset;
	size_t size;
};

#define FIELD(what, member, k)						\
	{								\
		.kind = (k), .offset = offsetof(struct what, member),	\
		.size = sizeof(((struct what *)NULL)->member),		\
	}

#define EVENT(attr, member, kind)					\
	[CLOSEWATCH_A_EVENT_##attr] = FIELD(cw_event, member, FIELD_##kind)

static const struct field event_fields[CLOSEWATCH_A_EVENT_MAX + 1] = {
	EVENT(TYPE, type, NUMBER),
	EVENT(TIME, time, NUMBER),
	EVENT(CPU, cpu, NUMBER),
	EVENT(SEQ, seq, NUMBER),
	EVENT(NETNS, netns, NUMBER),
	EVENT(FAMILY, family, NUMBER),
	EVENT(LOCAL_ADDR, local_addr, ADDRESS),
	EVENT(REMOTE_ADDR, remote_addr, ADDRESS),
	EVENT(LOCAL_PORT, local_port, NUMBER),
	EVENT(REMOTE_PORT, remote_port, NUMBER),
	EVENT(COOKIE, cookie, NUMBER),
	EVENT(PATH, path, NUMBER),
	EVENT(STATE, state, NUMBER),
	EVENT(NEW_STATE, new_state, NUMBER),
	EVENT(UNREAD, unread, NUMBER),
	EVENT(UNSENT, unsent, NUMBER),
	EVENT(UNACKED, unacked, NUMBER),
	EVENT(SENT, sent, NUMBER),
	EVENT(RETRANSMITTED, retransmitted, NUMBER),
	EVENT(RECEIVED, received, NUMBER),
	EVENT(ACKED, acked, NUMBER),
	EVENT(AGE_NS, age_ns, NUMBER),
	EVENT(FIN, fin, NUMBER),
	EVENT(LINGER_ON, linger_on, NUMBER),
	EVENT(LINGER_SECONDS, linger_seconds, NUMBER),
	EVENT(LINGER_WAITED_NS, linger_waited_ns, NUMBER),
	EVENT(LINGER_OUTCOME, linger_outcome, NUMBER),
	EVENT(WHY, why, NUMBER),
	EVENT(PID, pid, NUMBER),
	EVENT(TID, tid, NUMBER),
	EVENT(COMM, comm, STRING),
	EVENT(UID, uid, NUMBER),
	EVENT(CGROUP, cgroup, NUMBER),
	EVENT(CHILDREN, children, NUMBER),
	EVENT(CHILDREN_RESET, children_reset, NUMBER),
	EVENT(ULP, ulp, STRING),
	EVENT(COUNT, count, NUMBER),
	EVENT(LOSS, loss, NUMBER),
	EVENT(HOW, how, NUMBER),
	EVENT(REFERENCES, references, NUMBER),
	EVENT(SIGPIPE, sigpipe, NUMBER),
	EVENT(FATE, fate, NUMBER),
	EVENT(VERDICT, verdict, NUMBER),
	EVENT(LOST_BYTES, lost_bytes, NUMBER),
	EVENT(CLOSED_FIRST, closed_first, NUMBER),
	EVENT(SINCE_CLOSE_NS, since_close_ns, NUMBER),
	EVENT(RESET_KIND, reset_kind, NUMBER),
	EVENT(KERNEL_REASON, kernel_reason, STRING),
	EVENT(CHILDREN_MIGRATED, children_migrated, NUMBER),
	EVENT(SYN_QUEUE, syn_queue, NUMBER),
};

_Static_assert(CLOSEWATCH_A_EVENT_MAX < 64, "present has 64 bits");

#define LISTENER(attr, member, kind)					\
	[CLOSEWATCH_A_LISTENER_##attr] =				\
		FIELD(cw_listener, member, FIELD_##kind)

static const struct field listener_fields[CLOSEWATCH_A_LISTENER_MAX + 1] = {
	LISTENER(SENT, sent, NUMBER),
	LISTENER(LOST, lost, NUMBER),
};

#define INFO(attr, member, kind)					\
	[CLOSEWATCH_A_INFO_##attr] = FIELD(cw_info, member, FIELD_##kind)

static const struct field info_fields[CLOSEWATCH_A_INFO_MAX + 1] = {
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
};

struct tally {
	uint64_t present;
	uint64_t events;
	uint64_t unread_bytes;
	uint64_t lost_bytes;
	uint64_t minisocks;
	uint32_t path;
	uint32_t fate;
};

#define TALLY(attr, member, kind)					\
	[CLOSEWATCH_A_TALLY_##attr] = FIELD(tally, member, FIELD_##kind)

static const struct field tally_fields[CLOSEWATCH_A_TALLY_MAX + 1] = {
	TALLY(PATH, path, NUMBER),
	TALLY(FATE, fate, NUMBER),
	TALLY(EVENTS, events, NUMBER),
	TALLY(UNREAD_BYTES, unread_bytes, NUMBER),
	TALLY(LOST_BYTES, lost_bytes, NUMBER),
	TALLY(MINISOCKS, minisocks, NUMBER),
};

struct bucket {
	uint64_t present;
	uint64_t count;
	uint32_t log2;
};

#define BUCKET(attr, member, kind)					\
	[CLOSEWATCH_A_BUCKET_##attr] = FIELD(bucket, member, FIELD_##kind)

static const struct field bucket_fields[CLOSEWATCH_A_BUCKET_MAX + 1] = {
	BUCKET(LOG2, log2, NUMBER),
	BUCKET(COUNT, count, NUMBER),
};

/* One attribute of a walk; @left counts what follows it. */
struct attr {
	unsigned int type;
	const uint8_t *data;
	size_t len;
	const uint8_t *next;
	size_t left;
};

static struct attr attr_walk(const void *attrs, size_t len)
{
	return (struct attr){ .next = attrs, .left = len };
}

/* 1: @a is the next attribute. 0: the end. -1: the rest makes no sense. */
static int attr_next(struct attr *a)
{
	struct nlattr nla;
	size_t step;

	if (!a->left)
		return 0;
	if (a->left < sizeof(nla))
		return -1;
	/* By copy: the bytes may come from a file, at any alignment. */
	memcpy(&nla, a->next, sizeof(nla));
	if (nla.nla_len < NLA_HDRLEN || nla.nla_len > a->left)
		return -1;
	a->type = nla.nla_type & NLA_TYPE_MASK;
	a->data = a->next + NLA_HDRLEN;
	a->len = nla.nla_len - NLA_HDRLEN;
	/* The last attribute need not be padded. */
	step = NLA_ALIGN(nla.nla_len);
	if (step > a->left)
		step = a->left;
	a->next += step;
	a->left -= step;
	return 1;
}

static bool bytes_set(struct cw_bytes *to, const uint8_t *data, size_t len)
{
	if (len > sizeof(to->b))
		return false;
	memcpy(to->b, data, len);
	to->len = len;
	return true;
}

static bool field_set(const struct field *f, void *out, const struct attr *a)
{
	void *to = (char *)out + f->offset;

	switch (f->kind) {
	case FIELD_NUMBER:
		if (a->len != f->size)
			return false;
		memcpy(to, a->data, a->len);
		return true;
	case FIELD_ADDRESS:
		return (a->len == 4 || a->len == 16) &&
		       bytes_set(to, a->data, a->len);
	case FIELD_STRING:
		return bytes_set(to, a->data,
				 strnlen((const char *)a->data, a->len));
	case FIELD_NONE:
		break;
	}
	return false;
}

static unsigned int decode(const struct field *fields, unsigned int max,
			   const void *attrs, size_t len, void *out,
			   uint64_t *present)
{
	struct attr a = attr_walk(attrs, len);
	unsigned int malformed = 0;
	int more;

	while ((more = attr_next(&a)) > 0) {
		if (a.type > max || fields[a.type].kind == FIELD_NONE)
			continue;
		if (field_set(&fields[a.type], out, &a))
			*present |= 1ULL << a.type;
		else
			malformed++;
	}
	return malformed + (more < 0);
}

void cw_decode_event(struct cw_event *ev, const void *attrs, size_t len)
{
	memset(ev, 0, sizeof(*ev));
	ev->malformed = decode(event_fields, CLOSEWATCH_A_EVENT_MAX, attrs,
			       len, ev, &ev->present);
}

void cw_decode_listener(struct cw_listener *l, const void *attrs, size_t len)
{
	memset(l, 0, sizeof(*l));
	l->malformed = decode(listener_fields, CLOSEWATCH_A_LISTENER_MAX,
			      attrs, len, l, &l->present);
}

void cw_decode_info(struct cw_info *info, const void *attrs, size_t len)
{
	memset(info, 0, sizeof(*info));
	info->malformed = decode(info_fields, CLOSEWATCH_A_INFO_MAX, attrs,
				 len, info, &info->present);
}

/* @kind: the attribute that says what is counted, and with it which bytes. */
static unsigned int decode_tally(struct cw_count *counts, unsigned int kind,
				 const struct attr *a)
{
	const uint64_t want = 1ULL << kind | 1ULL << CLOSEWATCH_A_TALLY_EVENTS;
	bool path = kind == CLOSEWATCH_A_TALLY_PATH;
	struct tally t = { 0 };
	unsigned int bad;
	uint32_t which;

	bad = decode(tally_fields, CLOSEWATCH_A_TALLY_MAX, a->data, a->len,
		     &t, &t.present);
	which = path ? t.path : t.fate;
	if ((t.present & want) != want || which >= CW_STATS_KINDS)
		return bad + 1;
	counts[which].events = t.events;
	counts[which].bytes = path ? t.unread_bytes : t.lost_bytes;
	counts[which].minisocks = t.minisocks;
	return bad;
}

static unsigned int decode_bucket(uint64_t *buckets, const struct attr *a)
{
	const uint64_t want = 1ULL << CLOSEWATCH_A_BUCKET_LOG2 |
			      1ULL << CLOSEWATCH_A_BUCKET_COUNT;
	struct bucket b = { 0 };
	unsigned int bad;

	bad = decode(bucket_fields, CLOSEWATCH_A_BUCKET_MAX, a->data, a->len,
		     &b, &b.present);
	if ((b.present & want) != want || b.log2 >= CW_STATS_KINDS)
		return bad + 1;
	buckets[b.log2] = b.count;
	return bad;
}

static unsigned int decode_stat(struct cw_stats *stats, const struct attr *a)
{
	switch (a->type) {
	case CLOSEWATCH_A_STATS_NETNS:
		if (a->len != sizeof(stats->netns))
			return 1;
		memcpy(&stats->netns, a->data, a->len);
		return 0;
	case CLOSEWATCH_A_STATS_CLOSE:
		return decode_tally(stats->close, CLOSEWATCH_A_TALLY_PATH, a);
	case CLOSEWATCH_A_STATS_FATE:
		return decode_tally(stats->fate, CLOSEWATCH_A_TALLY_FATE, a);
	case CLOSEWATCH_A_STATS_LINGER_WAIT:
		return decode_bucket(stats->linger_wait, a);
	case CLOSEWATCH_A_STATS_FATE_TIME:
		return decode_bucket(stats->fate_time, a);
	case CLOSEWATCH_A_STATS_UNREAD:
		return decode_bucket(stats->unread, a);
	default:
		return 0;
	}
}

void cw_decode_stats(struct cw_stats *stats, const void *attrs, size_t len)
{
	struct attr a = attr_walk(attrs, len);
	int more;

	memset(stats, 0, sizeof(*stats));
	while ((more = attr_next(&a)) > 0)
		stats->malformed += decode_stat(stats, &a);
	stats->malformed += more < 0;
}

unsigned int cw_decode_events(const void *attrs, size_t len, cw_event_fn *fn,
			      void *arg)
{
	struct attr a = attr_walk(attrs, len);
	unsigned int malformed = 0;
	struct cw_event ev;
	int more;

	while ((more = attr_next(&a)) > 0) {
		if (a.type != CLOSEWATCH_A_EVENT)
			continue;
		cw_decode_event(&ev, a.data, a.len);
		malformed += ev.malformed;
		if (!cw_has(&ev, CLOSEWATCH_A_EVENT_TYPE)) {
			malformed++;
			continue;
		}
		if (!fn(arg, &ev))
			return malformed;
	}
	return malformed + (more < 0);
}

bool cw_decode_find(const void *attrs, size_t len, unsigned int type,
		    const void **data, size_t *data_len)
{
	struct attr a = attr_walk(attrs, len);

	while (attr_next(&a) > 0) {
		if (a.type != type)
			continue;
		*data = a.data;
		*data_len = a.len;
		return true;
	}
	return false;
}
