// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include "base/names.h"
#include "base/names_gen.h"
#include "base/text.h"
#include "base/wrap.h"
#include "explain/tally.h"

#define PATHS (CLOSEWATCH_PATH_MAX + 2)
#define FATES (CLOSEWATCH_FATE_MAX + 2)
#define OUTCOMES (CLOSEWATCH_DRAIN_OUTCOME_MAX + 2)
#define TYPES (CLOSEWATCH_EVENT_TYPE_MAX + 2)

static uint32_t at_most(uint32_t value, uint32_t last)
{
	return value < last ? value : last;
}

static void add_close(struct cw_tally *t, const struct cw_msg_event *ev)
{
	uint32_t path = at_most(ev->path, PATHS - 1);

	t->path[path].count++;
	t->path[path].unread += ev->unread;
	t->path[path].unsent += ev->unsent;
	t->path[path].unacked += ev->unacked;
}

static void add_fate(struct cw_tally *t, const struct cw_msg_event *ev)
{
	uint32_t fate = at_most(ev->fate, FATES - 1);

	t->fate[fate].count++;
	t->fate[fate].lost += ev->lost_bytes;
}

static void add_drain(struct cw_tally *t, const struct cw_msg_event *ev)
{
	uint32_t outcome = at_most(ev->drain_outcome, OUTCOMES - 1);

	t->drain[outcome].count++;
	t->drain[outcome].discarded += ev->discarded;
	t->drain[outcome].response += ev->response_bytes;
	t->drain[outcome].acked += ev->response_acked;
	if (!ev->saved)
		return;
	t->saved++;
	t->saved_bytes += ev->response_bytes;
}

static void add_reset(struct cw_tally *t, const struct cw_msg_event *ev)
{
	if (ev->reset_kind != CLOSEWATCH_RESET_KIND_LATE_SEGMENT)
		return;
	t->late++;
	t->late_rsts += ev->count;
}

static void add_lost(struct cw_tally *t, const struct cw_msg_event *ev)
{
	t->lost += ev->count;
	if (!cw_has(ev, CLOSEWATCH_A_EVENT_LOSS))
		return;
	if (ev->loss == CLOSEWATCH_LOSS_PROBE)
		t->missed += ev->count;
	else if (ev->loss == CLOSEWATCH_LOSS_BLIND)
		t->blind += ev->count;
}

void cw_tally_add(struct cw_tally *t, const struct cw_msg_event *ev)
{
	if (ev->type == CLOSEWATCH_EVENT_TYPE_LOST) {
		add_lost(t, ev);
		return;
	}
	t->shown++;
	t->type[at_most(ev->type, TYPES - 1)]++;
	if (ev->type == CLOSEWATCH_EVENT_TYPE_CLOSE)
		add_close(t, ev);
	else if (ev->type == CLOSEWATCH_EVENT_TYPE_FATE)
		add_fate(t, ev);
	else if (ev->type == CLOSEWATCH_EVENT_TYPE_DRAIN_END)
		add_drain(t, ev);
	else if (ev->type == CLOSEWATCH_EVENT_TYPE_RESET)
		add_reset(t, ev);
}

void cw_tally_add_wait(struct cw_tally *t)
{
	t->shown++;
	t->waits++;
}

void cw_tally_ends(struct cw_tally *t, const struct cw_msg_stats *added)
{
	uint64_t shown = t->type[CLOSEWATCH_EVENT_TYPE_FATE], ends = 0;
	uint32_t i, fate;

	memset(t->fate, 0, sizeof(t->fate));
	for (i = 0; i < CW_STATS_KINDS; i++) {
		fate = at_most(i, FATES - 1);
		t->fate[fate].count += added->fate[i].events;
		t->fate[fate].lost += added->fate[i].bytes;
		ends += added->fate[i].events;
	}
	t->hidden = ends > shown ? ends - shown : 0;
	t->partial = false;
}

static const char *word_of(const struct cw_names *names, uint32_t value)
{
	const char *word = cw_names_word(names, value);

	return word ? word : "(newer)";
}

static void print_paths(const struct cw_tally *t, FILE *to)
{
	uint32_t i;

	fprintf(to, "%-18s %8s %10s %10s %10s\n", "PATH", "CLOSES",
		"UNREAD B", "UNSENT B", "UNACKED B");
	for (i = 0; i < PATHS; i++) {
		if (!t->path[i].count)
			continue;
		fprintf(to, "%-18s %8" PRIu64 " %10" PRIu64 " %10" PRIu64
			" %10" PRIu64 "\n", word_of(&cw_path_names, i),
			t->path[i].count, t->path[i].unread,
			t->path[i].unsent, t->path[i].unacked);
	}
}

static void print_fates(const struct cw_tally *t, FILE *to)
{
	uint32_t i;

	fprintf(to, "%-18s %8s %10s\n", "FATE", "ENDS", "LOST B");
	for (i = 0; i < FATES; i++)
		if (t->fate[i].count)
			fprintf(to, "%-18s %8" PRIu64 " %10" PRIu64 "\n",
				word_of(&cw_fate_names, i), t->fate[i].count,
				t->fate[i].lost);
}

