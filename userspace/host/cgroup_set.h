/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_CGROUP_SET_H
#define CLOSEWATCH_CGROUP_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Some cgroups of v2: one with all below it, or those of a container, by their
 * ids. One that is made later is found when its id is first asked for.
 */
struct cw_cgroup_set {
	char *path;		/* where to look; NULL: no cgroup is meant */
	char *container;	/* its id, or the beginning; NULL: all below @path */
	struct cw_cgroup_known {
		uint64_t id;
		bool in;
	} *known;		/* by id */
	size_t count, room;
	uint32_t pid;		/* a process in one of them, or 0 */
};

/* Takes copies; @container may be NULL. 0 or -ENOMEM. */
int cw_cgroup_set_open(struct cw_cgroup_set *c, const char *path,
		       const char *container);
void cw_cgroup_set_release(struct cw_cgroup_set *c);

/* Is the cgroup with this id one of them? 0 is never. */
bool cw_cgroup_set_have(struct cw_cgroup_set *c, uint64_t id);

/* How many there are, with the id of one. */
size_t cw_cgroup_set_count(const struct cw_cgroup_set *c, uint64_t *id);

#endif
