// SPDX-License-Identifier: GPL-2.0
#include "scene.h"

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "netns.h"
#include "wait.h"

int scene_open_bare(struct scene *s)
{
	memset(s, 0, sizeof(*s));
	s->p.us = -1;
	s->p.them = -1;
	s->p.listener = -1;
	if (netns_enter() < 0)
		return -1;
	s->netns = netns_inode();
	s->closer.pid = getpid();
	s->closer.tid = gettid();
	s->closer.uid = getuid();
	prctl(PR_GET_NAME, s->closer.comm);
	s->capture = capture_open("lo");
	if (!s->capture || counters_read(&s->before) < 0)
		return -1;
	if (events_open(&s->events) < 0) {
		fprintf(stderr, "# no netlink family: is closewatch.ko loaded?\n");
		return -1;
	}
	return events_subscribe(&s->events, NULL, NULL);
}

int scene_open(struct scene *s, const struct pair_opts *o)
{
	return scene_open_bare(s) ?: pair_open(&s->p, o);
}

void scene_close(struct scene *s)
{
	pair_close(&s->p);
	events_close(&s->events);
	capture_close(s->capture);
}

int scene_watch(struct scene *s, int fd)
{
	s->p.us = fd;
	s->p.cookie = cookie_of(fd);
	/* A socket without a peer reports the unspecified address */
	if (address_of(fd, true, &s->p.remote) < 0)
		memset(&s->p.remote, 0, sizeof(s->p.remote));
	return address_of(fd, false, &s->p.local);
}

static void act_begins(struct scene *s)
{
	if (!s->acted[1])
		s->acted[0] = clock_ns(CLOCK_REALTIME);
}

static void act_is_over(struct scene *s)
{
	if (!s->acted[1])
		s->acted[1] = clock_ns(CLOCK_REALTIME);
}

int scene_act(struct scene *s)
{
	int fd = s->p.us, ret;

	s->p.us = -1;
	act_begins(s);
	ret = close(fd);
	act_is_over(s);
	return ret;
}

int scene_shut(struct scene *s, int how)
{
	int ret;

	act_begins(s);
	ret = shutdown(s->p.us, how);
	act_is_over(s);
	return ret;
}

/* Packets and counters first: to end the last subscription takes long enough
 * for a peer that cannot hear us to send something again.
 */
int scene_end(struct scene *s)
{
	int ret = 0;

	if (counters_read(&s->after) < 0 || capture_sync(s->capture) < 0) {
		fprintf(stderr, "# the capture or the counters failed\n");
		ret = -1;
	}
	s->strays = capture_strays(s->capture, s->p.remote.port,
				   s->p.local.port);
	s->after.out_rsts -= s->strays;
	if (!s->ended && events_unsubscribe(&s->events) < 0)
		ret = -1;
	s->ended = true;
	return ret;
}

const struct event *scene_event(const struct scene *s)
{
	return events_nth(&s->events, TYPE(CLOSE), s->p.cookie, 0);
}
