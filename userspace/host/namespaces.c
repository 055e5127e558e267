// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/utf8.h"
#include "host/namespaces.h"

#define KEPT_NS		10000000000ULL
#define LOOK_NS		20000000ULL

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/*
 * The first entry of @dir whose file, @below it, is @inode: of processes the
 * one with the lowest id.
 */
static bool search(struct cw_namespace *n, const char *dir, const char *below,
		   uint64_t end)
{
	char path[PATH_MAX];
	const struct dirent *e;
	bool found = false;
	struct stat st;
	DIR *d = opendir(dir);

	if (!d)
		return false;
	while (!found && now_ns() < end && (e = readdir(d))) {
		if (*below ? !isdigit((unsigned char)*e->d_name) :
			     *e->d_name == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s%s", dir, e->d_name, below);
		found = !stat(path, &st) && st.st_ino == n->inode;
		if (found)
			cw_utf8_escape(n->name, sizeof(n->name), e->d_name,
				       strlen(e->d_name), false);
	}
	closedir(d);
	return found;
}

const char *cw_namespaces_name(struct cw_namespaces *n, uint64_t inode,
			       uint64_t now)
{
	struct cw_namespace *k = &n->known[inode % CW_NAMESPACES];
	uint64_t end;

	if (k->inode == inode && now < k->until)
		return k->name;
	memset(k, 0, sizeof(*k));
	k->inode = inode;
	k->until = now + KEPT_NS;
	end = now_ns() + LOOK_NS;
	if (!search(k, n->run, "", end))
		search(k, n->proc, "/ns/net", end);
	return k->name;
}

int cw_namespaces_initial(const char *proc)
{
	struct stat ours, initial;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/1/ns/net", proc);
	if (stat(path, &initial))
		return -1;
	snprintf(path, sizeof(path), "%s/self/ns/net", proc);
	return stat(path, &ours) ? -1 : ours.st_ino == initial.st_ino;
}
