/* SPDX-License-Identifier: GPL-2.0 */
/* Some connections under one setting of the network, from setup to judgement. */
#ifndef CLOSEWATCH_TRUTH_BATCH_H
#define CLOSEWATCH_TRUTH_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "tally.h"

struct batch {
	uint64_t seed, first;
	unsigned int n, at_once;
	bool verbose;
	struct scope scope;		/* the result's, when there is one */
	char why[160];			/* for a result that is none */
};

enum { BATCH_AGREES, BATCH_DISAGREES, BATCH_INCONCLUSIVE };

int batch_run(struct batch *b);

#endif
