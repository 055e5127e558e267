// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include <linux/closewatch.h>

#include "base/names.h"
#include "base/names_gen.h"
#include "module/core/version.h"
#include "output/openmetrics.h"

/* One family at a time. */
struct metrics {
	FILE *out;
	bool text;
	const char *name;
	bool counter;
};

static void begin(struct metrics *m, const char *name, const char *type,
		  const char *unit, const char *help)
{
	const char *suffix;

	m->name = name;
	m->counter = *type == 'c';
	suffix = m->text && m->counter ? "_total" : "";
	fprintf(m->out, "# HELP closewatch_%s%s %s\n", name, suffix, help);
	fprintf(m->out, "# TYPE closewatch_%s%s %s\n", name, suffix, type);
	if (unit && !m->text)
		fprintf(m->out, "# UNIT closewatch_%s %s\n", name, unit);
}

/* A label's value is a word of ours or a version of the module's. */
static void escaped(FILE *out, const char *value, size_t len)
{
	for (; len--; value++) {
		if (*value == '\\' || *value == '"')
			fprintf(out, "\\%c", *value);
		else if (*value == '\n')
			fputs("\\n", out);
		else
			fputc(*value, out);
	}
}

static void labelled(const struct metrics *m, const char *label,
		     const char *value, uint64_t n)
{
	fprintf(m->out, "closewatch_%s%s{%s=\"", m->name,
		m->counter ? "_total" : "", label);
	escaped(m->out, value, strlen(value));
	fprintf(m->out, "\"} %" PRIu64 "\n", n);
}

static void plain(const struct metrics *m, uint64_t n)
{
	fprintf(m->out, "closewatch_%s%s %" PRIu64 "\n", m->name,
		m->counter ? "_total" : "", n);
}

static void one(struct metrics *m, const char *name, const char *type,
		const char *unit, const char *help, uint64_t n)
{
	begin(m, name, type, unit, help);
	plain(m, n);
}

/* A module that is newer has more than this program has words. */
static void words(const struct metrics *m, const char *label,
		  const struct cw_names *names, const void *counts, size_t size)
{
	const char *at = counts;
	uint64_t other = 0, n;
	unsigned int i;

	for (i = 0; i < CW_STATS_KINDS; i++) {
		memcpy(&n, at + i * size, sizeof(n));
		if (cw_names_find(names, i))
			labelled(m, label, cw_names_word(names, i), n);
		else
			other += n;
	}
	if (other)
		labelled(m, label, "newer", other);
}

static uint64_t sum(const void *counts, size_t size)
{
	const char *at = counts;
	uint64_t all = 0, n;
	unsigned int i;

	for (i = 0; i < CW_STATS_KINDS; i++) {
		memcpy(&n, at + i * size, sizeof(n));
		all += n;
	}
	return all;
}

#define WORDS(m, label, names, counts)	\
	words(m, label, names, &(counts)[0].events, sizeof((counts)[0]))
#define SUM(counts, member)	sum(&(counts)[0].member, sizeof((counts)[0]))

static void put_build(struct metrics *m, const struct cw_msg_info *info)
{
	begin(m, "build_info", "gauge", NULL,
	      "Versions of the module and of the utility; always 1.");
	fputs("closewatch_build_info{module=\"", m->out);
	escaped(m->out, (const char *)info->version.b, info->version.len);
	fputs("\",utility=\"" CW_VERSION "\"} 1\n", m->out);
}

static void put_closes(struct metrics *m, const struct cw_msg_stats *s)
{
	begin(m, "closes", "counter", NULL,
	      "Closes of TCP sockets by the branch of the kernel that they took.");
	WORDS(m, "path", &cw_path_names, s->close);
	one(m, "unread_bytes", "counter", "bytes",
	    "Bytes that programs had not read when they closed.",
	    SUM(s->close, bytes));
	begin(m, "fates", "counter", NULL,
	      "Ends of connections by what ended them.");
	WORDS(m, "fate", &cw_fate_names, s->fate);
	one(m, "lost_bytes", "counter", "bytes",
	    "Bytes of ours never sent when their connection ended.",
	    SUM(s->fate, bytes));
}

/* From 1 us to 1100 s; the kernel has a bucket for each power of two of ns. */
#define WAIT_FIRST	10
#define WAIT_LAST	40

