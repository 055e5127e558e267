// SPDX-License-Identifier: GPL-2.0
/* Drains that do not end well: limits, peers of every kind, administrators */
#include <errno.h>
#include <netinet/tcp.h>

#include "closer.h"
#include "destroy.h"
#include "drains.h"
#include "flavours.h"
#include "kmod.h"
#include "verify.h"
#include "wait.h"

#define MSEC	(NSEC_PER_SEC / 1000)
#define RESPONSE	4000	/* one segment */

PAIR_FIXTURE(limit);

/* The peer answers nothing but acknowledgments: we are in FIN_WAIT2 */
static struct want_drain ends_in_fin_wait2(void)
{
	return (struct want_drain){
		.close = {
			.state = STATE(ESTABLISHED), .fin = FIN(ALONE),
			.new_state = STATE(FIN_WAIT1), .fins = 1, .rsts = 1,
			.moved = { .out_rsts = 1, .estab_resets = 1,
				   .abort_on_data = 1 },
		},
		.end_path = PATH(RST_LINGER0),
	};
}

static int arm_with(struct scene *s, unsigned int idle_ms,
		    unsigned int total_ms, uint64_t bytes)
{
	struct policy p = {
		.action = ACTION(DRAIN), .idle_ms = idle_ms,
		.total_ms = total_ms, .bytes = bytes,
	};

	return policy_arm(s, &p);
}

/* What an RST leaves behind when FIN has come before it */
static int pending_error(int fd)
{
	socklen_t len = sizeof(int);
	int err = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len))
		return -1;
	return err;
}

TEST_F(limit, idle)
{
	struct want_drain want = ends_in_fin_wait2();

	want.outcome = OUTCOME(IDLE_TIMEOUT);
	want.ns_min = 500 * MSEC;
	ASSERT_EQ(0, arm_with(&self->s, 500, 9000, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, drain_await(&self->s));
	EXPECT_EQ(0, drain_verify(&self->s, &want));
	EXPECT_EQ(EPIPE, pending_error(self->s.p.them));
}

/* Not when the drain looks at what was acknowledged at once: that would be too late */
TEST_F(limit, idle_begins_with_the_last_acknowledgment)
{
	struct want_drain want = ends_in_fin_wait2();

	want.outcome = OUTCOME(IDLE_TIMEOUT);
	want.ns_min = 4000 * MSEC;
	ASSERT_EQ(0, arm_with(&self->s, 4000, 7500, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, drain_await(&self->s));
	EXPECT_EQ(0, drain_verify(&self->s, &want));
}

/* A byte now and then is progress, until the time for all is up */
TEST_F(limit, total)
{
	const struct event *ev;
	uint64_t sent = 0;

	ASSERT_EQ(0, arm_with(&self->s, 2000, 3000, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	while (!drain_event(&self->s)) {
		sent += !give(self->s.p.them, 1);
		poll(NULL, 0, 400);
		events_poll(&self->s.events);
	}
	ev = drain_event(&self->s);
	EXPECT_EQ(0, DIFFER(ev, DRAIN_OUTCOME, OUTCOME(TOTAL_TIMEOUT)));
	EXPECT_EQ(0, DIFFER(ev, PATH, PATH(RST_LINGER0)));
	EXPECT_LE((uint64_t)3000 * MSEC, EVENT_NUM(ev, DRAIN_NS));
	EXPECT_LT(1U, EVENT_NUM(ev, DISCARDED));
	EXPECT_LE(EVENT_NUM(ev, DISCARDED), sent);
}

/* What is left over makes the close send the RST by itself */
TEST_F(limit, bytes)
{
	struct pair *p = &self->s.p;
	struct want_drain want = {
		.close = {
			.state = STATE(ESTABLISHED), .fin = FIN(ALONE),
			.new_state = STATE(FIN_WAIT1),
			.unread = 1500, .received = 1500, .fins = 1, .rsts = 1,
			.moved = { .out_rsts = 1, .abort_on_close = 1 },
		},
		.outcome = OUTCOME(BYTE_LIMIT), .discarded = 1000,
		.end_path = PATH(RST_UNREAD),
	};

	ASSERT_EQ(0, arm_with(&self->s, 0, 0, 1000));
	ASSERT_EQ(0, give(p->them, 1500));
	ASSERT_EQ(0, await_readable(p->us, 1500));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, drain_await(&self->s));
	EXPECT_EQ(0, drain_verify(&self->s, &want));
}

TEST_F(limit, bytes_that_just_fit)
{
	struct pair *p = &self->s.p;
	struct want_drain want = {
		.close = {
			.state = STATE(ESTABLISHED), .fin = FIN(ALONE),
			.new_state = STATE(FIN_WAIT1),
			.unread = 1000, .received = 1000, .fins = 1,
		},
		.outcome = OUTCOME(DELIVERED), .discarded = 1000,
		.end_path = PATH(ALREADY_CLOSED),
	};

	ASSERT_EQ(0, arm_with(&self->s, 0, 0, 1000));
	ASSERT_EQ(0, give(p->them, 1000));
	ASSERT_EQ(0, await_readable(p->us, 1000));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, drain_await(&self->s));
	EXPECT_EQ(0, drain_verify(&self->s, &want));
}

/* A slow reader's acknowledgments are progress, where its buffer does not grow until
 * it has all
 */
TEST_F(limit, slow_reader_is_not_idle)
{
	struct pair *p = &self->s.p;
	int given, took = 0, room = 1 << 16;

	ASSERT_EQ(0, setsockopt(p->them, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)));
	given = give_until_stuck(p->us);
	ASSERT_GT(given, 8 * room);
	ASSERT_EQ(0, arm_with(&self->s, 3000, 30000, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, drain_await_begin(&self->s));
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, take(p->them, given / 4));
		took += given / 4;
		poll(NULL, 0, 1500);
	}
	EXPECT_EQ(given - took, take_all(p->them));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, drain_await(&self->s));
	EXPECT_EQ(0, DIFFER(drain_event(&self->s), DRAIN_OUTCOME,
			    OUTCOME(DELIVERED)));
}

