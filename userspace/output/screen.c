// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "output/screen.h"

#define ESCAPE		27
#define ESCAPE_MS	50	/* within which the rest of a key's sequence comes */

static SCREEN *screen;
static FILE *keys;

/* Standard input may be a recording. */
static FILE *open_keys(void)
{
	return isatty(STDIN_FILENO) ? stdin : fopen("/dev/tty", "re");
}

static void close_keys(void)
{
	if (keys && keys != stdin)
		fclose(keys);
	keys = NULL;
}

bool cw_screen_open(void)
{
	const char *term = getenv("TERM");

	if (!term || !*term || !strcmp(term, "dumb") || !isatty(STDOUT_FILENO))
		return false;
	keys = open_keys();
	screen = keys ? newterm(NULL, stdout, keys) : NULL;
	/* A terminal type that is unknown, or cannot place its cursor. */
	if (!screen) {
		close_keys();
		return false;
	}
	/* curses tries again at once what such a terminal does not take. */
	fcntl(STDOUT_FILENO, F_SETFL,
	      fcntl(STDOUT_FILENO, F_GETFL) & ~O_NONBLOCK);
	set_escdelay(ESCAPE_MS);
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	curs_set(0);
	return true;
}

void cw_screen_close(void)
{
	if (!screen)
		return;
	endwin();
	delscreen(screen);
	screen = NULL;
	close_keys();
}

int cw_screen_fd(void)
{
	return fileno(keys);
}

int cw_screen_width(void)
{
	return COLS;
}

int cw_screen_height(void)
{
	return LINES;
}

int cw_screen_key(void)
{
	int key;

	errno = 0;
	key = getch();
	switch (key) {
	case ERR:
		return errno == EIO ? CW_KEY_GONE : CW_KEY_NONE;
	case KEY_UP:
		return CW_KEY_UP;
	case KEY_DOWN:
		return CW_KEY_DOWN;
	case KEY_PPAGE:
		return CW_KEY_PAGE_UP;
	case KEY_NPAGE:
		return CW_KEY_PAGE_DOWN;
	case KEY_HOME:
		return CW_KEY_HOME;
	case KEY_END:
		return CW_KEY_END;
	case KEY_ENTER:
	case '\r':
	case '\n':
		return CW_KEY_ENTER;
	case KEY_LEFT:
	case ESCAPE:
		return CW_KEY_BACK;
	case KEY_BACKSPACE:
	case '\b':
	case '\177':
		return CW_KEY_ERASE;
	default:
		return key >= ' ' && key < '\177' ? key : CW_KEY_OTHER;
	}
}

static void draw_line(int y, const char *line, int attributes)
{
	move(y, 0);
	addnstr(line, cw_utf8_cut(line, strcspn(line, "\n"), COLS));
	if (attributes)
		mvchgat(y, 0, -1, attributes, 0, NULL);
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line ? line + 1 : line;
}

static int attributes_of(const struct cw_screen_page *p, int line)
{
	if (line == p->head - 1 || (p->alarm && line == p->head - 2))
		return A_REVERSE;
	return line < p->head ? A_BOLD : A_NORMAL;
}

/* The marked line is always among those that are shown. */
static void draw_lines(const struct cw_screen_page *p)
{
	int y, room = LINES - p->head - 1;
	size_t first = p->at, shown = room > 0 ? room : 1, i;
	const char *line = p->text;

	for (y = 0; y < p->head && y < LINES; y++, line = next_line(line))
		draw_line(y, line, attributes_of(p, y));
	if (p->marked)
		first = p->at < shown ? 0 : p->at - shown + 1;
	for (i = 0; i < first; i++)
		line = next_line(line);
	for (; *line && y < LINES - 1; y++, i++, line = next_line(line))
		draw_line(y, line, p->marked && i == p->at ? A_REVERSE : A_NORMAL);
	draw_line(LINES - 1, p->foot, A_BOLD);
}

void cw_screen_draw(const struct cw_screen_page *p)
{
	erase();
	draw_lines(p);
	refresh();
}
