// SPDX-License-Identifier: GPL-2.0
/*
 * What is printed of events is as Documentation/netlink/closewatch.schema.json
 * promises: all types by all paths, and random ones.
 */
#include "command.h"
#include "kselftest_harness.h"

#define CHECK	\
	"/usr/bin/python3 ../selftests/lib/validate.py ../Documentation/netlink/closewatch.schema.json "

FIXTURE(schema)
{
	char path[64];
	char out[16384];
};

FIXTURE_SETUP(schema)
{
	snprintf(self->path, sizeof(self->path),
		 "/tmp/closewatch-test-XXXXXX");
	ASSERT_LE(0, mkstemp(self->path));
}

FIXTURE_TEARDOWN(schema)
{
	unlink(self->path);
}

static int check_file(const char *path, char *out, size_t size)
{
	char command[256];

	snprintf(command, sizeof(command), CHECK "%s 2>&1", path);
	return run_command(command, out, size);
}

#define check(self) check_file((self)->path, (self)->out, sizeof((self)->out))

/* Names come from the host, so the tests have none. On a busy one it takes long. */
TEST_F_TIMEOUT(schema, events_are_what_it_says, 110)
{
	char command[256];
	char *end;

	snprintf(command, sizeof(command),
		 "CLOSEWATCH_RECORDS=%s $(dirname %s)/test_recorded",
		 self->path, program());
	ASSERT_EQ(0, run_command(command, self->out, sizeof(self->out)));
	ASSERT_EQ(0, check(self));
	/* What is wrong would stand before. */
	EXPECT_LT(5000, strtoul(self->out, &end, 10));
	EXPECT_EQ(0, strncmp(end, " records;", 9)) {
		TH_LOG("%s", self->out);
	}
	EXPECT_NE(NULL,
		  strstr(self->out,
			 "; unseen: cgroup_path container listening netns_name pod stack\n")) {
		TH_LOG("%s", self->out);
	}
}

static const struct {
	const char *record;
	const char *why;
} wrong[] = {
	{ "{\"path\":\"fin\"}", "'event' is a required property" },
	{ "{\"event\":\"clothes\"}", "$.event" },
	{ "{\"event\":\"close\",\"cookie\":1}", "$.cookie" },
	{ "{\"event\":\"close\",\"unread\":\"1\"}", "$.unread" },
	{ "{\"event\":\"close\",\"linger\":{\"off\":true}}", "$.linger" },
	{ "{\"event\":\"close\",\"new\":1}", "'new' was unexpected" },
	{ "{\"event\":\"recording\"}", "'version' is a required property" },
	{ "{\"event\":\"close-wait\",\"path\":\"fin\"}", "'path' was unexpected" },
};

TEST_F(schema, what_it_does_not_say_is_found)
{
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		FILE *file = fopen(self->path, "w");

		fprintf(file, "%s\n", wrong[i].record);
		fclose(file);
		EXPECT_EQ(1, check(self));
		EXPECT_NE(NULL, strstr(self->out, wrong[i].why)) {
			TH_LOG("%s: %s", wrong[i].record, self->out);
		}
	}
}

TEST_HARNESS_MAIN
