/* SPDX-License-Identifier: GPL-2.0 */
/* Requests made at random from the netlink spec, right ones and wrong ones. */
#ifndef CLOSEWATCH_HARD_MESSAGE_H
#define CLOSEWATCH_HARD_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "random.h"

#define MESSAGE_MAX	4096

/* What a random attribute may name. The id is that of the last policy that the
 * kernel told of: the one thing in a message that a seed does not decide.
 */
struct material {
	int fds[8];
	uint64_t cookies[4];
	uint64_t id;
};

struct message {
	unsigned char buf[MESSAGE_MAX];
	size_t len;		/* that is sent */
	uint8_t cmd;
	bool whole;		/* its length is right */
	bool sound;		/* up to its attributes: must be answered */
	bool acked;		/* asks for an answer in any case */
	bool dump;
};

void message_make(struct message *m, struct random *r, uint16_t family,
		  uint32_t seq, const struct material *mat);

/* The name of a command, or NULL for one that cannot be requested */
const char *message_op(uint8_t cmd);

#endif
