// SPDX-License-Identifier: GPL-2.0
#include "view.h"

#include <stdio.h>
#include <stdlib.h>

/* What changes from packet to packet of one view */
struct follow {
	uint32_t out_base, in_base;
	uint8_t in_scale, out_scale;
	uint32_t told;			/* our last acknowledgment */
	uint32_t acked, sent, got;
};

static bool later(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

static void follow_syn(struct follow *f, const struct packet *p, bool out)
{
	if (out) {
		f->out_base = p->seq + 1;
		f->out_scale = p->scale;
	} else {
		f->in_base = p->seq + 1;
		f->in_scale = p->scale;
	}
}

/*
 * A segment that ends before our last acknowledgment is dropped for its
 * sequence number, and the acknowledgment that it carries is dropped with it.
 * The same goes for an acknowledgment of what we have not sent.
 */
static void follow_in(struct follow *f, const struct seen *s)
{
	if (s->rst || s->syn || !s->has_ack || later(f->told, s->end))
		return;
	if (later(s->ack, f->acked) && !later(s->ack, f->sent))
		f->acked = s->ack;
}

static void follow_out(struct follow *f, const struct seen *s)
{
	if (s->rst && !s->has_ack)
		return;
	if (s->has_ack) {
		f->told = s->ack;
		f->got = s->ack;
	}
	if (!s->rst && later(s->end, f->sent))
		f->sent = s->end;
}

static void add_seen(struct view *v, struct follow *f, const struct packet *p,
		     bool out)
{
	struct seen *s = &v->p[v->n++];

	if (p->syn)
		follow_syn(f, p, out);
	*s = (struct seen){
		.time = p->time, .out = out, .syn = p->syn, .fin = p->fin,
		.rst = p->rst, .has_ack = p->has_ack, .len = p->len,
		.seq = p->seq - (out ? f->out_base : f->in_base) + p->syn,
		.ack = p->ack - (out ? f->in_base : f->out_base),
		.window = (uint32_t)p->window <<
			  (p->syn ? 0 : out ? f->out_scale : f->in_scale),
	};
	s->end = s->seq + p->len + p->fin;
	if (out)
		follow_out(f, s);
	else
		follow_in(f, s);
	s->acked = f->acked;
	s->sent = f->sent;
	s->got = f->got;
}

void view_make(struct view *v, const struct capture *c, uint16_t ours,
	       uint16_t theirs)
{
	struct follow f = {};
	const struct packet *p, *first;
	size_t n, mine = 0;

	first = capture_packets(c, &n);
	for (p = first; p < first + n; p++)
		mine += p->src == ours || p->dst == ours;
	v->p = calloc(mine + 1, sizeof(*v->p));
	if (!v->p)
		abort();
	v->n = 0;
	for (p = first; p < first + n; p++) {
		if (p->src == ours && p->dst == theirs)
			add_seen(v, &f, p, true);
		else if (p->src == theirs && p->dst == ours)
			add_seen(v, &f, p, false);
	}
}

void view_free(struct view *v)
{
	free(v->p);
	v->p = NULL;
}

#define SHOWN	60

void view_print(const struct view *v, int64_t origin)
{
	size_t skip = v->n > SHOWN ? v->n - SHOWN : 0;

	if (skip)
		printf("#     (%zu packets left out)\n", skip);
	for (size_t i = skip; i < v->n; i++) {
		const struct seen *s = &v->p[i];

		printf("#     %10.3f %s %u:%u", (s->time - origin) / 1e6,
		       s->out ? ">" : "<", s->seq, s->end);
		if (s->has_ack)
			printf(" ack %u", s->ack);
		printf(" win %u%s%s%s\n", s->window, s->syn ? " SYN" : "",
		       s->fin ? " FIN" : "", s->rst ? " RST" : "");
	}
}

const struct seen *view_first(const struct view *v, seen_test test,
			      int64_t from, int64_t to)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct seen *s = &v->p[i];

		if (s->time >= from && s->time <= to && test(s))
			return s;
	}
	return NULL;
}

size_t view_count(const struct view *v, seen_test test, int64_t from,
		  int64_t to)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n; i++) {
		const struct seen *s = &v->p[i];

		n += s->time >= from && s->time <= to && test(s);
	}
	return n;
}

const struct seen *view_at(const struct view *v, int64_t time)
{
	const struct seen *last = NULL;

	for (size_t i = 0; i < v->n && v->p[i].time <= time; i++)
		last = &v->p[i];
	return last;
}

bool seen_fin_out(const struct seen *p)
{
	return p->out && p->fin;
}

bool seen_fin_in(const struct seen *p)
{
	return !p->out && p->fin;
}

bool seen_rst_in(const struct seen *p)
{
	return !p->out && p->rst;
}

/* What answers a segment takes its number from it and acknowledges nothing */
bool seen_rst_active(const struct seen *p)
{
	return p->out && p->rst && p->has_ack;
}

bool seen_rst_reply(const struct seen *p)
{
	return p->out && p->rst && !p->has_ack;
}
