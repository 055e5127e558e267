// SPDX-License-Identifier: GPL-2.0
/* Closes that a policy turns into a drain, and how those end well */
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>

#include "closer.h"
#include "destroy.h"
#include "drains.h"
#include "ends.h"
#include "flavours.h"
#include "inject.h"
#include "verify.h"
#include "wait.h"

#define RESPONSE	4000	/* one segment */
#define LATE		50000
#define AT_ONCE		NSEC_PER_SEC	/* in an emulated machine */

/* The peer reads @bytes to the end, closes its side, and the drain is over */
static int peer_ends_well(struct scene *s, int bytes)
{
	if (take_all(s->p.them) != bytes)
		return -1;
	return shutdown(s->p.them, SHUT_WR) ?: drain_await(s);
}

static const struct want_drain nothing_to_discard = {
	.close = {
		.state = STATE(ESTABLISHED), .fin = FIN(ALONE),
		.new_state = STATE(FIN_WAIT1), .fins = 1,
	},
	.outcome = OUTCOME(DELIVERED),
	.end_path = PATH(ALREADY_CLOSED),
};

SCENE_FIXTURE(state);

TEST_F(state, established_with_unread_data)
{
	struct pair *p = &self->s.p;
	struct want_drain want = {
		.close = {
			.state = STATE(ESTABLISHED), .fin = FIN(ALONE),
			.new_state = STATE(FIN_WAIT1),
			.unread = 3, .received = 3, .fins = 1,
		},
		.outcome = OUTCOME(DELIVERED), .discarded = 3,
		.end_path = PATH(ALREADY_CLOSED),
	};

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, peer_ends_well(&self->s, 0));
	EXPECT_EQ(0, drain_verify(&self->s, &want));
}

/* Who sent the first FIN keeps the minisock, as after any close */
TEST_F(state, established_without_unread_data)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, peer_ends_well(&self->s, 0));
	EXPECT_EQ(TCP_TIME_WAIT, state_by_address(&p->local, &p->remote));
	EXPECT_EQ(0, drain_verify(&self->s, &nothing_to_discard));
}

/* The response is on its way when the close comes, and the peer sends on */
TEST_F(state, response_is_delivered_though_the_peer_keeps_sending)
{
	struct pair *p = &self->s.p;
	struct want_drain want = {
		.close = {
			.state = STATE(ESTABLISHED), .fin = FIN(ALONE),
			.new_state = STATE(FIN_WAIT1),
			.unread = 3, .received = 3, .unacked = RESPONSE,
			.sent = RESPONSE, .fins = 1, .fins_on_data = -1,
		},
		.outcome = OUTCOME(DELIVERED), .discarded = 3 + LATE,
		.response = RESPONSE, .response_acked = RESPONSE,
		.saved = true, .end_path = PATH(ALREADY_CLOSED),
	};

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, give(p->us, RESPONSE));
	ASSERT_EQ(RESPONSE, unacked_bytes(p->us));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, undeafen(p->them));
	ASSERT_EQ(0, give(p->them, LATE));
	ASSERT_EQ(0, peer_ends_well(&self->s, RESPONSE));
	EXPECT_EQ(0, drain_verify(&self->s, &want));
}

/* A FIN sent again after the end is acknowledged again, to nobody */
TEST_F(state, peer_that_repeats_its_fin_is_no_reset)
{
	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, peer_ends_well(&self->s, 0));
	ASSERT_EQ(0, inject_fin_again(&self->s));
	EXPECT_EQ(0, drain_verify(&self->s, &nothing_to_discard));
	EXPECT_EQ(1, self->s.strays);
}

TEST_F(state, fin_wait1)
{
	struct pair *p = &self->s.p;
	struct want_drain want = {
		.close = {
			.state = STATE(FIN_WAIT1), .new_state = STATE(FIN_WAIT1),
			.unread = 3, .received = 3, .fins = 1,
		},
		.outcome = OUTCOME(DELIVERED), .discarded = 3,
		.end_path = PATH(ALREADY_CLOSED),
	};

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, undeafen(p->them));
	ASSERT_EQ(0, peer_ends_well(&self->s, 0));
	EXPECT_EQ(0, drain_verify(&self->s, &want));
}

