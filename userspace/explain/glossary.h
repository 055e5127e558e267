/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_GLOSSARY_H
#define CLOSEWATCH_GLOSSARY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/names.h"

/* What the words of the output mean: the spec's, and the utility's own. Pure. */

struct cw_meaning {
	const struct cw_names *names;
	unsigned int value;
};

#define CW_MEANINGS	8	/* no word has more */

/* @columns: those of text, which are known above; NULL: none. */
void cw_glossary_init(const struct cw_names *columns);

/* One table of words after the other; NULL behind the last. */
const struct cw_names *cw_glossary_names(unsigned int nth);

/* Upper or lower case, with dashes or underscores. Returns how many there are. */
unsigned int cw_glossary_find(const char *word, struct cw_meaning *found);

/* Why it comes to this and what changes it; false if there is nothing to say. */
bool cw_glossary_cause(const struct cw_meaning *m, char *buf, size_t size);
bool cw_glossary_remedy(const struct cw_meaning *m, char *buf, size_t size);

/* The words that are most like one that does not exist, or nothing. */
void cw_glossary_near(const char *word, char *buf, size_t size);

#endif
