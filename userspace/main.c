// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/near.h"
#include "base/util.h"
#include "cmd/args.h"
#include "cmd/cmd_advise.h"
#include "cmd/cmd_apply.h"
#include "cmd/cmd_doctor.h"
#include "cmd/cmd_drains.h"
#include "cmd/cmd_explain.h"
#include "cmd/cmd_info.h"
#include "cmd/cmd_list.h"
#include "cmd/cmd_pending.h"
#include "cmd/cmd_policy.h"
#include "cmd/cmd_record.h"
#include "cmd/cmd_remove.h"
#include "cmd/cmd_save.h"
#include "cmd/cmd_stats.h"
#include "cmd/cmd_story.h"
#include "cmd/cmd_top.h"
#include "cmd/cmd_watch.h"

static int cmd_help(int argc, char **argv, struct cw_fail *fail);

/*
 * @run gets its own words, argv[0] being "closewatch VERB", and returns an exit
 * code; main() prints the message in @fail. The first one is the default.
 */
static const struct command {
	const char *name;
	int (*run)(int argc, char **argv, struct cw_fail *fail);
} commands[] = {
	{ "watch", cw_cmd_watch },
	{ "top", cw_cmd_top },
	{ "info", cw_cmd_info },
	{ "stats", cw_cmd_stats },
	{ "advise", cw_cmd_advise },
	{ "record", cw_cmd_record },
	{ "story", cw_cmd_story },
	{ "drain", cw_cmd_drain },
	{ "linger", cw_cmd_linger },
	{ "reset", cw_cmd_reset },
	{ "leave", cw_cmd_leave },
	{ "list", cw_cmd_list },
	{ "del", cw_cmd_del },
	{ "flush", cw_cmd_flush },
	{ "apply", cw_cmd_apply },
	{ "save", cw_cmd_save },
	{ "drains", cw_cmd_drains },
	{ "pending", cw_cmd_pending },
	{ "doctor", cw_cmd_doctor },
	{ "explain", cw_cmd_explain },
	{ "help", cmd_help },
};

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static const char *nearest(const char *verb)
{
	struct cw_nearest n;
	size_t i;

	cw_nearest_begin(&n, verb);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		cw_nearest_offer(&n, commands[i].name);
	return n.word;
}

static int fail_verb(struct cw_fail *fail, const char *verb)
{
	const char *near = nearest(verb);
	char all[256], fix[64] = "";
	size_t i, used = 0;

	for (i = 0; i < ARRAY_SIZE(commands) && used < sizeof(all); i++)
		used += snprintf(all + used, sizeof(all) - used, "%s%s",
				 i ? ", " : "", commands[i].name);
	if (near)
		snprintf(fix, sizeof(fix), "closewatch %s", near);
	return cw_fail_usage(fail, fix,
			     "'%s' is no verb; the verbs are: %s; closewatch --help tells more",
			     verb, all);
}

enum { KEY_LIST_VERBS = 256 };

/* For completions, as --list-options of each. */
static void list_verbs(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		puts(commands[i].name);
}

struct help {
	struct cw_args args;	/* first: see cw_args_parse() */
	const struct command *of;
};

static error_t parse_help(int key, char *arg, struct argp_state *state)
{
	struct help *h = state->input;

	if (key == KEY_LIST_VERBS) {
		list_verbs();
		h->args.done = true;
		return CW_ARGS_STOP;
	}
	/* The help of drain tells of its word, too. */
	if (key == ARGP_KEY_ARG && state->arg_num == 1 &&
	    h->of->run == cw_cmd_drain && !strcmp(arg, "off"))
		return 0;
	if (key != ARGP_KEY_ARG || state->arg_num)
		return cw_args_default(key, arg, state);
	h->of = find_command(arg);
	if (h->of)
		return 0;
	h->args.ret = fail_verb(h->args.fail, arg);
	return CW_ARGS_STOP;
}

/* Of the verb's own table. */
static int cmd_help(int argc, char **argv, struct cw_fail *fail)
{
	static const struct argp_option options[] = {
		{ "list-verbs", KEY_LIST_VERBS, NULL, OPTION_HIDDEN, NULL, 0 },
		CW_ARGS_COMMON,
		{ 0 },
	};
	static const struct argp argp = {
		.options = options, .parser = parse_help, .args_doc = "[VERB]",
		.doc = "Show the options of a verb, or what verbs there are.",
	};
	struct help h = { .args.fail = fail };
	int ret = cw_args_parse(&argp, argc, argv, &h.args);
	char name[64];
	char *words[3] = { name, "--help", NULL };

	if (ret || h.args.done)
		return ret;
	snprintf(name, sizeof(name), h.of ? "closewatch %s" : "closewatch",
		 h.of ? h.of->name : "");
	return (h.of ? h.of : &commands[0])->run(2, words, fail);
}

/*
 * A closed standard descriptor would be given to the next socket opened, and
 * the output would go into it. Read-only, so that a write fails and is
 * reported.
 */
static void hold_standard_fds(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			open("/dev/null", O_RDONLY);
}

static int dispatch(int argc, char **argv, struct cw_fail *fail)
{
	const struct command *cmd = &commands[0];
	char name[64];

	if (argc > 1 && argv[1][0] != '-') {
		cmd = find_command(argv[1]);
		if (!cmd)
			return fail_verb(fail, argv[1]);
		snprintf(name, sizeof(name), "closewatch %s", cmd->name);
		argv++;
		argc--;
	} else {
		snprintf(name, sizeof(name), "closewatch");
	}
	if (argc)
		argv[0] = name;
	return cmd->run(argc, argv, fail);
}

int main(int argc, char **argv)
{
	struct cw_fail fail = { 0 };
	int ret;

	/* Characters only: numbers and times are the same everywhere. */
	setlocale(LC_CTYPE, "");
	hold_standard_fds();
	signal(SIGPIPE, SIG_IGN);
	ret = dispatch(argc, argv, &fail);
	/* What fills the buffer is written before, and may have failed. */
	if ((fflush(stdout) || ferror(stdout)) && errno != EPIPE && !ret)
		ret = cw_fail(&fail, NULL, "cannot write the output: %s",
			      strerror(errno));
	if (ret && fail.what[0])
		cw_fail_print(fail.what, fail.fix);
	return ret;
}
