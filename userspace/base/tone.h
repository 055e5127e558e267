/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_TONE_H
#define CLOSEWATCH_TONE_H

/* How good or bad a record is: its colour on a terminal. */
enum cw_tone { CW_PLAIN, CW_GOOD, CW_WARN, CW_BAD, CW_LOSS, CW_QUIET };

#endif
