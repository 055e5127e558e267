// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/address.h"
#include "base/text.h"
#include "base/utf8.h"
#include "output/line.h"
#include "output/view.h"

#define COLUMNS_MAX	12
#define CELL_MAX	640
#define BELOW_MAX	1024
#define INDENT		"             "
#define LABEL		16
#define NSEC_PER_SEC	1000000000ULL

/* Narrower than this, the last column goes on a line of its own. */
#define FOLD_BELOW	160

struct cw_view {
	struct cw_view_options opt;
	/* text */
	int width[COLUMNS_MAX];
	struct cw_text cell[COLUMNS_MAX];
	struct cw_text below;
	int columns;
	enum cw_tone tone;
	/* both */
	struct cw_line line;
	time_t second;		/* for which @date is: many events share one */
	char date[32];
	bool first;		/* in its JSON object or array */
	bool silent;		/* in a table without a layout */
	char cell_buf[COLUMNS_MAX][CELL_MAX];
	char below_buf[BELOW_MAX];
};

static const char *const tone_codes[] = {
	[CW_PLAIN] = "",
	[CW_GOOD] = "\033[32m",
	[CW_WARN] = "\033[33m",
	[CW_BAD] = "\033[1;31m",
	[CW_LOSS] = "\033[1;35m",
	[CW_QUIET] = "\033[2m",
};

static void set_layout(struct cw_view *v, const struct cw_column *c)
{
	v->opt.layout = c;
	v->columns = 0;
	for (; c && c->title && v->columns < COLUMNS_MAX; c++)
		v->width[v->columns++] = c->width;
}

struct cw_view *cw_view_new(const struct cw_view_options *opt)
{
	struct cw_view *v = calloc(1, sizeof(*v));
	int i;