TEST_F(state, fin_wait2)
{
	struct pair *p = &self->s.p;
	struct want_drain want = {
		.close = {
			.state = STATE(FIN_WAIT2), .new_state = STATE(FIN_WAIT2),
			.unread = 3, .received = 3, .fins = 1,
		},
		.outcome = OUTCOME(DELIVERED), .discarded = 3 + LATE,
		.end_path = PATH(ALREADY_CLOSED),
	};

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, give(p->them, LATE));
	ASSERT_EQ(0, peer_ends_well(&self->s, 0));
	EXPECT_EQ(0, drain_verify(&self->s, &want));
}

/* Late data would reset a connection whose read side has been shut */
TEST_F(state, program_that_shut_both_sides)
{
	struct pair *p = &self->s.p;
	struct want_drain want = {
		.close = {
			.state = STATE(FIN_WAIT2), .new_state = STATE(FIN_WAIT2),
			.fins = 1,
		},
		.outcome = OUTCOME(DELIVERED), .discarded = LATE,
		.end_path = PATH(ALREADY_CLOSED),
	};

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, shutdown(p->us, SHUT_RDWR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, give(p->them, LATE));
	ASSERT_EQ(0, peer_ends_well(&self->s, 0));
	EXPECT_EQ(0, drain_verify(&self->s, &want));
}

TEST_F(state, close_wait)
{
	struct pair *p = &self->s.p;
	struct want_drain want = {
		.close = {
			.state = STATE(CLOSE_WAIT), .fin = FIN(ALONE),
			.new_state = STATE(LAST_ACK),
			.unread = 3, .received = 3, .unacked = RESPONSE,
			.sent = RESPONSE, .fins = 1, .fins_on_data = -1,
		},
		.outcome = OUTCOME(DELIVERED), .discarded = 3,
		.response = RESPONSE, .response_acked = RESPONSE,
		.saved = true, .end_path = PATH(ALREADY_CLOSED),
	};

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, await_state(p->them, TCP_FIN_WAIT2));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, give(p->us, RESPONSE));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, undeafen(p->them));
	ASSERT_EQ(RESPONSE, take_all(p->them));
	ASSERT_EQ(0, drain_await(&self->s));
	EXPECT_EQ(0, drain_verify(&self->s, &want));
}

TEST_F(state, last_ack)
{
	struct pair *p = &self->s.p;
	struct want_drain want = {
		.close = {
			.state = STATE(LAST_ACK), .new_state = STATE(LAST_ACK),
			.unread = 3, .received = 3, .fins = 1,
		},
		.outcome = OUTCOME(DELIVERED), .discarded = 3,
		.end_path = PATH(ALREADY_CLOSED),
	};

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, await_state(p->them, TCP_FIN_WAIT2));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, undeafen(p->them));
	ASSERT_EQ(0, drain_await(&self->s));
	EXPECT_EQ(0, drain_verify(&self->s, &want));
}

TEST_F(state, closing)
{
	struct pair *p = &self->s.p;
	struct want_drain want = {
		.close = {
			.state = STATE(CLOSING), .new_state = STATE(CLOSING),
			.unread = 3, .received = 3, .fins = 1,
		},
		.outcome = OUTCOME(DELIVERED), .discarded = 3,
		.end_path = PATH(ALREADY_CLOSED),
	};

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSING));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, undeafen(p->them));
	ASSERT_EQ(0, drain_await(&self->s));
	EXPECT_EQ(0, drain_verify(&self->s, &want));
}

PAIR_FIXTURE(detail);

/* A FIN behind data that the peer's window has no room for */
TEST_F(detail, response_behind_a_shut_window)
{
	struct pair *p = &self->s.p;
	int given = give_until_stuck(p->us);
	struct want_drain want = {
		.close = {
			.state = STATE(ESTABLISHED), .fin = FIN(BEHIND_DATA),
			.new_state = STATE(FIN_WAIT1), .fins = 1,
			.fins_on_data = 1,
		},
		.outcome = OUTCOME(DELIVERED),
		.end_path = PATH(ALREADY_CLOSED),
	};

	ASSERT_GT(given, 0);
	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, peer_ends_well(&self->s, given));
	ASSERT_EQ(0, drain_stuck(&self->s, &want, given));
	want.response_acked = want.response;
	want.close.sent_later = want.close.unsent;
	EXPECT_EQ(0, drain_verify(&self->s, &want));
}

