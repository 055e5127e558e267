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

#define TYPE(name)	CLOSEWATCH_EVENT_TYPE_##name
#define PATH(name)	CLOSEWATCH_PATH_##name
#define STATE(name)	CLOSEWATCH_STATE_##name
#define FIN(name)	CLOSEWATCH_FIN_FORM_##name
#define LINGER(name)	CLOSEWATCH_LINGER_OUTCOME_##name
#define WHY(name)	CLOSEWATCH_CAUSE_##name
#define HOW(name)	CLOSEWATCH_HOW_##name
#define FATE(name)	CLOSEWATCH_FATE_##name
#define VERDICT(name)	CLOSEWATCH_VERDICT_##name
#define SIDE(name)	CLOSEWATCH_SIDE_##name
#define RESET(name)	CLOSEWATCH_RESET_KIND_##name

/*
 * What one close should have done. All that is not named must be zero, empty
 * or absent: no packet, no counter, nothing unread, why close. Bytes are those
 * of the moment at which the close began.
 */
struct want {
	unsigned int path, state, new_state, fin, why;
	unsigned int unread, unsent, unacked;
	uint64_t sent;			/* payload, retransmissions apart */
	uint64_t received, acked;
	unsigned int children, children_reset;
	bool listener;

	bool linger;
	unsigned int linger_seconds, outcome;
	int64_t waited_min, waited_max;	/* ns */

	/*
	 * On the wire, from us: FINs (and of these on data; -1 if either will
	 * do), RSTs, payload sent after the close. RSTs from the peer.
	 */
	int fins, fins_on_data, rsts, their_rsts;
	uint64_t sent_later;

	struct counters moved;
};

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
 */
int scene_end(struct scene *s);

/*
 * Exactly one close event for our end, and all oracles as wanted. Returns the
 * number of disagreements, each printed.
 */
int scene_verify(struct scene *s, const struct want *w);

/* Our end's close event, after scene_end() */
const struct event *scene_event(const struct scene *s);

#endif
