/* SPDX-License-Identifier: GPL-2.0 */
/* Segments that no socket sent, and that none will send again. */
#ifndef CLOSEWATCH_SELFTEST_INJECT_H
#define CLOSEWATCH_SELFTEST_INJECT_H

#include "scene.h"

struct forgery {
	uint16_t src, dst;	/* ports; the addresses are the loopback's */
	uint32_t seq, ack;
	unsigned int flags;	/* TH_* of netinet/tcp.h */
	unsigned int len;	/* payload */
	bool shut;		/* the window */
};

int inject(enum flavour flavour, const struct forgery *f);

/*
 * In the peer's name: next in its sequence, @len bytes, and an acknowledgment
 * of all that we have sent or, with @ack_all false, of nothing new.
 */
int inject_as_peer(struct scene *s, unsigned int flags, unsigned int len,
		   bool ack_all);

/* In the peer's name: its FIN, which has been acknowledged, once more */
int inject_fin_again(struct scene *s);

/* In our name: an acknowledgment, as a segment that is sent again has one */
int inject_our_ack(struct scene *s);

/* In the peer's name: no more room, and nothing new acknowledged */
int inject_shut_window(struct scene *s);

#endif
