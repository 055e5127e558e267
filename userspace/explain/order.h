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

/* Events of a message that are held back, in order of their numbers in @at. */
struct cw_order {
	struct cw_msg_event list[CW_ORDER_MAX];
	uint8_t at[CW_ORDER_MAX];
	unsigned int count;
	uint64_t effects;	/* bits of their pairs of ports */
};

/* Has @effect happened because of the close or shutdown that is @cause? */
bool cw_order_follows(const struct cw_msg_event *effect,
		      const struct cw_msg_event *cause);

/* Where the next event is decoded into: there is room unless CW_ORDER_MAX are held. */
static inline struct cw_msg_event *cw_order_next(struct cw_order *o)
{
	return &o->list[o->count];
}

static inline void cw_order_clear(struct cw_order *o)
{
	o->count = 0;
	o->effects = 0;
}

/*
 * Holds the event there back: behind the others, or before the first that is its
 * effect. False if it need not be, as no event can have to come before it.
 */
bool cw_order_hold(struct cw_order *o);

#endif
