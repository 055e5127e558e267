// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/owners.h"

struct search {
	struct cw_owners *found;
	const char *root;
	const uint32_t *inodes;
	size_t n, room;
	int err;
};

/* Of an inode, or of an owner, which begins with it. */
static int by_inode(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static bool add(void *arg, const char *pid, const char *fd,
		unsigned long inode)
{
	struct search *s = arg;
	struct cw_owners *o = s->found;
	uint32_t key = inode;
	void *bigger;

	if (!key || !bsearch(&key, s->inodes, s->n, sizeof(key), by_inode))
		return true;
	if (o->count == s->room) {
		s->room = s->room ? 2 * s->room : 64;
		bigger = reallocarray(o->list, s->room, sizeof(*o->list));
		if (!bigger) {
			s->err = -ENOMEM;
			return false;
		}
		o->list = bigger;
	}
	o->list[o->count].inode = key;
	cw_holder_read(s->root, pid, fd, &o->list[o->count++].holder);
	return true;
}

int cw_owners_find(struct cw_owners *o, const char *root, uint32_t *inodes,
		   size_t n)
{
	struct search s = { .found = o, .root = root, .inodes = inodes, .n = n };

	memset(o, 0, sizeof(*o));
	if (!n)
		return 0;
	qsort(inodes, n, sizeof(*inodes), by_inode);
	if (!cw_holders_walk(root, add, &s, &o->denied))
		o->denied = true;
	if (o->count)
		qsort(o->list, o->count, sizeof(*o->list), by_inode);
	return s.err;
}

void cw_owners_release(struct cw_owners *o)
{
	free(o->list);
	memset(o, 0, sizeof(*o));
}

const struct cw_owner *cw_owners_of(const struct cw_owners *o, uint32_t inode,
				    size_t *count)
{
	const struct cw_owner *first;

	*count = 0;
	if (!inode || !o->count)
		return NULL;
	first = bsearch(&inode, o->list, o->count, sizeof(*first), by_inode);
	if (!first)
		return NULL;
	while (first > o->list && first[-1].inode == inode)
		first--;
	while (first + *count < o->list + o->count &&
	       first[*count].inode == inode)
		++*count;
	return first;
}
