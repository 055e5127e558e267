/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_PAINTER_H
#define CLOSEWATCH_PAINTER_H

#include <pthread.h>
#include <stdbool.h>
#include <termios.h>

#include "output/screen.h"

/*
 * A thread that alone uses the screen, so that a terminal that takes nothing holds up
 * nothing else. Of pages that come faster than it draws, it draws the last.
 */
struct cw_painter {
	pthread_t thread;
	struct termios before;	/* of the terminal */
	int keys[2], wake[2];	/* pipes: from and to the thread */
	/* Protects what follows; nothing is drawn while it is held. */
	pthread_mutex_t lock;
	struct cw_screen_page page;	/* to be drawn; text NULL: none */
	int width, height;
	bool end;
};

/* False: see cw_screen_open(). @p does not move. */
bool cw_painter_open(struct cw_painter *p);
/* Gives a terminal that takes nothing a second. */
void cw_painter_close(struct cw_painter *p);

/* For poll(); reports a hangup once the terminal is gone. */
int cw_painter_fd(const struct cw_painter *p);
/* An enum cw_screen_key or a character; without waiting. */
int cw_painter_key(struct cw_painter *p);

void cw_painter_size(struct cw_painter *p, int *width, int *height);

/* Takes over the text of @page, which is from malloc(). */
void cw_painter_draw(struct cw_painter *p, const struct cw_screen_page *page);

#endif
