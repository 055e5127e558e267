// SPDX-License-Identifier: GPL-2.0
/* Closes that wait for SO_LINGER: row C7 */
#include <fcntl.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <netlink/attr.h>
#include <signal.h>

#include "closer.h"
#include "destroy.h"
#include "flavours.h"
#include "wait.h"

#define LONG_LINGER	15	/* seconds; no test lets it run out */

SCENE_FIXTURE(linger);

static bool announces_wait(const struct scene *s, const struct event *ev,
			   unsigned int seconds)
{
	return ev && EVENT_NUM(ev, PID) == (uint64_t)s->closer.pid &&
	       EVENT_NUM(ev, TID) == (uint64_t)s->closer.tid &&
	       EVENT_NUM(ev, LINGER_ON) == 1 &&
	       EVENT_NUM(ev, LINGER_SECONDS) == seconds &&
	       EVENT_NUM(ev, LOCAL_PORT) == s->p.local.port &&
	       EVENT_NUM(ev, REMOTE_PORT) == s->p.remote.port;
}

/*
 * Newer kernels wait for ever. In older ones the product with HZ overflows, and
 * getsockopt() has the seconds that are left; of "for ever" it has an int's
 * worth, which is below zero.
 */
static unsigned int lingers_for(int fd)
{
	struct linger l = { 0 };
	socklen_t len = sizeof(l);

	getsockopt(fd, SOL_SOCKET, SO_LINGER, &l, &len);
	return l.l_linger < 0 ? UINT_MAX : (unsigned int)l.l_linger;
}

/*
 * Start a close that waits, because the peer is deaf, and see the linger-wait
 * event arrive while it does.
 */
static int begin_wait(struct scene *s, struct slow_close *c, int seconds)
{
	const struct event *ev;
	unsigned int told;

	if (isolate(&s->p) || set_linger(s->p.us, seconds))
		return -1;
	told = lingers_for(s->p.us);
	if (slow_close_start(c, s))
		return -1;
	ev = events_await(&s->events, TYPE(LINGER_WAIT), s->p.cookie);
	if (!announces_wait(s, ev, told)) {
		fprintf(stderr, "# disagree: no true linger-wait event\n");
		return -1;
	}
	if (c->done || scene_event(s)) {
		fprintf(stderr, "# disagree: the close did not wait\n");
		return -1;
	}
	return 0;
}