TEST_F(detail, close_does_not_wait_for_linger)
{
	struct pair *p = &self->s.p;
	struct want_drain want = {
		.close = {
			.state = STATE(ESTABLISHED), .fin = FIN(ALONE),
			.new_state = STATE(FIN_WAIT1), .unacked = RESPONSE,
			.sent = RESPONSE, .fins = 1, .fins_on_data = -1,
		},
		.outcome = OUTCOME(DELIVERED), .response = RESPONSE,
		.response_acked = RESPONSE, .end_path = PATH(ALREADY_CLOSED),
	};

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, set_linger(p->us, 5));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, give(p->us, RESPONSE));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_LT(self->s.acted[1] - self->s.acted[0], AT_ONCE);
	ASSERT_EQ(0, undeafen(p->them));
	ASSERT_EQ(0, peer_ends_well(&self->s, RESPONSE));
	EXPECT_EQ(0, drain_verify(&self->s, &want));
}

/* A byte out of band would stop whoever reads in order */
TEST_F(detail, urgent_data_is_discarded_too)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, give(p->them, 10));
	ASSERT_EQ(1, send(p->them, "!", 1, MSG_OOB));
	ASSERT_EQ(0, give(p->them, 10));
	ASSERT_EQ(0, peer_ends_well(&self->s, 0));
	EXPECT_EQ(0, DIFFER(drain_event(&self->s), DRAIN_OUTCOME,
			    OUTCOME(DELIVERED)));
	EXPECT_LE(20U, EVENT_NUM(drain_event(&self->s), DISCARDED));
}

static bool has_discarded(struct scene *s, uint64_t bytes)
{
	struct events *e = &s->events;

	return !drains_get(e) && e->n_drains == 1 &&
	       EVENT_NUM(&e->drains[0], COOKIE) == s->p.cookie &&
	       EVENT_NUM(&e->drains[0], DISCARDED) == bytes;
}

/* A program may have asked to be woken only for much; and what a list shows */
TEST_F(detail, few_bytes_are_discarded_as_they_come)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, set_int(p->us, SOL_SOCKET, SO_RCVLOWAT, 30000));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_TRUE(WAIT_FOR(has_discarded(&self->s, 0)));
	ASSERT_EQ(0, give(p->them, 10));
	EXPECT_TRUE(WAIT_FOR(has_discarded(&self->s, 10)));
	ASSERT_EQ(0, give(p->them, 7));
	EXPECT_TRUE(WAIT_FOR(has_discarded(&self->s, 17)));
	ASSERT_EQ(0, peer_ends_well(&self->s, 0));
	EXPECT_EQ(0, drains_await_none(&self->s.events));
	ASSERT_EQ(0, drains_get(&self->s.events));
	EXPECT_EQ(0U, self->s.events.n_drains);
}

TEST_F(detail, fate_is_that_of_the_closer)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(TIME_WAIT), .verdict = VERDICT(DELIVERED),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT2),
		.path = PATH(DRAIN), .fins = 1,
	};

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, peer_ends_well(&self->s, 0));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

TEST_F(detail, counters_say_what_was_saved)
{
	const struct stats *st = &self->s.events.stats;
	const struct drain_tally *t = &st->ended[OUTCOME(DELIVERED)];
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, give(p->us, RESPONSE));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, events_stats(&self->s.events));
	EXPECT_EQ(1U, st->drains);
	ASSERT_EQ(0, undeafen(p->them));
	ASSERT_EQ(0, peer_ends_well(&self->s, RESPONSE));
	ASSERT_EQ(0, drains_await_none(&self->s.events));
	EXPECT_EQ(1U, t->events);
	EXPECT_EQ(3U, t->discarded);
	EXPECT_EQ((uint64_t)RESPONSE, t->response);
	EXPECT_EQ((uint64_t)RESPONSE, t->acked);
	EXPECT_EQ(1U, st->saved);
	EXPECT_EQ((uint64_t)RESPONSE, st->saved_bytes);
	EXPECT_EQ(1U, st->closes[PATH(DRAIN)]);
	EXPECT_EQ(1U, st->drain_closes[PATH(ALREADY_CLOSED)]);
	EXPECT_EQ(0U, st->closes[PATH(ALREADY_CLOSED)]);
}

