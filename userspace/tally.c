// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "names.h"
#include "tally.h"

#define PATHS (CLOSEWATCH_PATH_MAX + 2)

void cw_tally_add(struct cw_tally *t, const struct cw_event *ev)
{
	uint32_t path = ev->path < PATHS ? ev->path : PATHS - 1;

	if (ev->type == CLOSEWATCH_EVENT_TYPE_LOST) {
		t->lost += ev->count;
		return;
	}
	t->shown++;
	if (ev->type == CLOSEWATCH_EVENT_TYPE_LINGER_WAIT)
		t->waits++;
	if (ev->type != CLOSEWATCH_EVENT_TYPE_CLOSE)
		return;
	t->path[path].count++;
	t->path[path].unread += ev->unread;
	t->path[path].unsent += ev->unsent;
	t->path[path].unacked += ev->unacked;
}

static void print_paths(const struct cw_tally *t, FILE *to)
{
	uint32_t i;

	fprintf(to, "%-16s %10s %14s %14s %14s\n", "PATH", "CLOSES",
		"UNREAD BYTES", "UNSENT BYTES", "UNACKED BYTES");
	for (i = 0; i < PATHS; i++) {
		const char *word = cw_names_word(&cw_path_names, i);

		if (!t->path[i].count)
			continue;
		fprintf(to, "%-16s %10" PRIu64 " %14" PRIu64 " %14" PRIu64
			" %14" PRIu64 "\n", word ? word : "(newer)",
			t->path[i].count, t->path[i].unread,
			t->path[i].unsent, t->path[i].unacked);
	}
}

void cw_tally_print(const struct cw_tally *t, const struct cw_listener *kernel,
		    FILE *to)
{
	uint64_t closes = 0;
	uint32_t i;

	for (i = 0; i < PATHS; i++)
		closes += t->path[i].count;
	if (closes)
		print_paths(t, to);
	fprintf(to, "%" PRIu64 " close%s and %" PRIu64 " linger wait%s shown",
		closes, closes == 1 ? "" : "s", t->waits,
		t->waits == 1 ? "" : "s");
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
