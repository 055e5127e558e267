/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_NAMES_H
#define CLOSEWATCH_NAMES_H

#include <stddef.h>

/* The words of one enum of the spec; the index is the value. */
struct cw_names {
	const char *const *word;
	unsigned int count;
};

/* NULL for a value that this build does not know: the module may be newer. */
const char *cw_names_word(const struct cw_names *names, unsigned int value);

/* The value of the word of @len bytes, or -1. */
int cw_names_value(const struct cw_names *names, const char *word, size_t len);

/* All words, separated by ", ", cut off at @size. */
void cw_names_list(const struct cw_names *names, char *buf, size_t size);

#endif