TEST_F(limit, peer_that_never_answers)
{
	struct pair *p = &self->s.p;
	struct want_drain want = {
		.close = {
			.state = STATE(ESTABLISHED), .fin = FIN(ALONE),
			.new_state = STATE(FIN_WAIT1), .unacked = RESPONSE,
			.sent = RESPONSE, .fins = 1, .fins_on_data = -1,
			.rsts = 1,
			.moved = { .out_rsts = 1, .abort_on_data = 1 },
		},
		.outcome = OUTCOME(IDLE_TIMEOUT), .response = RESPONSE,
		.ns_min = 1000 * MSEC, .end_path = PATH(RST_LINGER0),
	};

	ASSERT_EQ(0, arm_with(&self->s, 1000, 9000, 0));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, give(p->us, RESPONSE));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, drain_await(&self->s));
	EXPECT_EQ(0, drain_verify(&self->s, &want));
}

/* Probes of a shut window are answered; that moves what little fits, and then
 * nothing
 */
TEST_F(limit, window_that_stays_shut)
{
	struct pair *p = &self->s.p;
	int given = give_until_stuck(p->us);
	struct want_drain want = {
		.close = {
			.state = STATE(ESTABLISHED), .fin = FIN(BEHIND_DATA),
			.new_state = STATE(FIN_WAIT1), .rsts = 1,
			.moved = { .out_rsts = 1, .estab_resets = 1,
				   .abort_on_data = 1 },
		},
		.outcome = OUTCOME(IDLE_TIMEOUT),
		.ns_min = 1000 * MSEC, .end_path = PATH(RST_LINGER0),
	};

	ASSERT_GT(given, 0);
	ASSERT_EQ(0, arm_with(&self->s, 1000, 9000, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, drain_await(&self->s));
	ASSERT_EQ(0, drain_stuck(&self->s, &want, given));
	want.response_acked = EVENT_NUM(drain_event(&self->s), RESPONSE_ACKED);
	want.close.sent_later = want.response_acked - want.close.unacked;
	EXPECT_LT(want.response_acked, want.response);
	EXPECT_EQ(0, drain_verify(&self->s, &want));
}

TEST_F(limit, peer_resets)
{
	struct pair *p = &self->s.p;
	struct want_drain want = {
		.close = {
			.state = STATE(ESTABLISHED), .fin = FIN(ALONE),
			.new_state = STATE(FIN_WAIT1), .unacked = RESPONSE,
			.sent = RESPONSE, .fins = 1, .fins_on_data = -1,
			.their_rsts = 1,
			.moved = { .out_rsts = 1, .estab_resets = 1,
				   .abort_on_data = 1 },
		},
		.outcome = OUTCOME(PEER_RESET), .response = RESPONSE,
		.end_path = PATH(ALREADY_CLOSED),
	};

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, give(p->us, RESPONSE));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, drain_await_begin(&self->s));
	ASSERT_EQ(0, set_linger(p->them, 0));
	ASSERT_EQ(0, close(p->them));
	p->them = -1;
	ASSERT_EQ(0, drain_await(&self->s));
	EXPECT_EQ(0, drain_verify(&self->s, &want));
}

