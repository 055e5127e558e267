/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_STORY_H
#define CLOSEWATCH_STORY_H

#include <stdbool.h>

#include "base/text.h"
#include "base/tone.h"
#include "netlink/decode.h"

/*
 * What the facts of an event tell beyond its path or fate: then the cause and the
 * remedy are these.
 */
enum cw_story {
	CW_STORY_NONE,
	CW_STORY_KILLED,	/* a signal killed the program */
	CW_STORY_STALL,		/* SO_LINGER made close() wait */
	CW_STORY_EXITED,	/* the process ended with the connection open */
	CW_STORY_ANSWERLESS,	/* FIN by a program that had sent nothing */
	CW_STORY_NO_PEER,	/* never connected, or in vain */
	CW_STORY_UNREACHED,	/* in vain, and the error is known */
	CW_STORY_REFUSED,	/* RST to our SYN */
	CW_STORY_LATE_WRITE,	/* RST to what we wrote after the peer's close */
	CW_STORY_HALF_CLOSED,	/* RST from a peer that had sent its FIN */
	CW_STORY_NO_QUEUE,	/* a listener with nothing in its queue */
	CW_STORY_LINGER0,	/* unread data, and SO_LINGER 0 all the same */
	CW_STORY_SILENT,	/* unread data, and nothing sent */
	CW_STORY_ACKED,		/* unread data, and all of ours acknowledged */
	CW_STORY_IDLE_RACE,	/* late data on what was closed as idle */
	CW_STORY_LATE,		/* late data, and all of ours acknowledged */
	CW_STORY_GAVE_UP,	/* a client that closed before its answer came */
	CW_STORY_TURNED_AWAY,	/* FIN, then late data, and nothing was read */
	CW_STORIES,
};

enum cw_story cw_story_of(const struct cw_msg_event *ev);

/* @story is not CW_STORY_NONE. */
void cw_story_cause(struct cw_text *t, enum cw_story story,
		    const struct cw_msg_event *ev);
const char *cw_story_remedy(enum cw_story story,
			    const struct cw_msg_event *ev);

/* What befell the connect() whose error @ev has: "refused by RST". */
const char *cw_story_connect(const struct cw_msg_event *ev);

/* "SIGKILL"; "a signal" if its number did not come. */
void cw_say_signal(struct cw_text *t, const struct cw_msg_event *ev);

/* "sent 500 B, received 80 B", each byte once. */
void cw_say_totals(struct cw_text *t, const struct cw_msg_event *ev);

#endif
