/* SPDX-License-Identifier: GPL-2.0 */
/* Another user of the machine: a child without any right of root. */
#ifndef CLOSEWATCH_SELFTEST_TENANT_H
#define CLOSEWATCH_SELFTEST_TENANT_H

#include <stdbool.h>
#include <sys/types.h>

#define NOBODY	65534

struct tenant {
	uid_t uid;
	bool contained;	/* root of a user and a network namespace of its own */
	pid_t pid;
	int wire;
};

/*
 * Let it do @act, and then others. Returns what that returned, from 0 to 127, or
 * -1. The tenant is a copy of the caller at its start. It stays, with all its
 * sockets, until it is stopped.
 */
int tenant_start(struct tenant *t, int (*act)(void *arg), void *arg);
int tenant_do(struct tenant *t, int (*act)(void *arg), void *arg);
int tenant_stop(struct tenant *t);

/* The thread @tid, of the caller's, sleeps inside the kernel for some time */
bool thread_sleeps(pid_t tid);

#endif
