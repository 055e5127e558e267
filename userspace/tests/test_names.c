// SPDX-License-Identifier: GPL-2.0
#include <linux/closewatch.h>

#include "kselftest_harness.h"
#include "names.h"

FIXTURE(names)
{
};

FIXTURE_VARIANT(names)
{
	const struct cw_names *names;
	unsigned int first;
	unsigned int max;
	const char *first_word;
};

#define VARIANT(what, table, low, high, word)				\
	FIXTURE_VARIANT_ADD(names, what) {				\
		.names = &table, .first = low, .max = high,		\
		.first_word = word,					\
	}

VARIANT(event, cw_event_names, 0, CLOSEWATCH_EVENT_TYPE_MAX, "close");
VARIANT(path, cw_path_names, 0, CLOSEWATCH_PATH_MAX, "unknown");
VARIANT(fin, cw_fin_names, 0, CLOSEWATCH_FIN_FORM_MAX, "none");
VARIANT(linger, cw_linger_names, 0, CLOSEWATCH_LINGER_OUTCOME_MAX, "none");
VARIANT(cause, cw_cause_names, 0, CLOSEWATCH_CAUSE_MAX, "close");
VARIANT(loss, cw_loss_names, 0, CLOSEWATCH_LOSS_MAX, "ring");
VARIANT(state, cw_state_names, 1, CLOSEWATCH_STATE_MAX, "ESTABLISHED");

FIXTURE_SETUP(names)
{
}

FIXTURE_TEARDOWN(names)
{
}

TEST_F(names, each_value_has_a_word_that_leads_back)
{
	unsigned int i;

	for (i = variant->first; i <= variant->max; i++) {
		const char *word = cw_names_word(variant->names, i);

		ASSERT_NE(NULL, word) {
			TH_LOG("value %u has no word", i);
		}
		EXPECT_EQ((int)i, cw_names_value(variant->names, word,
						 strlen(word)));
	}
}

TEST_F(names, no_word_beyond_the_last_value)
{
	EXPECT_EQ(NULL, cw_names_word(variant->names, variant->max + 1));
	EXPECT_EQ(NULL, cw_names_word(variant->names, UINT32_MAX));
}

TEST_F(names, the_first_word_is_as_in_the_contract)
{
	EXPECT_STREQ(variant->first_word,
		     cw_names_word(variant->names, variant->first));
}

TEST_F(names, strange_words_are_refused)
{
	EXPECT_EQ(-1, cw_names_value(variant->names, "", 0));
	EXPECT_EQ(-1, cw_names_value(variant->names, "nonsense", 8));
	/* A part of a word is no word. */
	EXPECT_EQ(-1, cw_names_value(variant->names, variant->first_word,
				     strlen(variant->first_word) - 1));
}

TEST_F(names, the_list_has_every_word)
{
	char all[512];
	unsigned int i;

	cw_names_list(variant->names, all, sizeof(all));
	for (i = variant->first; i <= variant->max; i++)
		EXPECT_NE(NULL, strstr(all, cw_names_word(variant->names, i)));
}

TEST_F(names, the_list_is_cut_and_not_overrun)
{
	char all[12];

	memset(all, 'x', sizeof(all));
	cw_names_list(variant->names, all, 8);
	EXPECT_EQ(7, strlen(all));
	EXPECT_EQ('x', all[8]);
}

TEST_HARNESS_MAIN
