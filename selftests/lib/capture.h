/* SPDX-License-Identifier: GPL-2.0 */
/* The packet oracle: what crossed the loopback device. */
#ifndef CLOSEWATCH_SELFTEST_CAPTURE_H
#define CLOSEWATCH_SELFTEST_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct segment {
	uint16_t src, dst;
	uint32_t seq, ack, len;
	bool syn, fin, rst;
};

struct capture;

/* Listen on lo in the caller's namespace; NULL on failure */
struct capture *capture_open(void);
void capture_close(struct capture *c);

/* Read all that was on the wire before this call */
int capture_sync(struct capture *c);

/* One direction of one connection, retransmissions counted once */
struct flow {
	int fins;		/* different FINs */
	int fins_on_data;	/* of these, on a segment with payload */
	int rsts;
	uint64_t bytes;		/* payload bytes from the SYN on */
};

void capture_flow(const struct capture *c, uint16_t src, uint16_t dst,
		  struct flow *flow);

/* The first and the last segment of one direction; -1 if there was none */
int capture_ends(const struct capture *c, uint16_t src, uint16_t dst,
		 struct segment *first, struct segment *last);

/* RSTs sent from @port to anybody */
int capture_rsts_from(const struct capture *c, uint16_t port);

#endif
