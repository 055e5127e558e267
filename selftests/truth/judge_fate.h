/* SPDX-License-Identifier: GPL-2.0 */
/* How the connection ended, and what became of its data. */
#ifndef CLOSEWATCH_TRUTH_JUDGE_FATE_H
#define CLOSEWATCH_TRUTH_JUDGE_FATE_H

#include "side.h"

void judge_fate(struct side *s);
void judge_verdict(struct side *s);
void judge_first(struct side *s);
void judge_since(struct side *s);
void judge_resets(struct side *s);

#endif
