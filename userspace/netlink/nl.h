/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_NL_H
#define CLOSEWATCH_NL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"

/* The socket to the module: what is sent and received on it. */

struct cw_nl;
struct nl_msg;

/* The attributes of one event message, for cw_decode_events(). */
typedef void cw_nl_event_fn(void *arg, const void *attrs, size_t len);

/*
 * Opens a socket to the module's family. Events that arrive during any later
 * call go to @fn; without a subscription there are none, and it may be NULL.
 */
int cw_nl_open(struct cw_nl **nl, cw_nl_event_fn *fn, void *arg,
	       struct cw_fail *fail);
void cw_nl_close(struct cw_nl *nl);

/* For poll(); readable means that cw_nl_receive() has work. */
int cw_nl_fd(const struct cw_nl *nl);

/*
 * Takes what one read gives, without waiting. Fails if the module was
 * unloaded. @overrun is set when the kernel dropped messages.
 */
int cw_nl_receive(struct cw_nl *nl, bool *overrun, struct cw_fail *fail);

/* Nests of type @attr in the replies go to @take; a message may have many. */
struct cw_nl_want {
	unsigned int attr;
	void (*take)(void *to, const void *attrs, size_t len);
	void *to;
	int silence_ms;		/* that ends the wait; 0: the usual */
};

/* A message that waits for its attributes, or NULL: out of memory. */
struct nl_msg *cw_nl_request(struct cw_nl *nl, int cmd, int flags);

/* The same, with @room for its attributes. */
struct nl_msg *cw_nl_request_sized(struct cw_nl *nl, int cmd, int flags,
				   size_t room);

/* Where in the last request the kernel found what it refused; 0: it did not say. */
uint32_t cw_nl_refused(const struct cw_nl *nl);

/* What the last request listed changed meanwhile: some may be missing, or there twice. */
bool cw_nl_interrupted(const struct cw_nl *nl);

/*
 * Sends @msg, which is taken over, and waits for the answer or the end of the
 * dump. @want may be NULL. 0 or a negative errno.
 */
int cw_nl_exchange(struct cw_nl *nl, struct nl_msg *msg,
		   const struct cw_nl_want *want);

/* Describes @err of the request @what. Returns an exit code. */
int cw_nl_fail(const struct cw_nl *nl, int err, const char *what,
	       struct cw_fail *fail);

#endif
