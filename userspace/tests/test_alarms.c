// SPDX-License-Identifier: GPL-2.0
/* What went wrong, as the journal reads it from its socket. */
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <linux/closewatch.h>

#include "cmd/alarms.h"
#include "kselftest_harness.h"

#define bit(attr) (1ULL << CLOSEWATCH_A_EVENT_##attr)
#define SECOND 1000000000ULL

FIXTURE(alarms)
{
	struct cw_alarms alarms;
	char root[32];
	int fd;
	char entry[8192];	/* the last one, as NAME=VALUE and a newline */
};

static void remove_all(const char *root)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", root);
	(void)!system(command);
}

FIXTURE_SETUP(alarms)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char text[64];
	struct stat st;

	strcpy(self->root, "/tmp/cw-alarms-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->root));
	snprintf(text, sizeof(text), "mkdir -p %s/run/systemd/journal", self->root);
	ASSERT_EQ(0, system(text));
	snprintf(at.sun_path, sizeof(at.sun_path), "%s/run/systemd/journal/socket",
		 self->root);
	self->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	ASSERT_EQ(0, bind(self->fd, (struct sockaddr *)&at, sizeof(at)));
	ASSERT_EQ(0, fstat(STDERR_FILENO, &st));
	snprintf(text, sizeof(text), "%ju:%ju", (uintmax_t)st.st_dev,
		 (uintmax_t)st.st_ino);
	ASSERT_EQ(0, setenv("JOURNAL_STREAM", text, 1));
	cw_alarms_open(&self->alarms, self->root);
}

FIXTURE_TEARDOWN(alarms)
{
	cw_alarms_close(&self->alarms);
	close(self->fd);
	remove_all(self->root);
}

/* Reads an entry as systemd does; false if there is none or it is malformed. */
static bool read_entry(int fd, char *entry)
{
	char raw[4096], *at = raw;
	ssize_t left = recv(fd, raw, sizeof(raw), 0);

	for (*entry = '\0'; left > 0; ) {
		char *end = memchr(at, '\n', left);
		uint64_t len;

		if (!end || end + 9 > at + left)
			return false;
		memcpy(&len, end + 1, sizeof(len));
		len = le64toh(len);
		if (len >= (uint64_t)(at + left - end - 9) || end[9 + len] != '\n')
			return false;
		entry += sprintf(entry, "%.*s=%.*s\n", (int)(end - at), at,
				 (int)len, end + 9);
		left -= end + 10 + len - at;
		at = end + 10 + len;
	}
	return left == 0 && at != raw;
}

#define next(self) read_entry((self)->fd, (self)->entry)
#define expect_field(field) \
	EXPECT_NE(NULL, strstr(self->entry, field)) TH_LOG("%s", self->entry)

static void lose(struct cw_alarms *a, uint32_t loss, uint64_t count)
{
	const struct cw_msg_event ev = {
		.type = CLOSEWATCH_EVENT_TYPE_LOST, .loss = loss, .count = count,
		.present = bit(TYPE) | bit(LOSS) | bit(COUNT),
	};

	cw_alarms_take(a, &ev);
}

static void end_drain(struct cw_alarms *a, uint32_t outcome, uint32_t refusal)
{
	const struct cw_msg_event ev = {
		.type = CLOSEWATCH_EVENT_TYPE_DRAIN_END, .local_port = 443,
		.drain_outcome = outcome, .refusal = refusal,
		.present = bit(TYPE) | bit(DRAIN_OUTCOME) |
			   (outcome == CLOSEWATCH_DRAIN_OUTCOME_REFUSED ? bit(REFUSAL) : 0),
	};

	cw_alarms_take(a, &ev);
}

TEST_F(alarms, loss_is_told_at_once_and_then_once_a_minute)
{
	lose(&self->alarms, CLOSEWATCH_LOSS_RING, 5);
	cw_alarms_tell(&self->alarms, SECOND);
	ASSERT_TRUE(next(self));
	expect_field("MESSAGE=5 events lost: a ring in the kernel was full\n");
	expect_field("MESSAGE_ID=" CW_ALARM_LOST "\n");
	expect_field("PRIORITY=4\n");
	expect_field("CLOSEWATCH_LOSS=ring\n");
	expect_field("CLOSEWATCH_COUNT=5\n");
	expect_field("CLOSEWATCH_REMEDY=Narrow the filter");
	lose(&self->alarms, CLOSEWATCH_LOSS_RING, 2);
	lose(&self->alarms, CLOSEWATCH_LOSS_RING, 1);
	cw_alarms_tell(&self->alarms, 60 * SECOND);
	EXPECT_FALSE(next(self));
	cw_alarms_tell(&self->alarms, 61 * SECOND);
	ASSERT_TRUE(next(self));
	expect_field("CLOSEWATCH_COUNT=3\n");
	cw_alarms_tell(&self->alarms, UINT64_MAX);
	EXPECT_FALSE(next(self));
}

