/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_PENDING_TALLY_H
#define CLOSEWATCH_PENDING_TALLY_H

#include <stdio.h>

#include "explain/pending.h"
#include "host/owners.h"

/* Pending connections by state, by what they wait for, and by program. */

#define CW_PENDING_PIDS	4	/* that the summary names */

struct cw_pending_group {
	struct cw_socket first;
	struct cw_bytes comm;	/* empty: the owner is not known */
	uint32_t pids[CW_PENDING_PIDS];
	unsigned int pid_count;	/* more than have room: there are others */
	size_t count;
};

struct cw_pending_tally {
	struct cw_pending_group *groups;
	size_t count;
};

/* In the order of cw_pending_compare(). 0 or -ENOMEM. */
int cw_pending_add(struct cw_pending_tally *t, const struct cw_socket *s,
		   const struct cw_owner *owner);
void cw_pending_print(const struct cw_pending_tally *t, FILE *to);
void cw_pending_release(struct cw_pending_tally *t);

#endif
