// SPDX-License-Identifier: GPL-2.0
#include "batch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture.h"
#include "judge.h"
#include "netns.h"
#include "wait.h"

#define END_LIMIT	(60 * NSEC_PER_SEC)
#define SILENCE		(400 * MSEC)	/* many times what a link delays */

struct course {
	struct batch *b;
	struct network net;
	struct capture *wire[ENDS];
	struct events events[ENDS];
	struct counters before[ENDS], after[ENDS];
	struct script *script;
	struct record *record;		/* shared with the actors */
	struct tally tally;
	bool whole;			/* no packet was lost to the capture */
	size_t heard;			/* packets so far, and when the last came */
	int64_t heard_at;
};

static int inconclusive(struct course *c, const char *why)
{
	snprintf(c->b->why, sizeof(c->b->why), "%s", why);
	return BATCH_INCONCLUSIVE;
}

static int oracle_open(struct course *c, unsigned int end)
{
	if (netns_switch(c->net.ns[end]) < 0)
		return inconclusive(c, "cannot enter a namespace");
	c->wire[end] = capture_open(INTERFACE);
	if (!c->wire[end])
		return inconclusive(c, "cannot capture");
	if (events_open(&c->events[end]) ||
	    events_subscribe(&c->events[end], NULL, NULL))
		return inconclusive(c, "cannot subscribe; is closewatch.ko loaded?");
	return counters_read(&c->before[end]);
}

static int course_open(struct course *c)
{
	size_t size = c->b->n * sizeof(*c->record);
	uint64_t batch = c->b->first / BATCH;

	if (network_open(&c->net, setting_of(c->b->seed, batch)) < 0)
		return inconclusive(c, "cannot set up the network");
	c->script = calloc(c->b->n, sizeof(*c->script));
	c->record = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!c->script || c->record == MAP_FAILED)
		abort();
	for (unsigned int i = 0; i < c->b->n; i++)
		script_make(&c->script[i], c->b->seed, c->b->first + i);
	c->whole = true;
	return oracle_open(c, CLIENT) ?: oracle_open(c, SERVER);
}

static void course_close(struct course *c)
{
	for (unsigned int end = 0; end < ENDS; end++) {
		events_close(&c->events[end]);
		capture_close(c->wire[end]);
	}
	if (c->record)
		munmap(c->record, c->b->n * sizeof(*c->record));
	free(c->script);
	network_close(&c->net);
}

static void listen_in(struct course *c)
{
	for (unsigned int end = 0; end < ENDS; end++) {
		while (events_poll(&c->events[end]))
			;
		c->whole &= capture_read(c->wire[end]);
	}
}

static void actors_run(struct course *c)
{
	unsigned int begun = 0, running = 0;

	while (begun < c->b->n || running) {
		if (begun < c->b->n && running < c->b->at_once) {
			if (actor_start(&c->net, &c->script[begun],
					&c->record[begun]) > 0)
				running++;
			begun++;
		} else {
			poll(NULL, 0, 5);
		}
		while (running && waitpid(-1, NULL, WNOHANG) > 0)
			running--;
		listen_in(c);
	}
}

/*
 * When all sockets have gone, segments may still be under way to them, to be
 * answered with an RST. Those have to be over before any oracle is read.
 */
static bool quiet(struct course *c)
{
	size_t client, server;

	listen_in(c);
	capture_packets(c->wire[CLIENT], &client);
	capture_packets(c->wire[SERVER], &server);
	if (client + server != c->heard) {
		c->heard = client + server;
		c->heard_at = now_ns();
	}
	return network_quiet(&c->net) && now_ns() - c->heard_at > SILENCE;
}

static int await_quiet(struct course *c)
{
	int64_t end = now_ns() + END_LIMIT;

	while (!quiet(c)) {
		if (now_ns() > end)
			return inconclusive(c, "connections did not end");
		poll(NULL, 0, 50);
	}
	return 0;
}

static int oracle_read(struct course *c, unsigned int end)
{
	struct events *e = &c->events[end];

	if (netns_switch(c->net.ns[end]) < 0 ||
	    counters_read(&c->after[end]) < 0 || events_unsubscribe(e) < 0)
		return inconclusive(c, "cannot read an oracle");
	c->whole &= capture_read(c->wire[end]);
	if (events_lost(e) || events_lost_by(e, CLOSEWATCH_LOSS_PROBE)) {
		snprintf(c->b->why, sizeof(c->b->why),
			 "events were lost: %" PRIu64 ", probes missed: %" PRIu64,
			 events_lost(e),
			 events_lost_by(e, CLOSEWATCH_LOSS_PROBE));
		return BATCH_INCONCLUSIVE;
	}
	c->tally.scope.events += e->n;
	return c->whole ? 0 : inconclusive(c, "the capture lost packets");
}

static int actors_check(struct course *c)
{
	for (unsigned int i = 0; i < c->b->n; i++) {
		const struct record *r = &c->record[i];

		if (r->finished)
			continue;
		snprintf(c->b->why, sizeof(c->b->why),
			 "connection %" PRIu64 " was not played to its end: %s",
			 c->script[i].index, r->failed);
		return BATCH_INCONCLUSIVE;
	}
	return 0;
}

static unsigned int judge_one(struct course *c, unsigned int i)
{
	const struct script *s = &c->script[i];
	struct hearing h = {
		.net = &c->net, .script = s, .record = &c->record[i],
		.events = { &c->events[CLIENT], &c->events[SERVER] },
		.tally = &c->tally,
	};
	unsigned int wrong;

	for (unsigned int end = 0; end < ENDS; end++) {
		view_make(&h.view[end], c->wire[end], port_of(end, s->index),
			  port_of(!end, s->index));
		c->tally.scope.packets += h.view[end].n;
	}
	wrong = judge(&h);
	if (wrong)
		printf("#   replay: truth -s %" PRIu64 " --only %" PRIu64 "\n",
		       c->b->seed, s->index);
	else if (c->b->verbose)
		script_print(s);
	view_free(&h.view[CLIENT]);
	view_free(&h.view[SERVER]);
	return wrong;
}

static void moved_make(struct counters *moved, const struct counters *before,
		       const struct counters *after)
{
	const long *b = (const void *)before, *a = (const void *)after;
	long *m = (void *)moved;

	for (size_t i = 0; i < sizeof(*moved) / sizeof(*m); i++)
		m[i] = a[i] - b[i];
}

static int judge_all(struct course *c)
{
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < c->b->n; i++)
		wrong += judge_one(c, i);
	for (unsigned int end = 0; end < ENDS; end++) {
		struct counters moved;

		moved_make(&moved, &c->before[end], &c->after[end]);
		wrong += tally_check(&c->tally, end, &c->events[end], &moved);
	}
	c->b->scope = c->tally.scope;
	return wrong ? BATCH_DISAGREES : BATCH_AGREES;
}

static int course_run(struct course *c)
{
	int ret = course_open(c);

	if (ret)
		return ret;
	actors_run(c);
	ret = await_quiet(c) ?: oracle_read(c, CLIENT) ?:
	      oracle_read(c, SERVER) ?: actors_check(c);
	return ret ?: judge_all(c);
}

int batch_run(struct batch *b)
{
	struct course c = { .b = b };
	int ret;

	fflush(stdout);		/* actors must not inherit what is buffered */
	ret = course_run(&c);
	course_close(&c);
	return ret;
}
