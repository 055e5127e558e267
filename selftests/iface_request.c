// SPDX-License-Identifier: GPL-2.0
/* Requests: who may send them, and what becomes of bad ones */
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <sched.h>
#include <sys/prctl.h>

#include "flavours.h"
#include "kmod.h"
#include "netns.h"
#include "tenant.h"
#include "wait.h"

FIXTURE(unprivileged) {
	struct scene s;
	struct events mine;
};

FIXTURE_VARIANT(unprivileged) {
	uint8_t cmd;
};

FIXTURE_VARIANT_ADD(unprivileged, subscribe) {
	.cmd = CLOSEWATCH_CMD_SUBSCRIBE,
};

FIXTURE_VARIANT_ADD(unprivileged, unsubscribe) {
	.cmd = CLOSEWATCH_CMD_UNSUBSCRIBE,
};

FIXTURE_VARIANT_ADD(unprivileged, info) {
	.cmd = CLOSEWATCH_CMD_INFO,
};

FIXTURE_SETUP(unprivileged)
{
	struct pair_opts opts = { .flavour = IPV4 };

	ASSERT_EQ(0, scene_open(&self->s, &opts));
}

FIXTURE_TEARDOWN(unprivileged)
{
	events_close(&self->mine);
	scene_close(&self->s);
}

TEST_F(unprivileged, is_refused_and_hears_nothing)
{
	ASSERT_EQ(0, setresuid(-1, NOBODY, -1));
	ASSERT_EQ(0, events_open(&self->mine));
	EXPECT_EQ(-EPERM, events_raw(&self->mine, variant->cmd, NULL, 0));
	ASSERT_EQ(0, setresuid(-1, 0, -1));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_NE(NULL, scene_event(&self->s));
	EXPECT_FALSE(events_poll(&self->mine));
	EXPECT_EQ(0U, self->mine.n);
}

/* A user that is root of its own user and network namespaces only */
FIXTURE(contained) {
	struct events events;
	int outer;
};

FIXTURE_SETUP(contained)
{
	NEED_MODULE_FILE(return);
	ASSERT_EQ(0, kmod_reload("userns=1"));
	self->outer = netns_open();
	ASSERT_EQ(0, setresuid(NOBODY, NOBODY, NOBODY));
	ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 1));
	if (unshare(CLONE_NEWUSER))
		SKIP(return, "this kernel forbids user namespaces to users");
	ASSERT_EQ(0, netns_enter());
	ASSERT_EQ(0, events_open(&self->events));
}

FIXTURE_TEARDOWN(contained)
{
	events_close(&self->events);
	close(self->outer);
}

TEST_F(contained, may_listen_to_its_own_namespace)
{
	struct events *e = &self->events;
	struct pair_opts opts = { .flavour = IPV4 };
	const struct event *ev;
	struct pair p;

	ASSERT_EQ(0, events_subscribe(e, NULL, NULL));
	ASSERT_EQ(0, pair_open(&p, &opts));
	ASSERT_EQ(0, close(p.us));
	ASSERT_EQ(0, events_unsubscribe(e));
	ev = events_nth(e, TYPE(CLOSE), p.cookie, 0);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ((unsigned int)NOBODY, EVENT_NUM(ev, UID));
	EXPECT_EQ(netns_inode(), EVENT_NUM(ev, NETNS));
}

static int netns_fd(struct nl_msg *msg, const void *arg)
{
	return nla_put_u32(msg, CLOSEWATCH_A_FILTER_NETNS_FD, *(int *)arg);
}

TEST_F(contained, may_not_listen_beyond_it)
{
	struct events *e = &self->events;

	EXPECT_EQ(-EPERM, events_subscribe_all(e));
	EXPECT_NE('\0', e->extack[0]);
	EXPECT_EQ(-EPERM, events_subscribe(e, netns_fd, &self->outer));
	EXPECT_NE('\0', e->extack[0]);
	ASSERT_EQ(-ENOENT, events_unsubscribe(e));
}

BARE_FIXTURE(request);

