// SPDX-License-Identifier: GPL-2.0
/* Counters from events, as the module counts them. */
#include "explain/recount.h"
#include "fixture.h"
#include "kselftest_harness.h"

FIXTURE(recount)
{
	struct cw_msg_event ev;
	struct cw_msg_stats s;
};

FIXTURE_SETUP(recount)
{
	struct message m = { 0 };

	put_everything(&m);
	cw_decode_event(&self->ev, m.b, m.len);
	memset(&self->s, 0, sizeof(self->s));
}

FIXTURE_TEARDOWN(recount)
{
}

#define PATH	CLOSEWATCH_PATH_RST_UNREAD

/* Only what is expected moves: the rest is compared with zeroes. */
#define EXPECT_ONLY(...) do {						\
		struct cw_msg_stats want = { __VA_ARGS__ };		\
									\
		cw_recount(&self->s, &self->ev);			\
		EXPECT_EQ(0, memcmp(&want, &self->s, sizeof(want)));	\
	} while (0)

TEST_F(recount, a_close_counts_by_its_path)
{
	EXPECT_ONLY(.close[PATH] = { .events = 1, .bytes = 3812 },
		    .unread[11] = 1, .linger_wait[20] = 1,
		    .linger_wait_ns = 1200345);
}

TEST_F(recount, what_was_read_and_did_not_wait_is_in_no_histogram)
{
	self->ev.unread = 0;
	self->ev.present &= ~(1ULL << CLOSEWATCH_A_EVENT_LINGER_WAITED_NS);
	EXPECT_ONLY(.close[PATH].events = 1);
}

TEST_F(recount, an_end_counts_by_its_fate)
{
	self->ev.type = CLOSEWATCH_EVENT_TYPE_FATE;
	EXPECT_ONLY(.fate[CLOSEWATCH_FATE_RST_LATE_DATA] = {
			.events = 1, .bytes = 8192 }, .fate_time[30] = 1);
}

TEST_F(recount, a_drain_counts_by_its_outcome_and_its_close)
{
	self->ev.type = CLOSEWATCH_EVENT_TYPE_DRAIN_END;
	self->ev.drain_outcome = CLOSEWATCH_DRAIN_OUTCOME_DELIVERED;
	EXPECT_ONLY(.drain[CLOSEWATCH_DRAIN_OUTCOME_DELIVERED] = {
			.events = 1, .discarded = 4096, .response_bytes = 200000,
			.response_acked = 150000 },
		    .drain_close[PATH].events = 1, .saved = 1,
		    .saved_bytes = 200000);
}

TEST_F(recount, a_refusal_counts_by_its_reason)
{
	self->ev.type = CLOSEWATCH_EVENT_TYPE_DRAIN_END;
	self->ev.saved = 0;
	self->ev.present &= ~(1ULL << CLOSEWATCH_A_EVENT_PATH);
	self->ev.discarded = 0;
	self->ev.response_acked = 0;
	EXPECT_ONLY(.refused[CLOSEWATCH_REFUSAL_ULP] = {
			.events = 1, .response_bytes = 200000 });
}

TEST_F(recount, other_events_do_not_count)
{
	self->ev.type = CLOSEWATCH_EVENT_TYPE_SHUTDOWN;
	EXPECT_ONLY(.netns = 0);
}

TEST_F(recount, values_that_are_newer_have_the_last_slot)
{
	self->ev.path = UINT32_MAX;
	self->ev.unread = 0;
	self->ev.linger_waited_ns = 0;
	EXPECT_ONLY(.close[CW_STATS_KINDS - 1].events = 1, .linger_wait[0] = 1);
}

TEST_HARNESS_MAIN
