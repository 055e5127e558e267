/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_OFFER_H
#define CLOSEWATCH_OFFER_H

#include "cmd/session.h"
#include "explain/whatif.h"
#include "netlink/nl_ask.h"

/* A drain that is offered with what speaks for it, and armed if that is accepted. */
struct cw_offer {
	struct cw_whatif *whatif;
	struct cw_session *session;
	const struct cw_msg_filter *filter;	/* whose network namespace is meant */
	uint64_t here;	/* the one that is meant if the filter names none */
	struct cw_target target;
	uint64_t elsewhere;	/* that of the event, where it is another; or 0 */
	int width;
	bool open;	/* it was shown with a reason, and waits for its answer */
	char *said;	/* what became of it; NULL: not accepted */
};

/* For what @ev suggests: its program, if that is wanted, or its port. */
void cw_offer_make(struct cw_offer *o, const struct cw_msg_event *ev,
		   bool program);

void cw_offer_print(struct cw_offer *o, FILE *to, int width);

/* Arms it, if it is open. */
void cw_offer_accept(struct cw_offer *o);

void cw_offer_release(struct cw_offer *o);

#endif
