/* SPDX-License-Identifier: GPL-2.0 */
/* Sums over a batch, for the equations with the kernel's own counters. */
#ifndef CLOSEWATCH_TRUTH_TALLY_H
#define CLOSEWATCH_TRUTH_TALLY_H

#include <stddef.h>

#include "counters.h"
#include "script.h"

struct events;

/* What was checked, and what could not be for want of certainty */
struct scope {
	unsigned long ends, packets, events;
	unsigned long paths[32], fates[32], verdicts[8];
	unsigned long first_open, close_calls, resets_dropped;
};

struct tally {
	struct scope scope;
	unsigned long rsts[ENDS];	/* on the wire, from that end */
};

/* Returns the number of equations that do not hold, each printed */
unsigned int tally_check(const struct tally *t, unsigned int end,
			 const struct events *e, const struct counters *moved);

void scope_add(struct scope *to, const struct scope *from);
void scope_print(const struct scope *s);

#endif
