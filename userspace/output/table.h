/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_TABLE_H
#define CLOSEWATCH_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "base/tone.h"
#include "output/line.h"

/* Text in aligned columns: the cells of a record, until it is whole. */

#define CW_COLUMNS_MAX	32
#define CW_CELL_MAX	640

/* A column of text; a table of them ends with a NULL title. */
struct cw_column {
	const char *title;
	const char *empty;	/* stands in an empty cell, or NULL */
	int width;		/* the least; it grows with what it held */
	int limit;		/* to which it grows */
	int terminal;		/* shown on terminals this wide and wider */
	bool right;		/* aligned to the right */
	bool toned;		/* coloured with the record's tone */
	bool dim;		/* recedes on a terminal */
};

/*
 * Where text shows a fact: appended to the cell @column, between @before and
 * @after. NULL instead of a place: JSON only. In a list, @column is ignored.
 */
struct cw_place {
	int column;
	const char *before;
	const char *after;
};

struct cw_table {
	struct cw_line *line;	/* where it is printed */
	int terminal;		/* columns of the terminal, 0: unlimited */
	bool color;
	enum cw_tone tone;	/* the record's */
	const struct cw_column *layout;
	const uint8_t *slots;	/* see cw_table_layout() */
	int columns;
	int width[CW_COLUMNS_MAX];
	struct cw_text cell[CW_COLUMNS_MAX];
	struct cw_text below;	/* lines of their own */
	int at, next;		/* columns: where the line ends, the next cell begins */
	bool broken;		/* the cells go on below their first line */
	char cell_buf[CW_COLUMNS_MAX][CW_CELL_MAX];
	char below_buf[1024];
};

void cw_table_init(struct cw_table *t, struct cw_line *line, int terminal,
		   bool color);

/*
 * @layout NULL: none. @slots, if not NULL, says by the column of a place which
 * one of @layout is meant, counted from 1; 0: the fact is not shown.
 */
void cw_table_layout(struct cw_table *t, const struct cw_column *layout,
		     const uint8_t *slots);

/* A record: from clearing, over what is put in its cells, to printing. */
void cw_table_clear(struct cw_table *t);
void cw_table_put(struct cw_table *t, const struct cw_place *at,
		  const char *text, size_t len);
void cw_table_below(struct cw_table *t, const char *label, const char *text);
void cw_table_print(struct cw_table *t);

/* The titles. */
void cw_table_header(struct cw_table *t);

#endif
