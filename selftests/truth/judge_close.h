/* SPDX-License-Identifier: GPL-2.0 */
/* What the close itself did, and the shutdowns before it. */
#ifndef CLOSEWATCH_TRUTH_JUDGE_CLOSE_H
#define CLOSEWATCH_TRUTH_JUDGE_CLOSE_H

#include "side.h"

void judge_close(struct side *s);
void judge_shutdowns(struct side *s);

#endif
