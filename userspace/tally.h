/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_TALLY_H
#define CLOSEWATCH_TALLY_H

#include <stdint.h>
#include <stdio.h>

#include <linux/closewatch.h>

#include "decode.h"

/* What was shown, a line per path; the last line is for newer paths. */
struct cw_tally {
	struct {
		uint64_t count;
		uint64_t unread;
		uint64_t unsent;
		uint64_t unacked;
	} path[CLOSEWATCH_PATH_MAX + 2];
	uint64_t shown;		/* closes and linger waits */
	uint64_t waits;		/* linger waits */
	uint64_t lost;		/* by in-band records */
	uint64_t malformed;
};

void cw_tally_add(struct cw_tally *t, const struct cw_event *ev);

/* @kernel: the listener's own figures; used where they are present. */
void cw_tally_print(const struct cw_tally *t, const struct cw_listener *kernel,
		    FILE *to);

#endif
