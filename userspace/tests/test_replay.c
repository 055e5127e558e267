// SPDX-License-Identifier: GPL-2.0
/* Files and folders of recorded events: order, spans and what is left out. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/util.h"
#include "folder.h"
#include "kselftest_harness.h"
#include "recording/files.h"
#include "recording/replay.h"

#define S 1000000000ULL
/* 2026-11-27T02:00:00Z */
#define TWO 1795744800ULL

FIXTURE(replay)
{
	char dir[32], said[4096];
	struct cw_msg_filter filter;
	struct cw_replay r;
	struct cw_fail fail;
	uint64_t seen[64];
	struct cw_recorded last[4];
	unsigned int n, most;
};

static bool see(void *arg, const struct cw_recorded *rec)
{
	struct _test_data_replay *self = arg;

	self->last[self->n % ARRAY_SIZE(self->last)] = *rec;
	self->seen[self->n++] = rec->ev.seq;
	return self->n < self->most;
}

FIXTURE_SETUP(replay)
{
	setenv("TZ", "UTC", 1);
	strcpy(self->dir, "/tmp/cw-replay-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	self->filter = (struct cw_msg_filter)CW_FILTER_INIT;
	self->most = ARRAY_SIZE(self->seen);
	self->r = (struct cw_replay){
		.path = self->dir, .span = CW_SPAN_ALL,
		.filter = &self->filter, .fn = see, .arg = self,
	};
}

FIXTURE_TEARDOWN(replay)
{
	ASSERT_EQ(0, remove_folder(self->dir));
}

#define CLOSE(time, seq)						\
	"{\"event\":\"close\",\"time\":\"2026-11-27T" time "Z\",\"seq\":\"" #seq "\"}\n"
#define HEADER(all) "{\"event\":\"recording\",\"all\":" all "}\n"

#define put_file(name, text) put_file(self->dir, name, text)

#define replay() ({							\
		int code;						\
									\
		self->n = 0;						\
		self->r.complaints = fmemopen(self->said, sizeof(self->said), "w"); \
		code = cw_replay(&self->r, &self->fail);		\
		fclose(self->r.complaints);				\
		code;							\
	})

#define EXPECT_SEEN(...) do {						\
		const uint64_t want[] = { __VA_ARGS__ };		\
									\
		ASSERT_EQ(ARRAY_SIZE(want), self->n);			\
		EXPECT_EQ(0, memcmp(want, self->seen, sizeof(want)));	\
	} while (0)

TEST(a_files_name_is_read_as_it_was_written)
{
	static const char *const bad[] = {
		"", "closewatch-20261127T020000Z-.ndjson",
		"closewatch-20261127T020000Z-1.ndjson.gz",
		"closewatch-20261127T020000Z-01.ndjson",
		"closewatch-20261127T020060Z-1.ndjson",
		"closewatch-20261127T02000Z-1.ndjson",
		"closewatch- 0261127T020000Z-1.ndjson", "other.ndjson",
	};
	struct cw_file_name name = { .begin = TWO, .n = 12 }, got;
	char text[CW_FILE_NAME_MAX];
	size_t i;

	cw_file_name_write(&name, text, sizeof(text));
	EXPECT_STREQ("closewatch-20261127T020000Z-12.ndjson", text);
	EXPECT_TRUE(cw_file_name_read(text, &got));
	EXPECT_EQ(TWO, got.begin);
	EXPECT_EQ(12, got.n);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(false, cw_file_name_read(bad[i], &got)) {
			TH_LOG("number %zu was taken", i);
		}
}

TEST_F(replay, files_are_read_in_the_order_of_their_begin)
{
	put_file("closewatch-20261127T020000Z-10.ndjson", CLOSE("02:00:00", 3));
	put_file("closewatch-20261127T020000Z-9.ndjson", CLOSE("02:00:00", 2));
	put_file("closewatch-20261126T235959Z-0.ndjson", CLOSE("01:00:00", 1));
	put_file("closewatch-20261127T020001Z-0.ndjson", CLOSE("02:00:01", 4));
	put_file("notes.ndjson", CLOSE("00:00:00", 0));
	EXPECT_EQ(CW_OK, replay());
	EXPECT_SEEN(1, 2, 3, 4);
	EXPECT_EQ((TWO - 3600) * S, self->r.first);
	EXPECT_EQ((TWO + 1) * S, self->r.last);
	self->most = 2;
	EXPECT_EQ(CW_OK, replay());
	EXPECT_SEEN(1, 2);
}

