/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Comparisons of which the verifications are made. Each returns the number of
 * disagreements, and prints them.
 */
#ifndef CLOSEWATCH_SELFTEST_VERIFY_H
#define CLOSEWATCH_SELFTEST_VERIFY_H

#include "scene.h"

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

#endif
