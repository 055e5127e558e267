/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Comparisons of which the verifications are made. Each returns the number of
 * disagreements, and prints them.
 */
#ifndef CLOSEWATCH_SELFTEST_VERIFY_H
#define CLOSEWATCH_SELFTEST_VERIFY_H

#include "scene.h"

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

int differ(const char *what, uint64_t got, uint64_t want);

#define DIFFER(ev, name, want) differ(#name, EVENT_NUM(ev, name), want)
#define ABSENT(ev, name) differ("presence of " #name, EVENT_HAS(ev, name), 0)
#define PRESENT(ev, name) differ("presence of " #name, EVENT_HAS(ev, name), 1)

/* Whose event it is, and of which namespace */
int verify_identity(const struct scene *s, const struct event *ev,
		    bool listener);

/* That the scene's closer did it, for the cause @why */
int verify_closer(const struct scene *s, const struct event *ev,
		  unsigned int why);

/* Path, states and figures */
int verify_verdict(const struct event *ev, const struct want *w);

/* Our packets and the peer's */
int verify_wire(const struct scene *s, const struct want *w);

/*
 * Exactly one close event for our end, and all oracles as wanted. Returns the
 * number of disagreements, each printed.
 */
int scene_verify(struct scene *s, const struct want *w);

#endif
