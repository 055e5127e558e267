// SPDX-License-Identifier: GPL-2.0
/* Ends that both sides agree on, and late data: rows R1 to R6, R8, R10, T1 */
#include <netinet/tcp.h>

#include "destroy.h"
#include "ends.h"
#include "flavours.h"
#include "inject.h"
#include "netns.h"
#include "wait.h"

#define LONGER_THAN_TIME_WAIT	61	/* seconds */

SCENE_FIXTURE(agreed);

TEST_F(agreed, active_closer_goes_to_time_wait)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(TIME_WAIT), .verdict = VERDICT(DELIVERED),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT2),
		.path = PATH(FIN), .fins = 1, .sent = 100,
	};

	ASSERT_EQ(0, give(p->us, 100));
	ASSERT_EQ(0, take(p->them, 100));
	ASSERT_EQ(0, await_acked(p->us));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, await_state(p->them, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

TEST_F(agreed, minisock_in_fin_wait2_goes_to_time_wait)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(TIME_WAIT), .verdict = VERDICT(DELIVERED),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT2),
		.path = PATH(ALREADY_FIN), .fins = 1,
	};

	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(TCP_FIN_WAIT2, state_by_address(&p->local, &p->remote));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

/* Both FINs before the program lets go: its close adds nothing */
TEST_F(agreed, shutdown_alone_leads_to_time_wait)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(TIME_WAIT), .verdict = VERDICT(DELIVERED),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT2),
		.open = true, .closed_later = true, .fins = 1,
	};

	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, fate_await(&self->s));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

TEST_F(agreed, passive_closer_is_acked)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(ACKED), .verdict = VERDICT(DELIVERED),
		.first = SIDE(PEER), .state = STATE(LAST_ACK),
		.path = PATH(FIN), .fins = 1,
	};

	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

TEST_F(agreed, passive_closer_that_shuts_is_acked_before_its_close)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(ACKED), .verdict = VERDICT(DELIVERED),
		.first = SIDE(PEER), .state = STATE(LAST_ACK),
		.open = true, .closed_later = true, .fins = 1,
	};

	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, fate_await(&self->s));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

TEST_F(agreed, both_at_once_meet_in_closing)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(TIME_WAIT), .verdict = VERDICT(DELIVERED),
		.first = SIDE(LOCAL), .state = STATE(CLOSING),
		.path = PATH(FIN), .fins = 1,
	};

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_TRUE(WAIT_FOR(state_by_address(&p->local, &p->remote) ==
			     TCP_CLOSING));
	ASSERT_EQ(0, undeafen(p->them));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

/* No minisock may be had: what would be TIME_WAIT is the end at once */
TEST_F(agreed, time_wait_that_overflows)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(TIME_WAIT_OVERFLOW), .verdict = VERDICT(DELIVERED),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT2),
		.open = true, .fins = 1, .moved = { .time_wait_overflow = 1 },
	};

	ASSERT_EQ(0, sysctl_write("net/ipv4/tcp_max_tw_buckets", "0"));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

/* The end of TIME_WAIT itself is no second fate */
TEST_F(agreed, time_wait_that_is_killed_is_not_told_again)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(TIME_WAIT), .verdict = VERDICT(DELIVERED),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT2),
		.path = PATH(ALREADY_FIN), .fins = 1,
	};
	int err;

	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, fate_await(&self->s));
	ASSERT_EQ(TCP_TIME_WAIT, state_by_address(&p->local, &p->remote));
	err = destroy(&p->local, &p->remote);
	if (err == -EOPNOTSUPP)
		SKIP(return, "this kernel does not destroy minisocks");
	ASSERT_EQ(0, err);
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

SCENE_FIXTURE(late);

