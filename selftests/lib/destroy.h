/* SPDX-License-Identifier: GPL-2.0 */
/* What ss -K does: the administrator's end of a socket. */
#ifndef CLOSEWATCH_SELFTEST_DESTROY_H
#define CLOSEWATCH_SELFTEST_DESTROY_H

#include "sock.h"

/*
 * Destroy the socket, orphan or minisock that has these addresses in the
 * caller's namespace. Returns 0 or a negative errno.
 */
int destroy(const struct address *local, const struct address *remote);

/* The state of what has these addresses (the kernel's number), or -errno */
int state_by_address(const struct address *local, const struct address *remote);

#endif