static void put_wait(struct metrics *m, const struct cw_msg_stats *s)
{
	uint64_t n = 0;
	unsigned int i;

	begin(m, "linger_wait_seconds", "histogram", "seconds",
	      "Time that close() waited for SO_LINGER.");
	for (i = 0; i < CW_STATS_KINDS; i++) {
		n += s->linger_wait[i];
		if (i + 1 >= WAIT_FIRST && i + 1 <= WAIT_LAST)
			fprintf(m->out, "closewatch_%s_bucket{le=\"%.9g\"} %" PRIu64 "\n",
				m->name, (double)(1ULL << (i + 1)) / 1e9, n);
	}
	fprintf(m->out, "closewatch_%s_bucket{le=\"+Inf\"} %" PRIu64 "\n",
		m->name, n);
	fprintf(m->out, "closewatch_%s_sum %.9f\n", m->name,
		s->linger_wait_ns / 1e9);
	fprintf(m->out, "closewatch_%s_count %" PRIu64 "\n", m->name, n);
}

static void put_drains(struct metrics *m, const struct cw_msg_stats *s)
{
	struct cw_drain_count ends[CW_STATS_KINDS];

	memcpy(ends, s->drain, sizeof(ends));
	ends[CLOSEWATCH_DRAIN_OUTCOME_REFUSED].events = SUM(s->refused, events);
	begin(m, "drains", "gauge", NULL, "Drains now.");
	labelled(m, "state", "running", s->drains);
	begin(m, "drain_outcomes", "counter", NULL,
	      "Drains that have ended or were refused, by how.");
	WORDS(m, "outcome", &cw_drain_outcome_names, ends);
	begin(m, "drain_refusals", "counter", NULL,
	      "Drains that a policy asked for and that never began, by reason.");
	WORDS(m, "refusal", &cw_refusal_names, s->refused);
	one(m, "drained_bytes", "counter", "bytes",
	    "Bytes that drains have discarded.", SUM(s->drain, discarded));
	one(m, "saved_responses", "counter", NULL,
	    "Drains that saved a response from an RST.", s->saved);
	one(m, "saved_bytes", "counter", "bytes",
	    "Bytes of these responses that were not acknowledged at the close.",
	    s->saved_bytes);
	one(m, "needless_drains", "counter", NULL,
	    "Closes under a policy that had nothing to drain and ran unchanged.",
	    s->nothing_to_drain);
}

static void put_losses(struct metrics *m, const struct cw_msg_info *i)
{
	begin(m, "events_lost", "counter", NULL,
	      "Events that were lost, by cause, in all network namespaces.");
	labelled(m, "cause", "ring", i->lost_ring);
	labelled(m, "cause", "socket", i->lost_socket);
	labelled(m, "cause", "probe", i->missed);
	labelled(m, "cause", "inflight", i->inflight_full);
	one(m, "blind_seconds", "counter", "seconds",
	    "Time in which armed probes did not fire.", i->blind_seconds);
	one(m, "blind", "gauge", NULL, "1 while armed probes do not fire.",
	    i->blind);
	one(m, "probes_stuck", "gauge", NULL,
	    "Probes that the kernel could not remove; the module cannot be unloaded.",
	    i->probes_stuck);
	one(m, "evicted_connections", "counter", NULL,
	    "Connections no longer followed because a table was full.",
	    i->evicted);
}

static void put_module(struct metrics *m, const struct cw_msg_info *i)
{
	one(m, "events", "counter", NULL,
	    "Events recorded, in all network namespaces.", i->events);
	one(m, "listeners", "gauge", NULL,
	    "Listeners now; without one closes and fates are not counted.",
	    i->listeners);
	one(m, "policies", "gauge", NULL,
	    "Policies installed, in all network namespaces.", i->policies);
}

void cw_openmetrics(FILE *out, bool text, const struct cw_msg_info *info,
		    const struct cw_msg_stats *stats)
{
	struct metrics m = { .out = out, .text = text };

	put_build(&m, info);
	put_closes(&m, stats);
	put_wait(&m, stats);
	put_drains(&m, stats);
	put_losses(&m, info);
	put_module(&m, info);
	if (!text)
		fputs("# EOF\n", out);
}
