// SPDX-License-Identifier: GPL-2.0
/* The module's stats.c, on what its events tell. */
#include <linux/closewatch.h>

#include "explain/recount.h"

/* A bucket, or the slot of an enum's value that may be newer than this program. */
static uint32_t slot(uint32_t value)
{
	return value < CW_STATS_KINDS ? value : CW_STATS_KINDS - 1;
}

static void add_bucket(uint64_t *buckets, uint64_t value)
{
	buckets[value ? 63 - __builtin_clzll(value) : 0]++;
}

static void add_close(struct cw_msg_stats *s, const struct cw_msg_event *ev)
{
	struct cw_count *n = &s->close[slot(ev->path)];

	n->events++;
	n->bytes += ev->unread;
	if (ev->unread)
		add_bucket(s->unread, ev->unread);
	if (cw_event_has(ev, LINGER_WAITED_NS)) {
		add_bucket(s->linger_wait, ev->linger_waited_ns);
		s->linger_wait_ns += ev->linger_waited_ns;
	}
}

static void add_fate(struct cw_msg_stats *s, const struct cw_msg_event *ev)
{
	struct cw_count *n = &s->fate[slot(ev->fate)];

	n->events++;
	n->bytes += ev->lost_bytes;
	if (ev->since_close_ns)
		add_bucket(s->fate_time, ev->since_close_ns);
}

static void add_drain(struct cw_msg_stats *s, const struct cw_msg_event *ev)
{
	bool refused = ev->drain_outcome == CLOSEWATCH_DRAIN_OUTCOME_REFUSED;
	struct cw_drain_count *n = refused ? &s->refused[slot(ev->refusal)] :
					     &s->drain[slot(ev->drain_outcome)];

	n->events++;
	n->discarded += ev->discarded;
	n->response_bytes += ev->response_bytes;
	n->response_acked += ev->response_acked;
	if (cw_event_has(ev, PATH))
		s->drain_close[slot(ev->path)].events++;
	if (!ev->saved)
		return;
	s->saved++;
	s->saved_bytes += ev->response_bytes;
}

void cw_recount(struct cw_msg_stats *stats, const struct cw_msg_event *ev)
{
	if (ev->type == CLOSEWATCH_EVENT_TYPE_CLOSE)
		add_close(stats, ev);
	else if (ev->type == CLOSEWATCH_EVENT_TYPE_FATE)
		add_fate(stats, ev);
	else if (ev->type == CLOSEWATCH_EVENT_TYPE_DRAIN_END)
		add_drain(stats, ev);
}
