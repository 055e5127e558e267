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

FIXTURE_VARIANT(completion)
{
	const char *shell, *run, *option;
};

FIXTURE_VARIANT_ADD(completion, bash)
{
	"bash", "bash -u", "options=.* --remote-prefix ",
};

FIXTURE_VARIANT_ADD(completion, zsh)
{
	"zsh", "zsh -f", "--remote-prefix=",
};

FIXTURE_VARIANT_ADD(completion, fish)
{
	"fish", "fish --no-config", "-l remote-prefix ",
};

FIXTURE_SETUP(completion)
{
	char command[512];

	snprintf(self->dir, sizeof(self->dir), "/tmp/closewatch-test-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	snprintf(command, sizeof(command), "sh completion.sh %s %s >%s/_closewatch",
		 variant->shell, program(), self->dir);
	ASSERT_EQ(0, run_command(command, self->out, sizeof(self->out)));
}

FIXTURE_TEARDOWN(completion)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", self->dir);
	EXPECT_EQ(0, system(command));
}

/* Up to the cursor; what is offered there, in the order of sort. */
static const struct {
	const char *line;
	const char *offered;
} lines[] = {
	{ "adv", "advise" },
	{ "drain o", "off" },
	{ "drain --local", "--local-port" },
	{ "--local", "--local-port --local-prefix" },
	{ "pending --local", "--local-port --local-prefix" },
	{ "info --local", "" },
	{ "--path rst-un", "rst-unread" },
	{ "watch --path=rst-un", "rst-unread" },
	{ "--path fin,rst-un", "fin,rst-unread" },
	{ "-e drain-", "drain-begin drain-end" },
	{ "--color=", "always auto never" },
	{ "--group-by co", "comm container" },
	{ "stats --group-by p", "path peer port" },
	{ "top --sort l", "lost" },
	{ "-t r", "relative rfc3339" },
	{ "-o pid,com", "pid,comm" },
	{ "-o +new", "+new-state" },
	{ "drain -u roo", "root" },
	{ "-L 8", "" },
	{ "explain linger0-", "linger0-silent" },
	{ "help dr", "drain drains" },
	{ "apply --d", "--dry-run" },
	{ "record completion.", "completion.sh" },
	{ "apply completion.", "completion.sh" },
	{ "story completion.", "completion.sh" },
	{ "story --si", "--since" },
	{ "-r completion.", "completion.sh" },
};

/* By the shell itself, which has loaded it. On a busy host it takes long. */
TEST_F_TIMEOUT(completion, offers_what_can_follow, 100)
{
	char command[4096], *next = self->out;
	size_t i;
	int len;

	snprintf(command, sizeof(command), "command -v %s >/dev/null", variant->shell);
	if (system(command))
		SKIP(return, "there is no %s here", variant->shell);
	/* fish makes folders at home. */
	len = snprintf(command, sizeof(command),
		       "HOME=%s %s tests/offers.%s %s/_closewatch", self->dir,
		       variant->run, variant->shell, self->dir);
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		len += snprintf(command + len, sizeof(command) - len,
				" 'closewatch %s'", lines[i].line);
	ASSERT_EQ(0, run_command(command, self->out, sizeof(self->out)));
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		EXPECT_STREQ(lines[i].offered, strsep(&next, "\n")) {
			TH_LOG("closewatch %s", lines[i].line);
		}
	}
}

TEST_F(completion, has_the_options_of_each_verb)
{
	char command[512];
	int verbs;

	snprintf(command, sizeof(command),
		 "p=%s; for v in $($p help --list-verbs); do $p $v --list-options; done | grep -c ^remote-prefix",
		 program());
	ASSERT_EQ(0, run_command(command, self->out, sizeof(self->out)));
	verbs = atoi(self->out);
	EXPECT_LT(4, verbs);
	snprintf(command, sizeof(command), "grep -c -e '%s' %s/_closewatch",
		 variant->option, self->dir);
	ASSERT_EQ(0, run_command(command, self->out, sizeof(self->out)));
	EXPECT_EQ(verbs, atoi(self->out));
}

TEST_HARNESS_MAIN