TEST_F(limit, killed_by_an_administrator)
{
	struct pair *p = &self->s.p;
	struct want_drain want = {
		.close = {
			.state = STATE(ESTABLISHED), .fin = FIN(ALONE),
			.new_state = STATE(FIN_WAIT1), .unread = 3,
			.received = 3, .fins = 1, .rsts = 1,
			.moved = { .out_rsts = 1 },
		},
		.outcome = OUTCOME(KILLED), .discarded = 3,
		.end_path = PATH(ALREADY_CLOSED),
	};

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, drain_await_begin(&self->s));
	ASSERT_EQ(0, destroy(&p->local, &p->remote));
	ASSERT_EQ(0, drain_await(&self->s));
	EXPECT_EQ(0, drain_verify(&self->s, &want));
}

TEST_F(limit, tcp_gives_up_first)
{
	struct pair *p = &self->s.p;
	struct want_drain want = {
		.close = {
			.state = STATE(ESTABLISHED), .fin = FIN(ALONE),
			.new_state = STATE(FIN_WAIT1), .unacked = RESPONSE,
			.sent = RESPONSE, .fins = 1, .fins_on_data = -1,
			.moved = { .abort_on_timeout = 1 },
		},
		.outcome = OUTCOME(RETRANSMIT_TIMEOUT), .response = RESPONSE,
		.end_path = PATH(ALREADY_CLOSED),
	};

	ASSERT_EQ(0, arm_with(&self->s, 20000, 25000, 0));
	ASSERT_EQ(0, set_int(p->us, IPPROTO_TCP, TCP_USER_TIMEOUT, 1000));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, give(p->us, RESPONSE));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, drain_await(&self->s));
	EXPECT_EQ(0, drain_verify(&self->s, &want));
}

/* From then on the connection is as any that was closed: a minisock here */
TEST_F(limit, switched_off)
{
	struct pair *p = &self->s.p;
	struct want_drain want = {
		.close = {
			.state = STATE(ESTABLISHED), .fin = FIN(ALONE),
			.new_state = STATE(FIN_WAIT1), .unread = 3,
			.received = 3, .fins = 1,
		},
		.outcome = OUTCOME(FLUSHED), .discarded = 3,
		.end_path = PATH(ALREADY_FIN),
	};

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, take_all(p->them));
	ASSERT_TRUE(WAIT_FOR(state_by_address(&p->local, &p->remote) ==
			     TCP_FIN_WAIT2));
	ASSERT_EQ(0, drain_off(&self->s.events));
	ASSERT_EQ(0, events_stats(&self->s.events));
	EXPECT_EQ(0U, self->s.events.stats.drains);
	EXPECT_EQ(0, policies_count(&self->s.events));
	EXPECT_EQ(TCP_FIN_WAIT2, state_by_address(&p->local, &p->remote));
	EXPECT_EQ(0, drain_verify(&self->s, &want));
}

/* The program's wish stays one when a policy has overridden it */
TEST_F(limit, even_linger0)
{
	struct pair *p = &self->s.p;
	struct policy policy = { .action = ACTION(DRAIN), .even_linger0 = true };
	struct want_drain want = {
		.close = {
			.state = STATE(ESTABLISHED), .fin = FIN(ALONE),
			.new_state = STATE(FIN_WAIT1), .unread = 3,
			.received = 3, .fins = 1,
		},
		.outcome = OUTCOME(DELIVERED), .discarded = 3,
		.end_path = PATH(ALREADY_CLOSED),
	};

	ASSERT_EQ(0, policy_arm(&self->s, &policy));
	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, set_linger(p->us, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, take_all(p->them));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, drain_await(&self->s));
	EXPECT_EQ(0, drain_verify(&self->s, &want));
}

