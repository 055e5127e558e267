// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include <linux/closewatch.h>

#include "base/address.h"
#include "base/names_gen.h"
#include "base/text.h"
#include "base/utf8.h"
#include "explain/groups.h"

#define SLOTS	(4 * CW_GROUPS_MAX)
#define CLOSERS_SHIFT	12
#define KEY_MAX	sizeof(((struct cw_cgroup *)NULL)->path)

const struct cw_names cw_group_names = {
	.word = (const struct cw_word[]){
		[CW_BY_PORT] = CW_WORD_IS("port"),
		[CW_BY_COMM] = CW_WORD_IS("comm"),
		[CW_BY_PATH] = CW_WORD_IS("path"),
		[CW_BY_PEER] = CW_WORD_IS("peer"),
		[CW_BY_CGROUP] = CW_WORD_IS("cgroup"),
		[CW_BY_CONTAINER] = CW_WORD_IS("container"),
	},
	.count = CW_BYS,
};

int cw_groups_init(struct cw_groups *g, const char *word, struct cw_fail *fail)
{
	int by = cw_names_value(&cw_group_names, word, strlen(word));
	char all[128];

	if (by < 0) {
		cw_names_list(&cw_group_names, all, sizeof(all));
		return cw_fail_usage(fail, NULL,
				     "'%s' is no --group-by; these are: %s",
				     word, all);
	}
	cw_groups_release(g);
	*g = (struct cw_groups){
		.by = by, .host = g->host,
		.list = calloc(CW_GROUPS_MAX, sizeof(*g->list)),
		.slots = calloc(SLOTS, sizeof(*g->slots)),
		.closers = by == CW_BY_COMM ?
			   calloc(1U << CLOSERS_SHIFT, sizeof(*g->closers)) : NULL,
	};
	if (g->list && g->slots && (g->closers || by != CW_BY_COMM))
		return CW_OK;
	return cw_fail(fail, NULL, "out of memory");
}

void cw_groups_clear(struct cw_groups *g)
{
	size_t i;

	for (i = 0; i < g->n; i++)
		free(g->list[i].key);
	if (g->list)
		memset(g->list, 0, g->n * sizeof(*g->list));
	if (g->slots)
		memset(g->slots, 0, SLOTS * sizeof(*g->slots));
	g->n = 0;
	g->others = (struct cw_group){ 0 };
	g->missed = 0;
}

void cw_groups_release(struct cw_groups *g)
{
	if (!g->by)
		return;
	cw_groups_clear(g);
	free(g->list);
	free(g->slots);
	free(g->closers);
	*g = (struct cw_groups){ .host = g->host };
}

/* --- what an event is counted under --- */

/* Does the peer look like the server? Clients have high ports. */
static bool to_server(const struct cw_groups *g, const struct cw_msg_event *ev)
{
	return cw_event_has(ev, REMOTE_PORT) &&
	       ev->remote_port < ev->local_port &&
	       !(g->host && cw_hosted_listening(g->host, ev->netns, ev->local_port));
}

static void say_port(struct cw_text *t, const struct cw_groups *g,
		     const struct cw_msg_event *ev)
{
	if (to_server(g, ev))
		cw_say(t, "peer:%u", (uint32_t)ev->remote_port);
	else if (cw_event_has(ev, LOCAL_PORT))
		cw_say(t, "%u", (uint32_t)ev->local_port);
}

static void say_peer(struct cw_text *t, const struct cw_msg_event *ev)
{
	const struct cw_bytes *a = &ev->remote_addr;

	if (cw_event_has(ev, REMOTE_ADDR))
		cw_say_address(t, a->b, a->len);
}

static void say_word(struct cw_text *t, const struct cw_names *names,
		     uint32_t value)
{
	const char *word = cw_names_word(names, value);

	if (word)
		cw_say(t, "%s", word);
	else
		cw_text_number(t, value);
}

/* Each CPU gives cookies of a block of 4096, so their low bits are much the same. */
static struct cw_closer *closer_at(struct cw_groups *g, uint64_t cookie)
{
	return &g->closers[cookie * 0x9E3779B97F4A7C15ULL >>
			   (64 - CLOSERS_SHIFT)];
}

/*
 * An RST to what comes after the close names no program: that of the close, or of the
 * fate, is charged.
 */
static const struct cw_bytes *closer_of(struct cw_groups *g,
					const struct cw_msg_event *ev)
{
	struct cw_closer *c = closer_at(g, ev->cookie);

	if (cw_event_has(ev, COMM)) {
		if (cw_event_has(ev, COOKIE) &&
		    ev->type != CLOSEWATCH_EVENT_TYPE_RESET)
			*c = (struct cw_closer){ ev->cookie, ev->comm };
		return &ev->comm;
	}
	return cw_event_has(ev, COOKIE) && c->comm.len &&
	       c->cookie == ev->cookie ? &c->comm : NULL;
}

static void say_comm(struct cw_text *t, struct cw_groups *g,
		     const struct cw_msg_event *ev)
{
	const struct cw_bytes *comm = closer_of(g, ev);
	char text[4 * sizeof(ev->comm.b) + 1];

	if (!comm)
		return;
	cw_utf8_escape(text, sizeof(text), comm->b, comm->len, false);
	cw_say(t, "%s", text);
}

/* As watch's column. */
static void say_path(struct cw_text *t, const struct cw_msg_event *ev)
{
	if (ev->type == CLOSEWATCH_EVENT_TYPE_CLOSE)
		say_word(t, &cw_path_names, ev->path);
	else if (ev->type == CLOSEWATCH_EVENT_TYPE_FATE)
		say_word(t, &cw_fate_names, ev->fate);
	else
		say_word(t, &cw_event_type_names, ev->type);
}

