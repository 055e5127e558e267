/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_PENDING_H
#define CLOSEWATCH_PENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "netlink/diag_dump.h"

/*
 * Connections that have begun to end and have not ended. Pure functions over
 * what sock_diag tells of one.
 */

/*
 * States in which a FIN was sent or received. Not TIME_WAIT: that connection
 * has ended, both FINs are acknowledged and nothing can be lost.
 */
#define CW_PENDING_STATES						\
	(1U << CLOSEWATCH_STATE_FIN_WAIT1 | 1U << CLOSEWATCH_STATE_FIN_WAIT2 | \
	 1U << CLOSEWATCH_STATE_CLOSE_WAIT | 1U << CLOSEWATCH_STATE_LAST_ACK | \
	 1U << CLOSEWATCH_STATE_CLOSING)

/* What has to happen next. */
enum cw_waits {
	CW_WAITS_CLOSE,		/* the program has read EOF: its close */
	CW_WAITS_READ,		/* the program has not read EOF */
	CW_WAITS_ACCEPT,	/* no program has the socket yet */
	CW_WAITS_DATA_ACK,	/* data of ours is not acknowledged */
	CW_WAITS_FIN_ACK,	/* nor is our FIN, and it alone */
	CW_WAITS_FIN,		/* the peer's */
	CW_WAITS_MAX = CW_WAITS_FIN,
};

extern const struct cw_names cw_waits_names;

enum cw_waits cw_pending_waits(const struct cw_socket *s);

/* Bytes of data, as events have them: no FIN among them. */
struct cw_pending_bytes {
	uint32_t unread;
	uint32_t unsent;
	uint32_t unacked;
};

struct cw_pending_bytes cw_pending_bytes(const struct cw_socket *s);

/* Not of a minisock: for how long nothing has come from the peer. */
uint64_t cw_pending_silent_ms(const struct cw_socket *s);

/* For how long it has been in its state at least; false if not known. */
bool cw_pending_age_ms(const struct cw_socket *s, uint64_t *ms);

/* The order of a list: what has waited longest first. */
int cw_pending_compare(const void *a, const void *b);

/* One sentence. @age_ms: what cw_pending_age_ms() said, or better. */
void cw_pending_say(struct cw_text *t, const struct cw_socket *s,
		    const uint64_t *age_ms);

/* What ends such waits. */
const char *cw_pending_remedy(const struct cw_socket *s);

#endif
