/* SPDX-License-Identifier: GPL-2.0 */
/* A cgroup v2 of the test's own, wherever the hierarchy is mounted or not. */
#ifndef CLOSEWATCH_SELFTEST_CGROUP_H
#define CLOSEWATCH_SELFTEST_CGROUP_H

#include <stdint.h>

struct cgroup {
	char mount[64], dir[96];
	uint64_t id;		/* the number that events carry */
};

int cgroup_make(struct cgroup *c);
int cgroup_join(void *c);	/* a struct cgroup; for holder_start() */
void cgroup_remove(struct cgroup *c);

#endif
