// SPDX-License-Identifier: GPL-2.0
#include "counters.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	size_t offset;
} figures[] = {
	{ "OutRsts", offsetof(struct counters, out_rsts) },
	{ "EstabResets", offsetof(struct counters, estab_resets) },
	{ "TCPAbortOnClose", offsetof(struct counters, abort_on_close) },
	{ "TCPAbortOnData", offsetof(struct counters, abort_on_data) },
	{ "TCPAbortOnLinger", offsetof(struct counters, abort_on_linger) },
	{ "TCPAbortOnMemory", offsetof(struct counters, abort_on_memory) },
	{ "TCPAbortOnTimeout", offsetof(struct counters, abort_on_timeout) },
	{ "TCPAbortFailed", offsetof(struct counters, abort_failed) },
	{ "TCPTimeWaitOverflow",
	  offsetof(struct counters, time_wait_overflow) },
	/* These two came with 5.14; without them nothing migrates. */
	{ "TCPMigrateReqSuccess", offsetof(struct counters, migrate_success) },
	{ "TCPMigrateReqFailure", offsetof(struct counters, migrate_failure) },
};

#define SPACE	"\n "
#define FIGURES (sizeof(figures) / sizeof(figures[0]))
#define REQUIRED (FIGURES - 2)

static long *figure(const struct counters *c, size_t i)
{
	return (long *)((char *)c + figures[i].offset);
}

static int take(struct counters *c, const char *name, const char *value)
{
	for (size_t i = 0; i < FIGURES; i++) {
		if (!strcmp(figures[i].name, name)) {
			*figure(c, i) = atol(value);
			return 1;
		}
	}
	return 0;
}

/* Both files are pairs of lines: the names of the figures, and the figures */
static int read_pairs(const char *path, struct counters *c)
{
	char names[8192], values[8192];
	FILE *f = fopen(path, "re");
	int found = 0;

	if (!f)
		return 0;
	while (fgets(names, sizeof(names), f) &&
	       fgets(values, sizeof(values), f)) {
		char *n, *v, *in_names, *in_values;

		n = strtok_r(names, SPACE, &in_names);
		v = strtok_r(values, SPACE, &in_values);
		if (!n || (strcmp(n, "Tcp:") && strcmp(n, "TcpExt:")))
			continue;
		while (n && v) {
			found += take(c, n, v);
			n = strtok_r(NULL, SPACE, &in_names);
			v = strtok_r(NULL, SPACE, &in_values);
		}
	}
	fclose(f);
	return found;
}

int counters_read(struct counters *c)
{
	size_t found;

	memset(c, 0, sizeof(*c));
	found = read_pairs("/proc/thread-self/net/snmp", c) +
		read_pairs("/proc/thread-self/net/netstat", c);
	return found >= REQUIRED ? 0 : -1;
}

int counters_diff(const struct counters *before, const struct counters *after,
		  const struct counters *want)
{
	int bad = 0;

	for (size_t i = 0; i < FIGURES; i++) {
		long got = *figure(after, i) - *figure(before, i);

		if (got == *figure(want, i))
			continue;
		fprintf(stderr, "# disagree: counter %s moved by %ld, not %ld\n",
			figures[i].name, got, *figure(want, i));
		bad++;
	}
	return bad;
}
