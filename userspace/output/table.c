// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "base/utf8.h"
#include "output/table.h"

/* Of what goes below a record's first line. */
#define INDENT		13

/* With fewer columns left for it, the last one goes on a line of its own. */
#define NOTE_LEAST	40

static const char *const tone_codes[] = {
	[CW_PLAIN] = "",
	[CW_GOOD] = "\033[32m",
	[CW_WARN] = "\033[33m",
	[CW_BAD] = "\033[1;31m",
	[CW_LOSS] = "\033[1;35m",
	[CW_QUIET] = "\033[2m",
};

void cw_table_init(struct cw_table *t, struct cw_line *line, int terminal,
		   bool color)
{
	int i;

	t->line = line;
	t->terminal = terminal;
	t->color = color;
	for (i = 0; i < CW_COLUMNS_MAX; i++)
		t->cell[i] = (struct cw_text){
			.buf = t->cell_buf[i], .size = CW_CELL_MAX,
		};
	/* Less the newline. */
	t->below = (struct cw_text){
		.buf = t->below_buf, .size = sizeof(t->below_buf) - 1,
	};
}

void cw_table_layout(struct cw_table *t, const struct cw_column *c,
		     const uint8_t *slots)
{
	t->layout = c;
	t->slots = slots;
	t->columns = 0;
	for (; c && c->title && t->columns < CW_COLUMNS_MAX; c++)
		t->width[t->columns++] = c->width;
}

static void clear(struct cw_text *t)
{
	t->used = 0;
	t->buf[0] = '\0';
}

void cw_table_clear(struct cw_table *t)
{
	int i;

	t->tone = CW_PLAIN;
	clear(&t->below);
	for (i = 0; i < t->columns; i++)
		clear(&t->cell[i]);
}

static bool column_shown(const struct cw_table *t, int i)
{
	return !t->terminal || t->terminal >= t->layout[i].terminal;
}

void cw_table_put(struct cw_table *t, const struct cw_place *at,
		  const char *text, size_t len)
{
	int slot = t->slots ? t->slots[at->column] - 1 : at->column;
	struct cw_text *cell;

	if (slot < 0)
		return;
	cell = &t->cell[slot];
	if (at->before)
		cw_text_add(cell, at->before, strlen(at->before));
	cw_text_add(cell, text, len);
	if (at->after)
		cw_text_add(cell, at->after, strlen(at->after));
}

void cw_table_below(struct cw_table *t, const char *label, const char *text)
{
	struct cw_text *b = &t->below;

	if (b->used >= b->size)
		return;
	cw_say(b, "%s %s", label, text);
	if (b->used >= b->size)
		b->used = strlen(b->buf);
	b->buf[b->used++] = '\n';
	b->buf[b->used] = '\0';
}

/* To where the next @need columns go: below, if they do not fit beside the others. */
static void advance(struct cw_table *t, int need)
{
	if (t->terminal && t->at && t->next + need > t->terminal) {
		cw_line_say(t->line, "\n");
		t->at = 0;
		t->next = INDENT;
		t->broken = true;
	}
	cw_line_pad(t->line, t->next - t->at);
	t->at = t->next;
}

/* Wraps at @indent. */
static void print_text(struct cw_table *t, const char *text, size_t len,
		       int have, int indent)
{
	if (!t->terminal || t->at + have <= t->terminal) {
		cw_line_add(t->line, text, len);
		t->at += have;
		return;
	}
	t->at = cw_line_wrap(t->line, (struct cw_wrap){
		.text = text, .len = len, .at = t->at, .indent = indent,
		.width = t->terminal,
	});
}

/* @more: whether a cell follows. */
static void print_cell(struct cw_table *t, int i, const char *text, size_t len,
		       const char *code, bool more)
{
	const struct cw_column *c = &t->layout[i];
	int have = cw_utf8_columns(text, len), width;
	bool toned = *code && len;

	if (have > t->width[i] && c->limit > t->width[i])
		t->width[i] = have < c->limit ? have : c->limit;
	width = t->width[i] > have ? t->width[i] : have;
	advance(t, more || c->right ? width : have);
	t->next = t->at + width + 1;
	if (c->right) {
		cw_line_pad(t->line, width - have);
		t->at += width - have;
	}
	if (toned)
		cw_line_say(t->line, code);
	print_text(t, text, len, have, INDENT);
	if (toned)
		cw_line_say(t->line, "\033[0m");
	if (t->next <= t->at)
		t->next = t->at + 1;
}

/* Beside the cells if there is room, and else below them. */
static bool note_fits(const struct cw_table *t, const char *text, size_t len)
{
	int room = t->terminal - t->next;

	if (!t->terminal || !t->at)
		return true;
	if (t->broken || cw_wrap_is_command(text, len))
		return (int)cw_utf8_columns(text, len) <= room;
	return room >= NOTE_LEAST;
}

static void print_note(struct cw_table *t, const char *text, size_t len)
{
	if (!len)
		return;
	advance(t, note_fits(t, text, len) ? 0 : t->terminal);
	print_text(t, text, len, cw_utf8_columns(text, len), t->at);
}

static void print_below(struct cw_table *t)
{
	const char *line = t->below_buf, *end;

	for (; (end = strchr(line, '\n')); line = end + 1) {
		cw_line_pad(t->line, INDENT);
		cw_line_wrap(t->line, (struct cw_wrap){
			.text = line, .len = end - line, .at = INDENT,
			.indent = INDENT + 2, .width = t->terminal,
		});
		cw_line_say(t->line, "\n");
	}
}

static void begin(struct cw_table *t)
{
	t->at = 0;
	t->next = 0;
	t->broken = false;
}

static const char *cell_code(const struct cw_table *t, int i)
{
	const struct cw_column *c = &t->layout[i];

	if (!t->color)
		return "";
	if (c->toned)
		return tone_codes[t->tone];
	if (c->dim || !strcmp(t->cell_buf[i], "0"))
		return tone_codes[CW_QUIET];
	return "";
}

/* A cell may have been cut. */
static size_t cell_len(const struct cw_text *cell)
{
	return cell->used < cell->size ? cell->used : strlen(cell->buf);
}

/*
 * Cells up to the last full one before the note; a record that fills few of
 * them, such as a loss, so has its note right behind them.
 */
void cw_table_print(struct cw_table *t)
{
	int note = t->columns - 1, last = -1, i;

	begin(t);
	for (i = 0; i < note; i++)
		if (t->cell[i].used)
			last = i;
	/* Beside the title's column, unless it is as short as a loss. */
	if (last >= 2 || (t->slots && !t->cell[note].used))
		last = note - 1;
	for (i = 0; i <= last; i++) {
		const char *text = t->cell_buf[i];
		size_t len = cell_len(&t->cell[i]);

		if (!column_shown(t, i))
			continue;
		if (!len && t->layout[i].empty) {
			text = t->layout[i].empty;
			len = strlen(text);
		}
		print_cell(t, i, text, len, cell_code(t, i), i < last);
	}
	print_note(t, t->cell_buf[note], cell_len(&t->cell[note]));
	cw_line_say(t->line, "\n");
	print_below(t);
}

void cw_table_header(struct cw_table *t)
{
	const char *code = t->color ? tone_codes[CW_QUIET] : "", *title;
	int note = t->columns - 1, i;

	begin(t);
	for (i = 0; i < t->columns; i++) {
		title = t->layout[i].title;
		if (!column_shown(t, i) ||
		    (i == note && (!*title || !note_fits(t, title, strlen(title)))))
			continue;
		print_cell(t, i, title, strlen(title), code, i < note - 1);
	}
	cw_line_say(t->line, "\n");
}
