/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_CONTAINER_H
#define CLOSEWATCH_CONTAINER_H

#include <stdbool.h>

/*
 * The container and the pod that a cgroup's path names, as the container
 * engines and Kubernetes make them. Pure.
 */

#define CW_CONTAINER_ID	64
#define CW_POD_ID	64

struct cw_container {
	char id[CW_CONTAINER_ID + 1];	/* the innermost; empty: in none */
	char pod[CW_POD_ID + 1];	/* a UID with dashes, or podman's id */
};

/* The cgroup @name is that of a container whose id is @begin, or begins so. */
bool cw_container_is(const char *name, const char *begin);

void cw_container_parse(struct cw_container *c, const char *path);

#endif
