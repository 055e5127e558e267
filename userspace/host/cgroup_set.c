// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/cgroup_set.h"
#include "host/container.h"

static void learn(struct cw_cgroup_set *c, uint64_t id, bool in)
{
	void *bigger;

	if (c->count == c->room) {
		bigger = reallocarray(c->known, c->room + 256,
				      sizeof(*c->known));
		if (!bigger)
			return;
		c->known = bigger;
		c->room += 256;
	}
	c->known[c->count++] = (struct cw_cgroup_known){ id, in };
}

static void find_process(struct cw_cgroup_set *c, int dir)
{
	int fd = openat(dir, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	char text[16] = "";

	if (fd < 0)
		return;
	if (read(fd, text, sizeof(text) - 1) > 0)
		c->pid = strtoul(text, NULL, 10);
	close(fd);
}

/* The id of a cgroup is the inode of its directory. Closes @fd. */
static void walk(struct cw_cgroup_set *c, int fd, bool in)
{
	DIR *dir = fdopendir(fd);
	struct dirent *d;

	if (!dir) {
		close(fd);
		return;
	}
	if (in && !c->pid)
		find_process(c, fd);
	while ((d = readdir(dir))) {
		bool is = in || (c->container &&
				 cw_container_is(d->d_name, c->container));

		if (d->d_type != DT_DIR || !strcmp(d->d_name, ".") ||
		    !strcmp(d->d_name, ".."))
			continue;
		learn(c, d->d_ino, is);
		fd = openat(dirfd(dir), d->d_name, O_RDONLY | O_DIRECTORY |
			    O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0)
			walk(c, fd, is);
	}
	closedir(dir);
}

/* Of two with one id, the one that is in comes first. */
static int compare(const void *a, const void *b)
{
	const struct cw_cgroup_known *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return y->in - x->in;
}

static void sort(struct cw_cgroup_set *c)
{
	size_t i, kept = 0;

	if (!c->count)
		return;
	qsort(c->known, c->count, sizeof(*c->known), compare);
	for (i = 0; i < c->count; i++)
		if (!kept || c->known[i].id != c->known[kept - 1].id)
			c->known[kept++] = c->known[i];
	c->count = kept;
}

static void look(struct cw_cgroup_set *c)
{
	int fd = open(c->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return;
	if (!fstat(fd, &st))
		learn(c, st.st_ino, !c->container);
	walk(c, fd, !c->container);
	sort(c);
}

int cw_cgroup_set_open(struct cw_cgroup_set *c, const char *path,
		       const char *container)
{
	cw_cgroup_set_release(c);
	c->path = strdup(path);
	c->container = container ? strdup(container) : NULL;
	if (!c->path || (container && !c->container))
		return -ENOMEM;
	look(c);
	return 0;
}

void cw_cgroup_set_release(struct cw_cgroup_set *c)
{
	free(c->path);
	free(c->container);
	free(c->known);
	*c = (struct cw_cgroup_set){ 0 };
}

static const struct cw_cgroup_known *find(const struct cw_cgroup_set *c, uint64_t id)
{
	size_t low = 0, high = c->count;

	while (low < high) {
		size_t at = (low + high) / 2;

		if (c->known[at].id == id)
			return &c->known[at];
		if (c->known[at].id < id)
			low = at + 1;
		else
			high = at;
	}
	return NULL;
}

/* An id is never used again, so what is not there now never will be. */
bool cw_cgroup_set_have(struct cw_cgroup_set *c, uint64_t id)
{
	const struct cw_cgroup_known *known;

	if (!id)
		return false;
	known = find(c, id);
	if (!known) {
		look(c);
		known = find(c, id);
	}
	if (!known) {
		learn(c, id, false);
		sort(c);
	}
	return known && known->in;
}

size_t cw_cgroup_set_count(const struct cw_cgroup_set *c, uint64_t *id)
{
	size_t i, n = 0;

	for (i = 0; i < c->count; i++) {
		if (!c->known[i].in)
			continue;
		*id = c->known[i].id;
		n++;
	}
	return n;
}
