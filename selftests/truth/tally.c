// SPDX-License-Identifier: GPL-2.0
#include "tally.h"

#include <stdio.h>

#include "events.h"
#include "words.h"

static long count(const struct events *e, unsigned int type, unsigned int attr,
		  uint64_t value)
{
	long n = 0;

	for (size_t i = 0; i < e->n; i++) {
		const struct event *ev = &e->list[i];

		n += EVENT_NUM(ev, TYPE) == type && ev->has >> attr & 1 &&
		     ev->num[attr] == value;
	}
	return n;
}

static long closes(const struct events *e, unsigned int path)
{
	return count(e, CLOSEWATCH_EVENT_TYPE_CLOSE, CLOSEWATCH_A_EVENT_PATH,
		     path);
}

static long fates(const struct events *e, unsigned int fate)
{
	return count(e, CLOSEWATCH_EVENT_TYPE_FATE, CLOSEWATCH_A_EVENT_FATE,
		     fate);
}

static long fates_in(const struct events *e, unsigned int state)
{
	return count(e, CLOSEWATCH_EVENT_TYPE_FATE, CLOSEWATCH_A_EVENT_STATE,
		     state);
}

/* What an equation that does not hold was made of */
static void events_print(const struct events *e)
{
	for (size_t i = 0; i < e->n; i++) {
		const struct event *ev = &e->list[i];

		printf("#   %s cookie %llu state %llu path %llu fate %llu kind %llu\n",
		       word_event_type(EVENT_NUM(ev, TYPE)),
		       (unsigned long long)EVENT_NUM(ev, COOKIE),
		       (unsigned long long)EVENT_NUM(ev, STATE),
		       (unsigned long long)EVENT_NUM(ev, PATH),
		       (unsigned long long)EVENT_NUM(ev, FATE),
		       (unsigned long long)EVENT_NUM(ev, RESET_KIND));
	}
}

static bool is_minisock_reset(const struct event *ev)
{
	return EVENT_NUM(ev, TYPE) == CLOSEWATCH_EVENT_TYPE_RESET &&
	       EVENT_NUM(ev, RESET_KIND) == CLOSEWATCH_RESET_KIND_TIME_WAIT;
}

/* Two CPUs can each send an RST for a minisock before it is gone: count it once */
static long minisocks_reset(const struct events *e)
{
	long n = 0;

	for (size_t i = 0; i < e->n; i++) {
		size_t j = 0;

		if (!is_minisock_reset(&e->list[i]))
			continue;
		while (j < i && !(is_minisock_reset(&e->list[j]) &&
				  EVENT_NUM(&e->list[j], COOKIE) ==
				  EVENT_NUM(&e->list[i], COOKIE)))
			j++;
		n += j == i;
	}
	return n;
}

/*
 * Late data for a minisock move no counter but OutRsts, and their RST is told
 * apart. An RST for TCP_LINGER2 may be the close's own or follow later.
 */
static long aborts_on_data(const struct events *e)
{
	return closes(e, PATH(RST_LINGER0)) + closes(e, PATH(LINGER0_SILENT)) +
	       fates(e, FATE(RST_LATE_DATA)) - minisocks_reset(e) +
	       fates(e, FATE(RST_LINGER2)) - closes(e, PATH(RST_LINGER2));
}

unsigned int tally_check(const struct tally *t, unsigned int end,
			 const struct events *e, const struct counters *moved)
{
	const struct {
		const char *name;
		long events, counter;
	} equations[] = {
		{ "TCPAbortOnClose", closes(e, PATH(RST_UNREAD)),
		  moved->abort_on_close },
		{ "TCPAbortOnLinger", closes(e, PATH(RST_LINGER2)),
		  moved->abort_on_linger },
		{ "TCPAbortOnMemory", closes(e, PATH(RST_MEMORY)),
		  moved->abort_on_memory },
		{ "TCPAbortOnData", aborts_on_data(e), moved->abort_on_data },
		{ "TCPAbortOnTimeout", fates(e, FATE(RETRANSMIT_TIMEOUT)),
		  moved->abort_on_timeout },
		{ "TCPAbortFailed", 0, moved->abort_failed },
		{ "EstabResets", fates_in(e, CLOSEWATCH_STATE_ESTABLISHED) +
		  fates_in(e, CLOSEWATCH_STATE_CLOSE_WAIT),
		  moved->estab_resets },
		{ "OutRsts", (long)t->rsts[end], moved->out_rsts },
	};
	unsigned int wrong = 0;

	for (size_t i = 0; i < sizeof(equations) / sizeof(equations[0]); i++) {
		if (equations[i].events == equations[i].counter)
			continue;
		printf("# wrong: %s: %s moved by %ld, events and packets say %ld\n",
		       end == CLIENT ? "clients" : "servers", equations[i].name,
		       equations[i].counter, equations[i].events);
		wrong++;
	}
	if (wrong)
		events_print(e);
	return wrong;
}

void scope_add(struct scope *to, const struct scope *from)
{
	const unsigned long *f = (const void *)from;
	unsigned long *t = (void *)to;

	for (size_t i = 0; i < sizeof(*to) / sizeof(*t); i++)
		t[i] += f[i];
}

static void words_print(const char *what, const unsigned long *n, size_t size,
			const char *(*word)(unsigned int))
{
	printf("# %s:", what);
	for (size_t i = 0; i < size; i++) {
		if (n[i])
			printf(" %s %lu", word(i), n[i]);
	}
	printf("\n");
}

void scope_print(const struct scope *s)
{
	printf("# judged: %lu ends, %lu packets, %lu events\n", s->ends,
	       s->packets, s->events);
	words_print("paths", s->paths, sizeof(s->paths) / sizeof(s->paths[0]),
		    word_path);
	words_print("fates", s->fates, sizeof(s->fates) / sizeof(s->fates[0]),
		    word_fate);
	printf("# verdicts: unknown %lu, delivered %lu, lost %lu\n",
	       s->verdicts[CLOSEWATCH_VERDICT_UNKNOWN],
	       s->verdicts[CLOSEWATCH_VERDICT_DELIVERED],
	       s->verdicts[CLOSEWATCH_VERDICT_LOST]);
	printf("# left open: %lu times who closed first,", s->first_open);
	printf(" %lu acknowledgments at the very end,", s->close_calls);
	printf(" %lu RSTs at a hand-over\n", s->resets_dropped);
}
