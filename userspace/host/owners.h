/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_OWNERS_H
#define CLOSEWATCH_OWNERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/holders.h"

/* Who has which of many sockets open, by one walk of /proc: best effort. */

struct cw_owner {
	uint32_t inode;
	struct cw_holder holder;
};

struct cw_owners {
	struct cw_owner *list;	/* by inode */
	size_t count;
	bool denied;		/* some processes may not be looked into */
};

/*
 * Looks below @root, normally "/proc", for descriptors of the @n sockets
 * @inodes, which it sorts. 0 or -ENOMEM.
 */
int cw_owners_find(struct cw_owners *o, const char *root, uint32_t *inodes,
		   size_t n);
void cw_owners_release(struct cw_owners *o);

/* The first of the @count owners of a socket. */
const struct cw_owner *cw_owners_of(const struct cw_owners *o, uint32_t inode,
				    size_t *count);

#endif
