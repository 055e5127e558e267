/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_LINE_H
#define CLOSEWATCH_LINE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * A line in the making. It goes to stdio in one piece, or in several if it is
 * long; an error is the stream's, to be asked of ferror().
 */
struct cw_line {
	FILE *out;
	size_t used;
	char buf[4096];
};

/* Where @n bytes may be written, fewer than @buf has; the caller adds to @used. */
char *cw_line_room(struct cw_line *l, size_t n);

void cw_line_add(struct cw_line *l, const char *s, size_t len);
void cw_line_say(struct cw_line *l, const char *s);
void cw_line_pad(struct cw_line *l, int blanks);

/* As a JSON string; @s is UTF-8. */
void cw_line_quote(struct cw_line *l, const char *s);

void cw_line_flush(struct cw_line *l);

#endif
