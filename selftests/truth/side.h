/* SPDX-License-Identifier: GPL-2.0 */
/* One end of a connection, with all that is known of it. */
#ifndef CLOSEWATCH_TRUTH_SIDE_H
#define CLOSEWATCH_TRUTH_SIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "actor.h"
#include "events.h"
#include "network.h"
#include "script.h"
#include "tally.h"
#include "view.h"

#define MSEC		1000000LL

/*
 * How long a segment may take from an end's interface to its socket, or an
 * answer from there to the interface: the emulator stops one CPU to run the
 * other. Wherever it decides between two answers it is counted.
 */
#define CLOSE_CALL	(400 * MSEC)

/* All that is known of one connection */
struct hearing {
	const struct network *net;
	const struct script *script;
	const struct record *record;
	const struct events *events[ENDS];
	struct view view[ENDS];
	struct tally *tally;
	unsigned int disagreements;
};

/* One end of it */
struct side {
	struct hearing *h;
	unsigned int end;
	const struct end_options *options;
	const struct end_record *record;
	const struct view *view;
	const struct event *close, *fate;
	/* The call that queued our FIN, by the events; NULL if none did */
	const struct event *finisher;
	struct span finish;
};

void side_make(struct side *s, struct hearing *h, unsigned int end);
void side_print(const struct side *s, int64_t origin);

/* Prints it with the connection and the end that it is about, and counts it */
void __attribute__((format(printf, 2, 3)))
disagree(const struct side *s, const char *format, ...);

const struct event *side_event(const struct side *s, unsigned int type,
			       size_t nth);
size_t side_events(const struct side *s, unsigned int type);

static inline int64_t time_of(const struct event *ev)
{
	return EVENT_NUM(ev, TIME);
}

/* Did the call queue our FIN? */
static inline bool queued_fin(const struct event *ev)
{
	return ev && EVENT_NUM(ev, FIN) != CLOSEWATCH_FIN_FORM_NONE;
}

bool is_fin_path(unsigned int path);
bool is_rst_path(unsigned int path);
bool shut_for_writing(const struct side *s);
/* When the end stopped to want data: the close, or a shutdown before it */
int64_t deaf_from(const struct side *s);
/* Our first packet that acknowledges the peer's FIN; NULL if there is none */
const struct seen *fin_told(const struct side *s);
/* Had the peer acknowledged all that we wrote, and our FIN? */
bool fin_acked(const struct side *s, int64_t time);

#endif
