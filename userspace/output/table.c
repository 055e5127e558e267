// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "base/utf8.h"
#include "output/table.h"

#define INDENT		"             "

/* Narrower than this, the last column goes on a line of its own. */
#define FOLD_BELOW	160

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

void cw_table_layout(struct cw_table *t, const struct cw_column *c)
{
	t->layout = c;
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

static bool folds(const struct cw_table *t)
{
	return t->terminal && t->terminal < FOLD_BELOW;
}

void cw_table_put(struct cw_table *t, const struct cw_place *at,
		  const char *text, size_t len)
{
	struct cw_text *cell = &t->cell[at->column];

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
	cw_say(b, INDENT "%s %s", label, text);
	if (b->used >= b->size)
		b->used = strlen(b->buf);
	b->buf[b->used++] = '\n';
	b->buf[b->used] = '\0';
}

static void print_tone(struct cw_table *t, const char *code, const char *text,
		       size_t len)
{
	bool toned = *code && len;

	if (toned)
		cw_line_say(t->line, code);
	cw_line_add(t->line, text, len);
	if (toned)
		cw_line_say(t->line, "\033[0m");
}

/* @pad: whether something follows in this line. */
static void print_cell(struct cw_table *t, int i, const char *text, size_t len,
		       const char *code, bool pad)
{
	const struct cw_column *c = &t->layout[i];
	int have = cw_utf8_columns(text, len);

	if (have > t->width[i] && c->limit > t->width[i])
		t->width[i] = have < c->limit ? have : c->limit;
	if (c->right)
		cw_line_pad(t->line, t->width[i] - have);
	print_tone(t, code, text, len);
	if (!c->right && pad)
		cw_line_pad(t->line, t->width[i] - have);
	if (pad)
		cw_line_say(t->line, " ");
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
	bool fold;

	for (i = 0; i < note; i++)
		if (t->cell[i].used)
			last = i;
	/* Beside the title's column, unless it is as short as a loss. */
	if (last >= 2)
		last = note - 1;
	fold = folds(t) && last >= note / 2;
	for (i = 0; i <= last; i++) {
		const char *text = t->cell_buf[i];
		size_t len = cell_len(&t->cell[i]);

		if (!column_shown(t, i))
			continue;
		if (!len && t->layout[i].empty) {
			text = t->layout[i].empty;
			len = strlen(text);
		}
		print_cell(t, i, text, len, cell_code(t, i),
			   i < last || (!fold && t->cell[note].used));
	}
	if (fold && t->cell[note].used)
		cw_line_say(t->line, "\n" INDENT);
	cw_line_add(t->line, t->cell_buf[note], cell_len(&t->cell[note]));
	cw_line_say(t->line, "\n");
	cw_line_say(t->line, t->below_buf);
}

void cw_table_header(struct cw_table *t)
{
	int i;

	for (i = 0; i < t->columns; i++) {
		bool last = i == t->columns - 1;

		if (!column_shown(t, i) || (last && folds(t)))
			continue;
		print_cell(t, i, t->layout[i].title,
			   strlen(t->layout[i].title),
			   t->color ? tone_codes[CW_QUIET] : "", !last);
	}
	cw_line_say(t->line, "\n");
}

