// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "cmd/gather.h"

static void add(void *arg, const struct cw_socket *s)
{
	struct cw_gather *g = arg;
	void *bigger;

	if (g->failed || !cw_match_socket(g->match, s))
		return;
	if (g->count == g->room) {
		g->room = g->room ? 2 * g->room : 64;
		bigger = reallocarray(g->list, g->room, sizeof(*g->list));
		g->failed = !bigger;
		if (g->failed)
			return;
		g->list = bigger;
	}
	g->list[g->count++] = *s;
}

int cw_gather_sockets(struct cw_gather *g, uint32_t states,
		      struct cw_fail *fail)
{
	int ret = cw_diag_dump(g->match->filter.netns_fd, states, add, g, fail);

	return g->failed ? cw_fail(fail, NULL, "out of memory") : ret;
}

int cw_gather_owners(struct cw_gather *g, struct cw_fail *fail)
{
	uint32_t *inodes = calloc(g->count + 1, sizeof(*inodes));
	size_t i, n = 0, kept = 0;
	int err;

	if (!inodes)
		return cw_fail(fail, NULL, "out of memory");
	for (i = 0; i < g->count; i++)
		if (g->list[i].inode)
			inodes[n++] = g->list[i].inode;
	err = cw_owners_find(&g->owners, "/proc", inodes, n);
	free(inodes);
	if (err)
		return cw_fail(fail, NULL, "out of memory");
	for (i = 0; i < g->count; i++) {
		const struct cw_owner *o;

		o = cw_owners_of(&g->owners, g->list[i].inode, &n);
		if (cw_match_owners(g->match, o, n))
			g->list[kept++] = g->list[i];
	}
	g->count = kept;
	return CW_OK;
}

void cw_gather_release(struct cw_gather *g)
{
	cw_owners_release(&g->owners);
	free(g->list);
	*g = (struct cw_gather){ .match = g->match };
}
