// SPDX-License-Identifier: GPL-2.0
#include <linux/closewatch.h>

#include "cmd/grouping.h"
#include "output/record_groups.h"

#define EVENT(type) (1U << CLOSEWATCH_EVENT_TYPE_##type)

void cw_grouping_init(struct cw_grouping *g)
{
	cw_hosted_init(&g->host);
	g->groups.host = &g->host;
}

void cw_grouping_release(struct cw_grouping *g)
{
	cw_groups_release(&g->groups);
	cw_hosted_release(&g->host);
}

static bool add(void *grouping, const struct cw_msg_event *ev,
		const struct cw_holders *holders)
{
	struct cw_grouping *g = grouping;

	(void)holders;
	cw_groups_add(&g->groups, ev);
	return true;
}

void cw_grouping_match(struct cw_grouping *g, struct cw_match *match)
{
	g->match = match;
	cw_incoming_init(&g->incoming, match, add, g);
}

void cw_grouping_events(void *grouping, const void *attrs, size_t len)
{
	struct cw_grouping *g = grouping;

	cw_incoming_take(&g->incoming, attrs, len);
}

/* The kernel could not say how many. */
static void on_overrun(void *grouping)
{
	struct cw_grouping *g = grouping;

	g->groups.missed++;
}

static void show(struct cw_grouping *g, struct cw_session *s, uint64_t span)
{
	cw_session_shown(s, cw_record_groups(s->view, &g->groups,
					     cw_session_date(), span));
	cw_groups_clear(&g->groups);
}

int cw_grouping_run(struct cw_grouping *g, struct cw_session *s)
{
	struct cw_msg_filter f = g->match->filter;
	uint64_t begin, now, end, next;
	uint32_t shown = 0;
	int ret;

	f.events = EVENT(CLOSE) | EVENT(FATE) | EVENT(RESET) | EVENT(LOST);
	/* Also those that ended well. */
	f.quiet = true;
	s->overrun = on_overrun;
	s->overrun_arg = g;
	ret = cw_nl_subscribe(s->nl, &f, s->fail);
	now = cw_session_clock();
	end = g->duration ? now + g->duration : UINT64_MAX;
	while (!ret && !s->stop && !s->out.error && now < end &&
	       (!g->count || shown < g->count)) {
		begin = now;
		next = g->interval ? begin + g->interval : UINT64_MAX;
		ret = cw_session_wait(s, next < end ? next : end);
		now = cw_session_clock();
		if (ret)
			break;
		if (shown++ && cw_view_is_text(s->view))
			fputc('\n', s->out.file);
		show(g, s, now - begin);
	}
	return ret;
}
