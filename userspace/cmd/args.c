// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/near.h"
#include "base/wrap.h"
#include "cmd/args.h"

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

/* What stands for an argument, then a line an option: name, letter, value, words. */
static void list_options(const struct argp *argp)
{
	const struct argp_option *o;

	printf("%s\n", or_empty(argp->args_doc) +
	       strspn(or_empty(argp->args_doc), "\n"));
	for (o = argp->options; o->name || o->doc; o++) {
		char letter[] = { isgraph(o->key) ? o->key : '\0', '\0' };

		if (o->name && !(o->flags & OPTION_HIDDEN))
			printf("%s\t%s\t%s%s\t%s\n", o->name, letter,
			       o->flags & OPTION_ARG_OPTIONAL ? "=" : "",
			       or_empty(o->arg), o->doc);
	}
}

error_t cw_args_default(int key, char *arg, struct argp_state *state)
{
	struct cw_args *args = state->input;

	if (args->of_line && key != ARGP_KEY_ARG && key != ARGP_KEY_ERROR)
		return ARGP_ERR_UNKNOWN;
	switch (key) {
	case ARGP_KEY_ERROR:
		args->at = state->argv[state->next - 1];
		return ARGP_ERR_UNKNOWN;
	case 'h':
		argp_state_help(state, stdout, ARGP_HELP_SHORT_USAGE |
				ARGP_HELP_LONG | ARGP_HELP_DOC);
		args->done = true;
		return CW_ARGS_STOP;
	case CW_KEY_LIST:
		list_options(state->root_argp);
		args->done = true;
		return CW_ARGS_STOP;
	case CW_KEY_USAGE:
		argp_state_help(state, stdout, ARGP_HELP_USAGE);
		args->done = true;
		return CW_ARGS_STOP;
	case 'V':
		printf("closewatch " CW_VERSION "\n");
		args->done = true;
		return CW_ARGS_STOP;
	case ARGP_KEY_ARG:
		args->ret = cw_fail_usage(args->fail, NULL,
					  "'%s' is not wanted here; %s --help lists what is",
					  arg, state->name);
		return CW_ARGS_STOP;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

char *cw_args_help_filter(int key, const char *text, void *input)
{
	(void)input;
	return key == ARGP_KEY_HELP_DUP_ARGS_NOTE ? NULL : (char *)text;
}

/* The long option that may be meant by @word; NULL: none, or it exists. */
static const char *near_option(const struct argp *argp, const char *word)
{
	const struct argp_option *o;
	struct cw_nearest n;
	char name[64];

	if (strncmp(word, "--", 2))
		return NULL;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word + 2, "="), word + 2);
	cw_nearest_begin(&n, name);
	for (o = argp->options; o->name || o->doc; o++) {
		if (!o->name || o->flags & OPTION_HIDDEN)
			continue;
		/* It lacks a value, has one too many, or is short for several. */
		if (!strncmp(o->name, name, strlen(name)))
			return NULL;
		cw_nearest_offer(&n, o->name);
	}
	return n.word;
}

int cw_args_parse(const struct argp *argp, int argc, char **argv,
		  struct cw_args *args)
{
	int width = cw_terminal_width(STDOUT_FILENO);
	char margin[32], hint[72] = "";
	const char *near;
	error_t err;

	/* argp's own are 79 columns. */
	if (width > 1 && width < 80) {
		snprintf(margin, sizeof(margin), "rmargin=%d", width - 1);
		setenv("ARGP_HELP_FMT", margin, 0);
	}
	err = argp_parse(argp, argc, argv, ARGP_NO_EXIT | ARGP_NO_HELP |
			 (args->of_line ? ARGP_NO_ERRS : 0), NULL, args);
	if (!err || args->done)
		return CW_OK;
	if (args->ret)
		return args->ret;
	near = near_option(argp, args->at);
	if (near)
		snprintf(hint, sizeof(hint), "--%s", near);
	if (args->of_line)
		return cw_fail_usage(args->fail, hint,
				     "'%s' is no option of %s, or wants a value, or none",
				     args->at, argv[0]);
	/* argp has said what is wrong, and which options say what is right. */
	if (near)
		cw_wrap_print(stderr, "  hint", hint);
	return CW_USAGE;
}
