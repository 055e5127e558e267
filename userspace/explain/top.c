// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include <linux/closewatch.h>

#include "explain/top.h"

#define NSEC_PER_SEC 1000000000ULL

const struct cw_names cw_top_sort_names = {
	.word = (const struct cw_word[]){
		[CW_TOP_BY_RATE] = CW_WORD_IS("rate"),
		[CW_TOP_BY_COUNT] = CW_WORD_IS("count"),
		[CW_TOP_BY_UNREAD] = CW_WORD_IS("unread"),
		[CW_TOP_BY_LOST] = CW_WORD_IS("lost"),
		[CW_TOP_BY_FLIGHT] = CW_WORD_IS("flight"),
	},
	.count = CW_TOP_SORTS,
};

struct cw_top *cw_top_new(struct cw_hosted *host, bool partial)
{
	struct cw_top *top = calloc(1, sizeof(*top));
	struct cw_fail unused;
	unsigned int i;

	for (i = CW_BY_NONE + 1; top && i < CW_BYS; i++) {
		const char *by = cw_names_word(&cw_group_names, i);

		/* Rows that stay empty cost no memory: calloc() maps zeroes. */
		top->table[i] = calloc(1, sizeof(*top->table[i]));
		if (!top->table[i] ||
		    cw_groups_init(&top->table[i]->groups, by, &unused)) {
			cw_top_free(top);
			return NULL;
		}
		top->table[i]->groups.host = host;
		top->table[i]->groups.paths = true;
		top->table[i]->groups.partial = partial;
	}
	return top;
}

static void free_table(struct cw_top_table *t)
{
	size_t i;

	if (!t)
		return;
	for (i = 0; i <= CW_GROUPS_MAX; i++)
		free(t->row[i].last);
	cw_groups_release(&t->groups);
	free(t);
}

void cw_top_free(struct cw_top *top)
{
	unsigned int i;

	if (!top)
		return;
	for (i = 0; i < CW_BYS; i++)
		free_table(top->table[i]);
	free(top->aside.last);
	free(top);
}

/* --- counting --- */

static void set_size(struct cw_top_row *row, unsigned int size)
{
	struct cw_msg_event *last = realloc(row->last, size * sizeof(*last));

	if (!last)
		return;
	row->last = last;
	row->size = size;
}

static void shorten(struct cw_top_row *row)
{
	row->last[0] = row->last[row->newest];
	row->newest = 0;
	row->kept = 1;
	set_size(row, 1);
}

/*
 * A place for @row among the long ones, of one that had no event for the longest
 * time or nearly so. Each event buys one step of the hand at most.
 */
static void lengthen(struct cw_top_table *t, struct cw_top_row *row)
{
	struct cw_top_row **place;

	if (t->longs < CW_TOP_LONG) {
		t->longer[t->longs++] = row;
		return;
	}
	for (;;) {
		place = &t->longer[t->hand++ % CW_TOP_LONG];
		if (!(*place)->recent)
			break;
		(*place)->recent = false;
	}
	shorten(*place);
	*place = row;
}

/* Without memory the event is counted all the same. @t: NULL for the row aside. */
static void keep(struct cw_top_table *t, struct cw_top_row *row,
		 const struct cw_msg_event *ev)
{
	if (!row->size) {
		set_size(row, 1);
	} else if (row->size == 1) {
		set_size(row, CW_TOP_LAST);
		if (t && row->size > 1)
			lengthen(t, row);
	}
	if (!row->size)
		return;
	row->newest = (row->newest + 1) % row->size;
	row->last[row->newest] = *ev;
	row->kept += row->kept < row->size;
	row->recent = true;
}

static void count_second(struct cw_top_row *row, uint64_t second, uint64_t n)
{
	uint64_t s = row->second + 1;

	if (second + CW_TOP_SECONDS <= row->second)
		return;
	if (second >= s + CW_TOP_SECONDS)
		s = second - CW_TOP_SECONDS + 1;
	for (; s <= second; s++)
		row->events[s % CW_TOP_SECONDS] = 0;
	if (second > row->second)
		row->second = second;
	row->events[second % CW_TOP_SECONDS] += n;
}

