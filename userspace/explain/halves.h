/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_HALVES_H
#define CLOSEWATCH_HALVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/closewatch.h>

#include "netlink/decode.h"

/*
 * Connections as one end knows them, from recorded events. Of a connection a half
 * is what all events of one socket say together. Pure.
 */

/* Whose an event is. */
struct cw_half_of {
	unsigned int recording;	/* 0 or 1, in the order of the command line */
	uint64_t boot;		/* of the host; 0: not known */
	bool listening;		/* something listens on the local port */
	bool matched;		/* the conditions of the command line hold */
};

struct cw_half {
	/*
	 * The ends have no v4-mapped address; the figures are the last known, the
	 * path, the unread bytes and the closer those of the close, and each other
	 * member that of the event that has it.
	 */
	struct cw_msg_event ev;
	struct cw_half_of of;
	uint64_t first, last;	/* times of its events */
	uint64_t begin;		/* when it was established; 0: not known */
	uint64_t written;	/* by the program, the most that is known */
	uint64_t read;		/* by the program, if it is @closed */
	bool closed;		/* or ended without a program: none reads any more */
	bool received_all;	/* TCP takes no more of the peer's bytes */
	bool sent_all;		/* TCP sends no more of ours for the first time */
	bool fin;		/* queued; sent, unless it is kept, see below */
	bool shutdown;		/* by a shutdown, as is known; see below */
	bool rst;		/* sent */
	bool got_fin, got_rst;
	struct cw_half *peer;	/* see join.h */
};

struct cw_halves {
	void *tree;
	size_t n;
	struct cw_half **list;	/* see cw_halves_list() */
	uint64_t missed;	/* events that are not recorded, at most */
};

/* Events in the order in which they were recorded. False: out of memory. */
bool cw_halves_add(struct cw_halves *h, const struct cw_msg_event *ev,
		   const struct cw_half_of *of);

/*
 * Once all are there. The halves of a connection, and of those that had the same
 * ends before and after it, stand together, those of one side first. False: out of
 * memory.
 */
bool cw_halves_list(struct cw_halves *h);
void cw_halves_release(struct cw_halves *h);

/* Negative, 0 or positive, as the ends of one connection are before those of the other. */
int cw_half_compare_ends(const struct cw_half *a, const struct cw_half *b);
/* Negative or positive: which side of its connection it is; 0: both, of itself. */
int cw_half_side(const struct cw_half *h);

/* An RST by a host that had no socket; nothing else is known of that side. */
static inline bool cw_half_socketless(const struct cw_half *h)
{
	return !h->ev.cookie;
}

/* Its figures are known. */
#define cw_half_counted(h)	cw_event_has(&(h)->ev, SENT)

/* A FIN is behind all data: what is never sent keeps it back. */
static inline bool cw_half_kept_fin(const struct cw_half *h)
{
	return h->fin && h->ev.lost_bytes;
}

/* A close that finds the connection over has not queued the FIN. */
static inline bool cw_half_shut_down(const struct cw_half *h)
{
	return h->shutdown ||
	       (h->fin && cw_event_has(&h->ev, PATH) &&
		h->ev.path == CLOSEWATCH_PATH_ALREADY_CLOSED);
}

/* Nothing here trusts what it read. */
static inline uint64_t cw_less(uint64_t from, uint64_t what)
{
	return from > what ? from - what : 0;
}

/* Bytes sent, each once. */
static inline uint64_t cw_half_sent(const struct cw_half *h)
{
	return cw_less(h->ev.sent, h->ev.retransmitted);
}

#endif
