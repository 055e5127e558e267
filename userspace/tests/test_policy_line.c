// SPDX-License-Identifier: GPL-2.0
/* Lines of files of policies: into words, into rules, and back. */
#include <stdlib.h>

#include "base/util.h"
#include "base/words.h"
#include "cmd/policy_args.h"
#include "cmd/policy_files.h"
#include "kselftest_harness.h"
#include "request/policy_line.h"

static int split(const char *line, struct cw_words *words, char *copy,
		 struct cw_fail *fail)
{
	strcpy(copy, line);
	return cw_words_split(copy, words, fail);
}

static const struct {
	const char *line;
	const char *words;	/* each with | behind it */
} splits[] = {
	{ "", "" }, { "  \t ", "" }, { "# all of it", "" },
	{ "a b", "a|b|" }, { " a\t b \r", "a|b|" },
	{ "a #b c", "a|" }, { "a#b", "a#b|" },
	{ "'a b' \"c d\"", "a b|c d|" }, { "a' 'b\" \"c", "a b c|" },
	{ "'' \"\"", "||" }, { "'$x' \\$x", "$x|$x|" },
	{ "a\\ b \\# \\\\", "a b|#|\\|" }, { "\"\\\"\\$\\x\"", "\"$\\x|" },
	{ "'it'\\''s'", "it's|" },
};

TEST(a_line_has_the_words_that_a_shell_gives_it)
{
	struct cw_words words;
	struct cw_fail fail;
	char copy[64], got[64];
	size_t i;
	int w;

	for (i = 0; i < ARRAY_SIZE(splits); i++) {
		struct cw_text t = { .buf = got, .size = sizeof(got) };

		got[0] = '\0';
		ASSERT_EQ(CW_OK, split(splits[i].line, &words, copy, &fail)) {
			TH_LOG("%s: %s", splits[i].line, fail.what);
		}
		for (w = 0; w < words.count; w++)
			cw_say(&t, "%s|", words.word[w]);
		EXPECT_STREQ(splits[i].words, got);
		EXPECT_EQ(NULL, words.word[words.count]);
	}
}

TEST(what_a_shell_would_act_on_is_refused)
{
	static const char *const bad[] = {
		"'a", "\"a", "a\\", "\"a\\", "$x", "\"$x\"", "\"`x`\"", "`x`",
		"a;b", "a&", "a|b", "<a", "a>b", "(a)", "*", "a?", "[a]", "{a,b}",
		"~", "!a",
	};
	struct cw_words words;
	struct cw_fail fail;
	char copy[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(CW_USAGE, split(bad[i], &words, copy, &fail)) {
			TH_LOG("'%s' was taken", bad[i]);
		}
}

TEST(a_line_has_room_for_so_many_words)
{
	char line[2 * CW_WORDS_MOST + 3], copy[sizeof(line)];
	struct cw_words words;
	struct cw_fail fail;
	int i;

	for (i = 0; i <= CW_WORDS_MOST; i++)
		memcpy(line + 2 * i, "a ", 3);
	EXPECT_EQ(CW_USAGE, split(line, &words, copy, &fail));
	line[2 * CW_WORDS_MOST] = '\0';
	EXPECT_EQ(CW_OK, split(line, &words, copy, &fail));
	EXPECT_EQ(CW_WORDS_MOST, words.count);
}

TEST(a_quoted_word_is_split_to_the_same)
{
	static const char *const some[] = {
		"", "a", "a b", "it's", "'", "\"", "\\", "#", "#a", "a#", "$x",
		"\t", "*", "\xff\x01",
	};
	struct cw_words words;
	struct cw_fail fail;
	char line[64], copy[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(some); i++) {
		struct cw_text t = { .buf = line, .size = sizeof(line) };

		cw_words_say(&t, some[i], strlen(some[i]));
		ASSERT_EQ(CW_OK, split(line, &words, copy, &fail));
		ASSERT_EQ(1, words.count);
		EXPECT_STREQ(some[i], words.word[0]);
	}
}

/* The rules that a line makes, as lines. */
static int rewrite(const char *line, char *to, size_t size, struct cw_fail *fail)
{
	struct cw_text t = { .buf = to, .size = size };
	struct cw_policy_files f = { 0 };
	char path[] = "/tmp/closewatch-test-XXXXXX";
	FILE *file = fdopen(mkstemp(path), "w");
	size_t i;
	int ret;

	to[0] = '\0';
	fprintf(file, "%s\n", line);
	fclose(file);
	ret = cw_policy_files_read(&f, path, fail);
	for (i = 0; i < f.n; i++) {
		if (i)
			cw_say(&t, "; ");
		cw_policy_line(&t, &f.rule[i], NULL);
	}
	cw_policy_files_release(&f);
	unlink(path);
	return ret;
}

static const struct {
	const char *line;
	const char *again;	/* NULL: the same */
} lines[] = {
	{ "drain --local-port 80", NULL },
	{ "drain -L 80,443 -C a",
	  "drain --local-port 80 --comm a; drain --local-port 443 --comm a" },
	{ "drain --local-port 80-90 --idle 0.25 --total 7.05 --bytes 3M", NULL },
	{ "drain --local-port 80 --idle 5 --total 10 --bytes 16M --priority 1000",
	  "drain --local-port 80" },
	{ "drain --local-port 80 --idle 1.5 --total 0.001 --bytes 1025", NULL },
	{ "linger 5 --ipv6 --remote-prefix 2001:db8::/33 --user 0 --cgroup 4711", NULL },
	{ "reset --comm 'a b' --all-netns", NULL },
	{ "leave --force --dry-run --priority 0", NULL },
	{ "drain --local-port 1 --even-linger0 --even-oom --dry-run", NULL },
	{ "drain --comm 'it'\\''s'", NULL },
};

TEST(a_rule_is_written_as_it_is_read)
{
	struct cw_fail fail;
	char got[256], again[256];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		ASSERT_EQ(CW_OK, rewrite(lines[i].line, got, sizeof(got), &fail)) {
			TH_LOG("%s: %s", lines[i].line, fail.what);
		}
		EXPECT_STREQ(lines[i].again ?: lines[i].line, got);
		if (lines[i].again)
			continue;
		ASSERT_EQ(CW_OK, rewrite(got, again, sizeof(again), &fail));
		EXPECT_STREQ(got, again);
	}
}

