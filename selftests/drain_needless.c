// SPDX-License-Identifier: GPL-2.0
/* Closes that have nothing to drain, and those that only look so */
#include <netinet/tcp.h>

#include "drains.h"
#include "ends.h"
#include "flavours.h"
#include "verify.h"
#include "wait.h"

#define RESPONSE	4000	/* one segment */

SCENE_FIXTURE(needless);

/* The peer has sent 5 bytes and FIN, and the program has read the bytes */
static int half_over(struct pair *p)
{
	if (give(p->them, 5) || shutdown(p->them, SHUT_WR) ||
	    await_state(p->us, TCP_CLOSE_WAIT) || take(p->us, 5))
		return -1;
	return await_state(p->them, TCP_FIN_WAIT2);
}

/* As without a policy, and counted once */
static int needless_verify(struct scene *s)
{
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(CLOSE_WAIT), .new_state = STATE(LAST_ACK),
		.received = 5, .fins = 1,
	};
	const struct events *e = &s->events;
	int bad = scene_verify(s, &want);

	bad += differ("number of begins",
		      events_count(e, TYPE(DRAIN_BEGIN), s->p.cookie), 0);
	bad += differ("number of ends",
		      events_count(e, TYPE(DRAIN_END), s->p.cookie), 0);
	return bad + differ("number of policy events",
			    events_count(e, TYPE(POLICY), s->p.cookie), 0);
}

static int counted(struct scene *s, uint64_t times)
{
	return events_stats(&s->events) ?:
	       differ("closes with nothing to drain",
		      s->events.stats.nothing_to_drain, times);
}

TEST_F(needless, end_of_file_was_read)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, half_over(p));
	ASSERT_EQ(0, take_all(p->us));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, needless_verify(&self->s));
	EXPECT_EQ(0, counted(&self->s, 1));
}

/* Its FIN is in the receive queue, so it is decided under the lock */
TEST_F(needless, end_of_file_was_not_read)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, half_over(p));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, needless_verify(&self->s));
	EXPECT_EQ(0, counted(&self->s, 1));
}

TEST_F(needless, dry_run_is_silent)
{
	struct policy policy = { .action = ACTION(DRAIN), .dry_run = true };
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, policy_arm(&self->s, &policy));
	ASSERT_EQ(0, half_over(p));
	ASSERT_EQ(0, take_all(p->us));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, needless_verify(&self->s));
	EXPECT_EQ(0, counted(&self->s, 0));
}

TEST_F(needless, policy_of_one_socket_is_used_up)
{
	struct pair *p = &self->s.p;
	struct policy policy = { .action = ACTION(DRAIN), .fd = &p->us };

	ASSERT_EQ(0, policy_arm(&self->s, &policy));
	ASSERT_EQ(0, half_over(p));
	ASSERT_EQ(0, take_all(p->us));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_TRUE(WAIT_FOR(!policies_count(&self->s.events)));
	EXPECT_EQ(0, counted(&self->s, 1));
}

PAIR_FIXTURE(needed);

static int is_drained(struct scene *s)
{
	return drain_await_begin(s) ?: counted(s, 0);
}

TEST_F(needed, unread_byte_before_the_fin)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, give(p->them, 1));
	ASSERT_EQ(0, half_over(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, is_drained(&self->s));
}

TEST_F(needed, response_under_way)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, half_over(p));
	ASSERT_EQ(0, take_all(p->us));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, give(p->us, RESPONSE));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, is_drained(&self->s));
}

/* The peer can still send */
TEST_F(needed, no_fin_has_come)
{
	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, is_drained(&self->s));
}

/* Its close would wait for an acknowledgment */
TEST_F(needed, so_linger)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, set_linger(p->us, 5));
	ASSERT_EQ(0, half_over(p));
	ASSERT_EQ(0, take_all(p->us));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, is_drained(&self->s));
}

TEST_HARNESS_MAIN