TEST_F(linger, acked)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT2),
		.linger = true, .linger_seconds = LONG_LINGER,
		.outcome = LINGER(ACKED), .waited_min = 1, .fins = 1,
	};
	struct slow_close c;

	ASSERT_EQ(0, begin_wait(&self->s, &c, LONG_LINGER));
	ASSERT_EQ(0, undeafen(p->them));
	ASSERT_EQ(0, slow_close_finish(&c));
	want.waited_max = c.took_ns;
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(linger, below_zero_is_longer_than_anybody_waits)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT2),
		.linger = true,
		.outcome = LINGER(ACKED), .waited_min = 1, .fins = 1,
	};
	struct slow_close c;

	ASSERT_EQ(0, set_linger(p->us, -1));
	want.linger_seconds = lingers_for(p->us);
	ASSERT_EQ(0, begin_wait(&self->s, &c, -1));
	ASSERT_EQ(0, undeafen(p->them));
	ASSERT_EQ(0, slow_close_finish(&c));
	want.waited_max = c.took_ns;
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(linger, acked_with_data)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT2),
		.linger = true, .linger_seconds = LONG_LINGER,
		.outcome = LINGER(ACKED), .waited_min = 1, .fins = 1,
		.unacked = 100, .sent = 100,
	};
	struct slow_close c;

	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, give(p->us, 100));
	ASSERT_EQ(0, begin_wait(&self->s, &c, LONG_LINGER));
	ASSERT_EQ(0, undeafen(p->them));
	ASSERT_EQ(100, take_all(p->them));
	ASSERT_EQ(0, slow_close_finish(&c));
	want.waited_max = c.took_ns;
	want.fins_on_data = -1;	/* as the retransmission has it */
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(linger, waits_at_least_as_long_as_it_is_kept_waiting)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT2),
		.linger = true, .linger_seconds = LONG_LINGER,
		.outcome = LINGER(ACKED), .fins = 1,
	};
	struct slow_close c;
	int64_t start;

	ASSERT_EQ(0, begin_wait(&self->s, &c, LONG_LINGER));
	start = now_ns();
	ASSERT_TRUE(WAIT_FOR(now_ns() - start > NSEC_PER_SEC / 2));
	want.waited_min = now_ns() - start;
	ASSERT_EQ(0, undeafen(p->them));
	ASSERT_EQ(0, slow_close_finish(&c));
	want.waited_max = c.took_ns;
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(linger, acked_in_last_ack_is_no_reset)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(CLOSE_WAIT), .new_state = STATE(CLOSE),
		.linger = true, .linger_seconds = LONG_LINGER,
		.outcome = LINGER(ACKED), .waited_min = 1, .fins = 1,
	};
	struct slow_close c;

	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, begin_wait(&self->s, &c, LONG_LINGER));
	ASSERT_EQ(0, undeafen(p->them));
	ASSERT_EQ(0, slow_close_finish(&c));
	want.waited_max = c.took_ns;
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(linger, both_closing_end_in_time_wait)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(ESTABLISHED), .new_state = STATE(TIME_WAIT),
		.linger = true, .linger_seconds = LONG_LINGER,
		.outcome = LINGER(ACKED), .waited_min = 1, .fins = 1,
	};
	struct slow_close c;

	ASSERT_EQ(0, begin_wait(&self->s, &c, LONG_LINGER));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, undeafen(p->them));
	ASSERT_EQ(0, slow_close_finish(&c));
	want.waited_max = c.took_ns;
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(linger, timeout_leaves_fin_wait1)
{
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1),
		.linger = true, .linger_seconds = 1,
		.outcome = LINGER(TIMEOUT), .fins = 1,
		.waited_min = TICKS_OF_A_SECOND,
	};
	struct slow_close c;

	ASSERT_EQ(0, begin_wait(&self->s, &c, 1));
	ASSERT_EQ(0, slow_close_finish(&c));
	want.waited_max = c.took_ns;
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

/* The kernel ignores O_NONBLOCK here */
TEST_F(linger, nonblocking_socket_waits_too)
{
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1),
		.linger = true, .linger_seconds = 1,
		.outcome = LINGER(TIMEOUT), .fins = 1,
		.waited_min = TICKS_OF_A_SECOND,
	};
	struct slow_close c;

	ASSERT_EQ(0, fcntl(self->s.p.us, F_SETFL, O_NONBLOCK));
	ASSERT_EQ(0, begin_wait(&self->s, &c, 1));
	ASSERT_EQ(0, slow_close_finish(&c));
	want.waited_max = c.took_ns;
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

static void interrupt(int sig)
{
}

TEST_F(linger, signal_ends_the_wait)
{
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1),
		.linger = true, .linger_seconds = LONG_LINGER,
		.outcome = LINGER(SIGNAL), .waited_min = 1, .fins = 1,
	};
	struct sigaction handler = { .sa_handler = interrupt };
	struct slow_close c;

	ASSERT_EQ(0, sigaction(SIGUSR1, &handler, NULL));
	ASSERT_EQ(0, begin_wait(&self->s, &c, LONG_LINGER));
	ASSERT_EQ(0, pthread_kill(c.thread, SIGUSR1));
	ASSERT_EQ(0, slow_close_finish(&c));
	want.waited_max = c.took_ns;
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

