/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_LISTENERS_H
#define CLOSEWATCH_LISTENERS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The local ports on which something listens in this program's network namespace,
 * or did: a port that was a server's stays one.
 */
struct cw_listeners {
	uint8_t bits[65536 / 8];
	uint64_t looked;	/* when, ns of CLOCK_MONOTONIC */
};

/* What listens now, below @root, normally "/proc". */
void cw_listeners_read(struct cw_listeners *l, const char *root);

static inline void cw_listeners_add(struct cw_listeners *l, uint16_t port)
{
	l->bits[port / 8] |= 1 << port % 8;
}

static inline bool cw_listeners_have(const struct cw_listeners *l, uint16_t port)
{
	return l->bits[port / 8] >> port % 8 & 1;
}

/* The same, but with a look at /proc, once a second at most, for a port not found. */
bool cw_listeners_find(struct cw_listeners *l, uint16_t port);

#endif
