/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_OUT_H
#define CLOSEWATCH_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/fail.h"

/*
 * Standard output as a stream that a stalled reader cannot hang: it waits for
 * room with poll(), and no longer than @grace_ms in all once one of the @stop
 * descriptors is readable. It writes line by line, unless they are gathered.
 */
#define CW_OUT_STOPS 2

struct cw_out {
	FILE *file;
	int fd;
	int stop[CW_OUT_STOPS];	/* -1: none */
	int grace_ms;		/* to wait for a reader that is slow */
	int error;		/* the errno that ended the output */
	uint64_t written;	/* bytes */
	bool regular;		/* a file: never waits for a reader */
	char gathered[64 << 10];
};

int cw_out_open(struct cw_out *out, int fd, struct cw_fail *fail);

/* From now on lines go out when fflush() is called; before the first of them. */
void cw_out_gather(struct cw_out *out);

/* Whether to colour by default: a terminal, and NO_COLOR is not set. */
bool cw_out_color(int fd);

/*
 * Flushes and closes. A reader that has gone is no failure: CW_OK. Anything
 * else that was not written is.
 */
int cw_out_close(struct cw_out *out, struct cw_fail *fail);

#endif
