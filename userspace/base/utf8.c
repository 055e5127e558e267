// SPDX-License-Identifier: GPL-2.0
#include <langinfo.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* Bytes of the valid character at @s, or 0; @code is its code point. */
static size_t utf8_char(const uint8_t *s, size_t len, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n, i;

	if (s[0] < 0x80) {
		*code = s[0];
		return 1;
	}
	n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	if (s[0] < 0xc0 || s[0] > 0xf4 || n > len)
		return 0;
	*code = s[0] & (0x7f >> n);
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (s[i] & 0x3f);
	}
	/* Overlong forms, surrogates and what lies beyond Unicode. */
	if (*code < least[n] || *code > 0x10ffff ||
	    (*code >= 0xd800 && *code < 0xe000))
		return 0;
	return n;
}

/* What ends a line, or lets the rest of it stand in another order. */
static bool reorders(uint32_t code)
{
	return code == 0x061c || code == 0x200e || code == 0x200f ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069);
}

/*
 * To a terminal that is not UTF-8 the second byte of a character may be a C1
 * control.
 */
static bool harmless(uint32_t code, bool keep_c0)
{
	if (code < 0x20)
		return keep_c0;
	return code > 0x9f &&
	       (keep_c0 || (!reorders(code) &&
			    !strcmp(nl_langinfo(CODESET), "UTF-8")));
}

void cw_utf8_escape(char *buf, size_t size, const void *bytes, size_t len,
		    bool keep_c0)
{
	const uint8_t *s = bytes;
	size_t used = 0, n;
	uint32_t code;

	for (; len && used + 1 < size; s += n, len -= n) {
		char piece[8];

		/* Nearly all there is. */
		if (*s >= 0x20 && *s < 0x7f) {
			buf[used++] = *s;
			n = 1;
			continue;
		}
		n = utf8_char(s, len, &code);
		if (n && harmless(code, keep_c0)) {
			memcpy(piece, s, n);
			piece[n] = '\0';
		} else {
			n = 1;
			snprintf(piece, sizeof(piece), "\\x%02x", *s);
		}
		if (used + strlen(piece) >= size)
			break;
		memcpy(buf + used, piece, strlen(piece));
		used += strlen(piece);
	}
	buf[used] = '\0';
}

/* Of eight bytes, those that continue a character: the second bit is clear. */
static unsigned int continuations(const char *text)
{
	uint64_t bytes;

	memcpy(&bytes, text, sizeof(bytes));
	bytes &= ~(bytes << 1) & 0x8080808080808080;
	return bytes ? __builtin_popcountll(bytes) : 0;
}

size_t cw_utf8_columns(const char *text, size_t len)
{
	size_t n = len;

	for (; len >= 8; text += 8, len -= 8)
		n -= continuations(text);
	for (; len; text++, len--)
		n -= (*text & 0xc0) == 0x80;
	return n;
}

size_t cw_utf8_cut(const char *text, size_t len, size_t columns)
{
	size_t n = 0;

	while (n < len && (columns || (text[n] & 0xc0) == 0x80))
		columns -= (text[n++] & 0xc0) != 0x80;
	return n;
}