/* From the peer, before our side closed: its fate comes only where all do. */
static bool hits_open(const struct cw_msg_event *ev)
{
	if (ev->type == CLOSEWATCH_EVENT_TYPE_FATE)
		return ev->fate == CLOSEWATCH_FATE_PEER_RESET &&
		       !ev->since_close_ns;
	return ev->type == CLOSEWATCH_EVENT_TYPE_RESET &&
	       ev->reset_kind == CLOSEWATCH_RESET_KIND_RECEIVED &&
	       (ev->state == CLOSEWATCH_STATE_ESTABLISHED ||
		ev->state == CLOSEWATCH_STATE_CLOSE_WAIT);
}

/*
 * What an RST finds unsent was never sent. Behind a FIN it may still be: then the
 * fate says what became of it. Of two events that tell of the same bytes one counts;
 * @partial as that of struct cw_groups.
 */
static uint64_t never_sent(const struct cw_msg_event *ev, bool partial)
{
	if (ev->type == CLOSEWATCH_EVENT_TYPE_FATE)
		return ev->verdict == CLOSEWATCH_VERDICT_LOST &&
		       (partial || !hits_open(ev)) ? ev->lost_bytes : 0;
	return hits_open(ev) || (ev->type == CLOSEWATCH_EVENT_TYPE_CLOSE &&
				 cw_path_resets(ev->path)) ? ev->unsent : 0;
}

static void count(struct cw_top_table *t, struct cw_top_row *row,
		  const struct cw_msg_event *ev)
{
	uint64_t n = cw_group_weight(ev);

	row->figure[CW_TOP_BY_COUNT] += n;
	row->figure[CW_TOP_BY_UNREAD] += ev->unread;
	row->figure[CW_TOP_BY_LOST] += never_sent(ev, t->groups.partial);
	row->figure[CW_TOP_BY_FLIGHT] += ev->unacked;
	count_second(row, ev->time / NSEC_PER_SEC, n);
	keep(t, row, ev);
}

void cw_top_add(struct cw_top *top, const struct cw_msg_event *ev)
{
	struct cw_group *to = NULL;
	unsigned int i;

	if (ev->type == CLOSEWATCH_EVENT_TYPE_LOST) {
		*(ev->loss == CLOSEWATCH_LOSS_BLIND ? &top->blind : &top->missed) +=
			cw_group_weight(ev);
		return;
	}
	for (i = CW_BY_NONE + 1; i < CW_BYS; i++) {
		struct cw_top_table *t = top->table[i];

		to = cw_groups_add(&t->groups, ev);
		if (to)
			count(t, &t->row[to == &t->groups.others ?
					 CW_GROUPS_MAX : to - t->groups.list], ev);
	}
	if (!to)
		keep(NULL, &top->aside, ev);
	if (ev->time / NSEC_PER_SEC > top->second)
		top->second = ev->time / NSEC_PER_SEC;
}

/* --- what is shown --- */

static void add_group(struct cw_group *sum, const struct cw_group *g)
{
	sum->closes += g->closes;
	sum->rsts_sent += g->rsts_sent;
	sum->rsts_received += g->rsts_received;
}

void cw_top_sum(const struct cw_top *top, struct cw_group *sum)
{
	const struct cw_groups *g = &top->table[CW_BY_PATH]->groups;
	size_t i;

	*sum = (struct cw_group){ 0 };
	for (i = 0; i < g->n; i++)
		add_group(sum, &g->list[i]);
	add_group(sum, &g->others);
}

uint32_t cw_top_at(const struct cw_top_row *row, uint64_t now, unsigned int ago)
{
	uint64_t second = now - ago;

	return second > row->second || second + CW_TOP_SECONDS <= row->second ?
	       0 : row->events[second % CW_TOP_SECONDS];
}