TEST_F(request, unsubscribe_needs_a_subscription)
{
	struct events *e = &self->s.events;

	ASSERT_EQ(0, events_unsubscribe(e));
	EXPECT_EQ(-ENOENT, events_unsubscribe(e));
	EXPECT_NE('\0', e->extack[0]);
}

TEST_F(request, info_tells_of_listeners_and_probes)
{
	struct events *e = &self->s.events;

	ASSERT_EQ(0, events_info(e));
	EXPECT_EQ(1U, e->info.listeners);
	EXPECT_GT(e->info.probes, 0U);
	EXPECT_EQ(0U, e->info.inflight);
	ASSERT_EQ(0, events_unsubscribe(e));
	ASSERT_EQ(0, events_info(e));
	EXPECT_EQ(0U, e->info.listeners);
	EXPECT_TRUE(WAIT_FOR(!events_info(e) && !e->info.probes));
}

TEST_F(request, unknown_command_is_refused)
{
	EXPECT_EQ(-EOPNOTSUPP, events_raw(&self->s.events, 77, NULL, 0));
	EXPECT_EQ(-EOPNOTSUPP, events_raw(&self->s.events, CLOSEWATCH_CMD_EVENT,
					  NULL, 0));
}

TEST_F(request, header_cut_short_is_refused)
{
	EXPECT_EQ(-EINVAL, events_headless(&self->s.events));
}

/*
 * Bytes as they stand in the message; each row is an error of its own. The
 * words are little endian, as netlink's are the machine's own.
 */
FIXTURE(malformed) {
	struct scene s;
};

FIXTURE_VARIANT(malformed) {
	uint16_t words[16];
	size_t len;
	int err;
};

#define FILTER	(CLOSEWATCH_A_FILTER | NLA_F_NESTED)

FIXTURE_VARIANT_ADD(malformed, unknown_attribute) {
	.words = { 4, 99 }, .len = 4, .err = -EINVAL,
};

FIXTURE_VARIANT_ADD(malformed, unknown_filter_attribute) {
	.words = { 12, FILTER, 8, 99, 1, 0 }, .len = 12, .err = -EINVAL,
};

FIXTURE_VARIANT_ADD(malformed, attribute_of_another_command) {
	.words = { 4, CLOSEWATCH_A_INFO | NLA_F_NESTED }, .len = 4,
	.err = -EINVAL,
};

FIXTURE_VARIANT_ADD(malformed, attribute_longer_than_the_message) {
	.words = { 40, FILTER, 8, CLOSEWATCH_A_FILTER_PID, 1, 0 }, .len = 12,
	.err = -EINVAL,
};

FIXTURE_VARIANT_ADD(malformed, nested_attribute_longer_than_its_nest) {
	.words = { 12, FILTER, 40, CLOSEWATCH_A_FILTER_PID, 1, 0 }, .len = 12,
	.err = -EINVAL,
};

FIXTURE_VARIANT_ADD(malformed, attribute_shorter_than_its_header) {
	.words = { 2, FILTER }, .len = 4, .err = -EINVAL,
};

FIXTURE_VARIANT_ADD(malformed, trailing_bytes) {
	.words = { 4, FILTER, 1 }, .len = 6, .err = -EINVAL,
};

FIXTURE_VARIANT_ADD(malformed, nest_not_marked_as_one) {
	.words = { 12, CLOSEWATCH_A_FILTER, 8, CLOSEWATCH_A_FILTER_PID, 1, 0 },
	.len = 12, .err = -EINVAL,
};

FIXTURE_VARIANT_ADD(malformed, number_too_short) {
	.words = { 12, FILTER, 6, CLOSEWATCH_A_FILTER_PID, 1, 0 }, .len = 12,
	.err = -EINVAL,
};

FIXTURE_VARIANT_ADD(malformed, number_too_long) {
	.words = { 16, FILTER, 12, CLOSEWATCH_A_FILTER_PID, 1, 0, 0, 0 },
	.len = 16, .err = -EINVAL,
};

FIXTURE_VARIANT_ADD(malformed, pid_zero) {
	.words = { 12, FILTER, 8, CLOSEWATCH_A_FILTER_PID, 0, 0 }, .len = 12,
	.err = -ERANGE,
};