/* As slow as the usual limits allow, which takes ten seconds */
BARE_FIXTURE(usual);

TEST_F(usual, one_byte_each_four_seconds_ends_by_the_total)
{
	struct pair_opts opts = { .flavour = IPV4 };
	struct pair *p = &self->s.p;
	const struct event *ev;

	ASSERT_EQ(0, pair_open(p, &opts));
	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, scene_act(&self->s));
	for (int i = 0; i < 2; i++) {
		poll(NULL, 0, 4000);
		ASSERT_EQ(0, give(p->them, 1));
	}
	ASSERT_EQ(0, drain_await(&self->s));
	ev = drain_event(&self->s);
	EXPECT_EQ(0, DIFFER(ev, DRAIN_OUTCOME, OUTCOME(TOTAL_TIMEOUT)));
	EXPECT_EQ(2U, EVENT_NUM(ev, DISCARDED));
	EXPECT_LE((uint64_t)10000 * MSEC, EVENT_NUM(ev, DRAIN_NS));
	EXPECT_GT((uint64_t)15000 * MSEC, EVENT_NUM(ev, DRAIN_NS));
}

TEST_F(usual, ceiling_holds_whatever_a_policy_says)
{
	long before = kmod_param_read("closewatch", "drain_total_max");
	struct pair_opts opts = { .flavour = IPV4 };

	ASSERT_EQ(0, pair_open(&self->s.p, &opts));
	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, kmod_param_write("closewatch", "drain_total_max", 1));
	EXPECT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, drain_await(&self->s));
	ASSERT_EQ(0, kmod_param_write("closewatch", "drain_total_max", before));
	EXPECT_EQ(0, DIFFER(drain_event(&self->s), DRAIN_OUTCOME,
			    OUTCOME(TOTAL_TIMEOUT)));
}

/* Places are few: the oldest goes, in the scope that is full */
#define PLACES	3

FIXTURE(full) {
	struct scene s;
	struct pair pairs[PLACES + 1];
	long before;
};

FIXTURE_VARIANT(full) {
	const char *param;
};

FIXTURE_VARIANT_ADD(full, of_all) {
	.param = "drain_max",
};

FIXTURE_VARIANT_ADD(full, of_netns) {
	.param = "drain_max_netns",
};

FIXTURE_VARIANT_ADD(full, of_user) {
	.param = "drain_max_uid",
};

FIXTURE_SETUP(full)
{
	struct pair_opts opts = { .flavour = IPV4 };

	ASSERT_EQ(0, scene_open_bare(&self->s));
	/* Those of earlier tests would take places */
	ASSERT_TRUE(WAIT_FOR(!events_info(&self->s.events) &&
			     !self->s.events.info.drains));
	for (int i = 0; i <= PLACES; i++)
		ASSERT_EQ(0, pair_open(&self->pairs[i], &opts));
	self->before = kmod_param_read("closewatch", variant->param);
	ASSERT_EQ(0, kmod_param_write("closewatch", variant->param, PLACES));
}

FIXTURE_TEARDOWN(full)
{
	EXPECT_EQ(0, kmod_param_write("closewatch", variant->param,
				      self->before));
	for (int i = 0; i <= PLACES; i++)
		pair_close(&self->pairs[i]);
	scene_close(&self->s);
}

TEST_F(full, oldest_is_shed)
{
	struct policy any = { .action = ACTION(DRAIN), .force = true };
	struct events *e = &self->s.events;
	const struct event *ev;

	ASSERT_LT(0, policy_add(e, &any));
	for (int i = 0; i <= PLACES; i++) {
		ASSERT_EQ(0, close(self->pairs[i].us));
		self->pairs[i].us = -1;
	}
	ev = events_await(e, TYPE(DRAIN_END), self->pairs[0].cookie);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(0, DIFFER(ev, DRAIN_OUTCOME, OUTCOME(SHED)));
	ASSERT_TRUE(WAIT_FOR(!drains_get(e) && e->n_drains == PLACES));
	for (int i = 0; i < PLACES; i++)
		EXPECT_EQ(self->pairs[i + 1].cookie,
			  EVENT_NUM(&e->drains[i], COOKIE));
	EXPECT_EQ(1U, events_count(e, TYPE(DRAIN_END), 0));
}

TEST_HARNESS_MAIN
