/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_LOOKS_H
#define CLOSEWATCH_LOOKS_H

#include "cmd/args.h"
#include "output/columns.h"
#include "output/view.h"

/* How events are shown, from the command line. It does not move. */
struct cw_looks {
	struct cw_columns columns;
	struct cw_view_options view;	/* complete but for out and color */
	int time_width;			/* 0: no times */
	struct cw_hosted host;
	bool resolve, hosts;	/* names of ports, and of hosts too */
};

enum { CW_KEY_LIST_FIELDS = 0x1200, CW_KEY_RESOLVE };

#define CW_LOOKS_OPTIONS						\
	{ "output", 'o', "[+]NAME[,NAME]", 0,				\
	  "these columns, or with + these too", 0 },			\
	{ "wide", 'w', NULL, 0, "all columns, in lines of any length", 0 }, \
	{ "time", 't', "clock|relative|rfc3339|none", 0,		\
	  "how times are shown; clock is the default", 0 },		\
	{ "list-fields", CW_KEY_LIST_FIELDS, NULL, 0,			\
	  "list what -o can name", 0 },					\
	{ "resolve", CW_KEY_RESOLVE, "ports|hosts", OPTION_ARG_OPTIONAL, \
	  "names of ports (default), or of hosts too, instead of numbers", 0 }, \
	{ "numeric", 'n', NULL, 0, "numbers, the default", 0 }

void cw_looks_init(struct cw_looks *l);

/* False if @key is none of the options; else the exit code is in @args. */
bool cw_looks_option(struct cw_looks *l, int key, char *arg,
		     struct cw_args *args);

/* Once the command line is complete; returns an exit code. */
int cw_looks_conclude(struct cw_looks *l, struct cw_fail *fail);

void cw_looks_release(struct cw_looks *l);

#endif