FIXTURE_VARIANT_ADD(malformed, port_zero) {
	.words = { 12, FILTER, 6, CLOSEWATCH_A_FILTER_PORT, 0, 0 }, .len = 12,
	.err = -ERANGE,
};

FIXTURE_VARIANT_ADD(malformed, no_event_type) {
	.words = { 12, FILTER, 8, CLOSEWATCH_A_FILTER_EVENTS, 0, 0 }, .len = 12,
	.err = -ERANGE,
};

FIXTURE_VARIANT_ADD(malformed, event_type_to_come) {
	.words = { 12, FILTER, 8, CLOSEWATCH_A_FILTER_EVENTS, 1, 0x8000 },
	.len = 12, .err = -EINVAL,
};

FIXTURE_VARIANT_ADD(malformed, path_to_come) {
	.words = { 16, FILTER, 12, CLOSEWATCH_A_FILTER_PATHS, 0, 0, 0, 0x8000 },
	.len = 16, .err = -EINVAL,
};

FIXTURE_VARIANT_ADD(malformed, family_of_no_tcp) {
	.words = { 12, FILTER, 6, CLOSEWATCH_A_FILTER_FAMILY, AF_UNIX, 0 },
	.len = 12, .err = -EINVAL,
};

FIXTURE_VARIANT_ADD(malformed, comm_too_long) {
	.words = { 28, FILTER, 24, CLOSEWATCH_A_FILTER_COMM,
		   0x6161, 0x6161, 0x6161, 0x6161, 0x6161,
		   0x6161, 0x6161, 0x6161, 0x6161, 0x6161 },
	.len = 28, .err = -EINVAL,
};

FIXTURE_VARIANT_ADD(malformed, comm_empty) {
	.words = { 12, FILTER, 5, CLOSEWATCH_A_FILTER_COMM, 0, 0 }, .len = 12,
	.err = -EINVAL,
};

FIXTURE_VARIANT_ADD(malformed, netns_fd_not_open) {
	.words = { 12, FILTER, 8, CLOSEWATCH_A_FILTER_NETNS_FD, 9999, 0 },
	.len = 12, .err = -EBADF,
};

FIXTURE_VARIANT_ADD(malformed, netns_fd_of_something_else) {
	.words = { 12, FILTER, 8, CLOSEWATCH_A_FILTER_NETNS_FD, 0, 0 },
	.len = 12, .err = -EINVAL,
};

FIXTURE_VARIANT_ADD(malformed, one_netns_and_all) {
	.words = { 16, FILTER, 8, CLOSEWATCH_A_FILTER_NETNS_FD, 0, 0,
		   4, CLOSEWATCH_A_FILTER_ALL_NETNS },
	.len = 16, .err = -EINVAL,
};

FIXTURE_SETUP(malformed)
{
	struct pair_opts opts = { .flavour = IPV4 };

	ASSERT_EQ(0, scene_open(&self->s, &opts));
}

FIXTURE_TEARDOWN(malformed)
{
	scene_close(&self->s);
}

TEST_F(malformed, is_refused_in_words)
{
	struct events *e = &self->s.events;

	ASSERT_EQ(0, events_unsubscribe(e));
	EXPECT_EQ(variant->err, events_raw(e, CLOSEWATCH_CMD_SUBSCRIBE,
					   variant->words, variant->len));
	EXPECT_NE('\0', e->extack[0]);
	TH_LOG("%s", e->extack);
	EXPECT_EQ(-ENOENT, events_unsubscribe(e));
}

TEST_F(malformed, leaves_the_subscription_as_it_was)
{
	EXPECT_EQ(variant->err, events_raw(&self->s.events,
					   CLOSEWATCH_CMD_SUBSCRIBE,
					   variant->words, variant->len));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_NE(NULL, scene_event(&self->s));
}

/* What "contained" could not undo without its rights */
TEST(module_is_loaded_as_before)
{
	NEED_MODULE_FILE(return);
	EXPECT_EQ(0, kmod_reload(""));
}

TEST_HARNESS_MAIN
