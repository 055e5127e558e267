// SPDX-License-Identifier: GPL-2.0
/* Probes that the kernel silences: listeners are told, requests are refused */
#include "file.h"
#include "flavours.h"
#include "netns.h"
#include "policy.h"
#include "wait.h"

FIXTURE(silence) {
	struct scene s;
};

FIXTURE_VARIANT(silence) {
	const char *path;
};

FIXTURE_VARIANT_ADD(silence, of_ftrace) {
	.path = "/proc/sys/kernel/ftrace_enabled",
};

FIXTURE_VARIANT_ADD(silence, of_kprobes) {
	.path = "/sys/kernel/debug/kprobes/enabled",
};

FIXTURE_SETUP(silence)
{
	ASSERT_EQ(0, scene_open_bare(&self->s));
	ASSERT_EQ(0, drain_off_everywhere(&self->s.events));
}

FIXTURE_TEARDOWN(silence)
{
	EXPECT_EQ(0, file_write(variant->path, "1"));
	scene_close(&self->s);
}

static bool told(struct events *e)
{
	while (events_poll(e))
		;
	return events_lost_by(e, CLOSEWATCH_LOSS_BLIND);
}

static bool blind(struct events *e)
{
	return !events_info(e) && e->info.blind;
}

/* A close that is seen; its cookie */
static uint64_t close_one(void)
{
	int fd = tcp_socket(IPV4);
	uint64_t cookie = cookie_of(fd);

	return close(fd) ? 0 : cookie;
}

TEST_F(silence, is_told_as_a_loss_until_it_ends)
{
	struct events *e = &self->s.events;

	ASSERT_EQ(0, file_write(variant->path, "0"));
	ASSERT_TRUE(WAIT_FOR(told(e)));
	EXPECT_TRUE(blind(e));
	EXPECT_LT(0U, e->info.blind_seconds);
	ASSERT_EQ(0, file_write(variant->path, "1"));
	ASSERT_TRUE(WAIT_FOR(!blind(e)));
	EXPECT_NE(NULL, events_await(e, TYPE(CLOSE), close_one()));
}

static bool idle(struct events *e)
{
	return !events_info(e) && !e->info.probes && !e->info.policy_armed;
}

TEST_F(silence, leaves_nothing_armed_by_a_request)
{
	struct policy any = { .action = ACTION(DRAIN), .force = true };
	struct events *e = &self->s.events;

	ASSERT_EQ(0, events_unsubscribe(e));
	ASSERT_TRUE(WAIT_FOR(idle(e)));
	ASSERT_EQ(0, file_write(variant->path, "0"));
	EXPECT_GT(0, events_subscribe(e, NULL, NULL));
	EXPECT_NE(NULL, strstr(e->extack, "ftrace_enabled"))
		TH_LOG("'%s'", e->extack);
	EXPECT_GT(0, policy_add(e, &any));
	EXPECT_NE(NULL, strstr(e->extack, "kprobes/enabled"))
		TH_LOG("'%s'", e->extack);
	EXPECT_TRUE(WAIT_FOR(idle(e)));
	EXPECT_EQ(0U, e->info.listeners + e->info.policies);
	ASSERT_EQ(0, file_write(variant->path, "1"));
	EXPECT_EQ(0, events_subscribe(e, NULL, NULL));
	EXPECT_LT(0, policy_add(e, &any));
	EXPECT_NE(NULL, events_await(e, TYPE(CLOSE), close_one()));
	EXPECT_EQ(0, drain_off(e));
}

/* Another listener's probes are there already, which is no reason to trust */
TEST_F(silence, refuses_those_who_come_second)
{
	struct policy any = { .action = ACTION(DRAIN), .force = true };
	struct events *e = &self->s.events, second;

	ASSERT_LT(0, policy_add(e, &any));
	ASSERT_EQ(0, events_open(&second));
	ASSERT_EQ(0, file_write(variant->path, "0"));
	EXPECT_GT(0, events_subscribe(&second, NULL, NULL));
	EXPECT_GT(0, policy_add(&second, &any));
	ASSERT_EQ(0, file_write(variant->path, "1"));
	EXPECT_EQ(0, events_subscribe(&second, NULL, NULL));
	events_close(&second);
	EXPECT_EQ(0, drain_off(e));
}

TEST_HARNESS_MAIN
