// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "base/util.h"
#include "fuzz_check.h"

/* Not utf8.c: that is what is tested. Returns 0 for what is not UTF-8. */
static size_t character(const unsigned char *s, size_t len, unsigned int *code)
{
	static const unsigned int least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = 1, i;

	*code = s[0];
	if (s[0] >= 0x80) {
		n = (s[0] & 0xe0) == 0xc0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 :
		    (s[0] & 0xf8) == 0xf0 ? 4 : 0;
		*code = s[0] & (0xff >> (n + 1));
	}
	if (!n || n > len)
		return 0;
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (s[i] & 0x3f);
	}
	if (n > 1 && (*code < least[n] || *code > 0x10ffff ||
		      (*code & ~0x7ffU) == 0xd800))
		return 0;
	return n;
}

bool cw_fuzz_text_ok(const char *text, size_t len, bool ascii)
{
	unsigned int code;
	size_t n;

	for (; len; text += n, len -= n) {
		n = character((const unsigned char *)text, len, &code);
		if (!n || (ascii && code > 0x7e))
			return false;
		if ((code < 0x20 && code != '\n') ||
		    (code >= 0x7f && code <= 0x9f))
			return false;
	}
	return true;
}

static bool object_ok(const char *line, size_t len)
{
	const int flags = JSON_C_TO_STRING_PLAIN |
			  JSON_C_TO_STRING_NOSLASHESCAPE;
	static struct json_tokener *tok;
	struct json_object *object;
	const char *again;
	bool ok;

	if (!tok)
		tok = json_tokener_new();
	json_tokener_reset(tok);
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT |
				    JSON_TOKENER_VALIDATE_UTF8);
	object = json_tokener_parse_ex(tok, line, len);
	ok = json_object_is_type(object, json_type_object) &&
	     json_tokener_get_parse_end(tok) == len;
	if (ok) {
		again = json_object_to_json_string_ext(object, flags);
		ok = strlen(again) == len && !memcmp(again, line, len);
	}
	json_object_put(object);
	return ok;
}

bool cw_fuzz_json_ok(const char *text, size_t len)
{
	const char *end;

	if (!cw_fuzz_text_ok(text, len, false))
		return false;
	while (len) {
		end = memchr(text, '\n', len);
		if (!end || !object_ok(text, end - text))
			return false;
		len -= end + 1 - text;
		text = end + 1;
	}
	return true;
}

size_t cw_fuzz_bleach(char *text, size_t len)
{
	static const char *const codes[] = {
		"\033[32m", "\033[33m", "\033[1;31m", "\033[1;35m", "\033[2m",
		"\033[0m",
	};
	size_t from = 0, to = 0, i, n;

	while (from < len) {
		for (i = 0; i < ARRAY_SIZE(codes); i++) {
			n = strlen(codes[i]);
			if (n <= len - from && !memcmp(text + from, codes[i], n))
				break;
		}
		if (i < ARRAY_SIZE(codes))
			from += n;
		else
			text[to++] = text[from++];
	}
	return to;
}

void cw_fuzz_die(const char *what, const char *text, size_t len)
{
	size_t i;

	fprintf(stderr, "%s: \"", what);
	for (i = 0; i < len; i++)
		fprintf(stderr, text[i] < ' ' || text[i] > '~' ||
			text[i] == '\\' ? "\\x%02x" : "%c",
			(unsigned char)text[i]);
	fprintf(stderr, "\"\n");
	abort();
}
