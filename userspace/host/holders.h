/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_HOLDERS_H
#define CLOSEWATCH_HOLDERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

/*
 * Who holds a socket open, as /proc shows it a moment after the event: best
 * effort. Descriptors in flight over a unix socket, held by io_uring or in
 * processes that this user may not look into are not found.
 */
#define CW_HOLDERS_MAX	8

struct cw_holder {
	uint32_t pid;
	uint32_t fd;
	struct cw_bytes comm;
};

struct cw_holders {
	struct cw_holder list[CW_HOLDERS_MAX];
	unsigned int count;
	bool cut;		/* there may be more: time or room ran out */
};

/*
 * Looks below @root, normally "/proc", for descriptors of socket @inode, and
 * no longer than @limit_ms.
 */
void cw_holders_find(struct cw_holders *h, const char *root,
		     unsigned long inode, unsigned int limit_ms);

/* @inode is 0 unless the descriptor is of a socket; false ends the walk. */
typedef bool cw_holder_fn(void *arg, const char *pid, const char *fd,
			  unsigned long inode);

/*
 * All descriptors that this user may see below @root. @denied: there are
 * processes whose descriptors it may not. False if there is no /proc.
 */
bool cw_holders_walk(const char *root, cw_holder_fn *fn, void *arg,
		     bool *denied);

/* Fills in all of @h, of which only the comm may stay empty. */
void cw_holder_read(const char *root, const char *pid, const char *fd,
		    struct cw_holder *h);

#endif
