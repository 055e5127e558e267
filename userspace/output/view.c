// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"
#include "output/line.h"
#include "output/view.h"

#define COLUMNS_MAX	12
#define CELL_MAX	640
#define BELOW_MAX	1024
#define INDENT		14
#define NSEC_PER_SEC	1000000000ULL

/* Narrower than this, the last column goes on a line of its own. */
#define FOLD_BELOW	160

struct cw_view {
	struct cw_view_options opt;
	/* text */
	int width[COLUMNS_MAX];
	char cell[COLUMNS_MAX][CELL_MAX];
	char below[BELOW_MAX];
	int columns;
	enum cw_tone tone;
	struct cw_line line;
	bool first;		/* in its JSON object or array */
	bool silent;		/* in a table without a layout */
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

	if (!v)
		return NULL;
	v->opt = *opt;
	v->line.out = opt->out;
	set_layout(v, opt->layout);
	return v;
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

/* What is too long is cut at a whole character. */
static void append(char *buf, size_t size, const char *text)
{
	size_t used = strlen(buf);
	size_t n = strnlen(text, size - used);

	if (n == size - used)
		for (n--; n && (text[n] & 0xc0) == 0x80; n--)
			;
	memcpy(buf + used, text, n);
	buf[used + n] = '\0';
}

/* A list shows a fact at once; a table keeps it until the record is whole. */
static void text_put(struct cw_view *v, const char *key,
		     const struct cw_place *at, const char *text)
{
	char label[64];
	char *p;

	if (v->opt.json || !at)
		return;
	if (v->opt.layout) {
		append(v->cell[at->column], CELL_MAX,
		       at->before ? at->before : "");
		append(v->cell[at->column], CELL_MAX, text);
		append(v->cell[at->column], CELL_MAX,
		       at->after ? at->after : "");
		return;
	}
	snprintf(label, sizeof(label), "%s:", key);
	for (p = label; *p; p++)
		if (*p == '_')
			*p = ' ';
	fprintf(v->opt.out, "%-16s %s%s%s\n", label,
		at->before ? at->before : "", text,
		at->after ? at->after : "");
}

static void print_tone(const struct cw_view *v, const char *code,
		       const char *text)
{
	if (v->opt.color && *code && *text)
		fprintf(v->opt.out, "%s%s\033[0m", code, text);
	else
		fputs(text, v->opt.out);
}

static void print_pad(const struct cw_view *v, int n)
{
	if (n > 0)
		fprintf(v->opt.out, "%*s", n, "");
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
		print_pad(v, v->width[i] - have);
	print_tone(v, code, text);
	if (!c->right && pad)
		print_pad(v, v->width[i] - have);
	if (pad)
		fputc(' ', v->opt.out);
}

static const char *cell_code(const struct cw_view *v, int i)
{
	const struct cw_column *c = &v->opt.layout[i];

	if (c->toned)
		return tone_codes[v->tone];
	if (c->dim || !strcmp(v->cell[i], "0"))
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
		if (v->cell[i][0])
			last = i;
	/* Beside the title's column, unless it is as short as a loss. */
	if (last >= 2)
		last = note - 1;
	fold = view_folds(v) && last >= note / 2;
	for (i = 0; i <= last; i++) {
		const char *text = v->cell[i];

		if (!column_shown(v, i))
			continue;
		if (!*text && v->opt.layout[i].empty)
			text = v->opt.layout[i].empty;
		print_cell(v, i, text, cell_code(v, i),
			   i < last || (!fold && v->cell[note][0]));
	}
	if (fold && v->cell[note][0])
		fprintf(v->opt.out, "\n%*s", INDENT - 1, "");
	fprintf(v->opt.out, "%s\n%s", v->cell[note], v->below);
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
	fputc('\n', v->opt.out);
}

/* --- json --- */

/* What stands before a value; in an array @key is NULL. */
static void json_key(struct cw_view *v, const char *key)
{
	if (!v->first)
		cw_line_add(&v->line, ",", 1);
	v->first = false;
	if (!key)
		return;
	cw_line_add(&v->line, "\"", 1);
	cw_line_say(&v->line, key);
	cw_line_add(&v->line, "\":", 2);
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

static void json_string(struct cw_view *v, const char *key, const char *text)
{
	if (!v->opt.json)
		return;
	json_key(v, key);
	cw_line_quote(&v->line, text);
}

/* A number or another word of JSON's own. */
static void json_literal(struct cw_view *v, const char *key, const char *text)
{
	if (!v->opt.json)
		return;
	json_key(v, key);
	cw_line_say(&v->line, text);
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

static void clear_cells(struct cw_view *v)
{
	int i;

	v->tone = CW_PLAIN;
	v->below[0] = '\0';
	for (i = 0; i < v->columns; i++)
		v->cell[i][0] = '\0';
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

void cw_view_word(struct cw_view *v, const char *key,
		  const struct cw_place *at, const char *word)
{
	text_put(v, key, at, word);
	json_string(v, key, word);
}

void cw_view_bytes(struct cw_view *v, const char *key,
		   const struct cw_place *at, const void *bytes, size_t len)
{
	char text[CELL_MAX];

	cw_utf8_escape(text, sizeof(text), bytes, len, v->opt.json);
	cw_view_word(v, key, at, text);
}

void cw_view_number(struct cw_view *v, const char *key,
		    const struct cw_place *at, uint32_t n)
{
	char text[16];

	snprintf(text, sizeof(text), "%" PRIu32, n);
	text_put(v, key, at, text);
	json_literal(v, key, text);
}

void cw_view_big(struct cw_view *v, const char *key,
		 const struct cw_place *at, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, n);
	cw_view_word(v, key, at, text);
}

void cw_view_bool(struct cw_view *v, const char *key,
		  const struct cw_place *at, bool b)
{
	text_put(v, key, at, b ? "yes" : "no");
	json_literal(v, key, b ? "true" : "false");
}

void cw_view_time(struct cw_view *v, const char *key,
		  const struct cw_place *at, uint64_t ns)
{
	time_t seconds = ns / NSEC_PER_SEC;
	unsigned int rest = ns % NSEC_PER_SEC;
	char text[48], part[32];
	struct tm tm;

	if (!(v->opt.json ? gmtime_r : localtime_r)(&seconds, &tm))
		return;
	if (v->opt.json) {
		strftime(part, sizeof(part), "%Y-%m-%dT%H:%M:%S", &tm);
		snprintf(text, sizeof(text), "%s.%09uZ", part, rest);
	} else {
		strftime(part, sizeof(part), "%H:%M:%S", &tm);
		snprintf(text, sizeof(text), "%s.%03u", part, rest / 1000000);
	}
	cw_view_word(v, key, at, text);
}

void cw_view_endpoint(struct cw_view *v, const char *key,
		      const struct cw_place *at, const void *addr, size_t len,
		      uint16_t port)
{
	char text[INET6_ADDRSTRLEN], cell[INET6_ADDRSTRLEN + 16];

	if (!inet_ntop(len == 4 ? AF_INET : AF_INET6, addr, text, sizeof(text)))
		return;
	snprintf(cell, sizeof(cell), len == 4 ? "%s:%u" : "[%s]:%u", text,
		 port);
	text_put(v, key, at, cell);
	cw_view_open(v, key);
	json_string(v, "addr", text);
	cw_view_number(v, "port", NULL, port);
	cw_view_close(v);
}

void cw_view_text(struct cw_view *v, const struct cw_place *at,
		  const char *text)
{
	text_put(v, "", at, text);
}

void cw_view_list_text(struct cw_view *v, const char *key, const char *text)
{
	const struct cw_place in_list = { 0 };

	if (!v->opt.layout)
		text_put(v, key, &in_list, text);
}

void cw_view_below(struct cw_view *v, const char *label, const char *text)
{
	char head[64];

	snprintf(head, sizeof(head), "%*s%s ", INDENT - 1, "", label);
	append(v->below, sizeof(v->below), head);
	append(v->below, sizeof(v->below) - 1, text);
	append(v->below, sizeof(v->below), "\n");
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
	fputc('\n', v->opt.out);
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
