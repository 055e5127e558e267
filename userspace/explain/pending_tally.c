// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/names_gen.h"
#include "base/text.h"
#include "base/utf8.h"
#include "base/wrap.h"
#include "explain/pending_tally.h"

static bool belongs(const struct cw_pending_group *g,
		    const struct cw_socket *s, const struct cw_bytes *comm)
{
	return g->first.state == s->state && !g->first.inode == !s->inode &&
	       cw_pending_remedy(&g->first) == cw_pending_remedy(s) &&
	       g->comm.len == comm->len &&
	       !memcmp(g->comm.b, comm->b, comm->len);
}

static void add_pid(struct cw_pending_group *g, const struct cw_owner *owner)
{
	unsigned int i;

	if (!owner || g->pid_count > CW_PENDING_PIDS)
		return;
	for (i = 0; i < g->pid_count; i++)
		if (g->pids[i] == owner->holder.pid)
			return;
	if (i < CW_PENDING_PIDS)
		g->pids[i] = owner->holder.pid;
	g->pid_count++;
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
			add_pid(&t->groups[i], owner);
			return 0;
		}
	g = reallocarray(t->groups, t->count + 1, sizeof(*g));
	if (!g)
		return -ENOMEM;
	t->groups = g;
	g[t->count++] = (struct cw_pending_group){
		.first = *s, .comm = *comm, .count = 1,
	};
	add_pid(&g[t->count - 1], owner);
	return 0;
}

static void say_owner(struct cw_text *t, const struct cw_pending_group *g)
{
	char comm[4 * sizeof(g->comm.b) + 1];
	unsigned int i;

	cw_utf8_escape(comm, sizeof(comm), g->comm.b, g->comm.len, false);
	cw_say(t, "of %s[", comm);
	for (i = 0; i < g->pid_count && i < CW_PENDING_PIDS; i++)
		cw_say(t, "%s%" PRIu32, i ? ", " : "", g->pids[i]);
	cw_say(t, "%s]", i < g->pid_count ? " and others" : "");
}

/* Where the sockets of a state wait for different things, with different remedies. */
static const char *say_waits(const struct cw_pending_group *g)
{
	switch (cw_pending_waits(&g->first)) {
	case CW_WAITS_READ:
		return ", not read to EOF,";
	case CW_WAITS_DATA_ACK:
		return ", with data not acknowledged,";
	default:
		return "";
	}
}

static void print_group(const struct cw_pending_group *g, FILE *to)
{
	const char *state = cw_names_word(&cw_state_names, g->first.state);
	char what[256];
	struct cw_text t = { .buf = what, .size = sizeof(what) };
	uint64_t ms;

	cw_say(&t, "%" PRIu64 " socket%s in %s%s ", (uint64_t)g->count,
	       g->count == 1 ? "" : "s", state ? state : "a newer state",
	       say_waits(g));
	if (g->comm.len)
		say_owner(&t, g);
	else
		cw_say(&t, "%s", g->first.inode ? "of an owner not known" :
						  "without an owner");
	if (cw_pending_age_ms(&g->first, &ms) && ms >= 1000)
		cw_say(&t, "%s for at least %" PRIu64 " s",
		       g->count == 1 ? "" : ", one", ms / 1000);
	cw_wrap_print(to, NULL, what);
	cw_wrap_print(to, "  remedy", cw_pending_remedy(&g->first));
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