/* Injected, for a peer that cannot hear the RST would send its data again */
TEST_F(late, data_in_fin_wait1_is_reset)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(RST_LATE_DATA), .verdict = VERDICT(UNKNOWN),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT1),
		.path = PATH(FIN), .fins = 1, .rsts = 1,
		.moved = { .out_rsts = 1, .abort_on_data = 1 },
	};

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, inject_as_peer(&self->s, TH_ACK, 10, false));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
	EXPECT_EQ(0, reset_verify(&self->s, RESET(LATE_DATA), p->cookie));
}

/* The kernel keeps that time in ticks */
TEST_F(late, data_says_for_how_long_we_had_sent_none)
{
	const int64_t tick = NSEC_PER_SEC / 50;
	struct pair *p = &self->s.p;
	int64_t sent[2], since;

	sent[0] = clock_ns(CLOCK_REALTIME);
	ASSERT_EQ(0, give(p->us, 20));
	ASSERT_EQ(0, take(p->them, 20));
	ASSERT_EQ(0, await_acked(p->us));
	sent[1] = clock_ns(CLOCK_REALTIME);
	ASSERT_TRUE(WAIT_FOR(clock_ns(CLOCK_REALTIME) - sent[1] >
			     NSEC_PER_SEC / 5));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_TRUE(WAIT_FOR(clock_ns(CLOCK_REALTIME) - self->s.acted[1] >
			     NSEC_PER_SEC / 5));
	ASSERT_EQ(0, inject_as_peer(&self->s, TH_ACK, 10, false));
	ASSERT_EQ(0, fate_await(&self->s));
	ASSERT_EQ(0, scene_end(&self->s));
	since = EVENT_NUM(fate_event(&self->s), SINCE_SENT_NS);
	EXPECT_LE(self->s.acted[0] - sent[1] - tick, since);
	EXPECT_GE(self->s.acted[1] - sent[0] + tick, since);
	/* Ours was the last */
	EXPECT_LE(since, (int64_t)fate_event(&self->s)->more.since_received_ns);
}

/* It did not answer the last of ours, so the connection was not idle since */
TEST_F(late, data_follows_data_that_came_after_ours)
{
	struct pair *p = &self->s.p;
	const struct event *ev;
	int64_t sent;

	ASSERT_EQ(0, give(p->us, 20));
	ASSERT_EQ(0, take(p->them, 20));
	ASSERT_EQ(0, await_acked(p->us));
	sent = now_ns();
	ASSERT_TRUE(WAIT_FOR(now_ns() - sent > NSEC_PER_SEC / 5));
	ASSERT_EQ(0, give(p->them, 5));
	ASSERT_EQ(0, take(p->us, 5));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, inject_as_peer(&self->s, TH_ACK, 10, false));
	ASSERT_EQ(0, fate_await(&self->s));
	ASSERT_EQ(0, scene_end(&self->s));
	ev = fate_event(&self->s);
	EXPECT_LT(ev->more.since_received_ns, EVENT_NUM(ev, SINCE_SENT_NS));
}

TEST_F(late, data_leaves_in_doubt_what_the_peer_had_not_acknowledged)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(RST_LATE_DATA), .verdict = VERDICT(UNKNOWN),
		.unacked = 70, .first = SIDE(LOCAL), .state = STATE(FIN_WAIT1),
		.path = PATH(FIN), .fins = 1, .fins_on_data = -1, .rsts = 1,
		.sent = 70, .moved = { .out_rsts = 1, .abort_on_data = 1 },
	};

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, give(p->us, 70));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, inject_as_peer(&self->s, TH_ACK, 10, false));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
	EXPECT_EQ(0, reset_verify(&self->s, RESET(LATE_DATA), p->cookie));
}

/* R2: the segment that acknowledges the FIN brings the data */
TEST_F(late, data_with_the_acknowledgment_of_the_fin)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(RST_LATE_DATA), .verdict = VERDICT(DELIVERED),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT2),
		.path = PATH(FIN), .fins = 1, .rsts = 1,
		.moved = { .out_rsts = 1, .abort_on_data = 1 },
	};

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, inject_as_peer(&self->s, TH_ACK, 10, true));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
	EXPECT_EQ(0, reset_verify(&self->s, RESET(LATE_DATA), p->cookie));
}

