/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_NL_REQUEST_H
#define CLOSEWATCH_NL_REQUEST_H

#include <stddef.h>

#include "fail.h"
#include "nl.h"

/* How nl.c and nl_policy.c ask the module. */

struct nl_msg;

/* Nests of type @attr in the replies go to @take; a dump has many. */
struct cw_nl_want {
	unsigned int attr;
	void (*take)(void *to, const void *attrs, size_t len);
	void *to;
};

/* A message that waits for its attributes, or NULL: out of memory. */
struct nl_msg *cw_nl_request(struct cw_nl *nl, int cmd, int flags);

/*
 * Sends @msg, which is taken over, and waits for the answer or the end of the
 * dump. @want may be NULL. 0 or a negative errno.
 */
int cw_nl_exchange(struct cw_nl *nl, struct nl_msg *msg,
		   const struct cw_nl_want *want);

/* What to say of @err; @what was asked for. Returns an exit code. */
int cw_nl_fail(const struct cw_nl *nl, int err, const char *what,
	       struct cw_fail *fail);

#endif
