// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/address.h"
#include "base/text.h"
#include "base/utf8.h"
#include "output/json.h"
#include "output/view.h"

#define LABEL		16
#define NSEC_PER_SEC	1000000000ULL

struct cw_view {
	struct cw_view_options opt;
	struct cw_line line;
	struct cw_table table;
	struct cw_json json;
	time_t second;		/* for which @date is: many events share one */
	char date[16];
	uint64_t first;		/* the time from which others are counted */
	bool silent;		/* in a table without a layout */
};

struct cw_view *cw_view_new(const struct cw_view_options *opt)
{
	struct cw_view *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->opt = *opt;
	v->line.out = opt->out;
	v->second = -1;
	cw_json_init(&v->json, &v->line);
	cw_table_init(&v->table, &v->line, opt->wide ? 0 : opt->width,
		      opt->color);
	cw_table_layout(&v->table, opt->layout, opt->slots);
	return v;
}

bool cw_view_is_text(const struct cw_view *v)
{
	return !v->opt.json;
}

void cw_view_free(struct cw_view *v)
{
	free(v);
}

/* --- text --- */

/* What a fact of text is called in a list: "key:", all of one width. */
static void list_label(struct cw_line *l, const char *key)
{
	char label[64] = "";
	struct cw_text t = { .buf = label, .size = sizeof(label) };
	char *p;

	cw_say(&t, "%s:", key);
	for (p = label; *p; p++)
		if (*p == '_')
			*p = ' ';
	cw_line_say(l, label);
	cw_line_pad(l, LABEL - (int)t.used);
	cw_line_say(l, " ");
}

/* Not inlined: its frame would be paid for by every cell of a table. */
static __attribute__((noinline)) void
list_put(struct cw_view *v, const char *key, const struct cw_place *at,
	 const char *text, size_t len)
{
	struct cw_line *l = &v->line;

	list_label(l, key);
	cw_line_say(l, at->before ? at->before : "");
	cw_line_wrap(l, (struct cw_wrap){
		.text = text, .len = len, .at = LABEL + 1, .indent = LABEL + 1,
		.width = v->opt.width,
	});
	cw_line_say(l, at->after ? at->after : "");
	cw_line_say(l, "\n");
}

/* A list shows a fact at once; a table keeps it until the record is whole. */
static void text_put(struct cw_view *v, const char *key,
		     const struct cw_place *at, const char *text, size_t len)
{
	if (!at)
		return;
	if (v->table.layout)
		cw_table_put(&v->table, at, text, len);
	else
		list_put(v, key, at, text, len);
}

void cw_view_header(struct cw_view *v)
{
	if (v->opt.json || !v->table.layout)
		return;
	cw_table_header(&v->table);
	cw_line_flush(&v->line);
}

/* --- json --- */

void cw_view_open(struct cw_view *v, const char *key)
{
	if (v->opt.json)
		cw_json_open(&v->json, key, "{");
}

void cw_view_close(struct cw_view *v)
{
	if (v->opt.json)
		cw_json_close(&v->json, "}");
}

void cw_view_members(struct cw_view *v, const struct cw_field *fields,
		     const void *from, uint64_t present, const uint8_t *attrs,
		     size_t n)
{
	if (v->opt.json)
		cw_json_members(&v->json, fields, from, present, attrs, n);
}

/* --- both --- */

void cw_view_begin(struct cw_view *v)
{
	if (!v->opt.json) {
		cw_table_clear(&v->table);
		return;
	}
	v->json.first = true;
	cw_line_say(&v->line, "{");
}

int cw_view_end(struct cw_view *v)
{
	if (v->opt.json)
		cw_line_say(&v->line, "}\n");
	else if (v->table.layout)
		cw_table_print(&v->table);
	cw_line_flush(&v->line);
	return ferror(v->opt.out) ? -1 : 0;
}

uint64_t cw_view_size(const struct cw_view *v)
{
	return v->line.flushed;
}

void cw_view_tone(struct cw_view *v, enum cw_tone tone)
{
	v->table.tone = tone;
}

/* @text is of JSON's own: nothing in it is to be escaped. */
static void put(struct cw_view *v, const char *key, const struct cw_place *at,
		const char *text, size_t len)
{
	if (!v->opt.json) {
		text_put(v, key, at, text, len);
		return;
	}
	cw_json_put(&v->json, key, text, len);
}

void cw_view_word(struct cw_view *v, const char *key,
		  const struct cw_place *at, const char *word)
{
	if (!v->opt.json) {
		text_put(v, key, at, word, strlen(word));
		return;
	}
	cw_json_string(&v->json, key, word);
}

void cw_view_bytes(struct cw_view *v, const char *key,
		   const struct cw_place *at, const struct cw_bytes *bytes)
{
	char text[CW_CELL_MAX];

	if (v->opt.json) {
		cw_json_bytes(&v->json, key, bytes);
	} else if (at) {
		cw_utf8_escape(text, sizeof(text), bytes->b, bytes->len, false);
		text_put(v, key, at, text, strlen(text));
	}
}

void cw_view_number(struct cw_view *v, const char *key,
		    const struct cw_place *at, uint32_t n)
{
	char digits[CW_DIGITS];

	if (v->opt.json || at)
		put(v, key, at, digits, cw_decimal(digits, n) - digits);
}

