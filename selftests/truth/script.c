// SPDX-License-Identifier: GPL-2.0
#include "script.h"

#include <stdio.h>
#include <string.h>

#include "random.h"

static const char * const op_names[] = {
	"write", "read", "pause", "shut", "destroy", "end",
};

static const char * const manner_names[] = {
	"close", "exit", "kill", "dup", "fork", "child", "listener",
};

static const char * const how_names[] = { "rd", "wr", "rdwr" };

const char *manner_name(unsigned int manner)
{
	return manner_names[manner];
}

static void add(struct script *s, enum op what, unsigned int end, uint32_t arg)
{
	if (s->n < STEPS)
		s->step[s->n++] = (struct step){ what, end, arg };
}

static void options_make(struct end_options *o, struct random *r)
{
	static const int lingers[] = { 0, 0, 1, 2, 5 };
	static const int linger2s[] = { -1, -1, 1, 3 };

	o->sndbuf = random_percent(r, 25) ? 4608 << random_below(r, 4) : 0;
	o->rcvbuf = random_percent(r, 25) ? 2304 << random_below(r, 4) : 0;
	o->nodelay = random_percent(r, 30);
	o->cork = random_percent(r, 10);
	o->linger = random_percent(r, 40) ? lingers[random_below(r, 5)] : -1;
	o->linger2 = random_percent(r, 20) ? linger2s[random_below(r, 4)] : 0;
}

/* Most transfers are small, some fill every buffer on the way */
static uint32_t size_make(struct random *r)
{
	switch (random_below(r, 10)) {
	case 0:
		return 1;
	case 1:
		return 1 + random_below(r, 200000);
	case 2 ... 4:
		return 1 + random_below(r, 20000);
	default:
		return 1 + random_below(r, 3000);
	}
}

static void pause_make(struct script *s, struct random *r)
{
	static const uint32_t most[] = { 3, 30, 120 };

	add(s, OP_PAUSE, 0, random_below(r, most[random_below(r, 3)]));
}

static void talk_make(struct script *s, struct random *r, unsigned int steps)
{
	while (steps--) {
		unsigned int end = random_below(r, ENDS);
		unsigned int dice = random_below(r, 100);

		if (s->queued)
			end = CLIENT;
		if (dice < 50)
			add(s, OP_WRITE, end, size_make(r));
		else if (dice < 85)
			add(s, OP_READ, end, size_make(r));
		else
			pause_make(s, r);
	}
}

static unsigned int manner_make(struct script *s, unsigned int end,
				struct random *r)
{
	static const uint8_t manners[] = {
		BY_CLOSE, BY_CLOSE, BY_CLOSE, BY_CLOSE, BY_EXIT, BY_KILL,
		BY_DUP, BY_FORK, BY_CHILD,
	};

	if (s->queued && end == SERVER)
		return BY_LISTENER;
	/* What blocks must not hold up the other end */
	if (s->end[end].linger > 0)
		return random_percent(r, 25) ? BY_EXIT : BY_CHILD;
	return manners[random_below(r, sizeof(manners))];
}

/* Read what may have come, so that not every close finds something unread */
static void drain_make(struct script *s, unsigned int end, struct random *r)
{
	if (s->queued && end == SERVER)
		return;
	if (random_percent(r, 70))
		add(s, OP_READ, end, 1 << 20);
	if (random_percent(r, 20)) {
		add(s, OP_SHUT, end, random_below(r, 3));
		if (random_percent(r, 50))
			pause_make(s, r);
		if (random_percent(r, 20))
			add(s, OP_SHUT, end, random_below(r, 3));
	}
	if (random_percent(r, 6))
		add(s, OP_DESTROY, end, 0);
}

void script_make(struct script *s, uint64_t seed, uint64_t index)
{
	struct random r = random_start(seed, index);
	unsigned int first;

	memset(s, 0, sizeof(*s));
	s->index = index;
	s->ipv6 = random_percent(&r, 30);
	s->queued = random_percent(&r, 6);
	options_make(&s->end[CLIENT], &r);
	options_make(&s->end[SERVER], &r);
	first = random_below(&r, ENDS);

	talk_make(s, &r, random_below(&r, 9));
	drain_make(s, first, &r);
	add(s, OP_END, first, manner_make(s, first, &r));
	if (random_percent(&r, 60))
		pause_make(s, &r);
	if (!s->queued || first == SERVER)
		talk_make(s, &r, random_below(&r, 4));
	drain_make(s, !first, &r);
	add(s, OP_END, !first, manner_make(s, !first, &r));
}

static void options_print(const char *name, const struct end_options *o)
{
	printf("#   %s: linger %d linger2 %d sndbuf %d rcvbuf %d%s%s\n", name,
	       o->linger, o->linger2, o->sndbuf, o->rcvbuf,
	       o->nodelay ? " nodelay" : "", o->cork ? " cork" : "");
}

void script_print(const struct script *s)
{
	printf("#   script %s%s\n", s->ipv6 ? "ipv6" : "ipv4",
	       s->queued ? " queued" : "");
	options_print("client", &s->end[CLIENT]);
	options_print("server", &s->end[SERVER]);
	printf("#   steps:");
	for (unsigned int i = 0; i < s->n; i++) {
		const struct step *t = &s->step[i];

		printf(" %s%s", t->op == OP_PAUSE ? "" :
		       t->end == CLIENT ? "c." : "s.", op_names[t->op]);
		if (t->op == OP_SHUT)
			printf("(%s)", how_names[t->arg]);
		else if (t->op == OP_END)
			printf("(%s)", manner_names[t->arg]);
		else if (t->op != OP_DESTROY)
			printf("(%u)", t->arg);
	}
	printf("\n");
}
