// SPDX-License-Identifier: GPL-2.0
/* How drains end, and when they are looked at next */
#include <errno.h>

#include "module/drain/outcome.h"
#include "kselftest_harness.h"

#define OUTCOME(name)	CLOSEWATCH_DRAIN_OUTCOME_##name

/* Begun at 1000, with some time left of each limit */
static const struct cw_drain_state running = {
	.now = 1500, .began = 1000, .progress = 1400,
	.total_ns = 1000, .idle_ns = 300, .delivered = true,
};

TEST(goes_on_until_the_first_limit)
{
	struct cw_drain_state s = running;

	EXPECT_EQ(CW_DRAIN_GOES_ON, cw_drain_outcome(&s));
	EXPECT_EQ(200, cw_drain_wait_ns(&s));
	s.idle_ns = 900;
	EXPECT_EQ(500, cw_drain_wait_ns(&s));
}

TEST(limits_count_from_their_own_beginning)
{
	struct cw_drain_state s = running;

	s.now = 1699;
	EXPECT_EQ(CW_DRAIN_GOES_ON, cw_drain_outcome(&s));
	s.now = 1700;
	EXPECT_EQ(OUTCOME(IDLE_TIMEOUT), cw_drain_outcome(&s));
	s.progress = 1990;
	s.now = 1999;
	EXPECT_EQ(CW_DRAIN_GOES_ON, cw_drain_outcome(&s));
	s.now = 2000;
	EXPECT_EQ(OUTCOME(TOTAL_TIMEOUT), cw_drain_outcome(&s));
	s.overfull = true;
	EXPECT_EQ(OUTCOME(BYTE_LIMIT), cw_drain_outcome(&s));
}

/* What has happened comes before an order, and that before a limit */
TEST(order_of_what_ends_a_drain)
{
	struct cw_drain_state s = running;

	s.now = 9000;
	s.overfull = true;
	s.leave = OUTCOME(SHED);
	EXPECT_EQ(OUTCOME(SHED), cw_drain_outcome(&s));
	s.err = ECONNRESET;
	EXPECT_EQ(OUTCOME(SHED), cw_drain_outcome(&s));
	s.closed = true;
	EXPECT_EQ(OUTCOME(PEER_RESET), cw_drain_outcome(&s));
}

FIXTURE(ended) {};

FIXTURE_VARIANT(ended) {
	int err;
	bool delivered;
	unsigned int outcome;
};

FIXTURE_SETUP(ended) {}

FIXTURE_TEARDOWN(ended) {}

#define ENDED(name, e, all, what)					\
	FIXTURE_VARIANT_ADD(ended, name)				\
	{								\
		.err = e, .delivered = all, .outcome = OUTCOME(what),	\
	}

ENDED(by_both_fins, 0, true, DELIVERED);
ENDED(with_bytes_on_their_way, 0, false, UNKNOWN);
ENDED(by_rst, ECONNRESET, true, PEER_RESET);
ENDED(by_rst_after_the_peers_fin, EPIPE, true, PEER_RESET);
ENDED(by_ss_k, ECONNABORTED, true, KILLED);
ENDED(by_retransmissions, ETIMEDOUT, false, RETRANSMIT_TIMEOUT);
ENDED(by_what_icmp_told_meanwhile, EHOSTUNREACH, false, RETRANSMIT_TIMEOUT);
ENDED(by_an_error_of_no_peer, ENOMEM, true, UNKNOWN);

TEST_F(ended, is_told_by_the_error)
{
	struct cw_drain_state s = running;

	s.closed = true;
	s.err = variant->err;
	s.delivered = variant->delivered;
	EXPECT_EQ(variant->outcome, cw_drain_outcome(&s));
}

/* What came by ICMP on the way to both FINs, with IP_RECVERR */
TEST_F(ended, with_both_fins_is_delivered_whatever_came_before)
{
	struct cw_drain_state s = running;

	s.closed = true;
	s.err = variant->err;
	s.peer_fin = true;
	EXPECT_EQ(OUTCOME(DELIVERED), cw_drain_outcome(&s));
}

TEST_HARNESS_MAIN
