// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <linux/closewatch.h>

#include "base/attr.h"
#include "netlink/decode_stats.h"

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
	[CLOSEWATCH_A_TALLY_##attr] = CW_FIELD(tally, member, kind)

static const struct cw_field tally_fields[CLOSEWATCH_A_TALLY_MAX + 1] = {
	TALLY(PATH, path, NUMBER),
	TALLY(FATE, fate, NUMBER),
	TALLY(EVENTS, events, NUMBER),
	TALLY(UNREAD_BYTES, unread_bytes, NUMBER),
	TALLY(LOST_BYTES, lost_bytes, NUMBER),
	TALLY(MINISOCKS, minisocks, NUMBER),
};

struct drain_tally {
	uint64_t present;
	uint32_t outcome;
	uint32_t refusal;
	struct cw_drain_count count;
};

#define DRAIN(attr, member, kind)					\
	[CLOSEWATCH_A_DRAIN_TALLY_##attr] =				\
		CW_FIELD(drain_tally, member, kind)

static const struct cw_field
drain_fields[CLOSEWATCH_A_DRAIN_TALLY_MAX + 1] = {
	DRAIN(OUTCOME, outcome, NUMBER),
	DRAIN(REFUSAL, refusal, NUMBER),
	DRAIN(EVENTS, count.events, NUMBER),
	DRAIN(DISCARDED, count.discarded, NUMBER),
	DRAIN(RESPONSE_BYTES, count.response_bytes, NUMBER),
	DRAIN(RESPONSE_ACKED, count.response_acked, NUMBER),
};

struct bucket {
	uint64_t present;
	uint64_t count;
	uint32_t log2;
};

#define BUCKET(attr, member, kind)					\
	[CLOSEWATCH_A_BUCKET_##attr] = CW_FIELD(bucket, member, kind)

static const struct cw_field bucket_fields[CLOSEWATCH_A_BUCKET_MAX + 1] = {
	BUCKET(LOG2, log2, NUMBER),
	BUCKET(COUNT, count, NUMBER),
};

/* @kind: the attribute that says what is counted, and with it which bytes. */
static unsigned int decode_tally(struct cw_count *counts, unsigned int kind,
				 const struct cw_attr *a)
{
	const uint64_t want = 1ULL << kind | 1ULL << CLOSEWATCH_A_TALLY_EVENTS;
	bool path = kind == CLOSEWATCH_A_TALLY_PATH;
	struct tally t = { 0 };
	unsigned int bad;
	uint32_t which;

	bad = cw_attr_decode(tally_fields, CLOSEWATCH_A_TALLY_MAX, a->data,
			     a->len, &t, &t.present);
	which = path ? t.path : t.fate;
	if ((t.present & want) != want || which >= CW_STATS_KINDS)
		return bad + 1;
	counts[which].events = t.events;
	counts[which].bytes = path ? t.unread_bytes : t.lost_bytes;
	counts[which].minisocks = t.minisocks;
	return bad;
}

/* @kind: the attribute that says what is counted. */
static unsigned int decode_drains(struct cw_drain_count *counts,
				  unsigned int kind, const struct cw_attr *a)
{
	const uint64_t want = 1ULL << kind |
			      1ULL << CLOSEWATCH_A_DRAIN_TALLY_EVENTS;
	struct drain_tally t = { 0 };
	unsigned int bad;
	uint32_t which;

	bad = cw_attr_decode(drain_fields, CLOSEWATCH_A_DRAIN_TALLY_MAX,
			     a->data, a->len, &t, &t.present);
	which = kind == CLOSEWATCH_A_DRAIN_TALLY_OUTCOME ? t.outcome :
							   t.refusal;
	if ((t.present & want) != want || which >= CW_STATS_KINDS)
		return bad + 1;
	counts[which] = t.count;
	return bad;
}

static unsigned int decode_bucket(uint64_t *buckets, const struct cw_attr *a)
{
	const uint64_t want = 1ULL << CLOSEWATCH_A_BUCKET_LOG2 |
			      1ULL << CLOSEWATCH_A_BUCKET_COUNT;
	struct bucket b = { 0 };
	unsigned int bad;

	bad = cw_attr_decode(bucket_fields, CLOSEWATCH_A_BUCKET_MAX, a->data,
			     a->len, &b, &b.present);
	if ((b.present & want) != want || b.log2 >= CW_STATS_KINDS)
		return bad + 1;
	buckets[b.log2] = b.count;
	return bad;
}

/* Returns how many were malformed: one or none. */
static unsigned int decode_number(void *to, size_t size,
				  const struct cw_attr *a)
{
	if (a->len != size)
		return 1;
	memcpy(to, a->data, size);
	return 0;
}

static unsigned int decode_drain_stat(struct cw_msg_stats *stats,
				      const struct cw_attr *a)
{
	switch (a->type) {
	case CLOSEWATCH_A_STATS_DRAIN:
		return decode_drains(stats->drain,
				     CLOSEWATCH_A_DRAIN_TALLY_OUTCOME, a);
	case CLOSEWATCH_A_STATS_REFUSED:
		return decode_drains(stats->refused,
				     CLOSEWATCH_A_DRAIN_TALLY_REFUSAL, a);
	case CLOSEWATCH_A_STATS_DRAIN_CLOSE:
		return decode_tally(stats->drain_close,
				    CLOSEWATCH_A_TALLY_PATH, a);
	case CLOSEWATCH_A_STATS_SAVED:
		return decode_number(&stats->saved, sizeof(stats->saved), a);
	case CLOSEWATCH_A_STATS_SAVED_BYTES:
		return decode_number(&stats->saved_bytes,
				     sizeof(stats->saved_bytes), a);
	case CLOSEWATCH_A_STATS_NOTHING_TO_DRAIN:
		return decode_number(&stats->nothing_to_drain,
				     sizeof(stats->nothing_to_drain), a);
	case CLOSEWATCH_A_STATS_DRAINS:
		return decode_number(&stats->drains, sizeof(stats->drains), a);
	default:
		return 0;
	}
}

static unsigned int decode_stat(struct cw_msg_stats *stats,
				const struct cw_attr *a)
{
	switch (a->type) {
	case CLOSEWATCH_A_STATS_NETNS:
		return decode_number(&stats->netns, sizeof(stats->netns), a);
	case CLOSEWATCH_A_STATS_CLOSE:
		return decode_tally(stats->close, CLOSEWATCH_A_TALLY_PATH, a);
	case CLOSEWATCH_A_STATS_FATE:
		return decode_tally(stats->fate, CLOSEWATCH_A_TALLY_FATE, a);
	case CLOSEWATCH_A_STATS_LINGER_WAIT:
		return decode_bucket(stats->linger_wait, a);
	case CLOSEWATCH_A_STATS_LINGER_WAIT_NS:
		return decode_number(&stats->linger_wait_ns,
				     sizeof(stats->linger_wait_ns), a);
	case CLOSEWATCH_A_STATS_FATE_TIME:
		return decode_bucket(stats->fate_time, a);
	case CLOSEWATCH_A_STATS_UNREAD:
		return decode_bucket(stats->unread, a);
	default:
		return decode_drain_stat(stats, a);
	}
}

void cw_decode_stats(struct cw_msg_stats *stats, const void *attrs, size_t len)
{
	struct cw_attr a = cw_attr_walk(attrs, len);
	int more;

	memset(stats, 0, sizeof(*stats));
	while ((more = cw_attr_next(&a)) > 0)
		stats->malformed += decode_stat(stats, &a);
	stats->malformed += more < 0;
}
