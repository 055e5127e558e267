/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_CASE_H
#define CLOSEWATCH_CASE_H

#include "base/text.h"
#include "base/tone.h"
#include "netlink/decode.h"

typedef void cw_say_fn(struct cw_text *t, const struct cw_msg_event *ev);

/* What one value of an enum of the contract means to a person. */
struct cw_case {
	const char *cause;	/* a sentence: why it came to this */
	const char *remedy;	/* a sentence: what changes it */
	cw_say_fn *mend;	/* or that, from the event */
	const char *words;	/* what was done, in fixed words */
	cw_say_fn *say;		/* or what was done, from the event */
	cw_say_fn *rest;	/* then the bytes */
	enum cw_tone tone;
};

/* The row of @table for @member, which is attribute @attr; or NULL. */
#define cw_case_of(table, ev, attr, member)				\
	(cw_event_has(ev, attr) && (ev)->member < ARRAY_SIZE(table) ?	\
	 &(table)[(ev)->member] : NULL)

#endif
