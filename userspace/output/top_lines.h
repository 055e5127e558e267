/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_TOP_LINES_H
#define CLOSEWATCH_TOP_LINES_H

#include <stdio.h>

#include "explain/top.h"

/* The rows of top, as lines that fit. */
struct cw_top_look {
	int width;	/* columns */
	bool utf8;
};

/* Lines of @look's width at most: the titles, then a line a row of cw_top_list(). */
void cw_top_print_titles(FILE *to, const struct cw_top *top,
			 const struct cw_top_choice *c,
			 const struct cw_top_look *look);
void cw_top_print_rows(FILE *to, const struct cw_top *top,
		       const struct cw_top_choice *c,
		       const struct cw_top_look *look);

#endif
