// SPDX-License-Identifier: GPL-2.0
/*
 * A line has thirty members, so what one costs counts: each is written where it
 * stands, and copies are longer than their texts but of a constant length.
 */
#include <arpa/inet.h>
#include <string.h>

#include "base/address.h"
#include "base/text.h"
#include "base/utf8.h"
#include "output/json.h"

#define NSEC_PER_SEC	1000000000ULL

/* More than any member takes: a key, and a number, a word or plain bytes. */
#define MEMBER_MAX	128

void cw_json_init(struct cw_json *j, struct cw_line *line)
{
	*j = (struct cw_json){ .line = line, .second = -1 };
}

static void put_key(struct cw_json *j, const char *key)
{
	struct cw_line *l = j->line;

	if (!j->first)
		cw_line_add(l, ",", 1);
	j->first = false;
	if (!key)
		return;
	cw_line_add(l, "\"", 1);
	cw_line_say(l, key);
	cw_line_add(l, "\":", 2);
}

void cw_json_open(struct cw_json *j, const char *key, const char *bracket)
{
	put_key(j, key);
	cw_line_say(j->line, bracket);
	j->first = true;
}

void cw_json_close(struct cw_json *j, const char *bracket)
{
	cw_line_say(j->line, bracket);
	j->first = false;
}

void cw_json_put(struct cw_json *j, const char *key, const char *text,
		 size_t len)
{
	put_key(j, key);
	cw_line_add(j->line, text, len);
}

void cw_json_string(struct cw_json *j, const char *key, const char *text)
{
	put_key(j, key);
	cw_line_quote(j->line, text);
}

static void quote_bytes(struct cw_line *l, const struct cw_bytes *bytes)
{
	char text[8 * sizeof(bytes->b)];

	cw_utf8_escape(text, sizeof(text), bytes->b, bytes->len, true);
	cw_line_quote(l, text);
}

void cw_json_bytes(struct cw_json *j, const char *key,
		   const struct cw_bytes *bytes)
{
	put_key(j, key);
	quote_bytes(j->line, bytes);
}

/* 64 bits of ns end in 2554, so there is a date. */
static void find_date(struct cw_json *j, time_t second)
{
	struct tm tm = { 0 };

	gmtime_r(&second, &tm);
	j->date_len = strftime(j->date, sizeof(j->date),
			       "\"%Y-%m-%dT%H:%M:%S.", &tm);
	j->second = second;
}

char *cw_json_write_time(struct cw_json *j, char *to, uint64_t ns)
{
	time_t second = ns / NSEC_PER_SEC;

	if (second != j->second)
		find_date(j, second);
	memcpy(to, j->date, sizeof(j->date));
	to = cw_decimal_digits(to + j->date_len, ns % NSEC_PER_SEC, 9);
	memcpy(to, "Z\"", 2);
	return to + 2;
}

void cw_json_time(struct cw_json *j, const char *key, uint64_t ns)
{
	char text[CW_JSON_TIME_MAX];

	cw_json_put(j, key, text, cw_json_write_time(j, text, ns) - text);
}

void cw_json_endpoint(struct cw_json *j, const char *key, const void *addr,
		      size_t len, uint16_t port)
{
	struct cw_line *l = j->line;
	char *to;

	put_key(j, key);
	to = cw_line_room(l, MEMBER_MAX);
	memcpy(to, "{\"addr\":\"", 9);
	to = cw_write_address(to + 9, addr, len);
	memcpy(to, "\",\"port\":", 9);
	to = cw_decimal(to + 9, port);
	*to++ = '}';
	l->used = to - l->buf;
}

/* --- members --- */

static char *write_quoted(char *to, uint64_t n)
{
	*to++ = '"';
	to = cw_decimal(to, n);
	*to++ = '"';
	return to;
}

/* A value that is newer than this program is shown as its number. */
static char *write_word(char *to, const struct cw_names *names, uint64_t n)
{
	const struct cw_word *word = cw_names_find(names, n);

	if (!word)
		return write_quoted(to, n);
	*to++ = '"';
	memcpy(to, word->text, sizeof(word->text));
	to += word->len;
	*to++ = '"';
	return to;
}

static char *write_number(char *to, const struct cw_field *f, const void *from)
{
	uint64_t n = cw_field_number(f, from);

	if (f->words)
		return write_word(to, f->words, n);
	if (f->kind != CW_FIELD_NUMBER) {
		memcpy(to, n ? "true" : "false", 5);
		return to + (n ? 4 : 5);
	}
	return f->size == sizeof(n) ? write_quoted(to, n) : cw_decimal(to, n);
}

/* NULL if a byte must not stand as it is. */
static char *write_plain(char *to, const struct cw_bytes *bytes)
{
	unsigned int i;

	*to++ = '"';
	for (i = 0; i < bytes->len; i++) {
		uint8_t c = bytes->b[i];

		if (c < ' ' || c > '~' || c == '"' || c == '\\')
			return NULL;
		*to++ = c;
	}
	*to++ = '"';
	return to;
}

/* As write_plain(). */
static char *write_value(struct cw_json *j, char *to, const struct cw_field *f,
			 const void *from)
{
	if (f->kind == CW_FIELD_STRING)
		return write_plain(to, cw_field_bytes(f, from));
	if (f->kind == CW_FIELD_TIME)
		return cw_json_write_time(j, to, cw_field_number(f, from));
	return write_number(to, f, from);
}

void cw_json_members(struct cw_json *j, const struct cw_field *fields,
		     const void *from, uint64_t present, const uint8_t *attrs,
		     size_t n)
{
	struct cw_line *l = j->line;
	char *to = cw_line_room(l, n * MEMBER_MAX), *end;
	unsigned int comma = !j->first;

	for (; n; n--, attrs++) {
		const struct cw_field *f = &fields[*attrs];

		if (!(present >> (*attrs & 63) & 1))
			continue;
		memcpy(to, f->key.text + !comma, CW_KEY_MAX);
		to += f->key.len - !comma;
		comma = 1;
		end = write_value(j, to, f, from);
		if (!end) {
			l->used = to - l->buf;
			quote_bytes(l, cw_field_bytes(f, from));
			end = cw_line_room(l, n * MEMBER_MAX);
		}
		to = end;
	}
	l->used = to - l->buf;
	j->first = !comma;
}
