/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_PICK_H
#define CLOSEWATCH_PICK_H

#include <stdint.h>

#include "base/fail.h"

/* Which types of event the kernel is asked for. */

/* Bit masks of enum closewatch_event_type. */
uint32_t cw_pick_default(void);
uint32_t cw_pick_all(void);

/* Adds the types of WORD[,WORD] to @events. */
int cw_pick_events(uint32_t *events, const char *words, struct cw_fail *fail);

#endif
