// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/utf8.h"
#include "base/util.h"
#include "host/cgroups.h"

/* FILEID_KERNFS of the kernel: the handle is the id. */
#define HANDLE_TYPE	0xfe

static int open_mount(void)
{
	/* Where both versions are in use, version 2 is a level deeper. */
	static const char *const mounts[] = {
		CW_CGROUP_ROOT, CW_CGROUP_ROOT "/unified",
	};
	struct statfs fs;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mounts); i++)
		if (!statfs(mounts[i], &fs) && fs.f_type == CGROUP2_SUPER_MAGIC)
			return open(mounts[i],
				    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return -1;
}

/* What the kernel calls the file @fd; false if it has no name. */
static bool name_of(int fd, char *to, size_t size)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, to, size - 1);
	if (n <= 0)
		return false;
	to[n] = '\0';
	return true;
}

static void read_path(const struct cw_cgroups *c, struct cw_cgroup *g)
{
	union {
		struct file_handle head;
		char room[sizeof(struct file_handle) + sizeof(g->id)];
	} fh = {
		.head = { .handle_bytes = sizeof(g->id),
			  .handle_type = HANDLE_TYPE },
	};
	char root[PATH_MAX], path[PATH_MAX], *below;
	int fd;

	memcpy(fh.head.f_handle, &g->id, sizeof(g->id));
	fd = open_by_handle_at(c->mount, &fh.head, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (name_of(c->mount, root, sizeof(root)) &&
	    name_of(fd, path, sizeof(path)) &&
	    !strncmp(path, root, strlen(root))) {
		below = path + strlen(root);
		cw_container_parse(&g->container, below);
		if (!*below)
			below = "/";
		cw_utf8_escape(g->path, sizeof(g->path), below, strlen(below),
			       false);
	}
	close(fd);
}

static bool begin(struct cw_cgroups *c)
{
	c->known = calloc(CW_CGROUPS, sizeof(*c->known));
	if (c->known)
		c->mount = open_mount();
	return c->known;
}

const struct cw_cgroup *cw_cgroups_find(struct cw_cgroups *c, uint64_t id)
{
	struct cw_cgroup *g;

	if (!id || (!c->known && !begin(c)))
		return NULL;
	/* Ids are given in order, so those that are alive differ here. */
	g = &c->known[id % CW_CGROUPS];
	if (g->id != id) {
		memset(g, 0, sizeof(*g));
		g->id = id;
		if (c->mount >= 0)
			read_path(c, g);
	}
	return g;
}

void cw_cgroups_release(struct cw_cgroups *c)
{
	if (c->mount >= 0)
		close(c->mount);
	free(c->known);
	*c = (struct cw_cgroups)CW_CGROUPS_INIT;
}
