/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_SESSION_H
#define CLOSEWATCH_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"
#include "netlink/decode.h"
#include "netlink/nl.h"
#include "output/out.h"
#include "output/view.h"

enum cw_color { CW_COLOR_AUTO, CW_COLOR_ALWAYS, CW_COLOR_NEVER };

/* Records that wait to be written: more than fit what stdio keeps. */
#define CW_SESSION_ENDS	2048

/* What a verb has open while it talks to the module and prints. */
struct cw_session {
	struct cw_fail *fail;
	struct cw_nl *nl;
	struct cw_out out;
	struct cw_view *view;
	enum cw_color color;
	int signal_fd;		/* -1: signals end the program at once */
	int key_fd;		/* -1: no keys end a cw_session_wait() */
	int timer_fd;		/* -1: nothing but a signal ends it */
	bool stop;		/* one of them, or the verb has enough */
	uint64_t records;
	uint64_t ends[CW_SESSION_ENDS];	/* of the last ones, in the output */
	/* Called when the kernel dropped messages; may be NULL. */
	void (*overrun)(void *arg);
	void *overrun_arg;
};

#define CW_SESSION_INIT(f)	\
	{ .fail = (f), .signal_fd = -1, .key_fd = -1, .timer_fd = -1 }

/* Ctrl-C and its like are to end a cw_session_wait(); before the opening. */
int cw_session_signals(struct cw_session *s);

/* Opens the output; records are printed by @opt, but its out, color and width. */
int cw_session_show(struct cw_session *s, const struct cw_view_options *opt);

/* The output and the module; events go to @fn, which may be NULL. */
int cw_session_open(struct cw_session *s, const struct cw_view_options *opt,
		    cw_nl_event_fn *fn, void *arg);

/*
 * The session is over in @ns, even if the reader of the output sleeps; after
 * the opening.
 */
int cw_session_end_in(struct cw_session *s, uint64_t ns);

/* @ret: the exit code until now. Returns the exit code. */
int cw_session_close(struct cw_session *s, int ret);

/* For what a record returned: an error ends the output. */
void cw_session_shown(struct cw_session *s, int ret);
/* How many records the output did not take whole. */
unsigned int cw_session_unwritten(const struct cw_session *s);

/*
 * Takes events until @end (CLOCK_MONOTONIC in ns), a signal, or the end of the
 * session or the output; with keys also until one comes. There are no events where
 * the module was not opened.
 */
int cw_session_wait(struct cw_session *s, uint64_t end);

/* Now, in ns: CLOCK_MONOTONIC, and since the epoch. */
uint64_t cw_session_clock(void);
uint64_t cw_session_date(void);

/* A record of a loss that this program has seen; @count 0: of how many, it cannot say. */
struct cw_msg_event cw_session_lost(uint32_t loss, uint64_t count);

#endif