const char *cw_top_key(const struct cw_top_table *table, size_t row)
{
	return row == CW_GROUPS_MAX ? "(others)" : table->groups.list[row].key;
}

/* The current second is not over yet. */
static void rate(struct cw_top_row *row, uint64_t now)
{
	unsigned int ago;

	row->figure[CW_TOP_BY_RATE] = 0;
	for (ago = 1; ago <= CW_TOP_RATED; ago++)
		row->figure[CW_TOP_BY_RATE] += cw_top_at(row, now, ago);
}

struct sorting {
	const struct cw_top_table *table;
	enum cw_top_sort by;
};

static int compare(const void *a, const void *b, void *arg)
{
	const struct sorting *s = arg;
	size_t i = *(const uint16_t *)a, j = *(const uint16_t *)b;
	const uint64_t *x = s->table->row[i].figure;
	const uint64_t *y = s->table->row[j].figure;

	if (x[s->by] != y[s->by])
		return x[s->by] < y[s->by] ? 1 : -1;
	if (x[CW_TOP_BY_COUNT] != y[CW_TOP_BY_COUNT])
		return x[CW_TOP_BY_COUNT] < y[CW_TOP_BY_COUNT] ? 1 : -1;
	return strcmp(cw_top_key(s->table, i), cw_top_key(s->table, j));
}

void cw_top_list(struct cw_top *top, const struct cw_top_choice *c)
{
	struct cw_top_table *t = top->table[c->by];
	struct sorting s = { .table = t, .by = c->sort };
	size_t i;

	top->n = 0;
	for (i = 0; i <= CW_GROUPS_MAX; i++) {
		if (i == t->groups.n)
			i = CW_GROUPS_MAX;
		if (!t->row[i].figure[CW_TOP_BY_COUNT] ||
		    !strcasestr(cw_top_key(t, i), c->text))
			continue;
		rate(&t->row[i], c->now);
		top->order[top->n++] = i;
	}
	qsort_r(top->order, top->n, sizeof(*top->order), compare, &s);
}

const struct cw_msg_event *cw_top_event(const struct cw_top_row *row,
					unsigned int n)
{
	return n < row->kept ?
	       &row->last[(row->newest + row->size - n) % row->size] : NULL;
}

/* --- the story of a connection --- */

static int by_time(const void *a, const void *b)
{
	const struct cw_msg_event *x = *(const struct cw_msg_event *const *)a;
	const struct cw_msg_event *y = *(const struct cw_msg_event *const *)b;

	return x->time == y->time ? (x->seq > y->seq) - (x->seq < y->seq) :
	       x->time < y->time ? -1 : 1;
}

static bool same(const struct cw_msg_event *a, const struct cw_msg_event *b)
{
	if (cw_event_has(a, COOKIE) && cw_event_has(b, COOKIE))
		return a->cookie == b->cookie;
	return a->time == b->time && a->cpu == b->cpu && a->seq == b->seq;
}

static size_t add_parts(const struct cw_top_row *row,
			const struct cw_msg_event *of, size_t n,
			const struct cw_msg_event **to)
{
	const struct cw_msg_event *ev;
	unsigned int i;

	for (i = 0; n < CW_TOP_STORY && (ev = cw_top_event(row, i)); i++)
		if (same(of, ev))
			to[n++] = ev;
	return n;
}

size_t cw_top_story(const struct cw_top *top, enum cw_group_by by,
		    const struct cw_msg_event *of,
		    const struct cw_msg_event **to)
{
	const struct cw_top_table *t = top->table[by];
	size_t i, n = add_parts(&top->aside, of, 0, to);

	for (i = 0; i <= CW_GROUPS_MAX; i++)
		n = add_parts(&t->row[i], of, n, to);
	qsort(to, n, sizeof(*to), by_time);
	return n;
}
