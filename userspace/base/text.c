// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"

void cw_text_add(struct cw_text *t, const char *s, size_t len)
{
	size_t n = len;

	if (t->used >= t->size)
		return;
	/* Cut at a whole character. */
	if (n >= t->size - t->used)
		for (n = t->size - t->used - 1; n && (s[n] & 0xc0) == 0x80; n--)
			;
	memcpy(t->buf + t->used, s, n);
	t->buf[t->used + n] = '\0';
	t->used += len;
}

char *cw_decimal(char buf[CW_DIGITS], uint64_t n)
{
	char *at = buf + CW_DIGITS;

	do {
		*--at = '0' + n % 10;
		n /= 10;
	} while (n);
	return at;
}

void cw_text_number(struct cw_text *t, uint64_t n)
{
	char digits[CW_DIGITS];
	const char *at = cw_decimal(digits, n);

	cw_text_add(t, at, digits + CW_DIGITS - at);
}

/* The conversion at @fmt, behind its '%'; returns what follows it. */
static const char *say_one(struct cw_text *t, const char *fmt, va_list *ap)
{
	size_t most = SIZE_MAX;
	bool wide = *fmt == 'l';
	const char *s;

	if (!strncmp(fmt, ".*", 2)) {
		most = va_arg(*ap, int);
		fmt += 2;
	}
	if (*fmt == 's') {
		s = va_arg(*ap, const char *);
		cw_text_add(t, s, strnlen(s, most));
	} else {
		cw_text_number(t, wide ? va_arg(*ap, uint64_t) :
					 va_arg(*ap, uint32_t));
	}
	return fmt + 1 + strspn(fmt, "l");
}

void cw_say(struct cw_text *t, const char *fmt, ...)
{
	const char *mark;
	va_list ap;

	va_start(ap, fmt);
	while (*(mark = strchrnul(fmt, '%'))) {
		cw_text_add(t, fmt, mark - fmt);
		fmt = say_one(t, mark + 1, &ap);
	}
	cw_text_add(t, fmt, mark - fmt);
	va_end(ap);
}

/* @n in units of @step, rounded, halves to the even one. */
static uint64_t round_to(uint64_t n, uint64_t step)
{
	uint64_t whole = n / step, rest = n % step;

	return whole + (rest > step / 2 || (rest == step / 2 && whole % 2));
}

void cw_say_duration(struct cw_text *t, uint64_t ns)
{
	uint64_t n;

	if (ns < 1000000) {
		cw_say(t, "%" PRIu64 " us", round_to(ns, 1000));
	} else if (ns < 1000000000) {
		n = round_to(ns, 100000);
		cw_say(t, "%" PRIu64 ".%" PRIu64 " ms", n / 10, n % 10);
	} else {
		n = round_to(ns, 10000000);
		cw_say(t, "%" PRIu64 ".%" PRIu64 "%" PRIu64 " s", n / 100,
		       n / 10 % 10, n % 10);
	}
}
