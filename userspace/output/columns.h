/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_COLUMNS_H
#define CLOSEWATCH_COLUMNS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/fail.h"
#include "host/hosted.h"
#include "host/stacks.h"
#include "netlink/decode.h"
#include "output/view.h"

/*
 * What may be shown of an event: one row for each, which says how text shows
 * it and what JSON calls it. In the order of JSON; those that are no member of
 * it come last.
 */
enum cw_event_column {
	CW_COL_EVENT, CW_COL_TIME, CW_COL_CPU, CW_COL_SEQ, CW_COL_NETNS,
	CW_COL_FAMILY,
	CW_COL_LOCAL, CW_COL_PEER,
	CW_COL_COOKIE, CW_COL_PATH, CW_COL_STATE, CW_COL_NEW_STATE, CW_COL_FIN,
	CW_COL_FATE, CW_COL_VERDICT, CW_COL_LOST, CW_COL_CLOSED_FIRST,
	CW_COL_SINCE_CLOSE, CW_COL_HOW, CW_COL_REFERENCES, CW_COL_SIGPIPE,
	CW_COL_RESET, CW_COL_REASON, CW_COL_POLICY, CW_COL_ACTION,
	CW_COL_DRY_RUN, CW_COL_OUTCOME, CW_COL_REFUSAL, CW_COL_DISCARDED,
	CW_COL_RESPONSE_ACKED, CW_COL_RESPONSE, CW_COL_DRAIN, CW_COL_SAVED,
	CW_COL_UNREAD, CW_COL_UNSENT, CW_COL_UNACKED, CW_COL_SENT,
	CW_COL_RETRANSMITTED, CW_COL_RECEIVED, CW_COL_ACKED, CW_COL_AGE,
	CW_COL_SINCE_SENT,
	CW_COL_LINGER_ON, CW_COL_LINGER_SECONDS, CW_COL_LINGER_WAITED,
	CW_COL_LINGER,
	CW_COL_WHY, CW_COL_SIGNAL, CW_COL_COMM, CW_COL_PID, CW_COL_TID,
	CW_COL_UID, CW_COL_CGROUP, CW_COL_CHILDREN, CW_COL_CHILDREN_RESET,
	CW_COL_CHILDREN_MIGRATED, CW_COL_SYN_QUEUE, CW_COL_ULP, CW_COL_COUNT,
	CW_COL_LOSS,
	CW_COL_CONNECT_ERROR, CW_COL_CONNECT_RST, CW_COL_ENDED_BY,
	CW_COL_SINCE_ENDED, CW_COL_SINCE_RECEIVED, CW_COL_SINCE_HEARD,
	CW_COL_INODE,
	CW_COL_CONTAINER, CW_COL_POD,
	CW_COL_PAIR, CW_COL_PROCESS, CW_COL_NOTE,
	CW_COLS,
	/* No row: the words of a loss, which are shown whatever is chosen. */
	CW_COL_LOST_WORDS = CW_COLS,
	CW_COL_SLOTS
};

/* Wide enough for a process beside both ends of IPv4 and three figures of bytes. */
#define CW_FIGURES_TERMINAL	106

/* In the order of JSON, which has the ends behind the first of them. */
enum cw_members_part {
	CW_MEMBERS_HEAD, CW_MEMBERS_FACTS, CW_MEMBERS_LINGER, CW_MEMBERS_TAIL,
	CW_MEMBERS_MORE,	/* of cw_more_fields */
	CW_MEMBERS_PARTS
};

/* Attributes that are members of JSON. */
struct cw_members {
	uint8_t n;
	uint8_t attr[CW_COLS];
};

/* Those that are shown, and what follows from that. */
struct cw_columns {
	struct cw_column layout[CW_COLUMNS_MAX + 1];
	uint8_t slots[CW_COL_SLOTS];
	uint8_t shown[CW_COLUMNS_MAX];	/* the note, if it is, is the last */
	uint8_t n;
	bool note;
	bool utf8;
	struct cw_hosted *host;		/* NULL: it is not asked */
	const struct cw_stack_words *stack;	/* of the next event, or NULL */
	/* Members of JSON beside attributes; @netns of other namespaces. */
	bool local, peer, netns, netns_own, cgroup, container, pod, listening;
	struct cw_members members[CW_MEMBERS_PARTS];
	uint64_t linger;		/* those of that part, as bits */
};

/* The default: the text that the man page shows, and all of JSON. */
void cw_columns_init(struct cw_columns *c, bool utf8);

/* All of JSON, with the names that a replay may be asked for. */
void cw_columns_record(struct cw_columns *c);

/*
 * By "NAME,NAME" those instead, by "+NAME,NAME" those too. A name may be that
 * of JSON. CW_USAGE if there is no such column.
 */
int cw_columns_choose(struct cw_columns *c, const char *names,
		      struct cw_fail *fail);

/* The times are @width wide; 0: there are none. */
void cw_columns_time(struct cw_columns *c, int width);

/* What can be chosen: a line each. */
void cw_columns_list(FILE *to);

/* The same as words with their meaning. */
const struct cw_names *cw_columns_names(void);

/* The cells of @ev but for its note. */
void cw_columns_put(const struct cw_columns *c, struct cw_view *v,
		    const struct cw_msg_event *ev);

/* What the host knows of them, in the cells that are shown. */
void cw_columns_put_cgroup(const struct cw_columns *c, struct cw_view *v,
			   uint64_t id);

/* As members of JSON. */
void cw_columns_put_names(const struct cw_columns *c, struct cw_view *v,
			  const struct cw_msg_event *ev);

#endif
