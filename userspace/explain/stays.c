// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>

#include "explain/pending.h"
#include "explain/stays.h"

/* Dumps that are closer to each other gain no more than a part of the limit. */
#define PARTS	20

/* CLOSE_WAIT is never entered again, so that an entry may outlive a dump. */
#define MISSES	1

static int by_cookie(const void *a, const void *b)
{
	const struct cw_stay *x = a, *y = b;

	return (x->cookie > y->cookie) - (x->cookie < y->cookie);
}

/* Of one cookie, what the dump has. */
static int newest_first(const void *a, const void *b)
{
	const struct cw_stay *x = a, *y = b;
	int order = by_cookie(a, b);

	return order ? order : x->missed - y->missed;
}

static struct cw_stay seen(const struct cw_socket *s, uint64_t now)
{
	uint64_t age = 0;

	cw_pending_age_ms(s, &age);
	return (struct cw_stay){
		.cookie = s->cookie, .since = now - (age < now ? age : now),
	};
}

/* The kernel's age shrinks when the peer sends again: the longest counts. */
static void merge(struct cw_stay *to, const struct cw_stay *from)
{
	if (from->since < to->since)
		to->since = from->since;
	to->told |= from->told;
}

/* A dump may miss a socket that is there, or tell it twice. */
int cw_stays_update(struct cw_stays *t, const struct cw_socket *list,
		    size_t n, uint64_t now)
{
	struct cw_stay *all = calloc(n + t->count + 1, sizeof(*all));
	size_t i, count = 0, kept = 0;

	if (!all)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		all[count++] = seen(&list[i], now);
	for (i = 0; i < t->count; i++) {
		all[count] = t->list[i];
		all[count++].missed++;
	}
	qsort(all, count, sizeof(*all), newest_first);
	for (i = 0; i < count; i++) {
		if (kept && all[kept - 1].cookie == all[i].cookie)
			merge(&all[kept - 1], &all[i]);
		else if (all[i].missed <= MISSES)
			all[kept++] = all[i];
	}
	free(t->list);
	t->list = all;
	t->count = kept;
	return 0;
}

static struct cw_stay *find(const struct cw_stays *t,
			    const struct cw_socket *s)
{
	const struct cw_stay key = { .cookie = s->cookie };

	if (!t->count)
		return NULL;
	return bsearch(&key, t->list, t->count, sizeof(key), by_cookie);
}

uint64_t cw_stays_age(const struct cw_stays *t, const struct cw_socket *s,
		      uint64_t now)
{
	const struct cw_stay *stay = find(t, s);

	return stay ? now - stay->since : 0;
}

struct cw_stay *cw_stays_due(const struct cw_stays *t,
			     const struct cw_socket *s, uint64_t now)
{
	struct cw_stay *stay = find(t, s);

	if (!stay || stay->told || now < stay->since + t->limit)
		return NULL;
	return stay;
}

/* A stay that begins after @now is not due before @now and the limit. */
uint64_t cw_stays_next(const struct cw_stays *t, uint64_t now)
{
	uint64_t next = now + t->limit, least = now + t->limit / PARTS;
	size_t i;

	for (i = 0; i < t->count; i++)
		if (!t->list[i].told && t->list[i].since + t->limit < next)
			next = t->list[i].since + t->limit;
	return next > least ? next : least;
}

void cw_stays_release(struct cw_stays *t)
{
	free(t->list);
	t->list = NULL;
	t->count = 0;
}
