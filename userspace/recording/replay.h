/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_REPLAY_H
#define CLOSEWATCH_REPLAY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/fail.h"
#include "base/when.h"
#include "netlink/nl_ask.h"
#include "recording/recorded.h"

/* Recorded events in the place of live ones. */

/* Called with each event; false ends the replay. */
typedef bool cw_replay_fn(void *arg, const struct cw_recorded *r);

struct cw_replay {
	const char *path;	/* a file, a folder of a recorder, or "-" */
	struct cw_span span;
	const struct cw_msg_filter *filter;
	cw_replay_fn *fn;
	void *arg;
	FILE *complaints;	/* each bad line, up to a number of them */
	/* filled in */
	uint64_t first, last;	/* times of the events; 0: there was none */
	uint64_t begin;		/* of the recording, by its oldest file or event read */
	uint64_t bad;		/* lines left out, the torn ones included */
	uint64_t other;		/* records of other kinds than events */
	bool partial;		/* quiet events were not recorded */
};

/* Fails only if something cannot be read at all. */
int cw_replay(struct cw_replay *r, struct cw_fail *fail);

/* What was left out and is not shown, and a span in which nothing was: lines or none. */
void cw_replay_say(const struct cw_replay *r, FILE *to);

#endif