static void print_drains(const struct cw_tally *t, FILE *to)
{
	uint32_t i;

	fprintf(to, "%-18s %8s %10s %10s %10s\n", "DRAIN", "ENDS",
		"DISCARDED", "RESPONSE B", "ACKED B");
	for (i = 0; i < OUTCOMES; i++)
		if (t->drain[i].count)
			fprintf(to, "%-18s %8" PRIu64 " %10" PRIu64 " %10"
				PRIu64 " %10" PRIu64 "\n",
				word_of(&cw_drain_outcome_names, i),
				t->drain[i].count, t->drain[i].discarded,
				t->drain[i].response, t->drain[i].acked);
	fprintf(to, "%" PRIu64 " response%s saved from an RST, %" PRIu64
		" B\n", t->saved, t->saved == 1 ? "" : "s", t->saved_bytes);
}

/* What has no table. */
static void print_types(const struct cw_tally *t, FILE *to)
{
	uint32_t i;

	for (i = 0; i < TYPES; i++) {
		if (!t->type[i] || i == CLOSEWATCH_EVENT_TYPE_CLOSE ||
		    i == CLOSEWATCH_EVENT_TYPE_FATE ||
		    i == CLOSEWATCH_EVENT_TYPE_DRAIN_END)
			continue;
		fprintf(to, "%s: %" PRIu64,
			word_of(&cw_event_type_names, i), t->type[i]);
		if (i == CLOSEWATCH_EVENT_TYPE_RESET && t->late)
			fprintf(to, ", %" PRIu64 " of them for %" PRIu64
				" RST%s to late segments", t->late,
				t->late_rsts, t->late_rsts == 1 ? "" : "s");
		fputc('\n', to);
	}
	if (t->waits)
		fprintf(to, "close-wait: %" PRIu64 "\n", t->waits);
}

/*
 * The kernel's figure has all losses of events, and only the records tell which
 * of them were missed probe hits, which need not have been events of this filter.
 * Seconds in which probes did not fire are in the records alone.
 */
static void say_lost(struct cw_text *to, const struct cw_tally *t,
		     const struct cw_msg_listener *kernel)
{
	bool told = cw_has(kernel, CLOSEWATCH_A_LISTENER_LOST);
	uint64_t lost = told ? kernel->lost : t->lost - t->blind;
	uint64_t missed = t->missed < lost ? t->missed : lost;

	cw_say(to, told ? ", %" PRIu64 " lost" :
			  "; %" PRIu64 " lost as far as was told",
	       lost - missed);
	if (missed)
		cw_say(to, ", and up to %" PRIu64
		       " more for missed probe hits", missed);
	if (!told && !t->recorded)
		cw_say(to, ", since the module gave no count at the end");
}

/* Once the output has ended, events are taken and not even made a line of. */
static void say_cut(struct cw_text *to, const struct cw_tally *t,
		    const struct cw_msg_listener *kernel)
{
	bool known = cw_has(kernel, CLOSEWATCH_A_LISTENER_SENT);
	uint64_t all = known ? kernel->sent + t->waits : t->shown;
	uint64_t written = t->shown - t->unwritten;

	cw_say(to, "%s%" PRIu64 "%s not written, since the output ended",
	       known ? ", " : "; ", all > written ? all - written : 0,
	       known ? " of them" : " or more");
}

static void print_shown(const struct cw_tally *t,
			const struct cw_msg_listener *kernel, FILE *to)
{
	uint64_t shown = t->shown - t->unwritten;
	char text[384];
	struct cw_text s = { .buf = text, .size = sizeof(text) };

	cw_say(&s, "%" PRIu64 " event%s shown", shown, shown == 1 ? "" : "s");
	if (t->hidden)
		cw_say(&s, ", %" PRIu64 " end%s without a line (-a shows them)",
		       t->hidden, t->hidden == 1 ? "" : "s");
	if (t->unrecorded)
		cw_say(&s,
		       "; what ended well, or another event reports, was not recorded (record -a)");
	else if (t->partial)
		cw_say(&s, "; what ended well, or another event reports, is left out (-a has it)");
	if (t->waits && !t->cut)
		cw_say(&s, ", %" PRIu64 " of them close-wait, which this program finds itself",
		       t->waits);
	if (cw_has(kernel, CLOSEWATCH_A_LISTENER_SENT))
		cw_say(&s, "; %" PRIu64 " delivered", kernel->sent);
	if (t->cut)
		say_cut(&s, t, kernel);
	say_lost(&s, t, kernel);
	cw_wrap_print(to, NULL, text);
}

static void print_number(FILE *to, const char *before, uint64_t n,
			 const char *after)
{
	char text[256];
	struct cw_text s = { .buf = text, .size = sizeof(text) };

	if (!n)
		return;
	cw_say(&s, "%s%" PRIu64 "%s", before, n, after);
	cw_wrap_print(to, NULL, text);
}

void cw_tally_print(const struct cw_tally *t,
		    const struct cw_msg_listener *kernel, FILE *to)
{
	if (t->type[CLOSEWATCH_EVENT_TYPE_CLOSE])
		print_paths(t, to);
	if (t->type[CLOSEWATCH_EVENT_TYPE_FATE] || t->hidden)
		print_fates(t, to);
	if (t->type[CLOSEWATCH_EVENT_TYPE_DRAIN_END])
		print_drains(t, to);
	print_types(t, to);
	print_shown(t, kernel, to);
	print_number(to, "blind for ", t->blind,
		     " s: the kernel's probes did not fire, and what ended then is not counted");
	print_number(to, "", t->malformed,
		     " malformed attributes left out; module and program differ");
}
