/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_CLOSE_WAIT_H
#define CLOSEWATCH_CLOSE_WAIT_H

#include "base/fail.h"
#include "explain/stays.h"
#include "output/record_pending.h"
#include "request/match.h"

/*
 * Sockets whose peers have sent FIN long ago and that are not closed. A leaked
 * descriptor makes no event, so sock_diag is asked now and then.
 */

/* @row lives until the return; false: show no more. */
typedef bool cw_close_wait_fn(void *arg, struct cw_pending_row *row);

struct cw_close_wait {
	const struct cw_match *match;
	struct cw_stays stays;
	cw_close_wait_fn *fn;
	void *arg;
};

/* @match is of one network namespace. */
void cw_close_wait_init(struct cw_close_wait *c,
			const struct cw_match *match, uint32_t seconds,
			cw_close_wait_fn *fn, void *arg);

/* Shows what is due. @next: when to look again (CLOCK_MONOTONIC in ns). */
int cw_close_wait_look(struct cw_close_wait *c, uint64_t *next,
		       struct cw_fail *fail);

void cw_close_wait_release(struct cw_close_wait *c);

#endif
