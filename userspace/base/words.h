/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_WORDS_H
#define CLOSEWATCH_WORDS_H

#include "base/fail.h"
#include "base/text.h"

#define CW_WORDS_MOST 64

/* The words of a line; they point into it. */
struct cw_words {
	int count;
	char *word[CW_WORDS_MOST + 1];	/* the last is followed by NULL */
};

/*
 * Splits @line in place, as a shell would: blanks separate words, '...' and "..."
 * and a backslash quote, # where a word could begin starts a comment. What a shell
 * would expand or act on must be quoted, since nothing is expanded here. CW_USAGE
 * says what is wrong.
 */
int cw_words_split(char *line, struct cw_words *words, struct cw_fail *fail);

/* Appends @word of @len bytes, quoted if need be, so that it is split to the same. */
void cw_words_say(struct cw_text *t, const char *word, size_t len);

#endif
