// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include <linux/closewatch.h>

#include "explain/join.h"

#define NSEC_PER_SEC	1000000000ULL
/*
 * By which the two ends of a handshake may differ: the last segment of it is sent
 * again for a minute, and clocks are compared by the same.
 */
#define SLACK		(120 * (int64_t)NSEC_PER_SEC)

struct side {
	struct cw_half **half;
	size_t n;
};

/* The halves with the same ends. */
struct pair {
	struct side side[2];
};

struct join {
	struct cw_joins *to;
	struct cw_halves *halves;
	int64_t *ahead;		/* of the second clock, by one connection each */
	size_t n;
	bool certain;		/* by when they were established */
};

/* By the first clock. What a recording holds may be no time at all: no overflow. */
static int64_t set_back(const struct cw_joins *j, const struct cw_half *h,
			uint64_t time)
{
	return time - (h->of.recording ? (uint64_t)j->ahead : 0);
}

static int64_t moment(const struct cw_joins *j, const struct cw_half *h)
{
	return set_back(j, h, h->begin ? h->begin : h->first);
}

static int64_t difference(int64_t later, int64_t earlier)
{
	return (uint64_t)later - (uint64_t)earlier;
}

static uint64_t distance(const struct cw_joins *j, const struct cw_half *a,
			 const struct cw_half *b)
{
	int64_t d = difference(moment(j, a), moment(j, b));

	return d < 0 ? -(uint64_t)d : (uint64_t)d;
}

/* --- may two halves be of one connection? --- */

/* None received more than was written, or less than was acknowledged to the other. */
static bool bytes_fit(const struct cw_half *from, const struct cw_half *to)
{
	if (!cw_half_counted(from) || !cw_half_counted(to))
		return true;
	if ((from->closed || from->received_all) &&
	    from->written < to->ev.received)
		return false;
	return !to->received_all || from->ev.acked <= to->ev.received;
}

static bool is_before(const struct cw_joins *j, const struct cw_half *a,
		      const struct cw_half *b)
{
	return difference(moment(j, b), set_back(j, a, a->last)) > SLACK;
}

static bool lived_together(const struct cw_joins *j, const struct cw_half *a,
			   const struct cw_half *b)
{
	if (a->begin && b->begin)
		return distance(j, a, b) <= (uint64_t)SLACK;
	/* The time of an event is only that of a begin where that is known. */
	return (!b->begin || !is_before(j, a, b)) &&
	       (!a->begin || !is_before(j, b, a));
}

static bool is_loopback(const struct cw_bytes *addr)
{
	static const uint8_t one[16] = { [15] = 1 };

	return addr->len == 4 ? addr->b[0] == 127 :
				!memcmp(addr->b, one, sizeof(one));
}

/* Addresses that each host has, or that are one host's on both ends. */
static bool is_local(const struct cw_half *h)
{
	return is_loopback(&h->ev.local_addr) ||
	       (h->ev.local_addr.len == h->ev.remote_addr.len &&
		!memcmp(h->ev.local_addr.b, h->ev.remote_addr.b,
			h->ev.local_addr.len));
}

/* But for the time. */
static bool may_join(const struct cw_half *a, const struct cw_half *b)
{
	if (is_local(a) &&
	    (a->of.boot != b->of.boot || a->ev.netns != b->ev.netns))
		return false;
	/* An RST without a socket is told as it was met, and not by two such hosts. */
	if (cw_half_socketless(a) || cw_half_socketless(b))
		return cw_half_socketless(a) ? b->got_rst && !cw_half_socketless(b) :
					       a->got_rst;
	return bytes_fit(a, b) && bytes_fit(b, a);
}

static bool fits(const struct cw_joins *j, const struct cw_half *a,
		 const struct cw_half *b)
{
	return may_join(a, b) && lived_together(j, a, b);
}

/* --- pairs --- */

/* From @at on; returns where the next begins. */
static size_t next_pair(const struct cw_halves *h, size_t at, struct pair *p)
{
	struct cw_half **first = &h->list[at];
	size_t end = at;

	*p = (struct pair){ .side[0].half = first };
	while (end < h->n && !cw_half_compare_ends(*first, h->list[end]))
		p->side[cw_half_side(h->list[end++]) > 0].n++;
	p->side[1].half = first + p->side[0].n;
	return end;
}

/* --- clocks --- */

static void compare_clocks(struct join *j, const struct cw_half *a,
			   const struct cw_half *b)
{
	bool certain = a->begin && b->begin;

	/* Times of events are told apart by more than the way. */
	if (certain && !j->certain) {
		j->certain = true;
		j->n = 0;
	}
	if (certain != j->certain)
		return;
	j->ahead[j->n++] = b->of.recording ?
			   difference(moment(j->to, b), moment(j->to, a)) :
			   difference(moment(j->to, a), moment(j->to, b));
}

/* As many on either side are joined in their order, whatever the clocks. */
static void compare_pair(struct join *j, const struct pair *p)
{
	const struct side *s = p->side;
	size_t i;

	if (s[0].n != s[1].n)
		return;
	for (i = 0; i < s[0].n; i++)
		if (s[0].half[i]->of.recording == s[1].half[i]->of.recording ||
		    cw_half_socketless(s[0].half[i]) ||
		    cw_half_socketless(s[1].half[i]) ||
		    !may_join(s[0].half[i], s[1].half[i]))
			return;
	for (i = 0; i < s[0].n; i++)
		compare_clocks(j, s[0].half[i], s[1].half[i]);
}

