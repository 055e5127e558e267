/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_PICK_H
#define CLOSEWATCH_PICK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"
#include "netlink/decode.h"

/*
 * Which events are worth a line. The kernel is asked for types only; what is
 * quiet among them is counted and not shown, unless the user chose types.
 */

/* Bit masks of enum closewatch_event_type. */
uint32_t cw_pick_default(void);
uint32_t cw_pick_all(void);

/* Adds the types of WORD[,WORD] to @events. */
int cw_pick_events(uint32_t *events, const char *words, struct cw_fail *fail);

/* True if it ended well, or if another event already reports it. */
bool cw_pick_quiet(const struct cw_msg_event *ev);

#endif