TEST_F(replay, a_span_has_its_begin_and_not_its_end)
{
	put_file("closewatch-20261127T010000Z-0.ndjson", CLOSE("01:00:00", 1)
		 CLOSE("01:59:59.999999999", 2) CLOSE("02:00:00", 3));
	put_file("closewatch-20261127T020001Z-0.ndjson",
		 CLOSE("02:00:10", 4) "{\"event\":\"close\",\"seq\":\"5\"}\n");
	self->r.span = (struct cw_span){ TWO * S, (TWO + 10) * S };
	EXPECT_EQ(CW_OK, replay());
	/* What has no time may be of any. */
	EXPECT_SEEN(3, 5);
}

/* A folder in the place of a file is not read without an error. */
TEST_F(replay, files_far_from_the_span_are_not_opened)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/closewatch-20261127T000000Z-0.ndjson", self->dir);
	ASSERT_EQ(0, mkdir(path, 0700));
	put_file("closewatch-20261127T010000Z-0.ndjson", CLOSE("01:59:00", 1));
	put_file("closewatch-20261127T015500Z-0.ndjson", CLOSE("01:59:30", 2));
	put_file("closewatch-20261127T020500Z-0.ndjson", CLOSE("01:59:40", 3));
	snprintf(path, sizeof(path), "%s/closewatch-20261127T030000Z-0.ndjson", self->dir);
	ASSERT_EQ(0, mkdir(path, 0700));
	self->r.span = (struct cw_span){ (TWO - 120) * S, TWO * S };
	EXPECT_EQ(CW_OK, replay());
	EXPECT_SEEN(1, 2, 3);
	self->r.span = (struct cw_span)CW_SPAN_ALL;
	EXPECT_EQ(CW_FAILED, replay());
	EXPECT_NE(NULL, strstr(self->fail.what, "000000Z-0.ndjson: Is a directory"));
}

TEST_F(replay, bad_lines_are_told_skipped_and_counted)
{
	put_file("closewatch-20261127T010000Z-0.ndjson", HEADER("true")
		 CLOSE("01:00:00", 1) "nonsense\n"
		 "{\"event\":\"close\",\"unread\":-1}\n\n"
		 "{\"event\":\"close-wait\"}\n" CLOSE("01:00:01", 2) "{\"event\":\"cl");
	put_file("closewatch-20261127T010005Z-0.ndjson", CLOSE("01:00:02", 3));
	EXPECT_EQ(CW_OK, replay());
	EXPECT_SEEN(1, 2, 3);
	EXPECT_EQ(4, self->r.bad);
	EXPECT_EQ(1, self->r.other);
	EXPECT_NE(NULL, strstr(self->said, "Z-0.ndjson:3: skipped: this is no JSON object\n"));
	EXPECT_NE(NULL, strstr(self->said, "Z-0.ndjson:4: skipped: unread: a number"));
	EXPECT_NE(NULL, strstr(self->said, "Z-0.ndjson:8: skipped: the file ends in the middle"));
}

TEST_F(replay, a_last_line_that_lacks_only_its_newline_is_taken)
{
	char path[128];

	put_file("x", "{\"event\":\"close\",\"seq\":\"7\"}");
	snprintf(path, sizeof(path), "%s/x", self->dir);
	self->r.path = path;
	EXPECT_EQ(CW_OK, replay());
	EXPECT_SEEN(7);
	EXPECT_EQ(0, self->r.bad);
}

TEST_F(replay, what_was_not_recorded_is_known_from_the_headers)
{
	put_file("closewatch-20261127T010000Z-0.ndjson", HEADER("true"));
	EXPECT_EQ(CW_OK, replay());
	EXPECT_FALSE(self->r.partial);
	put_file("closewatch-20261127T010001Z-0.ndjson", HEADER("false"));
	EXPECT_EQ(CW_OK, replay());
	EXPECT_TRUE(self->r.partial);
}