static int compare_numbers(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int compare_moments(const void *a, const void *b, void *arg)
{
	const struct cw_half *const *x = a, *const *y = b;
	int64_t from = moment(arg, *x), to = moment(arg, *y);

	return (from > to) - (from < to);
}

static void sort_pair(struct join *j, struct pair *p)
{
	unsigned int i;

	for (i = 0; i < 2; i++)
		qsort_r(p->side[i].half, p->side[i].n, sizeof(*p->side[i].half),
			compare_moments, j->to);
}

static void find_clocks(struct join *j)
{
	struct pair p;
	size_t at;

	for (at = 0; at < j->halves->n;) {
		at = next_pair(j->halves, at, &p);
		sort_pair(j, &p);
		compare_pair(j, &p);
	}
	if (!j->n)
		return;
	qsort(j->ahead, j->n, sizeof(*j->ahead), compare_numbers);
	j->to->ahead = j->ahead[j->n / 2];
	j->to->clocked = j->certain ? j->n : 0;
}

/* --- joining --- */

/* Of those of a side that are nearest in time, so many before and behind may be it. */
#define NEAR	8

struct choice {
	struct cw_half *a, *b;
	uint64_t distance;
};

static int compare_choices(const void *a, const void *b)
{
	const struct choice *x = a, *y = b;

	return (x->distance > y->distance) - (x->distance < y->distance);
}

/* How many of @s, which is in the order of time, are before @h. */
static size_t count_before(const struct join *j, const struct side *s,
			   const struct cw_half *h)
{
	size_t from = 0, to = s->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (moment(j->to, s->half[middle]) < moment(j->to, h))
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static size_t add_choices(const struct join *j, const struct side *s,
			  struct cw_half *a, struct choice *list)
{
	size_t before = count_before(j, s, a), n = 0;
	size_t i = before < NEAR ? 0 : before - NEAR;

	for (; i < s->n && i < before + NEAR; i++)
		if (fits(j->to, a, s->half[i]))
			list[n++] = (struct choice){
				a, s->half[i], distance(j->to, a, s->half[i]),
			};
	return n;
}

/* RSTs without a socket come after all that have one. */
static bool is_taken(const struct choice *c, bool socketless)
{
	return c->a->peer || c->b->peer ||
	       socketless != (cw_half_socketless(c->a) || cw_half_socketless(c->b));
}

static void join_nearest(const struct choice *list, size_t n, bool socketless)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (is_taken(&list[i], socketless))
			continue;
		list[i].a->peer = list[i].b;
		list[i].b->peer = list[i].a;
	}
}

static bool join_pair(struct join *j, const struct pair *p)
{
	const struct side *s = p->side;
	struct choice *list = calloc(s->n * 2 * NEAR + 1, sizeof(*list));
	size_t i, n = 0;

	if (!list)
		return false;
	for (i = 0; i < s->n; i++)
		n += add_choices(j, s + 1, s->half[i], list + n);
	qsort(list, n, sizeof(*list), compare_choices);
	join_nearest(list, n, false);
	join_nearest(list, n, true);
	free(list);
	return true;
}

static bool join_all(struct join *j)
{
	bool ok = true;
	struct pair p;
	size_t at;

	for (at = 0; at < j->halves->n && ok;) {
		at = next_pair(j->halves, at, &p);
		/* It is its own peer. */
		if (!cw_half_side(*p.side[0].half))
			continue;
		sort_pair(j, &p);
		ok = join_pair(j, &p);
	}
	return ok;
}

/* --- what becomes of them --- */

/* Of one recording, the server: what listens, or has the lower port. */
static bool is_first(const struct cw_half *h)
{
	const struct cw_half *peer = h->peer;

	if (h->of.recording != peer->of.recording)
		return h->of.recording < peer->of.recording;
	if (h->of.listening != peer->of.listening)
		return h->of.listening;
	if (h->ev.local_port != peer->ev.local_port)
		return h->ev.local_port < peer->ev.local_port;
	return cw_half_side(h) < 0;
}

static void list_join(struct cw_joins *j, struct cw_half *h)
{
	struct cw_half *peer = h->peer;
	int64_t time = set_back(j, h, h->first);

	if (!h->of.matched && !(peer && peer->of.matched))
		return;
	if (peer && set_back(j, peer, peer->first) < time)
		time = set_back(j, peer, peer->first);
	j->list[j->n].time = time;
	if (peer) {
		j->list[j->n++] = (struct cw_join){ .half = { h, peer }, .time = time };
		j->joined++;
	} else {
		j->list[j->n++].half[h->of.recording] = h;
		j->alone[h->of.recording]++;
	}
}

static int compare_joins(const void *a, const void *b)
{
	const struct cw_join *x = a, *y = b;

	return (x->time > y->time) - (x->time < y->time);
}

bool cw_joins_make(struct cw_joins *j, struct cw_halves *h)
{
	struct join work = { .to = j, .halves = h };
	bool ok;
	size_t i;

	*j = (struct cw_joins){ .list = calloc(h->n + 1, sizeof(*j->list)) };
	work.ahead = calloc(h->n + 1, sizeof(*work.ahead));
	ok = j->list && work.ahead;
	if (ok) {
		find_clocks(&work);
		ok = join_all(&work);
	}
	free(work.ahead);
	if (!ok)
		return false;
	for (i = 0; i < h->n; i++) {
		struct cw_half *half = h->list[i];

		/* What no end of a connection knows of is no story of one. */
		if (half->peer ? is_first(half) : !cw_half_socketless(half))
			list_join(j, half);
	}
	qsort(j->list, j->n, sizeof(*j->list), compare_joins);
	return true;
}

void cw_joins_release(struct cw_joins *j)
{
	free(j->list);
	*j = (struct cw_joins){ 0 };
}
