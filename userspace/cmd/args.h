/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_ARGS_H
#define CLOSEWATCH_ARGS_H

#include <argp.h>
#include <errno.h>
#include <stdbool.h>

#include "base/fail.h"
#include "module/core/version.h"

/*
 * What parsers share: they put their own members behind it. The help and
 * version options end the parsing with @done set.
 */
struct cw_args {
	struct cw_fail *fail;
	int ret;
	bool done;
	bool of_line;		/* of a file: errors are in @fail, and no help */
	const char *at;		/* the word before the error */
};

/* What every verb takes. */
#define CW_ARGS_COMMON							\
	{ "help", 'h', NULL, 0, "show this", -1 },			\
	{ "list-options", CW_KEY_LIST, NULL, OPTION_HIDDEN, NULL, -1 },	\
	{ "usage", CW_KEY_USAGE, NULL, OPTION_HIDDEN, NULL, -1 },	\
	{ "version", 'V', NULL, 0, "show the version", -1 }

/* The list is what completions are made of. */
enum { CW_KEY_LIST = 0xfff, CW_KEY_USAGE };

/* Ends argp_parse(); why is in struct cw_args. */
#define CW_ARGS_STOP ECANCELED

/*
 * argp_parse() that never exits. @input begins with struct cw_args. Returns
 * an exit code; with @done set there is nothing left to do.
 */
int cw_args_parse(const struct argp *argp, int argc, char **argv,
		  struct cw_args *args);

/* For a parser's default: help, version, and no stray words. */
error_t cw_args_default(int key, char *arg, struct argp_state *state);

/* For struct argp: leaves out a note of argp's that says nothing here. */
char *cw_args_help_filter(int key, const char *text, void *input);

#endif
