/* SPDX-License-Identifier: GPL-2.0 */
/* The spec's words for numbers. */
#ifndef CLOSEWATCH_TRUTH_WORDS_H
#define CLOSEWATCH_TRUTH_WORDS_H

const char *word_type(unsigned int type);
const char *word_path(unsigned int path);
const char *word_fate(unsigned int fate);

#endif
