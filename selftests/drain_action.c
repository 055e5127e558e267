// SPDX-License-Identifier: GPL-2.0
/* What policies do to a close other than to drain it */
#include <netinet/tcp.h>

#include "closer.h"
#include "drains.h"
#include "flavours.h"
#include "verify.h"
#include "wait.h"

SCENE_FIXTURE(action);

/* Exactly one policy event for our end, and no drain */
static int verify_policy(const struct scene *s, unsigned int action, bool dry)
{
	const struct events *e = &s->events;
	const struct event *ev;
	int bad = 0;

	bad += differ("number of policy events",
		      events_count(e, TYPE(POLICY), s->p.cookie), 1);
	bad += differ("number of begins",
		      events_count(e, TYPE(DRAIN_BEGIN), s->p.cookie), 0);
	bad += differ("number of ends",
		      events_count(e, TYPE(DRAIN_END), s->p.cookie), 0);
	ev = events_nth(e, TYPE(POLICY), s->p.cookie, 0);
	if (!ev)
		return bad + 1;
	bad += DIFFER(ev, ACTION, action) + PRESENT(ev, POLICY_ID);
	bad += DIFFER(ev, DRY_RUN, dry) + verify_identity(s, ev, false);
	return bad + verify_closer(s, ev, WHY(CLOSE));
}

static const struct want reset_for_unread = {
	.path = PATH(RST_UNREAD),
	.state = STATE(ESTABLISHED), .new_state = STATE(CLOSE),
	.unread = 3, .received = 3, .rsts = 1,
	.moved = { .out_rsts = 1, .estab_resets = 1, .abort_on_close = 1 },
};

TEST_F(action, reset)
{
	struct policy policy = { .action = ACTION(RESET) };
	struct want want = {
		.path = PATH(RST_LINGER0), .linger = true,
		.state = STATE(ESTABLISHED), .new_state = STATE(CLOSE),
		.rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .abort_on_data = 1 },
	};

	ASSERT_EQ(0, policy_arm(&self->s, &policy));
	ASSERT_EQ(0, isolate(&self->s.p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
	EXPECT_EQ(0, verify_policy(&self->s, ACTION(RESET), false));
}

TEST_F(action, linger)
{
	struct policy policy = {
		.action = ACTION(LINGER), .linger_seconds = 1,
	};
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1),
		.linger = true, .linger_seconds = 1, .fins = 1,
		.outcome = LINGER(TIMEOUT),
		.waited_min = TICKS_OF_A_SECOND,
	};
	int64_t start;

	ASSERT_EQ(0, policy_arm(&self->s, &policy));
	ASSERT_EQ(0, isolate(&self->s.p));
	start = now_ns();
	ASSERT_EQ(0, scene_act(&self->s));
	want.waited_max = now_ns() - start;
	EXPECT_EQ(0, scene_verify(&self->s, &want));
	EXPECT_EQ(0, verify_policy(&self->s, ACTION(LINGER), false));
}

/* It stands before the rule that would drain */
TEST_F(action, leave)
{
	struct policy leave = { .action = ACTION(LEAVE), .priority = 1 };

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, policy_arm(&self->s, &leave));
	ASSERT_EQ(0, leave_unread(&self->s.p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &reset_for_unread));
	EXPECT_EQ(0, verify_policy(&self->s, ACTION(LEAVE), false));
}

TEST_F(action, dry_run_of_a_drain)
{
	struct policy policy = { .action = ACTION(DRAIN), .dry_run = true };

	ASSERT_EQ(0, policy_arm(&self->s, &policy));
	ASSERT_EQ(0, leave_unread(&self->s.p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &reset_for_unread));
	EXPECT_EQ(0, verify_policy(&self->s, ACTION(DRAIN), true));
}

TEST_F(action, dry_run_of_a_reset)
{
	struct policy policy = { .action = ACTION(RESET), .dry_run = true };
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1),
		.fins = 1,
	};

	ASSERT_EQ(0, policy_arm(&self->s, &policy));
	ASSERT_EQ(0, isolate(&self->s.p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
	EXPECT_EQ(0, verify_policy(&self->s, ACTION(RESET), true));
}

/* A program's own linger-0 is what reset would do; repair is neither's */
TEST_F(action, reset_respects_repair)
{
	struct policy policy = { .action = ACTION(RESET) };
	struct want want = {
		.path = PATH(REPAIR),
		.state = STATE(ESTABLISHED), .new_state = STATE(CLOSE),
		.moved = { .estab_resets = 1 },
	};

	ASSERT_EQ(0, policy_arm(&self->s, &policy));
	ASSERT_EQ(0, isolate(&self->s.p));
	ASSERT_EQ(0, set_int(self->s.p.us, IPPROTO_TCP, TCP_REPAIR, 1));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_HARNESS_MAIN