static void say_cgroup(struct cw_text *t, struct cw_groups *g,
		       const struct cw_msg_event *ev)
{
	const struct cw_cgroup *c;

	if (!cw_event_has(ev, CGROUP))
		return;
	c = g->host ? cw_hosted_cgroup(g->host, ev->cgroup) : NULL;
	if (g->by == CW_BY_CONTAINER)
		cw_say(t, "%s", c ? c->container.id : "");
	else if (c && *c->path)
		cw_say(t, "%s", c->path);
	else
		cw_text_number(t, ev->cgroup);
}

static void say_key(struct cw_text *t, struct cw_groups *g,
		    const struct cw_msg_event *ev)
{
	switch (g->by) {
	case CW_BY_PORT:
		say_port(t, g, ev);
		break;
	case CW_BY_COMM:
		say_comm(t, g, ev);
		break;
	case CW_BY_PATH:
		say_path(t, ev);
		break;
	case CW_BY_PEER:
		say_peer(t, ev);
		break;
	case CW_BY_CGROUP:
	case CW_BY_CONTAINER:
		say_cgroup(t, g, ev);
		break;
	default:
		break;
	}
}

static uint32_t hash(const char *key)
{
	uint32_t h = 2166136261;

	for (; *key; key++)
		h = (h ^ (uint8_t)*key) * 16777619;
	return h;
}

static struct cw_group *group_of(struct cw_groups *g, const char *key)
{
	uint32_t i = hash(key) % SLOTS;
	struct cw_group *group;

	for (; g->slots[i]; i = (i + 1) % SLOTS)
		if (!strcmp(g->list[g->slots[i] - 1].key, key))
			return &g->list[g->slots[i] - 1];
	if (g->n == CW_GROUPS_MAX)
		return &g->others;
	group = &g->list[g->n];
	group->key = strdup(key);
	if (!group->key)
		return &g->others;
	g->slots[i] = ++g->n;
	return group;
}

/* --- what is counted --- */

uint64_t cw_group_weight(const struct cw_msg_event *ev)
{
	return cw_event_has(ev, COUNT) ? ev->count : 1;
}

bool cw_path_resets(uint32_t path)
{
	return path == CLOSEWATCH_PATH_RST_UNREAD ||
	       path == CLOSEWATCH_PATH_RST_LINGER0 ||
	       path == CLOSEWATCH_PATH_RST_LINGER2 ||
	       path == CLOSEWATCH_PATH_RST_MEMORY;
}

static void add_close(struct cw_group *to, const struct cw_msg_event *ev)
{
	to->closes++;
	to->unread_bytes += ev->unread;
	/* Those of a listener's queue. */
	to->rsts_sent += ev->children_reset + cw_path_resets(ev->path);
}

/* An RST has one event of the two where both come: that of its own. */
static void add_fate(struct cw_group *to, const struct cw_msg_event *ev,
		     bool partial)
{
	if (ev->verdict == CLOSEWATCH_VERDICT_LOST) {
		to->lost++;
		to->lost_bytes += ev->lost_bytes;
	}
	/* While the program had it open, a reset event reports it. */
	if (ev->fate == CLOSEWATCH_FATE_PEER_RESET && ev->since_close_ns)
		to->rsts_received++;
	/* No reset event comes. */
	if (partial && (ev->fate == CLOSEWATCH_FATE_RST_LATE_DATA ||
			ev->fate == CLOSEWATCH_FATE_RST_LINGER2))
		to->rsts_sent++;
}

static void add_reset(struct cw_group *to, const struct cw_msg_event *ev)
{
	if (ev->reset_kind == CLOSEWATCH_RESET_KIND_RECEIVED)
		to->rsts_received += cw_group_weight(ev);
	else
		to->rsts_sent += cw_group_weight(ev);
}

struct cw_group *cw_groups_add(struct cw_groups *g,
			       const struct cw_msg_event *ev)
{
	char key[KEY_MAX] = "";
	struct cw_text t = { .buf = key, .size = sizeof(key) };
	struct cw_group *to;

	if (ev->type == CLOSEWATCH_EVENT_TYPE_LOST) {
		if (ev->loss != CLOSEWATCH_LOSS_BLIND)
			g->missed += ev->count;
		return NULL;
	}
	if (ev->type != CLOSEWATCH_EVENT_TYPE_CLOSE &&
	    ev->type != CLOSEWATCH_EVENT_TYPE_FATE &&
	    ev->type != CLOSEWATCH_EVENT_TYPE_RESET)
		return NULL;
	if (g->paths && g->by != CW_BY_PATH) {
		say_path(&t, ev);
		cw_say(&t, "\t");
	}
	say_key(&t, g, ev);
	to = group_of(g, key);
	if (ev->type == CLOSEWATCH_EVENT_TYPE_CLOSE)
		add_close(to, ev);
	else if (ev->type == CLOSEWATCH_EVENT_TYPE_FATE)
		add_fate(to, ev, g->partial);
	else
		add_reset(to, ev);
	return to;
}

static int compare(const void *a, const void *b)
{
	const struct cw_group *x = a, *y = b;
	uint64_t rx = x->rsts_sent + x->rsts_received;
	uint64_t ry = y->rsts_sent + y->rsts_received;

	if (rx != ry)
		return rx < ry ? 1 : -1;
	if (x->closes != y->closes)
		return x->closes < y->closes ? 1 : -1;
	return strcmp(x->key, y->key);
}

void cw_groups_sort(struct cw_groups *g)
{
	if (g->n)
		qsort(g->list, g->n, sizeof(*g->list), compare);
}