TEST_F(replay, an_event_is_of_its_own_files_recorder)
{
	put_file("closewatch-20261127T020000Z-0.ndjson",
		 "{\"event\":\"recording\",\"all\":false,\"netns\":\"7\",\"boot_id\":\"1-2\"}\n"
		 CLOSE("02:00:00", 1));
	put_file("closewatch-20261127T020000Z-1.ndjson", CLOSE("02:00:00", 2));
	put_file("closewatch-20261127T020000Z-2.ndjson",
		 HEADER("true") CLOSE("02:00:00", 3));
	put_file("closewatch-20261127T020000Z-3.ndjson",
		 "{\"event\":\"recording\",\"boot_id\":\"1-2\"}\n" CLOSE("02:00:00", 4));
	ASSERT_EQ(CW_OK, replay());
	EXPECT_SEEN(1, 2, 3, 4);
	EXPECT_EQ(7, self->last[0].told.here);
	EXPECT_FALSE(self->last[0].all);
	EXPECT_EQ(0, self->last[1].told.here);
	EXPECT_TRUE(self->last[1].all);
	EXPECT_TRUE(self->last[2].all);
	EXPECT_NE(0, self->last[0].boot);
	EXPECT_EQ(0, self->last[1].boot);
	EXPECT_EQ(0, self->last[2].boot);
	EXPECT_EQ(self->last[0].boot, self->last[3].boot);
}

TEST_F(replay, what_cannot_be_read_or_is_no_recording_is_an_error)
{
	EXPECT_EQ(CW_FAILED, replay());
	EXPECT_NE(NULL, strstr(self->fail.what, "holds no recording"));
	self->r.path = "/no/such/file";
	EXPECT_EQ(CW_FAILED, replay());
	EXPECT_NE(NULL, strstr(self->fail.what, "/no/such/file: No such file"));
}

TEST_F(replay, files_without_a_line_of_a_recording_hold_none)
{
	self->r.path = "/proc/version";
	EXPECT_EQ(CW_FAILED, replay());
	EXPECT_STREQ("/proc/version holds no recording", self->fail.what);
	EXPECT_STREQ("closewatch record DIR makes one", self->fail.fix);
	self->r.path = self->dir;
	put_file("closewatch-20261127T010000Z-0.ndjson", "nonsense\n");
	EXPECT_EQ(CW_FAILED, replay());
	EXPECT_STREQ(self->dir, strtok(self->fail.what, " "));
	put_file("closewatch-20261127T010001Z-0.ndjson", HEADER("true"));
	EXPECT_EQ(CW_OK, replay());
}

TEST_F(replay, an_empty_span_is_told_with_its_days)
{
	char said[256] = "";

	put_file("closewatch-20261127T010000Z-0.ndjson", CLOSE("01:00:05", 1));
	self->r.span = (struct cw_span){ TWO * S, (TWO + 600) * S };
	ASSERT_EQ(CW_OK, replay());
	self->r.complaints = fmemopen(said, sizeof(said), "w");
	cw_replay_say(&self->r, self->r.complaints);
	fclose(self->r.complaints);
	EXPECT_STREQ("nothing of that was recorded from 2026-11-27 02:00:00 up to "
		     "2026-11-27 02:10:00; the recording begins 2026-11-27 01:00:00\n",
		     said);
	self->r.span = (struct cw_span){ 0, TWO * S };
	ASSERT_EQ(CW_OK, replay());
	memset(said, 0, sizeof(said));
	self->r.complaints = fmemopen(said, sizeof(said), "w");
	cw_replay_say(&self->r, self->r.complaints);
	fclose(self->r.complaints);
	EXPECT_STREQ("", said);
}

/* What a filter such as grep leaves of a recording */
TEST_F(replay, an_empty_file_is_a_recording_without_events)
{
	self->r.path = "/dev/null";
	EXPECT_EQ(CW_OK, replay());
	EXPECT_EQ(0, self->n);
}

TEST_HARNESS_MAIN
