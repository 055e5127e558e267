// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>

#include "base/names.h"
#include "base/text.h"
#include "output/record_groups.h"

enum {
	COL_KEY, COL_CLOSES, COL_SENT, COL_RECEIVED, COL_LOST, COL_LOST_BYTES,
	COL_UNREAD,
};

#define FIGURE(name, w) { name, .width = w, .right = true }

#define LAYOUT(by, ...) {						\
	[COL_KEY] = { by, "-", .limit = 60, .width = __VA_ARGS__ },	\
	[COL_CLOSES] = FIGURE("CLOSES", 7),				\
	[COL_SENT] = FIGURE("RST SENT", 8),				\
	[COL_RECEIVED] = FIGURE("RST RCVD", 8),				\
	[COL_LOST] = FIGURE("LOST", 6),				\
	[COL_LOST_BYTES] = FIGURE("LOST B", 8),				\
	[COL_UNREAD] = FIGURE("UNREAD B", 8),				\
	{ .title = "" },						\
	{ .title = NULL },						\
}

static const struct cw_column port_layout[] = LAYOUT("PORT", 9);
static const struct cw_column comm_layout[] = LAYOUT("PROGRAM", 15);
static const struct cw_column path_layout[] = LAYOUT("PATH", 18);
static const struct cw_column peer_layout[] = LAYOUT("PEER", 15);
static const struct cw_column cgroup_layout[] = LAYOUT("CGROUP", 30);
static const struct cw_column container_layout[] = LAYOUT("CONTAINER", 12);

static const struct cw_column *const layouts[] = {
	[CW_BY_PORT] = port_layout, [CW_BY_COMM] = comm_layout,
	[CW_BY_PATH] = path_layout, [CW_BY_PEER] = peer_layout,
	[CW_BY_CGROUP] = cgroup_layout, [CW_BY_CONTAINER] = container_layout,
};

static void put_key(struct cw_view *v, const struct cw_groups *g,
		    const struct cw_group *group)
{
	char text[64];
	struct cw_text t = { .buf = text, .size = sizeof(text) };

	if (!group->key) {
		cw_view_bool(v, "others", NULL, true);
		cw_view_text(v, CW_AT(COL_KEY), "(others)");
	} else if (*group->key && g->by == CW_BY_CONTAINER &&
		   cw_view_is_text(v)) {
		cw_say(&t, "%.*s", 12, group->key);
		cw_view_text(v, CW_AT(COL_KEY), text);
	} else if (*group->key) {
		cw_view_word(v, cw_names_word(&cw_group_names, g->by),
			     CW_AT(COL_KEY), group->key);
	}
}

static void put_group(struct cw_view *v, const struct cw_groups *g,
		      const struct cw_group *group)
{
	cw_view_row(v);
	put_key(v, g, group);
	cw_view_big(v, "closes", CW_AT(COL_CLOSES), group->closes);
	cw_view_big(v, "rsts_sent", CW_AT(COL_SENT), group->rsts_sent);
	cw_view_big(v, "rsts_received", CW_AT(COL_RECEIVED),
		    group->rsts_received);
	cw_view_big(v, "lost", CW_AT(COL_LOST), group->lost);
	cw_view_big(v, "lost_bytes", CW_AT(COL_LOST_BYTES), group->lost_bytes);
	cw_view_big(v, "unread_bytes", CW_AT(COL_UNREAD), group->unread_bytes);
	cw_view_row_end(v);
}

static void put_table(struct cw_view *v, struct cw_groups *g, size_t max)
{
	const struct cw_group *o = &g->others;
	size_t i;

	cw_groups_sort(g);
	cw_view_table(v, "groups", g->n ? layouts[g->by] : NULL);
	for (i = 0; i < g->n && i < max; i++)
		put_group(v, g, &g->list[i]);
	if (o->closes || o->rsts_sent || o->rsts_received || o->lost)
		put_group(v, g, o);
	cw_view_table_end(v);
}

static const struct cw_place in_list;

int cw_record_groups(struct cw_view *v, struct cw_groups *g, uint64_t time,
		     uint64_t span_ns)
{
	char text[32];

	cw_view_begin(v);
	cw_view_time(v, "time", &in_list, time);
	snprintf(text, sizeof(text), "%.1f s", span_ns / 1e9);
	cw_view_big(v, "span_ns", NULL, span_ns);
	cw_view_list_text(v, "span", text);
	cw_view_word(v, "by", NULL, cw_names_word(&cw_group_names, g->by));
	/* In text only where the figures are too low. */
	cw_view_big(v, "events_lost", g->missed ? &in_list : NULL, g->missed);
	put_table(v, g, SIZE_MAX);
	return cw_view_end(v);
}

int cw_record_groups_table(struct cw_view *v, struct cw_groups *g, size_t max)
{
	char text[64];

	cw_view_begin(v);
	put_table(v, g, max);
	if (g->n > max) {
		snprintf(text, sizeof(text), "%zu with fewer RSTs or closes",
			 g->n - max);
		cw_view_list_text(v, "not shown", text);
	}
	return cw_view_end(v);
}
