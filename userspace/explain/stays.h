/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_STAYS_H
#define CLOSEWATCH_STAYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netlink/diag_dump.h"

/*
 * For how long sockets have stayed in a state, over several dumps of those in
 * it. Pure; all times are of one clock, in ms.
 */

struct cw_stay {
	uint64_t cookie;
	uint64_t since;		/* at the latest */
	bool told;
	uint8_t missed;		/* the last dumps that lacked it */
};

struct cw_stays {
	uint64_t limit;		/* a stay is due once it has lasted so long */
	struct cw_stay *list;	/* by cookie */
	size_t count;
};

/* Merges a dump that ended at @now. 0 or -ENOMEM. */
int cw_stays_update(struct cw_stays *t, const struct cw_socket *list,
		    size_t n, uint64_t now);

/* For how long, at least. */
uint64_t cw_stays_age(const struct cw_stays *t, const struct cw_socket *s,
		      uint64_t now);

/* The stay of a socket of the last dump, if it is due and not told. */
struct cw_stay *cw_stays_due(const struct cw_stays *t,
			     const struct cw_socket *s, uint64_t now);

/* When the next dump is worth its cost. */
uint64_t cw_stays_next(const struct cw_stays *t, uint64_t now);

void cw_stays_release(struct cw_stays *t);

#endif
