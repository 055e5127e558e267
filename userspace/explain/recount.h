/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_RECOUNT_H
#define CLOSEWATCH_RECOUNT_H

#include "netlink/decode.h"
#include "netlink/decode_stats.h"

/*
 * Counts an event as the module counts what it makes the event of. No event tells of
 * minisocks, of closes that had nothing to drain, and of drains that run. Pure.
 */
void cw_recount(struct cw_msg_stats *stats, const struct cw_msg_event *ev);

#endif
