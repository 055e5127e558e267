/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_CGROUPS_H
#define CLOSEWATCH_CGROUPS_H

#include <stdint.h>

#include "host/container.h"

/*
 * Cgroups of version 2 by their ids, as events have them. What was found is
 * kept: an id is not used again. A cgroup that is gone before it was seen, or
 * whose path this user may not ask for (CAP_DAC_READ_SEARCH), has none.
 */
#define CW_CGROUPS	512
#define CW_CGROUP_ROOT	"/sys/fs/cgroup"
#define CW_CGROUP_NAMED	600	/* room for that and the path of a cgroup */

struct cw_cgroup {
	uint64_t id;
	char path[512];		/* below the mount, escaped; empty: unknown */
	struct cw_container container;
};

struct cw_cgroups {
	int mount;		/* -1: not open */
	struct cw_cgroup *known;
};

#define CW_CGROUPS_INIT { .mount = -1 }

/* NULL if there is nothing to be known; else valid until the next call. */
const struct cw_cgroup *cw_cgroups_find(struct cw_cgroups *c, uint64_t id);

void cw_cgroups_release(struct cw_cgroups *c);

#endif
