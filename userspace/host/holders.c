// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host/holders.h"

struct search {
	struct cw_holders *found;
	const char *root;
	unsigned long inode;
	int64_t end_ms;
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void cw_holder_read(const char *root, const char *pid, const char *fd,
		    struct cw_holder *h)
{
	char path[PATH_MAX];
	FILE *f;

	memset(h, 0, sizeof(*h));
	h->pid = strtoul(pid, NULL, 10);
	h->fd = strtoul(fd, NULL, 10);
	snprintf(path, sizeof(path), "%s/%s/comm", root, pid);
	f = fopen(path, "re");
	if (!f)
		return;
	h->comm.len = fread(h->comm.b, 1, sizeof(h->comm.b), f);
	if (h->comm.len && h->comm.b[h->comm.len - 1] == '\n')
		h->comm.len--;
	fclose(f);
}

static unsigned long inode_of(int dir, const char *fd)
{
	static const char prefix[] = "socket:[";
	char link[64];
	ssize_t n = readlinkat(dir, fd, link, sizeof(link) - 1);

	if (n <= 0)
		return 0;
	link[n] = '\0';
	if (strncmp(link, prefix, sizeof(prefix) - 1))
		return 0;
	return strtoul(link + sizeof(prefix) - 1, NULL, 10);
}

/* A process that vanishes meanwhile holds nothing. */
static bool walk_process(const char *root, const char *pid, cw_holder_fn *fn,
			 void *arg, bool *denied)
{
	char path[PATH_MAX];
	const struct dirent *e;
	bool go_on = true;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s/fd", root, pid);
	dir = opendir(path);
	if (!dir) {
		*denied |= errno == EACCES;
		return true;
	}
	while (go_on && (e = readdir(dir)))
		if (isdigit((unsigned char)e->d_name[0]))
			go_on = fn(arg, pid, e->d_name,
				   inode_of(dirfd(dir), e->d_name));
	closedir(dir);
	return go_on;
}

bool cw_holders_walk(const char *root, cw_holder_fn *fn, void *arg,
		     bool *denied)
{
	const struct dirent *e;
	DIR *dir = opendir(root);

	*denied = false;
	if (!dir)
		return false;
	while ((e = readdir(dir)))
		if (isdigit((unsigned char)e->d_name[0]) &&
		    !walk_process(root, e->d_name, fn, arg, denied))
			break;
	closedir(dir);
	return true;
}

static bool compare(void *arg, const char *pid, const char *fd,
		    unsigned long inode)
{
	struct search *s = arg;
	struct cw_holders *h = s->found;

	if (inode == s->inode && h->count < CW_HOLDERS_MAX)
		cw_holder_read(s->root, pid, fd, &h->list[h->count++]);
	else if (inode == s->inode)
		h->cut = true;
	h->cut |= now_ms() > s->end_ms;
	return !h->cut;
}

void cw_holders_find(struct cw_holders *h, const char *root,
		     unsigned long inode, unsigned int limit_ms)
{
	struct search s = {
		.found = h, .root = root, .inode = inode,
		.end_ms = now_ms() + limit_ms,
	};
	bool denied;

	memset(h, 0, sizeof(*h));
	if (!cw_holders_walk(root, compare, &s, &denied))
		h->cut = true;
}
