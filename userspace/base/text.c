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

/* Two digits at a time: a division costs more than all the rest. */
static const char pairs[100][3] = {
	"00", "01", "02", "03", "04", "05", "06", "07", "08", "09",
	"10", "11", "12", "13", "14", "15", "16", "17", "18", "19",
	"20", "21", "22", "23", "24", "25", "26", "27", "28", "29",
	"30", "31", "32", "33", "34", "35", "36", "37", "38", "39",
	"40", "41", "42", "43", "44", "45", "46", "47", "48", "49",
	"50", "51", "52", "53", "54", "55", "56", "57", "58", "59",
	"60", "61", "62", "63", "64", "65", "66", "67", "68", "69",
	"70", "71", "72", "73", "74", "75", "76", "77", "78", "79",
	"80", "81", "82", "83", "84", "85", "86", "87", "88", "89",
	"90", "91", "92", "93", "94", "95", "96", "97", "98", "99",
};

static unsigned int count_digits(uint64_t n)
{
	unsigned int digits = 1;

	for (; n > 9999; n /= 10000)
		digits += 4;
	return digits + (n > 9) + (n > 99) + (n > 999);
}

char *cw_decimal_long(char *to, uint64_t n)
{
	char *end = to + count_digits(n), *at = end;

	for (; n > 99; n /= 100) {
		at -= 2;
		memcpy(at, pairs[n % 100], 2);
	}
	if (n > 9)
		memcpy(at - 2, pairs[n], 2);
	else
		at[-1] = '0' + n;
	return end;
}

char *cw_decimal_digits(char *to, uint32_t n, unsigned int digits)
{
	char *at = to + digits;

	for (; at - to > 1; n /= 100) {
		at -= 2;
		memcpy(at, pairs[n % 100], 2);
	}
	if (at > to)
		*to = '0' + n % 10;
	return to + digits;
}

void cw_text_number(struct cw_text *t, uint64_t n)
{
	char digits[CW_DIGITS];

	cw_text_add(t, digits, cw_decimal(digits, n) - digits);
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
