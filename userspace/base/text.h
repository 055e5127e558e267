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

#define CW_DIGITS 20
char *cw_decimal_long(char *to, uint64_t n);

/* Writes the digits of @n, CW_DIGITS at most, and returns their end. */
static inline char *cw_decimal(char *to, uint64_t n)
{
	if (n > 9)
		return cw_decimal_long(to, n);
	*to = '0' + n;
	return to + 1;
}

/* The last @digits of them, with leading zeroes. */
char *cw_decimal_digits(char *to, uint32_t n, unsigned int digits);

#endif
