/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_SEEN_H
#define CLOSEWATCH_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/names.h"
#include "netlink/decode.h"

/* What was seen that a drain does not mend, each with its own remedy. Pure. */

enum cw_seen_kind {
	CW_SEEN_IDLE_RACE,
	CW_SEEN_LATE,
	CW_SEEN_GAVE_UP,
	CW_SEEN_SILENT,
	CW_SEEN_ACKED,
	CW_SEEN_TURNED_AWAY,
	CW_SEEN_DEATH,
	CW_SEEN_LINGER0,
	CW_SEEN_STALL,
	CW_SEEN_QUEUE,
	CW_SEEN_CONNECT,
	CW_SEEN_LATE_WRITE,
	CW_SEEN_CHECK,
	CW_SEEN_REFUSAL,
	CW_SEEN_KINDS,
};

struct cw_seen_row {
	uint64_t count;
	char where[80];		/* of the first */
	bool others;		/* and of others */
	const char *remedy;
};

/* Who resets connections to us, or opens them for nothing. */
struct cw_seen_peer {
	struct cw_bytes addr;
	uint64_t count;
};

#define CW_SEEN_PEERS	64
/* A peer that came as often may be a checker of health. */
#define CW_SEEN_CHECKS	3

struct cw_seen {
	struct cw_seen_row row[CW_SEEN_KINDS];
	struct cw_seen_peer peer[CW_SEEN_PEERS];
	unsigned int peers;
};

void cw_seen_add(struct cw_seen *s, const struct cw_msg_event *ev);

/* A short name, for JSON, and what it is. */
extern const struct cw_names cw_seen_names;

/* What is always right for a kind; NULL if that depends. */
const char *cw_seen_remedy(enum cw_seen_kind kind);

#endif
