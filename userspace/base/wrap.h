/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_WRAP_H
#define CLOSEWATCH_WRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Text in lines that fit a terminal. A line ends between two words. A command to
 * copy is one word, and has a line of its own where it ends a sentence, so it alone
 * may be longer than the terminal is wide.
 */
struct cw_wrap {
	const char *text;	/* UTF-8 */
	size_t len;
	int at;			/* the column in which it begins */
	int indent;		/* that of all lines but the first */
	int width;		/* columns of the terminal, 0: unlimited */
	size_t done;		/* of @text; 0 at first */
};

/*
 * The next line, without its end; false once there is none. The first is empty if
 * no word fits behind what stands before @at.
 */
bool cw_wrap_next(struct cw_wrap *w, const char **line, size_t *len);

/* Is all of @text a command to copy? */
bool cw_wrap_is_command(const char *text, size_t len);

/* "@label: @text", or @text alone, as lines on @to, for its terminal if it is one. */
void cw_wrap_print(FILE *to, const char *label, const char *text);

/* Columns of the terminal that @fd is; 0 if it is none. */
int cw_terminal_width(int fd);

#endif
