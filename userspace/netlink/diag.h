/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_DIAG_H
#define CLOSEWATCH_DIAG_H

#include "base/address.h"
#include "base/fail.h"
#include "netlink/decode.h"

/* Queries to sock_diag(7) about one connection. */

/*
 * A socket to sock_diag in the network namespace @netns_fd, or in this
 * program's if that is -1. -1 with errno.
 */
int cw_diag_open(int netns_fd);

/*
 * The cookie of the connection with these ends in the network namespace
 * @netns_fd, or in this program's if that is -1.
 */
int cw_diag_cookie(const struct cw_ends *ends, int netns_fd, uint64_t *cookie,
		   struct cw_fail *fail);

/*
 * The inode of the socket of @ev, as /proc/PID/fd shows it; 0 if the
 * connection is gone, or is of another network namespace than this program.
 */
unsigned long cw_diag_inode(const struct cw_msg_event *ev);

#endif
