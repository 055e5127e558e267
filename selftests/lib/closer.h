/* SPDX-License-Identifier: GPL-2.0 */
/* Closes that happen elsewhere: in a thread, because they block, or in a child. */
#ifndef CLOSEWATCH_SELFTEST_CLOSER_H
#define CLOSEWATCH_SELFTEST_CLOSER_H

#include <pthread.h>
#include <stdatomic.h>

#include "scene.h"

/* A close that may take long, in a thread of its own */
struct slow_close {
	pthread_t thread;
	int fd, ret;
	atomic_int tid;
	atomic_bool done;
	int64_t took_ns;
};

/* Start to close our end; the scene expects that thread as the closer */
int slow_close_start(struct slow_close *c, struct scene *s);

/* Wait for its end; returns what close() did */
int slow_close_finish(struct slow_close *c);

/* A child process that is the only holder of our end */
struct holder {
	pid_t pid;
	int tell;
};

enum holder_order {
	HOLDER_CLOSE = 'c',	/* close it, then exit */
	HOLDER_EXIT = 'e',
	HOLDER_EXEC = 'x',	/* exec with the descriptor close-on-exec */
	HOLDER_EXEC32 = '3',	/* the same, by the call of 32-bit programs */
};

/* Does this kernel serve such calls? */
bool can_call32(void);

/*
 * @prepare runs in the child before it is ready, and may be NULL. The scene
 * expects the child as the closer.
 */
int holder_start(struct holder *h, struct scene *s, int (*prepare)(void *arg),
		 void *arg);

/* Give the order and wait for the child's end; 0 if it went as ordered */
int holder_do(struct holder *h, enum holder_order order);
int holder_kill(struct holder *h);

/* The same, of what another kills */
int holder_await_kill(struct holder *h);

#endif
