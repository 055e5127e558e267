/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_LINE_H
#define CLOSEWATCH_LINE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/wrap.h"

/*
 * A line in the making. It goes to stdio in one piece, or in several if it is
 * long; an error is the stream's, to be asked of ferror().
 */
struct cw_line {
	FILE *out;
	uint64_t flushed;	/* bytes, to stdio */
	size_t used;
	char buf[8192];
};

void cw_line_flush(struct cw_line *l);

/* Where @n bytes may be written, fewer than @buf has; the caller adds to @used. */
static inline char *cw_line_room(struct cw_line *l, size_t n)
{
	if (n > sizeof(l->buf) - l->used)
		cw_line_flush(l);
	return l->buf + l->used;
}

void cw_line_add_long(struct cw_line *l, const char *s, size_t len);

/* Inline: a line has some hundred pieces, most of a constant length. */
static inline void cw_line_add(struct cw_line *l, const char *s, size_t len)
{
	if (len > sizeof(l->buf) - l->used) {
		cw_line_add_long(l, s, len);
		return;
	}
	memcpy(l->buf + l->used, s, len);
	l->used += len;
}

static inline void cw_line_say(struct cw_line *l, const char *s)
{
	cw_line_add(l, s, strlen(s));
}

void cw_line_pad(struct cw_line *l, int blanks);

/* Wrapped, without the last line's end. Returns the column behind it. */
int cw_line_wrap(struct cw_line *l, struct cw_wrap w);

/* As a JSON string; @s is UTF-8. */
void cw_line_quote(struct cw_line *l, const char *s);

#endif
