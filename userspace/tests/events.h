/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_TESTS_EVENTS_H
#define CLOSEWATCH_TESTS_EVENTS_H

#include <string.h>

#include <linux/closewatch.h>

#include "netlink/decode.h"

/* --- events as the module makes them, from whatever was decoded --- */

static inline void forget_member(struct cw_msg_event *ev, unsigned int attr)
{
	const struct cw_field *f = &cw_event_fields[attr];
	uint8_t *to = (uint8_t *)ev + f->offset;

	if (!cw_has(ev, attr))
		memset(to, 0, f->size);
	else if (f->kind == CW_FIELD_BOOL)
		*to = !!*to;
}

static inline void pair_end(struct cw_msg_event *ev, unsigned int addr,
			    unsigned int port)
{
	ev->present &= ~(1ULL << (port & 63));
	if (cw_has(ev, addr))
		ev->present |= 1ULL << (port & 63);
}

/*
 * What is absent is 0, a bool is 0 or 1, and an address has a port: only of such
 * an event does its record tell all.
 */
static inline void make_regular(struct cw_msg_event *ev)
{
	unsigned int i;

	pair_end(ev, CLOSEWATCH_A_EVENT_LOCAL_ADDR, CLOSEWATCH_A_EVENT_LOCAL_PORT);
	pair_end(ev, CLOSEWATCH_A_EVENT_REMOTE_ADDR, CLOSEWATCH_A_EVENT_REMOTE_PORT);
	for (i = 0; i <= CLOSEWATCH_A_EVENT_MAX; i++)
		if (cw_event_fields[i].kind != CW_FIELD_NONE)
			forget_member(ev, i);
}

#endif
