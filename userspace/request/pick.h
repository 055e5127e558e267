/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_PICK_H
#define CLOSEWATCH_PICK_H

#include <argp.h>
#include <stdint.h>

#include "base/fail.h"
#include "netlink/nl.h"

/* Which events the kernel is asked for: the options of watch and record. */

enum { CW_KEY_PATH = 0x2001 };

#define CW_PICK_OPTIONS							\
	{ "path", CW_KEY_PATH, "WORD[,WORD]", 0,			\
	  "closes and shutdowns by these paths only; may be repeated", 0 }, \
	{ "event", 'e', "WORD[,WORD]", 0,				\
	  "these kinds of event only; may be repeated", 0 },		\
	{ "all", 'a', NULL, 0,						\
	  "all events, also good ends and shared closes", 0 }

/* Adds the types of WORD[,WORD] to @events, a bit mask of closewatch_event_type. */
int cw_pick_events(uint32_t *events, const char *words, struct cw_fail *fail);

/* Takes the option @key into @f; -1 if it is none of these. */
int cw_pick_parse(struct cw_msg_filter *f, int key, const char *arg,
		  struct cw_fail *fail);

/* After the last option: what was not chosen is the default. */
int cw_pick_conclude(struct cw_msg_filter *f, struct cw_fail *fail);

#endif
