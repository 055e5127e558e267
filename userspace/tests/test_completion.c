// SPDX-License-Identifier: GPL-2.0
/* The completions that completion.sh makes of the program's tables. */
#include "base/util.h"
#include "command.h"
#include "kselftest_harness.h"

FIXTURE(completion)
{
	char dir[64];
	char out[65536];
};

FIXTURE_SETUP(completion)
{
	static const char *const shells[] = { "bash", "zsh", "fish" };
	char command[512];
	size_t i;

	snprintf(self->dir, sizeof(self->dir), "/tmp/closewatch-test-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	for (i = 0; i < ARRAY_SIZE(shells); i++) {
		snprintf(command, sizeof(command),
			 "sh completion.sh %s %s >%s/%s", shells[i],
			 program(), self->dir, shells[i]);
		ASSERT_EQ(0, run_command(command, self->out, sizeof(self->out)));
	}
}

FIXTURE_TEARDOWN(completion)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", self->dir);
	EXPECT_EQ(0, system(command));
}

/* Words of a line to its cursor as bash splits them; what is offered, a word each. */
static const struct {
	const char *words;
	const char *offered;
} lines[] = {
	{ "adv", " advise " },
	{ "drain o", " off " },
	{ "drain --local", " --local-port " },
	{ "--local", " --local-port --local-prefix " },
	{ "pending --local", " --local-port --local-prefix " },
	{ "info --local", " " },
	{ "--path rst-un", " rst-unread " },
	{ "watch --path = rst-un", " rst-unread " },
	{ "--path fin,rst-un", " fin,rst-unread " },
	{ "-e drain-", " drain-begin drain-end " },
	{ "--color =", " auto always never " },
	{ "--group-by co", " comm container " },
	{ "stats --group-by p", " port path peer " },
	{ "-t r", " relative rfc3339 " },
	{ "-o pid,com", " pid,comm " },
	{ "-o +since", " +since-close +since-sent +since-ended +since-received +since-heard " },
	{ "drain -u roo", " root " },
	{ "-L 8", " " },
	{ "explain linger0-", " linger0-silent " },
	{ "help dr", " drain drains " },
};

TEST_F(completion, bash_offers_what_can_follow)
{
	char command[512];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		snprintf(command, sizeof(command),
			 "bash -uc '. %s/bash; COMP_WORDS=(closewatch %s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _closewatch; echo \"\" \"${COMPREPLY[@]}\" \"\"' | tr -d '\\n'",
			 self->dir, lines[i].words);
		ASSERT_EQ(0, run_command(command, self->out, sizeof(self->out)));
		EXPECT_STREQ(lines[i].offered, self->out) {
			TH_LOG("closewatch %s", lines[i].words);
		}
	}
}

TEST_F(completion, bash_knows_it_by_name)
{
	char command[256];

	snprintf(command, sizeof(command),
		 "bash -uc '. %s/bash; complete -p closewatch'", self->dir);
	ASSERT_EQ(0, run_command(command, self->out, sizeof(self->out)));
	EXPECT_STREQ("complete -F _closewatch closewatch\n", self->out);
}

/*
 * By the shell itself if it is here. If not, quotes are as in bash, and each verb
 * and option is there.
 */
static const struct {
	const char *shell, *check, *else_check, *option;
} others[] = {
	{ "zsh", "zsh -n zsh", "bash -n zsh", "--remote-prefix=" },
	{ "fish", "fish -n fish",
	  "grep ^complete fish | bash -n", "-l remote-prefix " },
};

TEST_F(completion, other_shells_can_read_theirs)
{
	char command[512], check[128];
	size_t i;
	int taken;

	/* By how many verbs */
	snprintf(command, sizeof(command),
		 "p=%s; for v in $($p help --list-verbs); do $p $v --list-options; done | grep -c ^remote-prefix",
		 program());
	ASSERT_EQ(0, run_command(command, self->out, sizeof(self->out)));
	taken = atoi(self->out);
	EXPECT_LT(4, taken);

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		snprintf(command, sizeof(command), "command -v %s >/dev/null",
			 others[i].shell);
		snprintf(check, sizeof(check), "%s",
			 system(command) ? others[i].else_check :
					   others[i].check);
		snprintf(command, sizeof(command), "cd %s && { %s; } 2>&1",
			 self->dir, check);
		ASSERT_EQ(0, run_command(command, self->out, sizeof(self->out))) {
			TH_LOG("%s: %s", others[i].shell, self->out);
		}
		snprintf(command, sizeof(command), "grep -c -e '%s' %s/%s",
			 others[i].option, self->dir, others[i].shell);
		run_command(command, self->out, sizeof(self->out));
		EXPECT_EQ(taken, atoi(self->out));
	}
}

TEST_HARNESS_MAIN
