// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include <linux/closewatch.h>

#include "base/names_gen.h"
#include "base/near.h"
#include "explain/explain.h"
#include "explain/glossary.h"
#include "explain/glossary_members.h"
#include "explain/join_say.h"
#include "explain/pending.h"
#include "explain/seen.h"

#define NEAR	5	/* words that are offered */

static bool same(const char *a, const char *b)
{
	while (*a && cw_near_plain(*a) == cw_near_plain(*b)) {
		a++;
		b++;
	}
	return !*a && !*b;
}

/* What the utility says and the module does not. */
static const struct cw_names *const own[] = {
	&cw_waits_names, &cw_seen_names, &cw_first_names, &cw_member_names,
};

static const struct cw_names *columns;

void cw_glossary_init(const struct cw_names *names)
{
	columns = names;
}

const struct cw_names *cw_glossary_names(unsigned int nth)
{
	unsigned int i;

	for (i = 0; cw_all_names[i]; i++)
		if (i == nth)
			return cw_all_names[i];
	if (nth - i < ARRAY_SIZE(own))
		return own[nth - i];
	return nth - i == ARRAY_SIZE(own) ? columns : NULL;
}

unsigned int cw_glossary_find(const char *word, struct cw_meaning *found)
{
	const struct cw_names *names;
	unsigned int nth, i, n = 0;

	for (nth = 0; (names = cw_glossary_names(nth)); nth++)
		for (i = 0; i < names->count && n < CW_MEANINGS; i++)
			if (names->word[i].len && same(word, names->word[i].text))
				found[n++] = (struct cw_meaning){ names, i };
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
	const char *remedy;

	buf[0] = '\0';
	if (m->names == &cw_seen_names) {
		remedy = cw_seen_remedy(m->value);
		snprintf(buf, size, "%s", remedy ? remedy : "");
		return remedy;
	}
	return event_of(m, &ev) && cw_explain_remedy(&ev, false, buf, size) &&
	       buf[0];
}

void cw_glossary_near(const char *word, char *buf, size_t size)
{
	unsigned int far, nth, i, said = 0, most = cw_near_most(word);
	const struct cw_names *names;
	struct cw_meaning first[CW_MEANINGS];
	size_t used = 0;

	buf[0] = '\0';
	for (far = 1; far <= most; far++)
		for (nth = 0; (names = cw_glossary_names(nth)); nth++)
			for (i = 0; i < names->count && said < NEAR; i++) {
				const char *text = names->word[i].text;

				if (!*text || cw_near_distance(word, text) != far)
					continue;
				/* Of several meanings the first is enough. */
				cw_glossary_find(text, first);
				if (first[0].names != names)
					continue;
				used += snprintf(buf + used, size - used,
						 "%s%s", said++ ? ", " : "", text);
			}
}
