// SPDX-License-Identifier: GPL-2.0
#include "cgroup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

int cgroup_make(struct cgroup *c)
{
	struct stat st;

	strcpy(c->mount, "/tmp/closewatch-cgroup-XXXXXX");
	if (!mkdtemp(c->mount) ||
	    mount("none", c->mount, "cgroup2", 0, NULL) < 0) {
		perror("# cgroup2");
		return -1;
	}
	snprintf(c->dir, sizeof(c->dir), "%s/closewatch-%d", c->mount, getpid());
	if (mkdir(c->dir, 0755) < 0 || stat(c->dir, &st) < 0)
		return -1;
	c->id = st.st_ino;
	return 0;
}

int cgroup_join(void *arg)
{
	const struct cgroup *c = arg;
	char path[128];

	snprintf(path, sizeof(path), "%s/cgroup.procs", c->dir);
	return file_write(path, "0");
}

void cgroup_remove(struct cgroup *c)
{
	rmdir(c->dir);
	umount2(c->mount, MNT_DETACH);
	rmdir(c->mount);
}