static const struct {
	const char *line;
	const char *why;
} wrong[] = {
	{ "drian -L 80", "'drian' begins no policy" },
	{ "drain", "nothing says which sockets" },
	{ "drain --nonsense -L 80", "'--nonsense' is no option of drain" },
	{ "drain -L", "'-L' is no option of drain, or wants a value" },
	{ "drain --force=1", "'--force=1' is no option of drain, or wants a value, or none" },
	{ "drain --help", "'--help' is no option of drain" },
	{ "drain -L 80 --list-options", "'--list-options' is no option" },
	{ "drain -L 80 more", "'more' is not wanted here" },
	{ "drain off", "'off' is no policy" },
	{ "drain -L 80 --json", "--json is an option of closewatch apply" },
	{ "drain -L 80 --expire 5", "--expire is for policies that do not stay" },
	{ "drain -L 80 --netns /proc/self/ns/net", "leave out --netns" },
	{ "drain --pid 1 --fd 3", "the policy of one socket does not outlive it" },
	{ "drain 'x", "a ' is not closed" },
	{ "'\033[2Jdrain' -L 80", "'\\x1b[2Jdrain' begins no policy" },
};

TEST(what_is_wrong_with_a_line_is_said_with_its_place)
{
	char got[256], path[64];
	struct cw_fail fail;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_EQ(CW_USAGE, rewrite(wrong[i].line, got, sizeof(got), &fail)) {
			TH_LOG("%s", wrong[i].line);
		}
		EXPECT_EQ(1, sscanf(fail.what, "/tmp/closewatch-test-%60[^:]:1: ", path));
		EXPECT_NE(NULL, strstr(fail.what, wrong[i].why)) {
			TH_LOG("%s: %s", wrong[i].line, fail.what);
		}
	}
}

static const struct {
	const char *line;
	const char *near;
} mistyped[] = {
	{ "drian -L 80", "drain" }, { "reste -L 80", "reset" },
	{ "drain --locl-port 80", "--local-port" },
	{ "drain -L 80 --dryrun", "--dry-run" },
	{ "drain --zzzzzzzz -L 80", "" }, { "drain -L", "" },
	{ "drain --force=1", "" }, { "xyzzy", "" },
};

TEST(what_a_mistyped_line_may_mean_is_the_hint)
{
	struct cw_fail fail;
	char got[256];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mistyped); i++) {
		EXPECT_EQ(CW_USAGE, rewrite(mistyped[i].line, got, sizeof(got), &fail));
		EXPECT_STREQ(mistyped[i].near, fail.fix);
	}
}

TEST(what_no_line_can_say_is_known)
{
	struct cw_msg_policy p = {
		.present = 1ULL << CLOSEWATCH_A_POLICY_COMM,
		.comm = { 3, "a,b" },
	};

	EXPECT_NE(NULL, cw_policy_unlined(&p));
	p.comm.b[1] = '\n';
	EXPECT_NE(NULL, cw_policy_unlined(&p));
	p.comm.b[1] = ' ';
	EXPECT_EQ(NULL, cw_policy_unlined(&p));
	p.present |= 1ULL << CLOSEWATCH_A_POLICY_EXPIRES_MS;
	EXPECT_NE(NULL, cw_policy_unlined(&p));
	p.present = 1ULL << CLOSEWATCH_A_POLICY_COOKIE;
	EXPECT_NE(NULL, cw_policy_unlined(&p));
}

TEST_HARNESS_MAIN
