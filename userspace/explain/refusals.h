/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_REFUSALS_H
#define CLOSEWATCH_REFUSALS_H

#include <stdbool.h>
#include <stdint.h>

#include "netlink/decode.h"

/*
 * The sockets whose drain was refused, the last ones: their close follows, and is
 * not to be advised what has just failed.
 */
#define CW_REFUSALS	64

struct cw_refusals {
	uint64_t cookie[CW_REFUSALS];
	unsigned int n;
};

/* To be called with each event: is its socket one of them? */
bool cw_refusals_see(struct cw_refusals *r, const struct cw_msg_event *ev);

#endif
