/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_INCOMING_H
#define CLOSEWATCH_INCOMING_H

#include "cmd/whose.h"
#include "explain/order.h"

/*
 * The events of a message of the module: those that are meant, in order of cause and
 * effect, and who has the socket open where that is asked of /proc. Nothing waits
 * for the next message.
 */

/* @holders: NULL if they were not looked for. False: no more of this message. */
typedef bool cw_incoming_fn(void *arg, const struct cw_msg_event *ev,
			    const struct cw_holders *holders);

struct cw_incoming {
	const struct cw_match *match;
	cw_incoming_fn *fn;
	void *arg;
	struct cw_whose whose;
	struct cw_order order;
};

/* Before the filter of @match is sent, which it completes. */
void cw_incoming_init(struct cw_incoming *in, struct cw_match *match,
		      cw_incoming_fn *fn, void *arg);

/* As cw_decode_events(). */
unsigned int cw_incoming_take(struct cw_incoming *in, const void *attrs,
			      size_t len);

#endif
