/* SPDX-License-Identifier: GPL-2.0 */
/* What became of the wait for SO_LINGER, against the time that it took. */
#ifndef CLOSEWATCH_TRUTH_JUDGE_LINGER_H
#define CLOSEWATCH_TRUTH_JUDGE_LINGER_H

#include "side.h"

void judge_linger(struct side *s);

#endif
