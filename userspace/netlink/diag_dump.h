/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_DIAG_DUMP_H
#define CLOSEWATCH_DIAG_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/fail.h"

/* All TCP sockets in some states, as sock_diag(7) tells them. */

enum cw_timer {
	CW_TIMER_NONE, CW_TIMER_RETRANSMIT, CW_TIMER_KEEPALIVE,
	CW_TIMER_MINISOCK, CW_TIMER_PERSIST,
};

struct cw_socket {
	uint64_t cookie;
	uint64_t cgroup;	/* where it was made; 0: not told */
	struct cw_ends ends;	/* as on the wire: no v4-mapped addresses */
	uint32_t inode;		/* 0: no process has it open */
	uint32_t uid;		/* only with an inode */
	uint8_t state;		/* enum closewatch_state */
	uint8_t timer;		/* enum cw_timer */
	uint8_t retransmits;	/* what the timer has sent in vain */
	uint32_t timer_ms;	/* until it expires */
	/* The kernel's queues count an unread and an unacknowledged FIN as 1. */
	uint32_t rqueue;
	uint32_t wqueue;
	/* From struct tcp_info, which a minisock has not: then @full is false. */
	bool full;
	uint8_t backoff;
	uint32_t notsent;
	uint32_t rto_us;
	uint32_t last_ack_ms;	/* since a segment with a valid ACK came */
	uint32_t last_data_ms;	/* since data came */
};

typedef void cw_socket_fn(void *arg, const struct cw_socket *s);

/*
 * The sockets of one datagram of a dump. 1: more follow. 0: it was the last.
 * -EPROTO for what is no such datagram, or the kernel's error.
 */
int cw_diag_decode(const void *buf, size_t len, cw_socket_fn *fn, void *arg);

/*
 * Those in @states, bits by enum closewatch_state, of the network namespace
 * @netns_fd, or this program's if that is -1. Needs no capability there. One
 * that changes meanwhile may be told twice or not at all.
 */
int cw_diag_dump(int netns_fd, uint32_t states, cw_socket_fn *fn, void *arg,
		 struct cw_fail *fail);

#endif