	if (!v)
		return NULL;
	v->opt = *opt;
	v->line.out = opt->out;
	v->second = -1;
	for (i = 0; i < COLUMNS_MAX; i++)
		v->cell[i] = (struct cw_text){
			.buf = v->cell_buf[i], .size = CELL_MAX,
		};
	/* Less the newline. */
	v->below = (struct cw_text){
		.buf = v->below_buf, .size = BELOW_MAX - 1,
	};
	set_layout(v, opt->layout);
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

static bool column_shown(const struct cw_view *v, int i)
{
	return !v->opt.width || v->opt.width >= v->opt.layout[i].terminal;
}

static bool view_folds(const struct cw_view *v)
{
	return v->opt.width && v->opt.width < FOLD_BELOW;
}

static void add(struct cw_text *t, const char *s)
{
	if (s)
		cw_text_add(t, s, strlen(s));
}

/* "key: text", the keys of one width. */
static void list_put(struct cw_view *v, const char *key,
		     const struct cw_place *at, const char *text, size_t len)
{
	struct cw_line *l = &v->line;
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
	cw_line_say(l, at->before ? at->before : "");
	cw_line_add(l, text, len);
	cw_line_say(l, at->after ? at->after : "");
	cw_line_say(l, "\n");
}

/* A list shows a fact at once; a table keeps it until the record is whole. */
static void text_put(struct cw_view *v, const char *key,
		     const struct cw_place *at, const char *text, size_t len)
{
	struct cw_text *cell;

	if (!at)
		return;
	if (!v->opt.layout) {
		list_put(v, key, at, text, len);
		return;
	}
	cell = &v->cell[at->column];
	add(cell, at->before);
	cw_text_add(cell, text, len);
	add(cell, at->after);
}

static void print_tone(struct cw_view *v, const char *code, const char *text)
{
	bool toned = v->opt.color && *code && *text;

	if (toned)
		cw_line_say(&v->line, code);
	cw_line_say(&v->line, text);
	if (toned)
		cw_line_say(&v->line, "\033[0m");
}

/* @pad: whether something follows in this line. */
static void print_cell(struct cw_view *v, int i, const char *text,
		       const char *code, bool pad)
{
	const struct cw_column *c = &v->opt.layout[i];
	int have = cw_utf8_columns(text);

	if (have > v->width[i] && c->limit > v->width[i])
		v->width[i] = have < c->limit ? have : c->limit;
	if (c->right)
		cw_line_pad(&v->line, v->width[i] - have);
	print_tone(v, code, text);
	if (!c->right && pad)
		cw_line_pad(&v->line, v->width[i] - have);
	if (pad)
		cw_line_say(&v->line, " ");
}

static const char *cell_code(const struct cw_view *v, int i)
{
	const struct cw_column *c = &v->opt.layout[i];

	if (c->toned)
		return tone_codes[v->tone];
	if (c->dim || !strcmp(v->cell_buf[i], "0"))
		return tone_codes[CW_QUIET];
	return "";
}

/*
 * Cells up to the last full one before the note; a record that fills few of
 * them, such as a loss, so has its note right behind them.
 */
static void print_record(struct cw_view *v)
{
	int note = v->columns - 1, last = -1, i;
	bool fold;

	for (i = 0; i < note; i++)
		if (v->cell[i].used)
			last = i;
	/* Beside the title's column, unless it is as short as a loss. */
	if (last >= 2)
		last = note - 1;
	fold = view_folds(v) && last >= note / 2;
	for (i = 0; i <= last; i++) {
		const char *text = v->cell_buf[i];

		if (!column_shown(v, i))
			continue;
		if (!*text && v->opt.layout[i].empty)
			text = v->opt.layout[i].empty;
		print_cell(v, i, text, cell_code(v, i),
			   i < last || (!fold && v->cell[note].used));
	}
	if (fold && v->cell[note].used)
		cw_line_say(&v->line, "\n" INDENT);
	cw_line_say(&v->line, v->cell_buf[note]);
	cw_line_say(&v->line, "\n");
	cw_line_say(&v->line, v->below_buf);
}

void cw_view_header(struct cw_view *v)
{
	int i;

	if (v->opt.json || !v->opt.layout)
		return;
	for (i = 0; i < v->columns; i++) {
		bool last = i == v->columns - 1;

		if (!column_shown(v, i) || (last && view_folds(v)))
			continue;
		print_cell(v, i, v->opt.layout[i].title, tone_codes[CW_QUIET],
			   !last);
	}
	cw_line_say(&v->line, "\n");
	cw_line_flush(&v->line);
}

/* --- json --- */

/* What stands before a value; in an array @key is NULL. */
static void json_key(struct cw_view *v, const char *key)
{
	size_t len = key ? strlen(key) : 0;
	char *to = cw_line_room(&v->line, len + 4), *start = to;

	if (!v->first)
		*to++ = ',';
	v->first = false;
	if (key) {
		*to++ = '"';
		memcpy(to, key, len);
		memcpy(to + len, "\":", 2);
		to += len + 2;
	}
	v->line.used += to - start;
}

static void json_open(struct cw_view *v, const char *key, const char *bracket)
{
	json_key(v, key);
	cw_line_say(&v->line, bracket);
	v->first = true;
}

static void json_close(struct cw_view *v, const char *bracket)
{
	cw_line_say(&v->line, bracket);
	v->first = false;
}

void cw_view_open(struct cw_view *v, const char *key)
{
	if (v->opt.json)
		json_open(v, key, "{");
}

void cw_view_close(struct cw_view *v)
{
	if (v->opt.json)
		json_close(v, "}");
}

/* --- both --- */

static void clear(struct cw_text *t)
{
	t->used = 0;
	t->buf[0] = '\0';
}

static void clear_cells(struct cw_view *v)
{
	int i;

	v->tone = CW_PLAIN;
	clear(&v->below);
	for (i = 0; i < v->columns; i++)
		clear(&v->cell[i]);
}

void cw_view_begin(struct cw_view *v)
{
	clear_cells(v);
	v->first = true;
	if (v->opt.json)
		cw_line_say(&v->line, "{");
}

int cw_view_end(struct cw_view *v)
{
	if (v->opt.json)
		cw_line_say(&v->line, "}\n");
	else if (v->opt.layout)
		print_record(v);
	cw_line_flush(&v->line);
	return ferror(v->opt.out) ? -1 : 0;
}

void cw_view_tone(struct cw_view *v, enum cw_tone tone)
{
	v->tone = tone;
}

/* @text is of JSON's own: nothing in it is to be escaped. */
static void put(struct cw_view *v, const char *key, const struct cw_place *at,
		const char *text, size_t len)
{
	if (!v->opt.json) {
		text_put(v, key, at, text, len);
		return;
	}
	json_key(v, key);
	cw_line_add(&v->line, text, len);
}

void cw_view_word(struct cw_view *v, const char *key,
		  const struct cw_place *at, const char *word)
{
	if (!v->opt.json) {
		text_put(v, key, at, word, strlen(word));
		return;
	}
	json_key(v, key);
	cw_line_quote(&v->line, word);
}

void cw_view_bytes(struct cw_view *v, const char *key,
		   const struct cw_place *at, const void *bytes, size_t len)
{
	char text[CELL_MAX];

	if (!v->opt.json && !at)
		return;
	cw_utf8_escape(text, sizeof(text), bytes, len, v->opt.json);
	cw_view_word(v, key, at, text);
}

void cw_view_number(struct cw_view *v, const char *key,
		    const struct cw_place *at, uint32_t n)
{
	char digits[CW_DIGITS], *first;

	if (!v->opt.json && !at)
		return;
	first = cw_decimal(digits, n);
	put(v, key, at, first, digits + CW_DIGITS - first);
}

void cw_view_big(struct cw_view *v, const char *key,
		 const struct cw_place *at, uint64_t n)
{
	char quoted[1 + CW_DIGITS + 1], *first;
	char *end = quoted + 1 + CW_DIGITS;

	if (!v->opt.json && !at)
		return;
	first = cw_decimal(quoted + 1, n);
	if (v->opt.json) {
		*--first = '"';
		*end++ = '"';
	}
	put(v, key, at, first, end - first);
}

void cw_view_bool(struct cw_view *v, const char *key,
		  const struct cw_place *at, bool b)
{
	const char *text = v->opt.json ? (b ? "true" : "false") :
					 (b ? "yes" : "no");

	put(v, key, at, text, strlen(text));
}

/* The date and time of @second; false if it has none. */
static bool find_date(struct cw_view *v, time_t second)
{
	struct tm tm;

	if (second == v->second)
		return true;
	if (!(v->opt.json ? gmtime_r : localtime_r)(&second, &tm))
		return false;
	strftime(v->date, sizeof(v->date), v->opt.json ?
		 "\"%Y-%m-%dT%H:%M:%S." : "%H:%M:%S.", &tm);
	v->second = second;
	return true;
}

void cw_view_time(struct cw_view *v, const char *key,
		  const struct cw_place *at, uint64_t ns)
{
	uint32_t rest = ns % NSEC_PER_SEC;
	int digits = v->opt.json ? 9 : 3, i;
	char buf[sizeof(v->date) + 16];
	struct cw_text t = { .buf = buf, .size = sizeof(buf) };
	char part[9];

	if (!find_date(v, ns / NSEC_PER_SEC))
		return;
	for (i = sizeof(part); i--; rest /= 10)
		part[i] = '0' + rest % 10;
	cw_text_add(&t, v->date, strlen(v->date));
	cw_text_add(&t, part, digits);
	add(&t, v->opt.json ? "Z\"" : "");
	put(v, key, at, buf, t.used);
}

void cw_view_endpoint(struct cw_view *v, const char *key,
		      const struct cw_place *at, const void *addr, size_t len,
		      uint16_t port)
{
	const char *before = v->opt.json ? "\"" : len == 4 ? "" : "[";
	const char *after = v->opt.json ? "\"" : len == 4 ? ":" : "]:";
	char buf[INET6_ADDRSTRLEN + 16];
	struct cw_text t = { .buf = buf, .size = sizeof(buf) };

	add(&t, before);
	cw_say_address(&t, addr, len);
	add(&t, after);
	if (!v->opt.json) {
		cw_text_number(&t, port);
		text_put(v, key, at, buf, t.used);
		return;
	}
	cw_view_open(v, key);
	put(v, "addr", NULL, buf, t.used);
	cw_view_number(v, "port", NULL, port);
	cw_view_close(v);
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

	if (!v->opt.json && !v->opt.layout)
		text_put(v, key, &in_list, text, strlen(text));
}

void cw_view_below(struct cw_view *v, const char *label, const char *text)
{
	struct cw_text *t = &v->below;

	if (t->used >= t->size)
		return;
	cw_say(t, INDENT "%s %s", label, text);
	if (t->used >= t->size)
		t->used = strlen(t->buf);
	t->buf[t->used++] = '\n';
	t->buf[t->used] = '\0';
}

void cw_view_table(struct cw_view *v, const char *key,
		   const struct cw_column *layout)
{
	if (v->opt.json) {
		json_open(v, key, "[");
		return;
	}
	v->silent = !layout;
	if (v->silent)
		return;
	set_layout(v, layout);
	cw_line_say(&v->line, "\n");
	cw_view_header(v);
}

void cw_view_row(struct cw_view *v)
{
	if (v->opt.json)
		cw_view_open(v, NULL);
	else if (!v->silent)
		clear_cells(v);
}

void cw_view_row_end(struct cw_view *v)
{
	if (v->opt.json)
		cw_view_close(v);
	else if (!v->silent)
		print_record(v);
}

void cw_view_table_end(struct cw_view *v)
{
	if (v->opt.json)
		json_close(v, "]");
	else if (!v->silent)
		set_layout(v, NULL);
	v->silent = false;
}
