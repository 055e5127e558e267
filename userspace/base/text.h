/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_TEXT_H
#define CLOSEWATCH_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/util.h"

/*
 * Text that grows piece by piece and is cut, never overrun: then @used, which
 * counts what was left out too, is @size or more.
 */
struct cw_text {
	char *buf;
	size_t size;
	size_t used;
};

void cw_text_add(struct cw_text *t, const char *s, size_t len);
void cw_text_number(struct cw_text *t, uint64_t n);

/*
 * Conversions are %s, %.*s, %u and PRIu64 alone: a line has several sentences,
 * and vsnprintf() costs five times as much.
 */
__printf(2, 3)
void cw_say(struct cw_text *t, const char *fmt, ...);

/* With the unit that suits it, such as "1.2 ms". */
void cw_say_duration(struct cw_text *t, uint64_t ns);

/* Writes the digits of @n up to the end of @buf; returns the first. */
#define CW_DIGITS 20
char *cw_decimal(char buf[CW_DIGITS], uint64_t n);

#endif
