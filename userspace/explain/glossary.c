// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <linux/closewatch.h>

#include "base/names_gen.h"
#include "explain/explain.h"
#include "explain/glossary.h"

#define NEAR	5	/* words that are offered */
#define LONGEST	(CW_WORD_SIZE - 1)

static char plain(char c)
{
	return c == '_' ? '-' : tolower((unsigned char)c);
}

static bool same(const char *a, const char *b)
{
	while (*a && plain(*a) == plain(*b)) {
		a++;
		b++;
	}
	return !*a && !*b;
}

unsigned int cw_glossary_find(const char *word, struct cw_meaning *found)
{
	const struct cw_names *const *names;
	unsigned int i, n = 0;

	for (names = cw_all_names; *names; names++)
		for (i = 0; i < (*names)->count && n < CW_MEANINGS; i++)
			if ((*names)->word[i].len &&
			    same(word, (*names)->word[i].text))
				found[n++] = (struct cw_meaning){ *names, i };
	return n;
}

#define event_with(kind, attr, member)					\
	(*ev = (struct cw_msg_event){					\
		.type = CLOSEWATCH_EVENT_TYPE_##kind,			\
		.member = m->value,					\
		.present = 1ULL << (CLOSEWATCH_A_EVENT_##attr % 64),	\
	})

/* An event that has nothing but the word; false if none can have it. */
static bool event_of(const struct cw_meaning *m, struct cw_msg_event *ev)
{
	if (m->names == &cw_path_names)
		event_with(CLOSE, PATH, path);
	else if (m->names == &cw_fate_names)
		event_with(FATE, FATE, fate);
	else if (m->names == &cw_reset_kind_names)
		event_with(RESET, RESET_KIND, reset_kind);
	else if (m->names == &cw_loss_names)
		event_with(LOST, LOSS, loss);
	else if (m->names == &cw_drain_outcome_names)
		event_with(DRAIN_END, DRAIN_OUTCOME, drain_outcome);
	else if (m->names == &cw_refusal_names)
		event_with(DRAIN_END, REFUSAL, refusal);
	else
		return false;
	if (m->names == &cw_refusal_names) {
		ev->drain_outcome = CLOSEWATCH_DRAIN_OUTCOME_REFUSED;
		ev->present |= 1ULL << (CLOSEWATCH_A_EVENT_DRAIN_OUTCOME % 64);
	}
	return true;
}

bool cw_glossary_cause(const struct cw_meaning *m, char *buf, size_t size)
{
	struct cw_msg_event ev;

	buf[0] = '\0';
	return event_of(m, &ev) && cw_explain_cause(&ev, buf, size) && buf[0];
}

bool cw_glossary_remedy(const struct cw_meaning *m, char *buf, size_t size)
{
	struct cw_msg_event ev;

	buf[0] = '\0';
	return event_of(m, &ev) && cw_explain_remedy(&ev, false, buf, size) &&
	       buf[0];
}

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* How many letters have to be put in, left out or changed. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[LONGEST + 1], i, j, before, here;
	size_t len = strlen(b);

	for (j = 0; j <= len; j++)
		row[j] = j;
	for (i = 1; a[i - 1]; i++) {
		before = row[0];
		row[0] = i;
		for (j = 1; j <= len; j++) {
			here = row[j];
			row[j] = least(least(row[j], row[j - 1]) + 1, before +
				       (plain(a[i - 1]) != plain(b[j - 1])));
			before = here;
		}
	}
	return row[len];
}

/* A part of a word is nearer than a word with errors. */
static unsigned int far_from(const char *word, const char *other)
{
	char part[LONGEST + 1];
	unsigned int i;

	for (i = 0; word[i]; i++)
		part[i] = plain(word[i]);
	part[i] = '\0';
	return i > 2 && strstr(other, part) ? 1 : 2 + distance(word, other);
}

void cw_glossary_near(const char *word, char *buf, size_t size)
{
	unsigned int far, i, said = 0, most = 2 + (strlen(word) + 2) / 3;
	const struct cw_names *const *names;
	struct cw_meaning first[CW_MEANINGS];
	size_t used = 0;

	buf[0] = '\0';
	if (strlen(word) > LONGEST)
		return;
	for (far = 1; far <= most; far++)
		for (names = cw_all_names; *names; names++)
			for (i = 0; i < (*names)->count && said < NEAR; i++) {
				const char *text = (*names)->word[i].text;

				if (!*text || far_from(word, text) != far)
					continue;
				/* Of several meanings the first is enough. */
				cw_glossary_find(text, first);
				if (first[0].names != *names)
					continue;
				used += snprintf(buf + used, size - used,
						 "%s%s", said++ ? ", " : "", text);
			}
}