TEST_F(late, data_in_fin_wait2_of_a_full_socket)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(RST_LATE_DATA), .verdict = VERDICT(DELIVERED),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT2),
		.path = PATH(ALREADY_FIN), .fins = 1, .rsts = 1,
		.moved = { .out_rsts = 1, .abort_on_data = 1,
			   .estab_resets = 1 },
	};

	ASSERT_EQ(0, set_int(p->us, IPPROTO_TCP, TCP_LINGER2,
			     2 * LONGER_THAN_TIME_WAIT - 3));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, give(p->them, 10));
	ASSERT_EQ(0, fate_await(&self->s));
	ASSERT_EQ(0, await_state(p->them, TCP_CLOSE));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
	EXPECT_EQ(0, reset_verify(&self->s, RESET(LATE_DATA), p->cookie));
}

/* SHUT_RD does what a close does: no program has let go */
TEST_F(late, data_after_shutdown_of_both_sides)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(RST_LATE_DATA), .verdict = VERDICT(DELIVERED),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT2),
		.open = true, .fins = 1, .rsts = 1,
		.moved = { .out_rsts = 1, .abort_on_data = 1,
			   .estab_resets = 1 },
	};

	ASSERT_EQ(0, scene_shut(&self->s, SHUT_RDWR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, give(p->them, 10));
	ASSERT_EQ(0, fate_await(&self->s));
	ASSERT_EQ(0, await_state(p->them, TCP_CLOSE));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
	EXPECT_EQ(0, reset_verify(&self->s, RESET(LATE_DATA), p->cookie));
}

/* R8: no counter moves but that of RSTs, and the peer's */
TEST_F(late, data_in_fin_wait2_of_a_minisock)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(RST_LATE_DATA), .verdict = VERDICT(DELIVERED),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT2),
		.path = PATH(ALREADY_FIN), .fins = 1, .rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1 },
	};

	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, give(p->them, 10));
	ASSERT_EQ(0, fate_await(&self->s));
	ASSERT_EQ(0, await_state(p->them, TCP_CLOSE));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
	EXPECT_EQ(0, reset_verify(&self->s, RESET(TIME_WAIT), p->cookie));
}

/* The key is the peer's alone: its segment is signed, and an RST would have to be */
static int sign(int fd, const struct address *to)
{
	struct tcp_md5sig md5 = { .tcpm_keylen = 1, .tcpm_key = "k" };
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

	if (to->family == AF_INET) {
		memcpy(&in.sin_addr, to->bytes, 4);
		memcpy(&md5.tcpm_addr, &in, sizeof(in));
	} else {
		memcpy(&in6.sin6_addr, to->bytes, 16);
		memcpy(&md5.tcpm_addr, &in6, sizeof(in6));
	}
	return setsockopt(fd, IPPROTO_TCP, TCP_MD5SIG, &md5, sizeof(md5));
}

/* R8: neither the minisock nor a listener has the key, so there is no RST */
TEST_F(late, signed_data_in_fin_wait2_of_a_minisock)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(LATE_DATA_SILENT), .verdict = VERDICT(DELIVERED),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT2),
		.path = PATH(ALREADY_FIN), .fins = 1,
	};

	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, scene_act(&self->s));
	if (sign(p->them, &p->local) && errno == ENOPROTOOPT)
		SKIP(return, "this kernel has no TCP_MD5SIG");
	ASSERT_EQ(0, give(p->them, 10));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
	EXPECT_EQ(0U, events_count(&self->s.events, TYPE(RESET), 0));
}

/*
 * Commonly believed to be reset, but is not: the peer has sent its FIN. The
 * acknowledgment finds nobody, which is why there is an RST from there.
 */
