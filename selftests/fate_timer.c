// SPDX-License-Identifier: GPL-2.0
/* Ends by a timer: rows T2, T3 and T5 */
#include <netinet/tcp.h>

#include "ends.h"
#include "flavours.h"
#include "inject.h"
#include "netns.h"
#include "wait.h"

PAIR_FIXTURE(retransmit);

TEST_F(retransmit, orphans_fin_is_never_acked)
{
	struct want_fate want = {
		.fate = FATE(RETRANSMIT_TIMEOUT), .verdict = VERDICT(UNKNOWN),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT1),
		.path = PATH(FIN), .fins = 1,
		.moved = { .abort_on_timeout = 1 },
	};

	ASSERT_EQ(0, sysctl_write("net/ipv4/tcp_orphan_retries", "1"));
	ASSERT_EQ(0, deafen(self->s.p.them));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

TEST_F(retransmit, orphans_data_is_in_doubt)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(RETRANSMIT_TIMEOUT), .verdict = VERDICT(UNKNOWN),
		.unacked = 90, .first = SIDE(PEER), .state = STATE(LAST_ACK),
		.path = PATH(FIN), .fins = 1, .fins_on_data = -1, .sent = 130,
		.moved = { .abort_on_timeout = 1 },
	};

	ASSERT_EQ(0, sysctl_write("net/ipv4/tcp_orphan_retries", "1"));
	ASSERT_EQ(0, give(p->us, 40));
	ASSERT_EQ(0, await_acked(p->us));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, await_state(p->them, TCP_FIN_WAIT2));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, give(p->us, 90));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

/* Nothing is sent at the end, and neither side has closed */
TEST_F(retransmit, open_connection)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(RETRANSMIT_TIMEOUT), .verdict = VERDICT(UNKNOWN),
		.unacked = 50, .first = SIDE(UNKNOWN),
		.state = STATE(ESTABLISHED), .open = true, .sent = 50,
		.moved = { .estab_resets = 1, .abort_on_timeout = 1 },
	};

	ASSERT_EQ(0, sysctl_write("net/ipv4/tcp_retries2", "1"));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, give(p->us, 50));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

PAIR_FIXTURE(keepalive);

static int keep_alive(int fd)
{
	return set_int(fd, IPPROTO_TCP, TCP_KEEPIDLE, 1) ?:
	       set_int(fd, IPPROTO_TCP, TCP_KEEPINTVL, 1) ?:
	       set_int(fd, IPPROTO_TCP, TCP_KEEPCNT, 1) ?:
	       set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
}

TEST_F(keepalive, open_connection)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(KEEPALIVE_TIMEOUT), .verdict = VERDICT(UNKNOWN),
		.first = SIDE(LOCAL), .state = STATE(ESTABLISHED),
		.open = true, .rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .abort_on_timeout = 1 },
	};

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, keep_alive(p->us));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
	EXPECT_EQ(0U, events_count(&self->s.events, TYPE(RESET), 0));
}

TEST_F(keepalive, that_user_timeout_bounds)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(USER_TIMEOUT), .verdict = VERDICT(UNKNOWN),
		.first = SIDE(LOCAL), .state = STATE(ESTABLISHED),
		.open = true, .rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .abort_on_timeout = 1 },
	};

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, set_int(p->us, IPPROTO_TCP, TCP_USER_TIMEOUT, 1500));
	ASSERT_EQ(0, keep_alive(p->us));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

PAIR_FIXTURE(user_timeout);

TEST_F(user_timeout, open_connection)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(USER_TIMEOUT), .verdict = VERDICT(UNKNOWN),
		.unacked = 50, .first = SIDE(UNKNOWN),
		.state = STATE(ESTABLISHED), .open = true, .sent = 50,
		.moved = { .estab_resets = 1, .abort_on_timeout = 1 },
	};

	ASSERT_EQ(0, set_int(p->us, IPPROTO_TCP, TCP_USER_TIMEOUT, 500));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, give(p->us, 50));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

