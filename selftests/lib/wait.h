/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waiting for conditions. Guests are emulated and slow, so the limit is
 * generous; it only bounds a test that is going to fail.
 */
#ifndef CLOSEWATCH_SELFTEST_WAIT_H
#define CLOSEWATCH_SELFTEST_WAIT_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define NSEC_PER_SEC	1000000000LL
#define WAIT_LIMIT_NS	(60 * NSEC_PER_SEC)

static inline int64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/*
 * The least by the clock that the kernel takes for a timer of a second. It
 * counts ticks, and those of a guest that waited for its CPU lag and catch up.
 */
#define TICKS_OF_A_SECOND	(NSEC_PER_SEC * 3 / 4)

/* CLOCK_MONOTONIC in ns */
static inline int64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* Evaluate @cond until it is true or the limit has passed; yields its truth */
#define WAIT_FOR(cond) ({						\
	int64_t __end = now_ns() + WAIT_LIMIT_NS;			\
	bool __true;							\
									\
	while (!(__true = !!(cond)) && now_ns() < __end)		\
		poll(NULL, 0, 1);					\
	__true;								\
})

#endif
