// SPDX-License-Identifier: GPL-2.0
/* Closes that abort: rows C3, C4, C5 and C9 */
#include <netinet/tcp.h>

#include "flavours.h"
#include "wait.h"

SCENE_FIXTURE(unread);

TEST_F(unread, established_resets)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(RST_UNREAD),
		.state = STATE(ESTABLISHED), .new_state = STATE(CLOSE),
		.unread = 3, .received = 3, .rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .abort_on_close = 1 },
	};

	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(unread, partly_read_counts_the_rest)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(RST_UNREAD),
		.state = STATE(ESTABLISHED), .new_state = STATE(CLOSE),
		.unread = 7, .received = 107, .rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .abort_on_close = 1 },
	};

	ASSERT_EQ(0, give(p->them, 107));
	ASSERT_EQ(0, take(p->us, 100));
	ASSERT_EQ(0, await_readable(p->us, 7));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(unread, peer_fin_is_not_counted_in_close_wait)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(RST_UNREAD),
		.state = STATE(CLOSE_WAIT), .new_state = STATE(CLOSE),
		.unread = 3, .received = 3, .rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .abort_on_close = 1 },
	};

	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(unread, fin_wait1_resets)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(RST_UNREAD),
		.state = STATE(FIN_WAIT1), .new_state = STATE(CLOSE),
		.unread = 3, .received = 3, .rsts = 1, .fins = 1,
		.moved = { .out_rsts = 1, .abort_on_close = 1 },
	};

	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(unread, fin_wait2_resets)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(RST_UNREAD),
		.state = STATE(FIN_WAIT2), .new_state = STATE(CLOSE),
		.unread = 3, .received = 3, .rsts = 1, .fins = 1,
		.moved = { .out_rsts = 1, .abort_on_close = 1 },
	};

	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(unread, last_ack_resets)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(RST_UNREAD),
		.state = STATE(LAST_ACK), .new_state = STATE(CLOSE),
		.unread = 3, .received = 3, .rsts = 1, .fins = 1,
		.moved = { .out_rsts = 1, .abort_on_close = 1 },
	};

	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(unread, closing_resets)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(RST_UNREAD),
		.state = STATE(CLOSING), .new_state = STATE(CLOSE),
		.unread = 3, .received = 3, .rsts = 1, .fins = 1,
		.moved = { .out_rsts = 1, .abort_on_close = 1 },
	};

	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSING));
	ASSERT_EQ(0, vanish(&p->them));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(unread, unacked_response_is_reported)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(RST_UNREAD),
		.state = STATE(ESTABLISHED), .new_state = STATE(CLOSE),
		.unread = 3, .received = 3, .unacked = 200, .sent = 200,
		.rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .abort_on_close = 1 },
	};

	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, give(p->us, 200));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(unread, peer_that_hears_the_rst_is_reset)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(RST_UNREAD),
		.state = STATE(ESTABLISHED), .new_state = STATE(CLOSE),
		.unread = 3, .received = 3, .rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 2,
			   .abort_on_close = 1 },
	};

	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, await_state(p->them, TCP_CLOSE));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

SCENE_FIXTURE(linger0);

