// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "output/painter.h"

static void take_size(struct cw_painter *p)
{
	p->width = cw_screen_width();
	p->height = cw_screen_height();
}

/* False at the end. */
static bool take_page(struct cw_painter *p, struct cw_screen_page *page)
{
	bool goes_on;

	pthread_mutex_lock(&p->lock);
	goes_on = !p->end;
	if (goes_on) {
		*page = p->page;
		p->page.text = NULL;
	}
	pthread_mutex_unlock(&p->lock);
	return goes_on;
}

/*
 * A change of size is a key, too. One that nobody takes is dropped. False if the
 * terminal gives none, to a group in its background that cannot be stopped.
 */
static bool pass_keys(struct cw_painter *p)
{
	int key;

	while ((key = cw_screen_key()) != CW_KEY_NONE) {
		pthread_mutex_lock(&p->lock);
		take_size(p);
		pthread_mutex_unlock(&p->lock);
		if (key == CW_KEY_GONE)
			return false;
		(void)!write(p->keys[1], &key, sizeof(key));
	}
	return true;
}

static void *paint(void *painter)
{
	struct cw_painter *p = painter;
	struct pollfd fd[] = {
		{ .fd = cw_screen_fd(), .events = POLLIN },
		{ .fd = p->wake[0], .events = POLLIN },
	};
	struct cw_screen_page page;
	char woken[64];

	while (take_page(p, &page)) {
		if (page.text)
			cw_screen_draw(&page);
		free((char *)page.text);
		fd[0].revents = 0;
		if (poll(fd, 2, -1) > 0 && fd[1].revents)
			(void)!read(p->wake[0], woken, sizeof(woken));
		if (!pass_keys(p) || fd[0].revents & ~POLLIN)
			break;
	}
	cw_screen_close();
	close(p->keys[1]);
	return NULL;
}

/* The size and the stops of the terminal are the thread's affair. */
static bool start_thread(struct cw_painter *p)
{
	sigset_t set;

	if (pthread_create(&p->thread, NULL, paint, p))
		return false;
	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGTSTP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	return true;
}

bool cw_painter_open(struct cw_painter *p)
{
	*p = (struct cw_painter){ .lock = PTHREAD_MUTEX_INITIALIZER };
	tcgetattr(STDOUT_FILENO, &p->before);
	if (!cw_screen_open())
		return false;
	take_size(p);
	if (!pipe2(p->keys, O_CLOEXEC | O_NONBLOCK) &&
	    !pipe2(p->wake, O_CLOEXEC | O_NONBLOCK) && start_thread(p))
		return true;
	cw_screen_close();
	return false;
}

static void wake(struct cw_painter *p)
{
	(void)!write(p->wake[1], "", 1);
}

void cw_painter_close(struct cw_painter *p)
{
	struct timespec end;

	pthread_mutex_lock(&p->lock);
	p->end = true;
	pthread_mutex_unlock(&p->lock);
	wake(p);
	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec++;
	if (pthread_timedjoin_np(p->thread, NULL, &end))
		tcsetattr(STDOUT_FILENO, TCSANOW, &p->before);
	free((char *)p->page.text);
}

int cw_painter_fd(const struct cw_painter *p)
{
	return p->keys[0];
}

int cw_painter_key(struct cw_painter *p)
{
	int key;

	return read(p->keys[0], &key, sizeof(key)) == sizeof(key) ? key :
								    CW_KEY_NONE;
}

void cw_painter_size(struct cw_painter *p, int *width, int *height)
{
	pthread_mutex_lock(&p->lock);
	*width = p->width;
	*height = p->height;
	pthread_mutex_unlock(&p->lock);
}

void cw_painter_draw(struct cw_painter *p, const struct cw_screen_page *page)
{
	const char *dropped;

	pthread_mutex_lock(&p->lock);
	dropped = p->page.text;
	p->page = *page;
	pthread_mutex_unlock(&p->lock);
	free((char *)dropped);
	wake(p);
}
