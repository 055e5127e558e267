/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_REPLAYED_H
#define CLOSEWATCH_REPLAYED_H

#include "cmd/args.h"
#include "recording/replay.h"

/* The options of verbs that take recorded events in the place of live ones. */
struct cw_replay_args {
	const char *path;	/* NULL: live events */
	const char *since;
	const char *until;
};

enum { CW_KEY_SINCE = 0x1100, CW_KEY_UNTIL };

#define CW_REPLAY_OPTIONS						\
	{ "read", 'r', "FILE|DIR", 0,					\
	  "recorded events instead of live ones; - is standard input", 0 }, \
	CW_SPAN_OPTIONS

#define CW_SPAN_OPTIONS							\
	{ "since", CW_KEY_SINCE, "TIME", 0,				\
	  "from then on, such as 02:10, 2026-11-27T02:10:30Z or -10m", 0 }, \
	{ "until", CW_KEY_UNTIL, "TIME", 0, "up to then", 0 }

/* False if @key is none of them. */
bool cw_replay_option(struct cw_replay_args *args, int key, char *arg);

/* Once the command line is complete. @live: an option that excludes them, or NULL. */
int cw_replay_check(const struct cw_replay_args *args, const char *live,
		    struct cw_fail *fail);

/* @r holds all that is not in @args. */
int cw_replay_run(const struct cw_replay_args *args, struct cw_replay *r,
		  struct cw_fail *fail);

#endif
