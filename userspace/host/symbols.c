// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/symbols.h"

#define FRAMES	64
#define NAME	64
/* Position-independent files are mapped far beyond; others where they were linked to. */
#define FIXED_BELOW	0x10000000

static int compare(const void *a, const void *b)
{
	const struct cw_symbol *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

static int add(struct cw_symbols *s, uint64_t at, const char *name)
{
	/* Room for twice as many, whenever there are a power of two. */
	if (!(s->n & (s->n - 1))) {
		void *list = realloc(s->list, (s->n ? 2 * s->n : 1) *
					      sizeof(*s->list));

		if (!list)
			return -1;
		s->list = list;
	}
	s->list[s->n] = (struct cw_symbol){ at, strdup(name) };
	return s->list[s->n].name && ++s->n ? 0 : -1;
}

int cw_symbols_load(struct cw_symbols *s, const char *root)
{
	char path[PATH_MAX], line[512], name[256], type;
	uint64_t at;
	int ret = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/proc/kallsyms", root);
	f = fopen(path, "re");
	if (!f)
		return -1;
	while (!ret && fgets(line, sizeof(line), f))
		if (sscanf(line, "%" SCNx64 " %c %255s", &at, &type, name) == 3 &&
		    at && strchr("tTwW", type))
			ret = add(s, at, name);
	fclose(f);
	if (s->n)
		qsort(s->list, s->n, sizeof(*s->list), compare);
	return ret;
}

void cw_symbols_release(struct cw_symbols *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		free(s->list[i].name);
	free(s->list);
	*s = (struct cw_symbols){ 0 };
}

const char *cw_symbols_find(const struct cw_symbols *s, uint64_t addr)
{
	size_t low = 0, high = s->n, mid;

	/* A call may be the last instruction of its function. */
	while (low < high) {
		mid = low + (high - low) / 2;
		if (s->list[mid].at < addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? s->list[low - 1].name : NULL;
}

/* A file's name is what the process likes. */
static void tame(char *name)
{
	for (; *name; name++)
		if (*name <= ' ' || *name > '~' || strchr("\"\\<", *name))
			*name = '?';
}

/* As addr2line takes it: a file that has fixed addresses is asked by these. */
static uint64_t within(uint64_t addr, uint64_t first, uint64_t offset)
{
	return first < FIXED_BELOW ? addr : addr - first + offset;
}

static void name_frames(FILE *maps, const uint64_t *addr, size_t n,
			char (*name)[NAME])
{
	uint64_t first, end, offset;
	char line[PATH_MAX + 128];
	const char *file;
	size_t i;

	while (fgets(line, sizeof(line), maps)) {
		line[strcspn(line, "\n")] = '\0';
		file = strrchr(line, '/');
		if (!file || sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %" SCNx64,
				    &first, &end, &offset) != 3)
			continue;
		for (i = 0; i < n; i++)
			if (addr[i] >= first && addr[i] < end) {
				snprintf(name[i], NAME, "%.40s+0x%" PRIx64,
					 file + 1, within(addr[i], first, offset));
				tame(name[i]);
			}
	}
}

void cw_symbols_say_program(struct cw_text *t, const char *root, uint32_t pid,
			    const uint64_t *addr, size_t n)
{
	char path[PATH_MAX], name[FRAMES][NAME];
	size_t i;
	FILE *f;

	n = n < FRAMES ? n : FRAMES;
	for (i = 0; i < n; i++)
		snprintf(name[i], NAME, "0x%" PRIx64, addr[i]);
	snprintf(path, sizeof(path), "%s/proc/%u/maps", root, pid);
	f = fopen(path, "re");
	if (f) {
		name_frames(f, addr, n, name);
		fclose(f);
	}
	for (i = 0; i < n; i++)
		cw_say(t, "%s%s", i ? " < " : "", name[i]);
}
