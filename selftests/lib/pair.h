/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A TCP connection over loopback. "us" is the end whose close is under test,
 * "them" the peer.
 */
#ifndef CLOSEWATCH_SELFTEST_PAIR_H
#define CLOSEWATCH_SELFTEST_PAIR_H

#include "sock.h"

struct pair_opts {
	enum flavour flavour;
	bool we_connect;	/* us is the client; otherwise the accepted end */
	int our_sndbuf;		/* 0 leaves the default, as below */
	int their_rcvbuf;
};

struct pair {
	int us, them, listener;
	struct address local, remote;
	uint64_t cookie;
};

int pair_open(struct pair *p, const struct pair_opts *o);
void pair_close(struct pair *p);
int pair_once(void);	/* both over IPv4: closes of a connection and a listener */

/*
 * Deafen the peer once all that it sent is acknowledged: then neither end has
 * anything to send again, and our end can vanish without the peer's
 * retransmission drawing a RST for no socket.
 */
int isolate(struct pair *p);

/* Leave 3 bytes unread at our end, with the peer isolated */
int leave_unread(struct pair *p);

/* The peer closes with SO_LINGER 0 */
int peer_aborts(struct pair *p);

#endif
