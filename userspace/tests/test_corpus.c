// SPDX-License-Identifier: GPL-2.0
/* What the fuzzer has found before: shown again, by every renderer. */
#include <glob.h>
#include <stdio.h>

#include "fuzz.h"
#include "kselftest_harness.h"

static bool show(const char *path)
{
	uint8_t input[4096];
	FILE *f = fopen(path, "re");
	size_t len;

	if (!f)
		return false;
	len = fread(input, 1, sizeof(input), f);
	fclose(f);
	return len && !LLVMFuzzerTestOneInput(input, len);
}

TEST(each_input_is_shown_by_the_rules)
{
	glob_t found;
	size_t i;

	ASSERT_EQ(0, glob("tests/corpus/*", 0, NULL, &found));
	for (i = 0; i < found.gl_pathc; i++)
		EXPECT_TRUE(show(found.gl_pathv[i])) {
			TH_LOG("%s", found.gl_pathv[i]);
		}
	globfree(&found);
}

TEST_HARNESS_MAIN
