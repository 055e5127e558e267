/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_STACKS_H
#define CLOSEWATCH_STACKS_H

#include <stdbool.h>

#include "base/fail.h"
#include "host/symbols.h"

/*
 * Who called, whenever a TCP socket began to end: perf's call chains of the tracepoint
 * sock:inet_sock_set_state, with a buffer for each CPU that is read when events come.
 * The module has no part in it, so it costs nothing unless it is asked for.
 */
#define CW_STACK_FRAMES	48
#define CW_STACKS_KEPT	4096

struct cw_stack {
	uint64_t time;		/* of CLOCK_MONOTONIC */
	uint32_t pid, tid;
	uint16_t local_port, remote_port;
	uint32_t kernel, program;	/* frames of each, the innermost first */
	uint64_t frame[CW_STACK_FRAMES];
};

struct cw_stack_buffer {
	int fd;
	void *pages;
};

struct cw_stacks {
	struct cw_symbols symbols;
	struct cw_stack_buffer *cpu;
	size_t cpus;
	int64_t offset;		/* of the clock of events from that of stacks */
	struct cw_stack *kept;	/* a ring */
	uint64_t n;
	uint64_t now, lost_until;	/* of the clock of events */
};

/* Whose stack is looked for. */
struct cw_stack_of {
	uint64_t time;		/* of CLOCK_REALTIME; a stack is older */
	uint32_t tid;
	uint16_t local_port, remote_port;
	bool released;		/* by a close, not by shutdown() */
};

/* Both in words, or "none"; or "lost" if there may have been one. */
struct cw_stack_words {
	char kernel[512], program[512];
};

int cw_stacks_open(struct cw_stacks *s, struct cw_fail *fail);
void cw_stacks_close(struct cw_stacks *s);

/* What the buffers have, before the events of a message are looked up. */
void cw_stacks_read(struct cw_stacks *s);

/* A record of perf's, as its attributes in stacks.c ask for it. */
void cw_stacks_take(struct cw_stacks *s, const void *record, size_t len);

void cw_stacks_say(const struct cw_stacks *s, const struct cw_stack_of *of,
		   struct cw_stack_words *to);

#endif
