/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_NEAR_H
#define CLOSEWATCH_NEAR_H

/* Which word may be meant by one that does not exist? Pure. */

/* Letters and digits in which two words do not differ: '_' is '-', 'A' is 'a'. */
char cw_near_plain(char c);

/* A part of a word is nearer than a word with errors, and no word is 0 away. */
unsigned int cw_near_distance(const char *word, const char *other);

/* The most by which a mistyped word is away from the one that is meant. */
unsigned int cw_near_most(const char *word);

/* Of the words offered the first that is nearest. */
struct cw_nearest {
	const char *to;
	unsigned int least;
	const char *word;	/* NULL: none is near */
};

void cw_nearest_begin(struct cw_nearest *n, const char *to);
void cw_nearest_offer(struct cw_nearest *n, const char *word);

#endif
