/* SPDX-License-Identifier: GPL-2.0 */
/* Events against what the program did and the packets say. */
#ifndef CLOSEWATCH_TRUTH_JUDGE_H
#define CLOSEWATCH_TRUTH_JUDGE_H

#include "side.h"

/* Returns the number of disagreements, each printed with all that is known */
unsigned int judge(struct hearing *h);

#endif
