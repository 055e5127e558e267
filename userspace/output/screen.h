/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_SCREEN_H
#define CLOSEWATCH_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

/* Lines on a whole terminal, and its keys. The one user of curses. */

struct cw_screen_page {
	const char *text;
	int head;	/* lines that stay; the last of them are the titles */
	size_t at;	/* of the others: the marked one, or the first shown */
	bool marked;
	bool alarm;	/* the line before the titles stands out */
	const char *foot;
};

enum cw_screen_key {
	CW_KEY_NONE,
	/* Characters are themselves; these are beyond them. */
	CW_KEY_UP = 256, CW_KEY_DOWN, CW_KEY_PAGE_UP, CW_KEY_PAGE_DOWN,
	CW_KEY_HOME, CW_KEY_END, CW_KEY_ENTER, CW_KEY_BACK, CW_KEY_ERASE,
	CW_KEY_OTHER,	/* such as a change of size */
	CW_KEY_GONE,	/* no more will come */
};

/* False: standard output, or what keys come from, is no terminal that can do it. */
bool cw_screen_open(void);
/* The terminal is as it was. */
void cw_screen_close(void);

/* For poll(): keys come from there. */
int cw_screen_fd(void);
/* Without waiting. */
int cw_screen_key(void);

int cw_screen_width(void);
int cw_screen_height(void);

/* Waits for a terminal that takes nothing. */
void cw_screen_draw(const struct cw_screen_page *p);

#endif
