// SPDX-License-Identifier: GPL-2.0
#include <linux/closewatch.h>

#include "base/names.h"
#include "base/names_gen.h"
#include "kselftest_harness.h"
#include "netlink/decode.h"

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

FIXTURE_VARIANT_ADD(names, event) {
	.names = &cw_event_type_names,
	.first = 0,
	.max = CLOSEWATCH_EVENT_TYPE_MAX,
	.first_word = "close",
};

FIXTURE_VARIANT_ADD(names, path) {
	.names = &cw_path_names,
	.first = 0,
	.max = CLOSEWATCH_PATH_MAX,
	.first_word = "unknown",
};

FIXTURE_VARIANT_ADD(names, fin) {
	.names = &cw_fin_form_names,
	.first = 0,
	.max = CLOSEWATCH_FIN_FORM_MAX,
	.first_word = "none",
};

FIXTURE_VARIANT_ADD(names, linger) {
	.names = &cw_linger_outcome_names,
	.first = 0,
	.max = CLOSEWATCH_LINGER_OUTCOME_MAX,
	.first_word = "none",
};

FIXTURE_VARIANT_ADD(names, cause) {
	.names = &cw_cause_names,
	.first = 0,
	.max = CLOSEWATCH_CAUSE_MAX,
	.first_word = "close",
};

FIXTURE_VARIANT_ADD(names, loss) {
	.names = &cw_loss_names,
	.first = 0,
	.max = CLOSEWATCH_LOSS_MAX,
	.first_word = "ring",
};

FIXTURE_VARIANT_ADD(names, state) {
	.names = &cw_state_names,
	.first = 1,
	.max = CLOSEWATCH_STATE_MAX,
	.first_word = "ESTABLISHED",
};

FIXTURE_VARIANT_ADD(names, how) {
	.names = &cw_how_names,
	.first = 0,
	.max = CLOSEWATCH_HOW_MAX,
	.first_word = "rd",
};

FIXTURE_VARIANT_ADD(names, fate) {
	.names = &cw_fate_names,
	.first = 0,
	.max = CLOSEWATCH_FATE_MAX,
	.first_word = "unknown",
};

FIXTURE_VARIANT_ADD(names, verdict) {
	.names = &cw_verdict_names,
	.first = 0,
	.max = CLOSEWATCH_VERDICT_MAX,
	.first_word = "unknown",
};

FIXTURE_VARIANT_ADD(names, side) {
	.names = &cw_side_names,
	.first = 0,
	.max = CLOSEWATCH_SIDE_MAX,
	.first_word = "unknown",
};

FIXTURE_VARIANT_ADD(names, reset) {
	.names = &cw_reset_kind_names,
	.first = 0,
	.max = CLOSEWATCH_RESET_KIND_MAX,
	.first_word = "received",
};

FIXTURE_VARIANT_ADD(names, action) {
	.names = &cw_action_names,
	.first = 0,
	.max = CLOSEWATCH_ACTION_MAX,
	.first_word = "drain",
};

FIXTURE_VARIANT_ADD(names, outcome) {
	.names = &cw_drain_outcome_names,
	.first = 0,
	.max = CLOSEWATCH_DRAIN_OUTCOME_MAX,
	.first_word = "unknown",
};

FIXTURE_VARIANT_ADD(names, refusal) {
	.names = &cw_refusal_names,
	.first = 0,
	.max = CLOSEWATCH_REFUSAL_MAX,
	.first_word = "not-connected",
};

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

TEST_F(names, each_word_has_a_meaning)
{
	unsigned int i;

	EXPECT_NE(NULL, variant->names->about);
	for (i = variant->first; i <= variant->max; i++)
		EXPECT_LT(1, strlen(variant->names->doc[i]));
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

/* In both tables, though only one is generated. */
TEST(facts_that_are_no_attributes_have_a_meaning)
{
	unsigned int i;

	EXPECT_EQ(CW_MORE_COUNT, cw_a_more_names.count);
	for (i = 0; i < CW_MORE_COUNT; i++) {
		const char *name = cw_more_fields[i].name;

		EXPECT_LE(0, cw_names_value(&cw_a_more_names, name,
					    strlen(name))) {
			TH_LOG("%s", name);
		}
	}
}

TEST_HARNESS_MAIN
