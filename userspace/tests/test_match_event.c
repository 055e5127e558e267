// SPDX-License-Identifier: GPL-2.0
/* Recorded events by a filter, as the module would send live ones. */
#include <sys/socket.h>
#include <sys/stat.h>
#include <fcntl.h>

#include "fixture.h"
#include "kselftest_harness.h"
#include "recording/match_event.h"

FIXTURE(match)
{
	struct cw_msg_event ev;
	struct cw_msg_filter f;
};

/* Of a close that is not quiet. */
FIXTURE_SETUP(match)
{
	struct message m = { 0 };

	put_everything(&m);
	cw_decode_event(&self->ev, m.b, m.len);
	self->f = (struct cw_msg_filter)CW_FILTER_INIT;
}

FIXTURE_TEARDOWN(match)
{
}

#define matches() cw_filter_event(&self->f, &self->ev)

/* Each condition alone: met by the value of the event, and not by another. */
#define CONDITION(member, yes, no) do {					\
		self->f.member = (yes);					\
		EXPECT_TRUE(matches());					\
		self->f.member = (no);					\
		EXPECT_FALSE(matches());				\
		self->f = (struct cw_msg_filter)CW_FILTER_INIT;		\
	} while (0)

TEST_F(match, each_condition_is_met_or_not)
{
	EXPECT_TRUE(matches());
	CONDITION(events, 1U << CLOSEWATCH_EVENT_TYPE_CLOSE,
		  1U << CLOSEWATCH_EVENT_TYPE_FATE);
	CONDITION(paths, 1ULL << CLOSEWATCH_PATH_RST_UNREAD,
		  1ULL << CLOSEWATCH_PATH_FIN);
	CONDITION(family, AF_INET, AF_INET6);
	CONDITION(pid, 812, 813);
	CONDITION(uid, 33, 0);
	CONDITION(cgroup, 4711, 4712);
	CONDITION(port, 80, 81);
	CONDITION(port, 51234, 81);
	CONDITION(local_port, 80, 51234);
	CONDITION(remote_port, 51234, 80);
	strcpy(self->f.comm, "nginx");
	EXPECT_TRUE(matches());
	strcpy(self->f.comm, "ngin");
	EXPECT_FALSE(matches());
}

TEST_F(match, a_network_namespace_is_that_of_the_descriptor)
{
	struct stat ns;

	self->f.netns_fd = open("/proc/self/ns/net", O_RDONLY);
	ASSERT_EQ(0, fstat(self->f.netns_fd, &ns));
	self->ev.netns = ns.st_ino;
	EXPECT_TRUE(matches());
	self->ev.netns++;
	EXPECT_FALSE(matches());
}

TEST_F(match, nobody_owns_what_no_task_closed)
{
	self->ev.present &= ~(1ULL << CLOSEWATCH_A_EVENT_UID);
	self->ev.uid = 0;
	self->f.uid = 0;
	EXPECT_FALSE(matches());
}

TEST_F(match, a_path_is_of_closes_and_shutdowns)
{
	self->f.paths = 1ULL << CLOSEWATCH_PATH_RST_UNREAD;
	self->f.quiet = true;
	self->ev.type = CLOSEWATCH_EVENT_TYPE_SHUTDOWN;
	EXPECT_TRUE(matches());
	self->ev.type = CLOSEWATCH_EVENT_TYPE_DRAIN_END;
	EXPECT_FALSE(matches());
}

TEST_F(match, ipv4_in_ipv6_is_ipv4)
{
	static const uint8_t mapped[16] = { [10] = 255, [11] = 255, 127, [15] = 1 };

	self->ev.family = AF_INET6;
	self->ev.local_addr.len = 16;
	memcpy(self->ev.local_addr.b, mapped, sizeof(mapped));
	self->f.family = AF_INET;
	EXPECT_TRUE(matches());
	self->f.family = AF_INET6;
	EXPECT_FALSE(matches());
}

TEST_F(match, what_is_quiet_is_left_out_unless_it_is_asked_for)
{
	self->ev.type = CLOSEWATCH_EVENT_TYPE_FATE;
	self->ev.fate = CLOSEWATCH_FATE_TIME_WAIT;
	EXPECT_TRUE(matches());
	self->ev.verdict = CLOSEWATCH_VERDICT_DELIVERED;
	EXPECT_FALSE(matches());
	self->ev.fate = CLOSEWATCH_FATE_ABORTED;
	EXPECT_FALSE(matches());
	self->ev.pid = 0;
	EXPECT_TRUE(matches());
	self->ev.lost_bytes = 0;
	EXPECT_TRUE(matches());
	self->ev.unacked = 0;
	EXPECT_FALSE(matches());
	self->f.quiet = true;
	EXPECT_TRUE(matches());
}

TEST_F(match, quiet_reads_what_each_type_has)
{
	self->ev.fate = CLOSEWATCH_FATE_PEER_RESET;
	self->ev.type = CLOSEWATCH_EVENT_TYPE_FATE;
	EXPECT_TRUE(matches());
	self->ev.since_close_ns = 0;
	EXPECT_FALSE(matches());
	self->ev.type = CLOSEWATCH_EVENT_TYPE_SHUTDOWN;
	EXPECT_TRUE(matches());
	self->ev.path = CLOSEWATCH_PATH_FIN;
	EXPECT_FALSE(matches());
	self->ev.type = CLOSEWATCH_EVENT_TYPE_RESET;
	EXPECT_TRUE(matches());
	self->ev.reset_kind = CLOSEWATCH_RESET_KIND_LATE_DATA;
	EXPECT_FALSE(matches());
	self->ev.type = CLOSEWATCH_EVENT_TYPE_POLICY;
	EXPECT_TRUE(matches());
	self->ev.dry_run = 0;
	EXPECT_FALSE(matches());
}

TEST_F(match, a_loss_always_matches)
{
	self->ev.type = CLOSEWATCH_EVENT_TYPE_LOST;
	self->f.pid = 1;
	self->f.events = 1U << CLOSEWATCH_EVENT_TYPE_FATE;
	self->f.paths = 1;
	EXPECT_TRUE(matches());
}

/* A module that is newer than this program. */
TEST_F(match, values_that_are_newer_are_compared_too)
{
	self->ev.path = UINT32_MAX;
	EXPECT_TRUE(matches());
	self->f.paths = UINT64_MAX;
	EXPECT_FALSE(matches());
	self->f.paths = 0;
	self->ev.type = UINT32_MAX;
	EXPECT_TRUE(matches());
	self->f.events = UINT32_MAX;
	EXPECT_FALSE(matches());
}

TEST_HARNESS_MAIN