/* The peer's abort: its RST and its counters */
TEST_F(linger, reset_by_the_peer)
{
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(ESTABLISHED), .new_state = STATE(CLOSE),
		.linger = true, .linger_seconds = LONG_LINGER,
		.outcome = LINGER(RESET), .waited_min = 1,
		.fins = 1, .their_rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .abort_on_data = 1 },
	};
	struct slow_close c;

	ASSERT_EQ(0, begin_wait(&self->s, &c, LONG_LINGER));
	ASSERT_EQ(0, peer_aborts(&self->s.p));
	ASSERT_EQ(0, slow_close_finish(&c));
	want.waited_max = c.took_ns;
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(linger, reset_in_last_ack_is_no_ack)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(CLOSE_WAIT), .new_state = STATE(CLOSE),
		.linger = true, .linger_seconds = LONG_LINGER,
		.outcome = LINGER(RESET), .waited_min = 1,
		.fins = 1, .their_rsts = 1,
		.moved = { .out_rsts = 1, .abort_on_data = 1 },
	};
	struct slow_close c;

	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, await_state(p->them, TCP_FIN_WAIT2));
	ASSERT_EQ(0, begin_wait(&self->s, &c, LONG_LINGER));
	ASSERT_EQ(0, peer_aborts(p));
	ASSERT_EQ(0, slow_close_finish(&c));
	want.waited_max = c.took_ns;
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

static int fill_resets(struct nl_msg *msg, const void *unused)
{
	return nla_put_u32(msg, CLOSEWATCH_A_FILTER_EVENTS, 1U << TYPE(RESET));
}

/*
 * Its facts were not taken when it began, for nobody had asked for closes: no
 * event may be made of what is left from another connection.
 */
TEST_F(linger, is_not_told_to_who_asks_for_it_only_meanwhile)
{
	struct pair *p = &self->s.p;
	struct events late;
	struct slow_close c;

	ASSERT_EQ(0, events_subscribe(&self->s.events, fill_resets, NULL));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, give(p->us, 100));
	ASSERT_EQ(0, set_linger(p->us, LONG_LINGER));
	ASSERT_EQ(0, slow_close_start(&c, &self->s));
	ASSERT_TRUE(WAIT_FOR(state_by_address(&p->local, &p->remote) ==
			     TCP_FIN_WAIT1));
	ASSERT_EQ(0, events_open(&late));
	ASSERT_EQ(0, events_subscribe_all(&late));
	ASSERT_EQ(0, peer_aborts(p));
	ASSERT_EQ(0, slow_close_finish(&c));
	ASSERT_EQ(0, events_unsubscribe(&late));
	EXPECT_EQ(0U, events_count(&late, TYPE(CLOSE), p->cookie));
	/* That of the peer is the only one */
	EXPECT_EQ(1U, events_count(&late, TYPE(CLOSE), 0));
	events_close(&late);
}

TEST_F(linger, already_acked_leaves_nothing_to_wait_for)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(ALREADY_FIN),
		.state = STATE(FIN_WAIT2), .new_state = STATE(FIN_WAIT2),
		.linger = true, .linger_seconds = LONG_LINGER,
		.outcome = LINGER(NONE), .fins = 1,
	};

	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, set_linger(p->us, LONG_LINGER));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
	EXPECT_EQ(0U, events_count(&self->s.events, TYPE(LINGER_WAIT), 0));
}

TEST_F(linger, unread_data_skips_the_wait)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(RST_UNREAD),
		.state = STATE(ESTABLISHED), .new_state = STATE(CLOSE),
		.linger = true, .linger_seconds = LONG_LINGER,
		.outcome = LINGER(SKIPPED_RST),
		.unread = 3, .received = 3, .rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .abort_on_close = 1 },
	};

	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, set_linger(p->us, LONG_LINGER));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
	EXPECT_EQ(0U, events_count(&self->s.events, TYPE(LINGER_WAIT), 0));
}

TEST_F(linger, exit_skips_the_wait)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE), .why = WHY(EXIT),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1),
		.linger = true, .linger_seconds = LONG_LINGER,
		.outcome = LINGER(SKIPPED_EXIT), .fins = 1,
	};
	struct holder h;

	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, set_linger(p->us, LONG_LINGER));
	ASSERT_EQ(0, holder_start(&h, &self->s, NULL, NULL));
	ASSERT_EQ(0, holder_do(&h, HOLDER_EXIT));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
	EXPECT_EQ(0U, events_count(&self->s.events, TYPE(LINGER_WAIT), 0));
}

TEST_HARNESS_MAIN
