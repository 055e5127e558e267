/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_RECORD_DRAIN_H
#define CLOSEWATCH_RECORD_DRAIN_H

#include "netlink/decode.h"
#include "output/view.h"

/* A line a drain that runs. */
extern const struct cw_column cw_record_drain_layout[];

/*
 * @reading: counts the readings of one that is repeated, or 0. Returns what
 * cw_view_end() returns.
 */
int cw_record_drain(struct cw_view *v, const struct cw_msg_event *drain,
		    uint32_t reading);

#endif
