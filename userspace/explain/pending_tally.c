// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/names_gen.h"
#include "base/utf8.h"
#include "explain/pending_tally.h"

static bool belongs(const struct cw_pending_group *g,
		    const struct cw_socket *s, const struct cw_bytes *comm)
{
	return g->first.state == s->state && !g->first.inode == !s->inode &&
	       cw_pending_remedy(&g->first) == cw_pending_remedy(s) &&
	       g->comm.len == comm->len &&
	       !memcmp(g->comm.b, comm->b, comm->len);
}

int cw_pending_add(struct cw_pending_tally *t, const struct cw_socket *s,
		   const struct cw_owner *owner)
{
	static const struct cw_bytes unknown;
	const struct cw_bytes *comm = owner ? &owner->holder.comm : &unknown;
	struct cw_pending_group *g;
	size_t i;

	for (i = 0; i < t->count; i++)
		if (belongs(&t->groups[i], s, comm)) {
			t->groups[i].count++;
			return 0;
		}
	g = reallocarray(t->groups, t->count + 1, sizeof(*g));
	if (!g)
		return -ENOMEM;
	t->groups = g;
	g[t->count++] = (struct cw_pending_group){
		.first = *s, .comm = *comm, .count = 1,
	};
	return 0;
}

static void print_group(const struct cw_pending_group *g, FILE *to)
{
	const char *state = cw_names_word(&cw_state_names, g->first.state);
	char comm[4 * sizeof(g->comm.b) + 1];
	uint64_t ms;

	cw_utf8_escape(comm, sizeof(comm), g->comm.b, g->comm.len, false);
	fprintf(to, "%zu socket%s in %s ", g->count, g->count == 1 ? "" : "s",
		state ? state : "a newer state");
	if (*comm)
		fprintf(to, "of %s", comm);
	else
		fputs(g->first.inode ? "of an owner not known" :
				       "without an owner", to);
	if (cw_pending_age_ms(&g->first, &ms) && ms >= 1000)
		fprintf(to, "%s for at least %" PRIu64 " s",
			g->count == 1 ? "" : ", one", ms / 1000);
	fprintf(to, "\n  remedy: %s\n", cw_pending_remedy(&g->first));
}

void cw_pending_print(const struct cw_pending_tally *t, FILE *to)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		print_group(&t->groups[i], to);
}

void cw_pending_release(struct cw_pending_tally *t)
{
	free(t->groups);
	memset(t, 0, sizeof(*t));
}
