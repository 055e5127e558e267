/* SPDX-License-Identifier: GPL-2.0 */
/* Network namespaces and the sysctls that live in them. */
#ifndef CLOSEWATCH_SELFTEST_NETNS_H
#define CLOSEWATCH_SELFTEST_NETNS_H

#include <stdbool.h>
#include <stdint.h>

/* Move the caller to a new namespace whose loopback device is up */
int netns_enter(void);
int loopback_set(bool up);

/* A descriptor of the caller's namespace, or of the initial one */
int netns_open(void);
int netns_open_init(void);

/* Move the caller to the namespace behind @fd */
int netns_switch(int fd);

/* The number that events carry for the caller's namespace */
uint64_t netns_inode(void);

/* Write below /proc/sys as seen from the caller's namespace */
int sysctl_write(const char *name, const char *value);

/*
 * A sysctl that exists in the initial namespace alone. The old value comes
 * back with sysctl_restore(), which the test's teardown must call.
 */
struct sysctl {
	const char *name;
	char old[128];
};

int sysctl_set_init(struct sysctl *s, const char *name, const char *value);
int sysctl_restore(struct sysctl *s);

#endif
