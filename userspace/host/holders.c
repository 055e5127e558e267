// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <dirent.h>
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
	char target[64];	/* what the links of its descriptors say */
	int64_t end_ms;
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void read_comm(const struct search *s, struct cw_holder *h)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%u/comm", s->root, h->pid);
	f = fopen(path, "re");
	if (!f)
		return;
	h->comm.len = fread(h->comm.b, 1, sizeof(h->comm.b), f);
	if (h->comm.len && h->comm.b[h->comm.len - 1] == '\n')
		h->comm.len--;
	fclose(f);
}

static void add(const struct search *s, const char *pid, const char *fd)
{
	struct cw_holders *h = s->found;
	struct cw_holder *to = &h->list[h->count];

	if (h->count == CW_HOLDERS_MAX) {
		h->cut = true;
		return;
	}
	memset(to, 0, sizeof(*to));
	to->pid = strtoul(pid, NULL, 10);
	to->fd = strtoul(fd, NULL, 10);
	read_comm(s, to);
	h->count++;
}

/* A process that vanishes meanwhile holds nothing. */
static void search_process(const struct search *s, const char *pid)
{
	char path[PATH_MAX], link[64];
	const struct dirent *e;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s/fd", s->root, pid);
	dir = opendir(path);
	if (!dir)
		return;
	while ((e = readdir(dir)) && !s->found->cut) {
		ssize_t n = readlinkat(dirfd(dir), e->d_name, link,
				       sizeof(link) - 1);

		if (n <= 0)
			continue;
		link[n] = '\0';
		if (!strcmp(link, s->target))
			add(s, pid, e->d_name);
		if (now_ms() > s->end_ms)
			s->found->cut = true;
	}
	closedir(dir);
}

void cw_holders_find(struct cw_holders *h, const char *root,
		     unsigned long inode, unsigned int limit_ms)
{
	struct search s = { .found = h, .root = root };
	const struct dirent *e;
	DIR *dir = opendir(root);

	memset(h, 0, sizeof(*h));
	if (!dir) {
		h->cut = true;
		return;
	}
	s.end_ms = now_ms() + limit_ms;
	snprintf(s.target, sizeof(s.target), "socket:[%lu]", inode);
	while ((e = readdir(dir)) && !h->cut)
		if (isdigit((unsigned char)e->d_name[0]))
			search_process(&s, e->d_name);
	closedir(dir);
}
