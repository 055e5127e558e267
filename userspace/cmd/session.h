/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_SESSION_H
#define CLOSEWATCH_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"
#include "netlink/nl.h"
#include "output/out.h"
#include "output/view.h"

/* What a verb has open while it talks to the module and prints. */
struct cw_session {
	struct cw_fail *fail;
	struct cw_nl *nl;
	struct cw_out out;
	struct cw_view *view;
	int signal_fd;		/* -1: signals end the program at once */
	bool stop;		/* a signal came, or the verb has enough */
};

#define CW_SESSION_INIT(f) { .fail = (f), .signal_fd = -1 }

/* Ctrl-C and its like are to end a cw_session_wait(); before the opening. */
int cw_session_signals(struct cw_session *s);

/* Events go to @fn, which may be NULL; records are printed by @opt. */
int cw_session_open(struct cw_session *s, const struct cw_view_options *opt,
		    cw_nl_event_fn *fn, void *arg);

/* @ret: the exit code until now. Returns the exit code. */
int cw_session_close(struct cw_session *s, int ret);

/* For what a record returned: an error ends the output. */
void cw_session_shown(struct cw_session *s, int ret);

/*
 * Takes events until @end (CLOCK_MONOTONIC in ns), a signal, or the end of the
 * output. @overruns, if not NULL, counts messages that the kernel dropped.
 */
int cw_session_wait(struct cw_session *s, uint64_t end, uint64_t *overruns);

uint64_t cw_session_clock(void);

#endif