TEST_F(alarms, kinds_do_not_wait_for_each_other)
{
	lose(&self->alarms, CLOSEWATCH_LOSS_SOCKET, 1);
	cw_alarms_tell(&self->alarms, SECOND);
	ASSERT_TRUE(next(self));
	lose(&self->alarms, CLOSEWATCH_LOSS_BLIND, 1);
	cw_alarms_tell(&self->alarms, 2 * SECOND);
	ASSERT_TRUE(next(self));
	expect_field("MESSAGE_ID=" CW_ALARM_BLIND "\n");
	expect_field("MESSAGE=blind for 1 s: ");
}

TEST_F(alarms, drains_at_a_limit_are_told)
{
	end_drain(&self->alarms, CLOSEWATCH_DRAIN_OUTCOME_DELIVERED, 0);
	end_drain(&self->alarms, CLOSEWATCH_DRAIN_OUTCOME_REFUSED,
		  CLOSEWATCH_REFUSAL_LINGER0);
	cw_alarms_tell(&self->alarms, SECOND);
	EXPECT_FALSE(next(self));
	end_drain(&self->alarms, CLOSEWATCH_DRAIN_OUTCOME_REFUSED,
		  CLOSEWATCH_REFUSAL_LIMIT);
	end_drain(&self->alarms, CLOSEWATCH_DRAIN_OUTCOME_REFUSED,
		  CLOSEWATCH_REFUSAL_LIMIT);
	cw_alarms_tell(&self->alarms, 2 * SECOND);
	ASSERT_TRUE(next(self));
	expect_field("MESSAGE=2 drains refused: limit; the last of local port 443\n");
	expect_field("MESSAGE_ID=" CW_ALARM_LIMIT "\n");
	expect_field("CLOSEWATCH_REFUSAL=limit\n");
	expect_field("CLOSEWATCH_LOCAL_PORT=443\n");
	end_drain(&self->alarms, CLOSEWATCH_DRAIN_OUTCOME_SHED, 0);
	cw_alarms_tell(&self->alarms, 3 * SECOND);
	ASSERT_TRUE(next(self));
	expect_field("MESSAGE=1 drain ended early: shed; the last of local port 443\n");
	expect_field("CLOSEWATCH_DRAIN_OUTCOME=shed\n");
}

TEST_F(alarms, busy_journal_is_told_later)
{
	unsigned int n;

	errno = 0;
	for (n = 0; errno != EAGAIN; n++)
		(void)!send(self->alarms.journal.fd, "", 0, MSG_DONTWAIT);
	lose(&self->alarms, CLOSEWATCH_LOSS_PROBE, 7);
	cw_alarms_tell(&self->alarms, SECOND);
	while (n--)
		EXPECT_FALSE(next(self));
	cw_alarms_tell(&self->alarms, 2 * SECOND);
	ASSERT_TRUE(next(self));
	expect_field("CLOSEWATCH_COUNT=7\n");
}

TEST_F(alarms, end_says_what_failed)
{
	struct cw_fail fail = { .what = "cannot arm\nprobes", .fix = "dmesg" };

	cw_alarms_failed(&self->alarms, &fail);
	ASSERT_TRUE(next(self));
	expect_field("MESSAGE=the recording has ended: cannot arm\nprobes\n");
	expect_field("MESSAGE_ID=" CW_ALARM_FAILED "\n");
	expect_field("PRIORITY=3\n");
	expect_field("CLOSEWATCH_REMEDY=dmesg\n");
}

TEST_F(alarms, nothing_goes_to_the_journal_of_others)
{
	cw_alarms_close(&self->alarms);
	ASSERT_EQ(0, setenv("JOURNAL_STREAM", "1:2", 1));
	cw_alarms_open(&self->alarms, self->root);
	lose(&self->alarms, CLOSEWATCH_LOSS_RING, 5);
	cw_alarms_tell(&self->alarms, SECOND);
	EXPECT_FALSE(next(self));
}

TEST_HARNESS_MAIN
