/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_TOP_PAGES_H
#define CLOSEWATCH_TOP_PAGES_H

#include "cmd/offer.h"
#include "explain/top.h"
#include "output/screen.h"

enum cw_top_page {
	CW_PAGE_ROWS, CW_PAGE_EVENTS, CW_PAGE_STORY, CW_PAGE_OFFER,
	CW_PAGE_DRAINS, CW_PAGE_HELP, CW_PAGES,
};

#define CW_TOP_DRAINS	256	/* that are shown; all are counted */

/* What top shows, and what keys do to it; without curses. */
struct cw_top_pages {
	struct cw_top *top;
	struct cw_offer offer;
	struct cw_top_choice choice;	/* its text is @text */
	char text[32];
	bool typing;
	bool utf8;
	enum cw_top_page page;
	size_t at[CW_PAGES];		/* lines, as in struct cw_screen_page */
	int row;			/* that is marked; -1: the first */
	/* Kept as they were when they were asked for: the list does not move. */
	struct cw_msg_event event[CW_TOP_LAST], story[CW_TOP_STORY];
	size_t events, stories;
	/* Running drains */
	struct cw_msg_event drain[CW_TOP_DRAINS];
	uint64_t drains, discarded;
	bool looked;			/* not of a recording, which has none */
};

void cw_top_pages_init(struct cw_top_pages *p);

/* Reads the drains that run. */
void cw_top_pages_look(struct cw_top_pages *p);

/* False: the key ends the program. @lines: of the terminal. */
bool cw_top_pages_key(struct cw_top_pages *p, int key, int lines);

/* Prints the current page on @to, for a terminal of that @width; @page gets the rest. */
void cw_top_pages_print(struct cw_top_pages *p, FILE *to, int width,
			struct cw_screen_page *page);

#endif