void cw_view_big(struct cw_view *v, const char *key,
		 const struct cw_place *at, uint64_t n)
{
	char quoted[1 + CW_DIGITS + 1] = "\"", *end;

	if (!v->opt.json && !at)
		return;
	end = cw_decimal(quoted + 1, n);
	if (!v->opt.json) {
		text_put(v, key, at, quoted + 1, end - quoted - 1);
		return;
	}
	*end++ = '"';
	cw_json_put(&v->json, key, quoted, end - quoted);
}

void cw_view_bool(struct cw_view *v, const char *key,
		  const struct cw_place *at, bool b)
{
	const char *text = v->opt.json ? (b ? "true" : "false") :
					 (b ? "yes" : "no");

	put(v, key, at, text, strlen(text));
}

/* The local time of @second; false if it has none. */
static bool find_time(struct cw_view *v, time_t second)
{
	struct tm tm;

	if (second == v->second)
		return true;
	if (!localtime_r(&second, &tm))
		return false;
	strftime(v->date, sizeof(v->date), "%H:%M:%S.", &tm);
	v->second = second;
	return true;
}

static char *write_clock(struct cw_view *v, char *to, uint64_t ns)
{
	size_t len;

	if (!find_time(v, ns / NSEC_PER_SEC))
		return to;
	len = strlen(v->date);
	memcpy(to, v->date, len);
	return cw_decimal_digits(to + len, ns % NSEC_PER_SEC / 1000000, 3);
}

/* An event of another CPU may be older than the first that came. */
static char *write_relative(struct cw_view *v, char *to, uint64_t ns)
{
	if (!v->first)
		v->first = ns;
	*to++ = ns < v->first ? '-' : '+';
	ns = ns < v->first ? v->first - ns : ns - v->first;
	to = cw_decimal(to, ns / NSEC_PER_SEC);
	*to++ = '.';
	return cw_decimal_digits(to, ns % NSEC_PER_SEC / 1000, 6);
}

void cw_view_time(struct cw_view *v, const char *key,
		  const struct cw_place *at, uint64_t ns)
{
	char text[CW_JSON_TIME_MAX], *begin = text, *end;

	if (v->opt.json) {
		cw_json_time(&v->json, key, ns);
		return;
	}
	if (!at)
		return;
	if (v->opt.time == CW_TIME_RELATIVE) {
		end = write_relative(v, text, ns);
	} else if (v->opt.time == CW_TIME_RFC3339) {
		/* Less the quotes. */
		begin++;
		end = cw_json_write_time(&v->json, text, ns) - 1;
	} else {
		end = write_clock(v, text, ns);
	}
	if (end != begin)
		text_put(v, key, at, begin, end - begin);
}

static char *write_number_of(char *to, const void *addr, size_t len)
{
	if (len != 4)
		*to++ = '[';
	to = cw_write_address(to, addr, len);
	if (len != 4)
		*to++ = ']';
	return to;
}

static void put_named(struct cw_view *v, const char *key,
		      const struct cw_place *at, const void *addr, size_t len,
		      uint16_t port)
{
	const char *service = cw_resolve_port(v->opt.names, port);
	char text[CW_NAME_MAX + INET6_ADDRSTRLEN + CW_DIGITS];
	struct cw_text t = { .buf = text, .size = sizeof(text) };

	cw_resolve_host(v->opt.names, addr, len, text);
	t.used = *text ? strlen(text) :
			 (size_t)(write_number_of(text, addr, len) - text);
	cw_say(&t, ":");
	if (*service)
		cw_say(&t, "%s", service);
	else
		cw_text_number(&t, port);
	text_put(v, key, at, text, t.used);
}

void cw_view_endpoint(struct cw_view *v, const char *key,
		      const struct cw_place *at, const void *addr, size_t len,
		      uint16_t port)
{
	char text[INET6_ADDRSTRLEN + 16], *to = text;

	if (v->opt.json) {
		cw_json_endpoint(&v->json, key, addr, len, port);
	} else if (at && v->opt.names) {
		put_named(v, key, at, addr, len, port);
	} else if (at) {
		to = write_number_of(to, addr, len);
		*to++ = ':';
		to = cw_decimal(to, port);
		text_put(v, key, at, text, to - text);
	}
}

void cw_view_text(struct cw_view *v, const struct cw_place *at,
		  const char *text)
{
	if (!v->opt.json)
		text_put(v, "", at, text, strlen(text));
}

void cw_view_list_text(struct cw_view *v, const char *key, const char *text)
{
	static const struct cw_place in_list;

	if (!v->opt.json && !v->table.layout)
		text_put(v, key, &in_list, text, strlen(text));
}

void cw_view_below(struct cw_view *v, const char *label, const char *text)
{
	cw_table_below(&v->table, label, text);
}

void cw_view_table(struct cw_view *v, const char *key,
		   const struct cw_column *layout)
{
	if (v->opt.json) {
		cw_json_open(&v->json, key, "[");
		return;
	}
	v->silent = !layout;
	if (v->silent)
		return;
	cw_table_layout(&v->table, layout, NULL);
	cw_line_say(&v->line, "\n");
	cw_view_header(v);
}

void cw_view_row(struct cw_view *v)
{
	if (v->opt.json)
		cw_view_open(v, NULL);
	else if (!v->silent)
		cw_table_clear(&v->table);
}

void cw_view_row_end(struct cw_view *v)
{
	if (v->opt.json)
		cw_view_close(v);
	else if (!v->silent)
		cw_table_print(&v->table);
}

void cw_view_table_end(struct cw_view *v)
{
	if (v->opt.json)
		cw_json_close(&v->json, "]");
	else if (!v->silent)
		cw_table_layout(&v->table, NULL, NULL);
	v->silent = false;
}
