/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a path test stands on: a namespace of its own, the three oracles
 * (events, packets, counters) and one connection.
 */
#ifndef CLOSEWATCH_SELFTEST_SCENE_H
#define CLOSEWATCH_SELFTEST_SCENE_H

#include <sys/types.h>

#include "capture.h"
#include "counters.h"
#include "events.h"
#include "pair.h"

/* Who closes; the test's own process and thread unless it says otherwise */
struct closer {
	pid_t pid, tid;
	uid_t uid;
	char comm[16];
};

struct scene {
	struct pair p;
	struct capture *capture;
	struct events events;
	struct counters before, after;
	struct closer closer;
	uint64_t netns;
	int strays;		/* the peer's, in no oracle's figures */
	int64_t acted[2];	/* CLOCK_REALTIME around the first act */
	bool ended;
};

/* Everything up to an established connection with the oracles at work */
int scene_open(struct scene *s, const struct pair_opts *o);

/* The same without a connection: the test makes its own sockets */
int scene_open_bare(struct scene *s);
void scene_close(struct scene *s);

/* Make @fd, which may be any TCP socket, the one whose close is under test */
int scene_watch(struct scene *s, int fd);

/* Close our end now, or shut it down (SHUT_*) */
int scene_act(struct scene *s);
int scene_shut(struct scene *s, int how);

/*
 * Read packets and counters, then end the subscription, which delivers all
 * that is pending. scene_verify() does it too, and may be called once or more.
 * RSTs that the peer's host sends when the connection is over on both sides
 * count for nothing.
 */
int scene_end(struct scene *s);

/* Our end's close event, after scene_end() */
const struct event *scene_event(const struct scene *s);

#endif
