// SPDX-License-Identifier: GPL-2.0
/* What is printed is explained, and nothing else. */
#include <string.h>

#include "base/near.h"
#include "command.h"
#include "explain/glossary.h"
#include "kselftest_harness.h"
#include "output/columns.h"

#define MEMBERS	\
	"/usr/bin/python3 tests/members.py ../Documentation/netlink/closewatch.schema.json"

TEST(the_members_of_json_are_those_that_are_explained)
{
	char command[256], out[8192];
	char *end;

	snprintf(command, sizeof(command), "%s explain -j | " MEMBERS " 2>&1",
		 program());
	ASSERT_EQ(0, run_command(command, out, sizeof(out)));
	EXPECT_LT(200, strtoul(out, &end, 10));
	EXPECT_STREQ(" members; not explained: none; not printed: none\n", end);
}

static bool is(const struct cw_meaning *m, const char *kind)
{
	return !strcmp(m->names->name, kind);
}

TEST(each_column_is_explained)
{
	const struct cw_names *columns = cw_columns_names();
	struct cw_meaning found[CW_MEANINGS];
	unsigned int i, j, n;

	cw_glossary_init(columns);
	for (i = 0; i < columns->count; i++) {
		n = cw_glossary_find(columns->word[i].text, found);
		for (j = 0; j < n && !is(&found[j], "column"); j++)
			;
		EXPECT_LT(j, n) {
			TH_LOG("%s", columns->word[i].text);
		}
	}
}

/* Or one would be left out. */
TEST(no_word_has_more_meanings_than_there_is_room_for)
{
	struct cw_meaning found[CW_MEANINGS];
	const struct cw_names *names;
	unsigned int nth, i;

	cw_glossary_init(cw_columns_names());
	for (nth = 0; (names = cw_glossary_names(nth)); nth++)
		for (i = 0; i < names->count; i++) {
			if (!names->word[i].len)
				continue;
			EXPECT_GT(CW_MEANINGS,
				  cw_glossary_find(names->word[i].text, found));
			EXPECT_NE('\0', names->doc[i][0]) {
				TH_LOG("%s", names->word[i].text);
			}
		}
}

/* Each distance is tried with each word, so a limit by its length alone took long. */
TEST(a_word_that_is_longer_than_all_is_near_none)
{
	char word[4096], near[160];

	memset(word, 'a', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	EXPECT_EQ(0, cw_near_most(word));
	cw_glossary_near(word, near, sizeof(near));
	EXPECT_STREQ("", near);
}

TEST_HARNESS_MAIN
