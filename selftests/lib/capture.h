/* SPDX-License-Identifier: GPL-2.0 */
/* The packet oracle: the TCP segments that crossed an interface. */
#ifndef CLOSEWATCH_SELFTEST_CAPTURE_H
#define CLOSEWATCH_SELFTEST_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct packet {
	int64_t time;			/* CLOCK_REALTIME */
	uint16_t src, dst;
	uint32_t seq, ack, len, window;
	bool syn, fin, rst, has_ack;
	uint8_t scale;			/* of a SYN's option */
};

struct capture;

/* Listen on an interface of the caller's namespace; NULL on failure */
struct capture *capture_open(const char *interface);
void capture_close(struct capture *c);

/* Take what has come; false when packets were lost or nothing works */
bool capture_read(struct capture *c);

/* Read all that was on lo before this call, when that is the interface */
int capture_sync(struct capture *c);

/* All that were taken, in the order of their time */
const struct packet *capture_packets(const struct capture *c, size_t *n);

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
		 struct packet *first, struct packet *last);

/*
 * RSTs from @src to @dst that no socket decided on, and that say nothing of how the
 * connection ended. A slow machine sends a segment twice, and the second meets nobody:
 * the acknowledgment of a FIN when both sides' FINs were acknowledged, and any segment
 * when @src has aborted, also when its own RST is still to come.
 */
int capture_strays(const struct capture *c, uint16_t src, uint16_t dst);

/* RSTs sent from @port to anybody */
int capture_rsts_from(const struct capture *c, uint16_t port);

#endif
