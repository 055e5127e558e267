/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_ORDER_H
#define CLOSEWATCH_ORDER_H

#include <stdbool.h>

#include "netlink/decode.h"

/*
 * Where both ends of a connection are on this host, the close that sends an RST
 * is over, and recorded, after the peer has met it. Here the cause comes first
 * again, as far as the two are in one batch. Pure.
 */

/* More than a message of the module holds, lost records apart. */
#define CW_ORDER_MAX	64

/* The events of a message, in order of their numbers in @at. */
struct cw_order {
	struct cw_msg_event list[CW_ORDER_MAX];
	uint8_t at[CW_ORDER_MAX];
	unsigned int count;
};

/* Has @effect happened because of the close or shutdown that is @cause? */
bool cw_order_follows(const struct cw_msg_event *effect,
		      const struct cw_msg_event *cause);

/* Adds @ev behind the others, or before the first that is its effect. */
void cw_order_add(struct cw_order *o, const struct cw_msg_event *ev);

#endif
