// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "names.h"
#include "tally.h"

#define PATHS (CLOSEWATCH_PATH_MAX + 2)
#define FATES (CLOSEWATCH_FATE_MAX + 2)
#define TYPES (CLOSEWATCH_EVENT_TYPE_MAX + 2)

static uint32_t at_most(uint32_t value, uint32_t last)
{
	return value < last ? value : last;
}

void cw_tally_add(struct cw_tally *t, const struct cw_event *ev, bool shown)
{
	uint32_t path = at_most(ev->path, PATHS - 1);
	uint32_t fate = at_most(ev->fate, FATES - 1);

	if (ev->type == CLOSEWATCH_EVENT_TYPE_LOST) {
		t->lost += ev->count;
		return;
	}
	if (shown)
		t->shown++;
	else
		t->hidden++;
	t->type[at_most(ev->type, TYPES - 1)]++;
	if (ev->type == CLOSEWATCH_EVENT_TYPE_FATE) {
		t->fate[fate].count++;
		t->fate[fate].lost += ev->lost_bytes;
	}
	if (ev->type != CLOSEWATCH_EVENT_TYPE_CLOSE)
		return;
	t->path[path].count++;
	t->path[path].unread += ev->unread;
	t->path[path].unsent += ev->unsent;
	t->path[path].unacked += ev->unacked;
}

static const char *word_of(const struct cw_names *names, uint32_t value)
{
	const char *word = cw_names_word(names, value);

	return word ? word : "(newer)";
}

static void print_paths(const struct cw_tally *t, FILE *to)
{
	uint32_t i;

	fprintf(to, "%-18s %10s %14s %14s %14s\n", "PATH", "CLOSES",
		"UNREAD BYTES", "UNSENT BYTES", "UNACKED BYTES");
	for (i = 0; i < PATHS; i++) {
		if (!t->path[i].count)
			continue;
		fprintf(to, "%-18s %10" PRIu64 " %14" PRIu64 " %14" PRIu64
			" %14" PRIu64 "\n", word_of(&cw_path_names, i),
			t->path[i].count, t->path[i].unread,
			t->path[i].unsent, t->path[i].unacked);
	}
}

static void print_fates(const struct cw_tally *t, FILE *to)
{
	uint32_t i;

	fprintf(to, "%-18s %10s %14s\n", "FATE", "ENDS", "LOST BYTES");
	for (i = 0; i < FATES; i++)
		if (t->fate[i].count)
			fprintf(to, "%-18s %10" PRIu64 " %14" PRIu64 "\n",
				word_of(&cw_fate_names, i), t->fate[i].count,
				t->fate[i].lost);
}

/* What has no table. */
static void print_types(const struct cw_tally *t, FILE *to)
{
	uint32_t i;

	for (i = 0; i < TYPES; i++) {
		if (!t->type[i] || i == CLOSEWATCH_EVENT_TYPE_CLOSE ||
		    i == CLOSEWATCH_EVENT_TYPE_FATE)
			continue;
		fprintf(to, "%s: %" PRIu64 "\n", word_of(&cw_event_names, i),
			t->type[i]);
	}
}

void cw_tally_print(const struct cw_tally *t, const struct cw_listener *kernel,
		    FILE *to)
{
	if (t->type[CLOSEWATCH_EVENT_TYPE_CLOSE])
		print_paths(t, to);
	if (t->type[CLOSEWATCH_EVENT_TYPE_FATE])
		print_fates(t, to);
	print_types(t, to);
	fprintf(to, "%" PRIu64 " event%s shown", t->shown,
		t->shown == 1 ? "" : "s");
	if (t->hidden)
		fprintf(to, ", %" PRIu64 " without a line (-a shows them)",
			t->hidden);
	if (cw_has(kernel, CLOSEWATCH_A_LISTENER_SENT))
		fprintf(to, "; %" PRIu64 " delivered", kernel->sent);
	if (cw_has(kernel, CLOSEWATCH_A_LISTENER_LOST))
		fprintf(to, ", %" PRIu64 " lost\n", kernel->lost);
	else
		fprintf(to, "; %" PRIu64 " told lost, the kernel's own count did not come\n",
			t->lost);
	if (t->malformed)
		fprintf(to,
			"%" PRIu64 " malformed attributes left out; module and program differ\n",
			t->malformed);
}