/* With nobody to listen, and so without the other probes */
TEST_F(detail, counters_move_unheard)
{
	const struct stats *st = &self->s.events.stats;
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, scene_end(&self->s));
	ASSERT_TRUE(WAIT_FOR(!events_info(&self->s.events) &&
			     !self->s.events.info.probes));
	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, take_all(p->them));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, drains_await_none(&self->s.events));
	EXPECT_EQ(1U, st->ended[OUTCOME(DELIVERED)].events);
	EXPECT_EQ(3U, st->ended[OUTCOME(DELIVERED)].discarded);
	EXPECT_EQ(0U, st->closes[PATH(DRAIN)]);
}

TEST_F(detail, policy_of_one_socket_is_used_up)
{
	struct pair *p = &self->s.p;
	struct policy policy = { .action = ACTION(DRAIN), .fd = &p->us };

	ASSERT_EQ(0, policy_arm(&self->s, &policy));
	ASSERT_EQ(1, policies_count(&self->s.events));
	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, peer_ends_well(&self->s, 0));
	EXPECT_TRUE(WAIT_FOR(!policies_count(&self->s.events)));
}

/* Whoever lets go of the last descriptor, and however */
PAIR_FIXTURE(closer);

static int with_unread(struct scene *s)
{
	return drain_arm(s) ?: leave_unread(&s->p);
}

static int ends_well(struct scene *s, unsigned int why)
{
	struct want_drain want = {
		.close = {
			.state = STATE(ESTABLISHED), .fin = FIN(ALONE),
			.new_state = STATE(FIN_WAIT1), .why = why,
			.unread = 3, .received = 3, .fins = 1,
		},
		.outcome = OUTCOME(DELIVERED), .discarded = 3,
		.end_path = PATH(ALREADY_CLOSED),
	};

	return undeafen(s->p.them) ?: peer_ends_well(s, 0) ?:
	       drain_verify(s, &want);
}

TEST_F(closer, exit_of_the_process)
{
	struct holder h;

	ASSERT_EQ(0, with_unread(&self->s));
	ASSERT_EQ(0, holder_start(&h, &self->s, NULL, NULL));
	ASSERT_EQ(0, holder_do(&h, HOLDER_EXIT));
	EXPECT_EQ(0, ends_well(&self->s, WHY(EXIT)));
}

TEST_F(closer, sigkill)
{
	struct holder h;

	ASSERT_EQ(0, with_unread(&self->s));
	ASSERT_EQ(0, holder_start(&h, &self->s, NULL, NULL));
	ASSERT_EQ(0, holder_kill(&h));
	EXPECT_EQ(0, ends_well(&self->s, WHY(SIGNAL)));
}

TEST_F(closer, exec)
{
	struct holder h;

	ASSERT_EQ(0, with_unread(&self->s));
	ASSERT_EQ(0, fcntl(self->s.p.us, F_SETFD, FD_CLOEXEC));
	ASSERT_EQ(0, holder_start(&h, &self->s, NULL, NULL));
	ASSERT_EQ(0, holder_do(&h, HOLDER_EXEC));
	strcpy(self->s.closer.comm, "true");
	EXPECT_EQ(0, ends_well(&self->s, WHY(EXEC)));
}

static int close_also(void *fd)
{
	return close(*(int *)fd);
}

/* Ours comes first and does nothing, the child's is the last */
TEST_F(closer, last_of_two_processes)
{
	struct holder h;
	int copy;

	ASSERT_EQ(0, with_unread(&self->s));
	copy = dup(self->s.p.us);
	ASSERT_EQ(0, holder_start(&h, &self->s, close_also, &copy));
	ASSERT_EQ(0, close(copy));
	ASSERT_EQ(0U, events_count(&self->s.events, TYPE(DRAIN_BEGIN), 0));
	ASSERT_EQ(0, holder_do(&h, HOLDER_CLOSE));
	EXPECT_EQ(0, ends_well(&self->s, WHY(CLOSE)));
}

TEST_HARNESS_MAIN
