/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_DIAG_H
#define CLOSEWATCH_DIAG_H

#include "base/address.h"
#include "base/fail.h"
#include "host/holders.h"
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
 * Ends the connection with these ends in this program's network namespace, as
 * ss -K does. 0 or a negative errno.
 */
int cw_diag_destroy(const struct cw_ends *ends);

/*
 * Who has the socket of @ev open. It takes 50 ms at most: the events that wait
 * meanwhile have 8 MiB of room. False if the connection is gone, or is of another
 * network namespace than this program.
 */
bool cw_diag_holders(const struct cw_msg_event *ev, struct cw_holders *holders);

#endif