TEST_F(linger0, established_resets)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(RST_LINGER0), .linger = true,
		.state = STATE(ESTABLISHED), .new_state = STATE(CLOSE),
		.sent = 50, .unacked = 50, .rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .abort_on_data = 1 },
	};

	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, give(p->us, 50));
	ASSERT_EQ(0, set_linger(p->us, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(linger0, close_wait_resets)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(RST_LINGER0), .linger = true,
		.state = STATE(CLOSE_WAIT), .new_state = STATE(CLOSE),
		.rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .abort_on_data = 1 },
	};

	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, set_linger(p->us, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(linger0, fin_wait1_resets)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(RST_LINGER0), .linger = true,
		.state = STATE(FIN_WAIT1), .new_state = STATE(CLOSE),
		.rsts = 1, .fins = 1,
		.moved = { .out_rsts = 1, .abort_on_data = 1 },
	};

	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, set_linger(p->us, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(linger0, fin_wait2_resets)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(RST_LINGER0), .linger = true,
		.state = STATE(FIN_WAIT2), .new_state = STATE(CLOSE),
		.rsts = 1, .fins = 1,
		.moved = { .out_rsts = 1, .abort_on_data = 1 },
	};

	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, set_linger(p->us, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(linger0, closing_is_silent_but_counted)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(LINGER0_SILENT), .linger = true,
		.state = STATE(CLOSING), .new_state = STATE(CLOSE),
		.fins = 1, .moved = { .abort_on_data = 1 },
	};

	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSING));
	ASSERT_EQ(0, vanish(&p->them));
	ASSERT_EQ(0, set_linger(p->us, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(linger0, last_ack_is_silent_but_counted)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(LINGER0_SILENT), .linger = true,
		.state = STATE(LAST_ACK), .new_state = STATE(CLOSE),
		.fins = 1, .moved = { .abort_on_data = 1 },
	};

	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, set_linger(p->us, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(linger0, unread_data_is_looked_at_first)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(RST_UNREAD), .linger = true,
		.state = STATE(ESTABLISHED), .new_state = STATE(CLOSE),
		.unread = 1, .received = 1, .rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .abort_on_close = 1 },
	};

	ASSERT_EQ(0, give(p->them, 1));
	ASSERT_EQ(0, await_readable(p->us, 1));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, set_linger(p->us, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

/* The same with our FIN still behind the peer's shut window */
FIXTURE(linger0_stuck) {
	struct scene s;
	int given;
};

FIXTURE_SETUP(linger0_stuck)
{
	struct pair_opts opts = { .our_sndbuf = 65536, .their_rcvbuf = 8192 };

	ASSERT_EQ(0, scene_open(&self->s, &opts));
	self->given = give_until_stuck(self->s.p.us);
	ASSERT_GT(self->given, 0);
	ASSERT_EQ(0, set_linger(self->s.p.us, 0));
}

FIXTURE_TEARDOWN(linger0_stuck)
{
	scene_close(&self->s);
}

TEST_F(linger0_stuck, last_ack_with_unsent_fin_resets)
{
	struct pair *p = &self->s.p;
	int unsent = unsent_bytes(p->us), sent = self->given - unsent;
	struct want want = {
		.path = PATH(RST_LINGER0), .linger = true,
		.state = STATE(LAST_ACK), .new_state = STATE(CLOSE),
		.unsent = unsent, .sent = sent, .acked = sent, .rsts = 1,
		.moved = { .out_rsts = 1, .abort_on_data = 1 },
	};

	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(linger0_stuck, closing_with_unsent_fin_resets)
{
	struct pair *p = &self->s.p;
	int unsent = unsent_bytes(p->us), sent = self->given - unsent;
	struct want want = {
		.path = PATH(RST_LINGER0), .linger = true,
		.state = STATE(CLOSING), .new_state = STATE(CLOSE),
		.unsent = unsent, .sent = sent, .acked = sent, .rsts = 1,
		.moved = { .out_rsts = 1, .abort_on_data = 1 },
	};

	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSING));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

SCENE_FIXTURE(linger2);

TEST_F(linger2, fin_wait2_with_linger2_below_zero_resets)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(RST_LINGER2),
		.state = STATE(FIN_WAIT2), .new_state = STATE(CLOSE),
		.fins = 1, .rsts = 1,
		.moved = { .out_rsts = 1, .abort_on_linger = 1 },
	};

	ASSERT_EQ(0, set_int(p->us, IPPROTO_TCP, TCP_LINGER2, -1));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

SCENE_FIXTURE(repair);

TEST_F(repair, vanishes_without_a_packet)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(REPAIR),
		.state = STATE(ESTABLISHED), .new_state = STATE(CLOSE),
		.moved = { .estab_resets = 1 },
	};

	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, set_int(p->us, IPPROTO_TCP, TCP_REPAIR, 1));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(repair, comes_before_unread_data_and_linger0)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(REPAIR), .linger = true,
		.state = STATE(ESTABLISHED), .new_state = STATE(CLOSE),
		.unread = 3, .received = 3, .moved = { .estab_resets = 1 },
	};

	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, set_linger(p->us, 0));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, set_int(p->us, IPPROTO_TCP, TCP_REPAIR, 1));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_HARNESS_MAIN
