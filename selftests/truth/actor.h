/* SPDX-License-Identifier: GPL-2.0 */
/* Plays a script in a process of its own, and notes what it did. */
#ifndef CLOSEWATCH_TRUTH_ACTOR_H
#define CLOSEWATCH_TRUTH_ACTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "network.h"
#include "script.h"

#define SHUTS	4

/* From before a system call to after it, CLOCK_REALTIME */
struct span {
	int64_t from, to;
};

struct shut {
	int how, error;
	struct span span;
};

struct end_record {
	uint64_t cookie;
	uint64_t written, got;		/* bytes that went in and out */
	struct shut shut[SHUTS];
	unsigned int shuts;
	struct span destroy;
	int destroy_error;
	unsigned int manner;
	struct span close;		/* of the last reference */
	pid_t closer;
};

/* Shared with the processes that fill it */
struct record {
	char failed[96];		/* what did not work, and why */
	uint64_t listener_cookie;
	bool finished;
	struct end_record end[ENDS];
};

/* Returns the process, or -1; its exit status is of no interest */
pid_t actor_start(const struct network *n, const struct script *s,
		  struct record *r);

#endif
