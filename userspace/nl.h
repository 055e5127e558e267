/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_NL_H
#define CLOSEWATCH_NL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "decode.h"
#include "fail.h"
#include "filter.h"

/* The only part of the utility that touches netlink sockets. */

struct cw_nl;

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

/* @added: as the kernel has it, with its id and what was left to it. */
int cw_nl_policy_add(struct cw_nl *nl, const struct cw_policy *policy,
		     struct cw_policy *added, struct cw_fail *fail);
int cw_nl_policy_del(struct cw_nl *nl, uint32_t id, struct cw_fail *fail);

/*
 * Of @of only its netns_fd and all_netns are present: they say of which
 * network namespace a request is.
 */
int cw_nl_policy_flush(struct cw_nl *nl, const struct cw_policy *of,
		       struct cw_fail *fail);
/* When it returns the drains are over. */
int cw_nl_drain_off(struct cw_nl *nl, const struct cw_policy *of,
		    struct cw_fail *fail);

typedef void cw_policy_fn(void *arg, const struct cw_policy *policy);
typedef void cw_drain_fn(void *arg, const struct cw_event *drain);

/* Calls @fn for each policy or drain. */
int cw_nl_policies(struct cw_nl *nl, const struct cw_policy *of,
		   cw_policy_fn *fn, void *arg, struct cw_fail *fail);
int cw_nl_drains(struct cw_nl *nl, const struct cw_policy *of, cw_drain_fn *fn,
		 void *arg, struct cw_fail *fail);

/*
 * One question to sock_diag(7) in the network namespace @netns_fd, or in this
 * program's if that is -1. Returns the length of the answer, or -1.
 */
ssize_t cw_nl_diag(int netns_fd, const void *request, size_t len, void *reply,
		   size_t size);

#endif