TEST_F(late, data_in_time_wait_is_only_acknowledged)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(TIME_WAIT), .verdict = VERDICT(DELIVERED),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT2),
		.path = PATH(ALREADY_FIN), .fins = 1,
	};

	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, fate_await(&self->s));
	ASSERT_EQ(0, await_state(p->them, TCP_CLOSE));
	ASSERT_EQ(0, inject_as_peer(&self->s, TH_ACK, 10, true));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
	EXPECT_EQ(1, self->s.strays);
	/* Where the peer had been accepted, its listener is still there */
	EXPECT_EQ(0, reset_verify(&self->s, variant->opts.we_connect ?
				  RESET(LISTENER) : RESET(NO_SOCKET), 0));
}

SCENE_FIXTURE(linger2);

/* R2: closed in ESTABLISHED, and no wait in FIN_WAIT2 wanted */
TEST_F(linger2, below_zero_resets_when_the_fin_is_acked)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(RST_LINGER2), .verdict = VERDICT(DELIVERED),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT2),
		.path = PATH(FIN), .fins = 1, .rsts = 1,
		.moved = { .out_rsts = 1, .abort_on_data = 1 },
	};

	ASSERT_EQ(0, set_int(p->us, IPPROTO_TCP, TCP_LINGER2, -1));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, inject_as_peer(&self->s, TH_ACK, 0, true));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

/* C9: the close itself sends it, and the two events tell the same */
TEST_F(linger2, below_zero_resets_in_the_close)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(RST_LINGER2), .verdict = VERDICT(DELIVERED),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT2),
		.path = PATH(RST_LINGER2), .fins = 1, .rsts = 1,
		.moved = { .out_rsts = 1, .abort_on_linger = 1 },
	};

	ASSERT_EQ(0, set_int(p->us, IPPROTO_TCP, TCP_LINGER2, -1));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
	EXPECT_EQ(0U, events_count(&self->s.events, TYPE(RESET), 0));
}

PAIR_FIXTURE(fin_wait2);

TEST_F(fin_wait2, minisock_times_out_silently)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(FIN_WAIT2_TIMEOUT), .verdict = VERDICT(DELIVERED),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT2),
		.path = PATH(FIN), .fins = 1, .sent = 100,
	};

	ASSERT_EQ(0, set_int(p->us, IPPROTO_TCP, TCP_LINGER2, 1));
	ASSERT_EQ(0, give(p->us, 100));
	ASSERT_EQ(0, await_acked(p->us));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
	EXPECT_GE((int64_t)EVENT_NUM(fate_event(&self->s), SINCE_CLOSE_NS),
		  NSEC_PER_SEC * 9 / 10);
}

/* T1: a timer on the full socket first, then a minisock */
TEST_F(fin_wait2, full_socket_times_out_silently)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(FIN_WAIT2_TIMEOUT), .verdict = VERDICT(DELIVERED),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT2),
		.path = PATH(ALREADY_FIN), .fins = 1,
	};

	ASSERT_EQ(0, set_int(p->us, IPPROTO_TCP, TCP_LINGER2,
			     LONGER_THAN_TIME_WAIT));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
	EXPECT_GE((int64_t)EVENT_NUM(fate_event(&self->s), SINCE_CLOSE_NS),
		  2 * NSEC_PER_SEC * 9 / 10);
}

/* T1: when that timer fires, the time allowed has become shorter */
TEST_F(fin_wait2, full_socket_is_reset_by_its_timer)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(FIN_WAIT2_TIMEOUT), .verdict = VERDICT(DELIVERED),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT2),
		.path = PATH(ALREADY_FIN), .fins = 1, .rsts = 1,
		.moved = { .out_rsts = 1 },
	};

	ASSERT_EQ(0, sysctl_write("net/ipv4/tcp_fin_timeout", "62"));
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, sysctl_write("net/ipv4/tcp_fin_timeout", "5"));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

TEST_HARNESS_MAIN
