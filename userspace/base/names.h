/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_NAMES_H
#define CLOSEWATCH_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "base/util.h"

/* Of one size, so that copies are. */
#define CW_WORD_SIZE 23

struct cw_word {
	char text[CW_WORD_SIZE];	/* with a NUL; empty: no such value */
	uint8_t len;
};

#define CW_WORD_IS(s)	\
	{ .text = s, .len = cw_fitting(sizeof(s), CW_WORD_SIZE) - 1 }

/* The words of one enum of the spec; the index is the value. */
struct cw_names {
	const struct cw_word *word;
	unsigned int count;
	const char *const *doc;	/* a sentence or two each, from the spec */
	const char *name;	/* of the enum */
	const char *about;	/* it, in a sentence */
};

/* NULL for a value that this build does not know: the module may be newer. */
static inline const struct cw_word *cw_names_find(const struct cw_names *names,
						  uint64_t value)
{
	return value < names->count && names->word[value].len ?
		&names->word[value] : NULL;
}

/* The same as text. */
const char *cw_names_word(const struct cw_names *names, unsigned int value);

/* The value of the word of @len bytes, or -1. */
int cw_names_value(const struct cw_names *names, const char *word, size_t len);

/* All words, separated by ", ", cut off at @size. */
void cw_names_list(const struct cw_names *names, char *buf, size_t size);

#endif