TEST_F(user_timeout, orphan)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(USER_TIMEOUT), .verdict = VERDICT(UNKNOWN),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT1),
		.path = PATH(FIN), .fins = 1,
		.moved = { .abort_on_timeout = 1 },
	};

	ASSERT_EQ(0, set_int(p->us, IPPROTO_TCP, TCP_USER_TIMEOUT, 500));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

/*
 * The peer shuts its window with data in flight, so the retransmission timer
 * does the probing. The peer's first byte lets its later segment be believed.
 */
TEST_F(user_timeout, window_shut_on_data_in_flight)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(USER_TIMEOUT), .verdict = VERDICT(UNKNOWN),
		.unacked = 50, .first = SIDE(UNKNOWN),
		.state = STATE(ESTABLISHED), .open = true, .sent = 50,
		.moved = { .estab_resets = 1, .abort_on_timeout = 1 },
	};

	ASSERT_EQ(0, give(p->them, 1));
	ASSERT_EQ(0, take(p->us, 1));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, set_int(p->us, IPPROTO_TCP, TCP_USER_TIMEOUT, 1500));
	ASSERT_EQ(0, give(p->us, 50));
	ASSERT_EQ(0, inject_shut_window(&self->s));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

/* Our data stands before the peer's shut window */
FIXTURE(stuck) {
	struct scene s;
	int unsent, sent;
};

FIXTURE_SETUP(stuck)
{
	struct pair_opts opts = { .our_sndbuf = 65536, .their_rcvbuf = 8192 };
	int given;

	ASSERT_EQ(0, scene_open(&self->s, &opts));
	given = give_until_stuck(self->s.p.us);
	ASSERT_GT(given, 0);
	self->unsent = unsent_bytes(self->s.p.us);
	self->sent = given - self->unsent;
}

FIXTURE_TEARDOWN(stuck)
{
	scene_close(&self->s);
}

/* A window that never opens: the count of lost bytes is of those never sent */
TEST_F(stuck, orphans_window_probes_are_exhausted)
{
	struct want_fate want = {
		.fate = FATE(RETRANSMIT_TIMEOUT), .verdict = VERDICT(LOST),
		.lost = self->unsent, .first = SIDE(LOCAL),
		.state = STATE(FIN_WAIT1), .path = PATH(FIN_BEHIND_DATA),
		.sent = self->sent, .moved = { .abort_on_timeout = 1 },
	};

	ASSERT_EQ(0, sysctl_write("net/ipv4/tcp_orphan_retries", "1"));
	ASSERT_EQ(0, deafen(self->s.p.them));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

/* TCP_USER_TIMEOUT is set, but is not what ended it */
TEST_F(stuck, probes_are_exhausted_long_before_user_timeout)
{
	struct want_fate want = {
		.fate = FATE(RETRANSMIT_TIMEOUT), .verdict = VERDICT(LOST),
		.lost = self->unsent, .first = SIDE(LOCAL),
		.state = STATE(FIN_WAIT1), .path = PATH(FIN_BEHIND_DATA),
		.sent = self->sent, .moved = { .abort_on_timeout = 1 },
	};

	ASSERT_EQ(0, set_int(self->s.p.us, IPPROTO_TCP, TCP_USER_TIMEOUT,
			     600000));
	ASSERT_EQ(0, sysctl_write("net/ipv4/tcp_orphan_retries", "1"));
	ASSERT_EQ(0, deafen(self->s.p.them));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

TEST_F(stuck, user_timeout_ends_the_probing)
{
	struct want_fate want = {
		.fate = FATE(USER_TIMEOUT), .verdict = VERDICT(LOST),
		.lost = self->unsent, .first = SIDE(UNKNOWN),
		.state = STATE(ESTABLISHED), .open = true,
		.sent = self->sent,
		.moved = { .estab_resets = 1, .abort_on_timeout = 1 },
	};

	ASSERT_EQ(0, set_int(self->s.p.us, IPPROTO_TCP, TCP_USER_TIMEOUT, 500));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

TEST_HARNESS_MAIN
