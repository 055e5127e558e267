// SPDX-License-Identifier: GPL-2.0
#include <linux/closewatch.h>

#include "cmd/close_wait.h"
#include "cmd/gather.h"
#include "cmd/session.h"

#define NSEC_PER_MSEC	1000000ULL

void cw_close_wait_init(struct cw_close_wait *c,
			const struct cw_match *match, uint32_t seconds,
			cw_close_wait_fn *fn, void *arg)
{
	*c = (struct cw_close_wait){
		.match = match, .stays.limit = seconds * 1000ULL,
		.fn = fn, .arg = arg,
	};
}

void cw_close_wait_release(struct cw_close_wait *c)
{
	cw_stays_release(&c->stays);
}

/* Not accepted yet: it may get the owner that the filter asks for. */
static bool may_match_later(const struct cw_close_wait *c,
			    const struct cw_socket *s)
{
	return !s->inode && (c->match->filter.pid || c->match->comm.n);
}

/*
 * Leaves those that are due. They count as told even if their owners do not
 * match, so that /proc is walked once for each.
 */
static void keep_due(struct cw_close_wait *c, struct cw_gather *g, uint64_t now)
{
	size_t i, kept = 0;

	for (i = 0; i < g->count; i++) {
		struct cw_stay *stay = cw_stays_due(&c->stays, &g->list[i], now);

		if (!stay || may_match_later(c, &g->list[i]))
			continue;
		stay->told = true;
		g->list[kept++] = g->list[i];
	}
	g->count = kept;
}

static void show_all(struct cw_close_wait *c, const struct cw_gather *g,
		     uint64_t now)
{
	size_t i;

	for (i = 0; i < g->count; i++) {
		const struct cw_socket *s = &g->list[i];
		struct cw_pending_row row = {
			.socket = s, .aged = true,
			.age_ms = cw_stays_age(&c->stays, s, now),
		};

		row.owners = cw_owners_of(&g->owners, s->inode, &row.owned);
		if (!c->fn(c->arg, &row))
			return;
	}
}

int cw_close_wait_look(struct cw_close_wait *c, uint64_t *next,
		       struct cw_fail *fail)
{
	struct cw_gather g = { .match = c->match };
	int ret = cw_gather_sockets(&g, 1U << CLOSEWATCH_STATE_CLOSE_WAIT,
				    fail);
	/* After the dump: no stay is taken for longer than it was. */
	uint64_t now = cw_session_clock() / NSEC_PER_MSEC;

	if (!ret && cw_stays_update(&c->stays, g.list, g.count, now))
		ret = cw_fail(fail, NULL, "out of memory");
	if (!ret) {
		keep_due(c, &g, now);
		ret = cw_gather_owners(&g, fail);
	}
	if (!ret)
		show_all(c, &g, now);
	*next = cw_stays_next(&c->stays, now) * NSEC_PER_MSEC;
	cw_gather_release(&g);
	return ret;
}
