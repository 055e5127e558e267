// SPDX-License-Identifier: GPL-2.0
/* What a listener is spared unless it asks; compiled for the host. */
#include "kselftest_harness.h"

#include "module/core/quiet.h"

#define FATE(which)	(CLOSEWATCH_FATE_##which)
#define VERDICT(which)	(CLOSEWATCH_VERDICT_##which)

static bool fate_quiet(u32 fate, u32 verdict, u32 pid, u64 lost, u64 since)
{
	const struct cw_event ev = {
		.type = CLOSEWATCH_EVENT_TYPE_FATE, .owner.pid = pid,
		.end = {
			.fate = fate, .verdict = verdict, .lost_bytes = lost,
			.since_ns = since,
		},
	};

	return cw_quiet(&ev);
}

TEST(a_delivered_end_is_quiet_and_any_other_is_not)
{
	u32 fate;

	EXPECT_TRUE(fate_quiet(FATE(TIME_WAIT), VERDICT(DELIVERED), 1, 0, 1));
	EXPECT_TRUE(fate_quiet(FATE(ACKED), VERDICT(DELIVERED), 1, 0, 1));
	EXPECT_FALSE(fate_quiet(FATE(ACKED), VERDICT(UNKNOWN), 1, 0, 1));
	EXPECT_FALSE(fate_quiet(FATE(TIME_WAIT), VERDICT(LOST), 1, 5, 1));
	for (fate = 0; fate <= CLOSEWATCH_FATE_MAX; fate++) {
		if (fate != FATE(TIME_WAIT) && fate != FATE(ACKED) &&
		    fate != FATE(ABORTED))
			EXPECT_FALSE(fate_quiet(fate, VERDICT(DELIVERED), 1, 0, 1));
	}
}

TEST(an_abort_is_told_by_its_close_and_an_orphans_loss_by_nothing_else)
{
	EXPECT_TRUE(fate_quiet(FATE(ABORTED), VERDICT(LOST), 1, 5, 1));
	EXPECT_TRUE(fate_quiet(FATE(ABORTED), VERDICT(UNKNOWN), 0, 0, 1));
	EXPECT_FALSE(fate_quiet(FATE(ABORTED), VERDICT(LOST), 0, 5, 1));
}

TEST(a_peers_reset_is_told_by_its_event_while_the_program_had_it_open)
{
	EXPECT_TRUE(fate_quiet(FATE(PEER_RESET), VERDICT(LOST), 1, 5, 0));
	EXPECT_FALSE(fate_quiet(FATE(PEER_RESET), VERDICT(LOST), 1, 5, 1));
}

TEST(an_ordinary_shutdown_is_quiet)
{
	struct cw_event ev = { .type = CLOSEWATCH_EVENT_TYPE_SHUTDOWN };
	const u64 quiet = 1ULL << CLOSEWATCH_PATH_FIN |
			  1ULL << CLOSEWATCH_PATH_FIN_BEHIND_DATA |
			  1ULL << CLOSEWATCH_PATH_FLAG_ONLY |
			  1ULL << CLOSEWATCH_PATH_DEFERRED |
			  1ULL << CLOSEWATCH_PATH_NONE;

	for (; ev.verdict.path <= CLOSEWATCH_PATH_MAX; ev.verdict.path++)
		EXPECT_EQ(quiet >> ev.verdict.path & 1, cw_quiet(&ev));
}

TEST(a_reset_that_a_fate_reports_is_quiet)
{
	struct cw_event ev = { .type = CLOSEWATCH_EVENT_TYPE_RESET };
	const u32 quiet = 1U << CLOSEWATCH_RESET_KIND_LATE_DATA |
			  1U << CLOSEWATCH_RESET_KIND_TIME_WAIT;
	u32 *kind = &ev.extra.reset_kind;

	for (; *kind <= CLOSEWATCH_RESET_KIND_MAX; ++*kind)
		EXPECT_EQ(quiet >> *kind & 1, cw_quiet(&ev));
}

TEST(a_policy_that_only_leaves_is_quiet_unless_it_is_tried)
{
	struct cw_event ev = { .type = CLOSEWATCH_EVENT_TYPE_POLICY };
	u32 *action = &ev.drained.action;

	for (; *action <= CLOSEWATCH_ACTION_MAX; ++*action)
		EXPECT_EQ(*action == CLOSEWATCH_ACTION_LEAVE, cw_quiet(&ev));
	ev.drained.dry_run = true;
	*action = CLOSEWATCH_ACTION_LEAVE;
	EXPECT_FALSE(cw_quiet(&ev));
}

TEST(of_the_other_types_only_a_drains_begin_is_quiet)
{
	struct cw_event ev = {
		.verdict.path = CLOSEWATCH_PATH_FIN,
		.end.verdict = CLOSEWATCH_VERDICT_DELIVERED,
		.end.fate = CLOSEWATCH_FATE_ACKED,
		.drained.action = CLOSEWATCH_ACTION_LEAVE,
	};
	const u32 known = 1U << CLOSEWATCH_EVENT_TYPE_FATE |
			  1U << CLOSEWATCH_EVENT_TYPE_SHUTDOWN |
			  1U << CLOSEWATCH_EVENT_TYPE_RESET |
			  1U << CLOSEWATCH_EVENT_TYPE_POLICY;

	for (; ev.type <= CLOSEWATCH_EVENT_TYPE_MAX; ev.type++) {
		if (!(known >> ev.type & 1))
			EXPECT_EQ(ev.type == CLOSEWATCH_EVENT_TYPE_DRAIN_BEGIN,
				  cw_quiet(&ev));
	}
}

TEST_HARNESS_MAIN
