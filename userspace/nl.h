/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_NL_H
#define CLOSEWATCH_NL_H

#include <stdbool.h>
#include <stddef.h>

#include "decode.h"
#include "fail.h"
#include "filter.h"

/* The only part of the utility that touches netlink sockets. */

struct cw_nl;

/* The attributes of one event message, for cw_decode_events(). */
typedef void cw_nl_event_fn(void *arg, const void *attrs, size_t len);

/*
 * Opens a socket to the module's family. Events that arrive during any later
 * call go to @fn.
 */
int cw_nl_open(struct cw_nl **nl, cw_nl_event_fn *fn, void *arg,
	       struct cw_fail *fail);
void cw_nl_close(struct cw_nl *nl);

/* For poll(); readable means that cw_nl_receive() has work. */
int cw_nl_fd(const struct cw_nl *nl);

/* Returns with the probes armed. */
int cw_nl_subscribe(struct cw_nl *nl, const struct cw_filter *f,
		    struct cw_fail *fail);

/*
 * Takes what one read gives, without waiting. Fails if the module was
 * unloaded. @overrun tells that the kernel had to drop messages.
 */
int cw_nl_receive(struct cw_nl *nl, bool *overrun, struct cw_fail *fail);

/*
 * Ends the subscription. Pending events still go to the handler; @figures
 * holds the kernel's own count, with nothing present if it did not come.
 */
void cw_nl_unsubscribe(struct cw_nl *nl, struct cw_listener *figures);

int cw_nl_info(struct cw_nl *nl, struct cw_info *info, struct cw_fail *fail);

/* The counters of this program's network namespace. */
int cw_nl_stats(struct cw_nl *nl, struct cw_stats *stats, struct cw_fail *fail);

/*
 * The inode of the socket of @ev, as /proc/PID/fd shows it; 0 if the
 * connection is gone, or is of another network namespace than this program.
 */
unsigned long cw_nl_socket_inode(const struct cw_event *ev);

#endif
