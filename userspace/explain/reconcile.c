// SPDX-License-Identifier: GPL-2.0
#include <linux/closewatch.h>

#include "base/util.h"
#include "explain/reconcile.h"

#define CLOSE(which)	(1ULL << CLOSEWATCH_PATH_##which)
#define FATE(which)	(1ULL << CLOSEWATCH_FATE_##which)

/* What must add up to a counter: sets of paths and of fates. */
static const struct {
	enum cw_mib mib;
	uint64_t closes;
	uint64_t fates;
	uint64_t minus;		/* closes that are among the fates too */
	bool attempts;		/* failed connects may be counted besides */
	const char *sum;
	const char *note;
} rules[] = {
	{
		.mib = CW_MIB_ABORT_ON_CLOSE,
		.closes = CLOSE(RST_UNREAD),
		.sum = "closes rst-unread",
	}, {
		.mib = CW_MIB_ABORT_ON_DATA,
		.closes = CLOSE(RST_LINGER0) | CLOSE(LINGER0_SILENT),
		.fates = FATE(RST_LATE_DATA) | FATE(RST_LINGER2),
		.minus = CLOSE(RST_LINGER2),
		.sum = "closes rst-linger0, linger0-silent, also at the limit of a drain; "
		       "fates rst-late-data, rst-linger2 later, unless only a timewait entry was left",
	}, {
		.mib = CW_MIB_ABORT_ON_LINGER,
		.closes = CLOSE(RST_LINGER2),
		.sum = "closes rst-linger2",
	}, {
		.mib = CW_MIB_ABORT_ON_MEMORY,
		.fates = FATE(MEMORY) | FATE(ORPHAN_LIMIT),
		.sum = "fates memory, orphan-limit; closes rst-memory are among them",
	}, {
		.mib = CW_MIB_ABORT_ON_TIMEOUT,
		.fates = FATE(RETRANSMIT_TIMEOUT) | FATE(KEEPALIVE_TIMEOUT) |
			 FATE(USER_TIMEOUT),
		.attempts = true,
		.sum = "fates retransmit-timeout, keepalive-timeout, user-timeout",
		.note = "unanswered connects are counted too; TcpAttemptFails bounds them",
	}, {
		.mib = CW_MIB_TIME_WAIT_OVERFLOW,
		.fates = FATE(TIME_WAIT_OVERFLOW),
		.sum = "fates time-wait-overflow",
	},
};

_Static_assert(ARRAY_SIZE(rules) == CW_ROWS, "a rule for each row");

/* The kernel counts nothing for a minisock. */
static uint64_t sum(const struct cw_count *counts, uint64_t which)
{
	uint64_t n = 0;
	unsigned int i;

	for (i = 0; i < CW_STATS_KINDS; i++)
		if (which >> i & 1)
			n += counts[i].events - counts[i].minisocks;
	return n;
}

/* The close that ends a drain is one to the kernel, and to it alone. */
static uint64_t sum_closes(const struct cw_msg_stats *ours, uint64_t which)
{
	return sum(ours->close, which) + sum(ours->drain_close, which);
}

static void judge(struct cw_row *row)
{
	row->difference = 0;
	if (!row->present)
		return;
	if (row->kernel < row->least)
		row->difference = -(int64_t)(row->least - row->kernel);
	else if (row->kernel > row->most)
		row->difference = row->kernel - row->most;
}

unsigned int cw_reconcile(struct cw_row rows[CW_ROWS],
			  const struct cw_msg_stats *ours,
			  const struct cw_mibs *kernel)
{
	unsigned int i, bad = 0;

	for (i = 0; i < CW_ROWS; i++) {
		struct cw_row *row = &rows[i];
		uint64_t minus = sum_closes(ours, rules[i].minus);
		uint64_t n = sum_closes(ours, rules[i].closes) +
			     sum(ours->fate, rules[i].fates);

		n = n > minus ? n - minus : 0;
		row->mib = rules[i].mib;
		row->present = kernel->present >> row->mib & 1;
		row->kernel = kernel->n[row->mib];
		row->least = n;
		row->most = n;
		if (rules[i].attempts)
			row->most += kernel->n[CW_MIB_ATTEMPT_FAILS];
		row->sum = rules[i].sum;
		row->note = row->least != row->most ? rules[i].note : NULL;
		judge(row);
		bad += row->difference != 0;
	}
	return bad;
}

static void counts_since(struct cw_count *delta, const struct cw_count *now,
			 const struct cw_count *before)
{
	unsigned int i;

	for (i = 0; i < CW_STATS_KINDS; i++) {
		delta[i].events = now[i].events - before[i].events;
		delta[i].bytes = now[i].bytes - before[i].bytes;
		delta[i].minisocks = now[i].minisocks - before[i].minisocks;
	}
}

static void drains_since(struct cw_drain_count *delta,
			 const struct cw_drain_count *now,
			 const struct cw_drain_count *before)
{
	unsigned int i;

	for (i = 0; i < CW_STATS_KINDS; i++) {
		delta[i].events = now[i].events - before[i].events;
		delta[i].discarded = now[i].discarded - before[i].discarded;
		delta[i].response_bytes = now[i].response_bytes -
					  before[i].response_bytes;
		delta[i].response_acked = now[i].response_acked -
					  before[i].response_acked;
	}
}

static void buckets_since(uint64_t *delta, const uint64_t *now,
			  const uint64_t *before)
{
	unsigned int i;

	for (i = 0; i < CW_STATS_KINDS; i++)
		delta[i] = now[i] - before[i];
}

void cw_stats_since(struct cw_msg_stats *delta, const struct cw_msg_stats *now,
		    const struct cw_msg_stats *before)
{
	delta->netns = now->netns;
	delta->malformed = now->malformed;
	counts_since(delta->close, now->close, before->close);
	counts_since(delta->fate, now->fate, before->fate);
	delta->linger_wait_ns = now->linger_wait_ns - before->linger_wait_ns;
	buckets_since(delta->linger_wait, now->linger_wait,
		      before->linger_wait);
	buckets_since(delta->fate_time, now->fate_time, before->fate_time);
	buckets_since(delta->unread, now->unread, before->unread);
	drains_since(delta->drain, now->drain, before->drain);
	drains_since(delta->refused, now->refused, before->refused);
	counts_since(delta->drain_close, now->drain_close,
		     before->drain_close);
	delta->saved = now->saved - before->saved;
	delta->saved_bytes = now->saved_bytes - before->saved_bytes;
	delta->nothing_to_drain = now->nothing_to_drain -
				  before->nothing_to_drain;
	/* Not a counter: what runs at the later moment. */
	delta->drains = now->drains;
}

void cw_mibs_since(struct cw_mibs *delta, const struct cw_mibs *now,
		   const struct cw_mibs *before)
{
	unsigned int i;

	delta->present = now->present & before->present;
	for (i = 0; i < CW_MIB_COUNT; i++)
		delta->n[i] = now->n[i] - before->n[i];
}
