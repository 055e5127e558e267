/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_WHATIF_H
#define CLOSEWATCH_WHATIF_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/closewatch.h>

#include "base/text.h"
#include "explain/refusals.h"
#include "explain/seen.h"
#include "host/listeners.h"
#include "netlink/decode.h"

/*
 * What a drain would have changed: from events to figures for each local port
 * and each program. Pure, but for cw_whatif_ports().
 */

/*
 * Would a drain have avoided the RST of this event? Not one that the program asked
 * for, unless @even_linger0, nor one that a drain is refused for.
 */
bool cw_whatif_helps(const struct cw_msg_event *ev, bool even_linger0);

/*
 * Would it also have delivered something? Only then it is offered. Where nothing of
 * ours was under way, the peer would read EOF instead of an error, and no more; and
 * what a program that a signal killed had not written yet stays unwritten.
 */
bool cw_whatif_delivers(const struct cw_msg_event *ev, bool even_linger0);

/* What a rule can name. */
struct cw_target {
	uint16_t port;		/* 0: the program */
	char comm[CLOSEWATCH_COMM_MAX + 1];
};

/*
 * From one event alone: its local port if that looks like a server's, else its
 * program. False if neither can be typed.
 */
bool cw_whatif_target(const struct cw_msg_event *ev, struct cw_target *target);

/* The command to type. */
void cw_whatif_command(struct cw_text *t, const struct cw_target *target,
		       bool even_linger0);

/* How a local port came to be taken for a server's. */
enum cw_known {
	CW_KNOWN_NOT,		/* it was not: clients have such ports */
	CW_KNOWN_LISTENER,	/* something listens on it */
	CW_KNOWN_GUESS,		/* below the peer's and the ephemeral ones */
};

struct cw_whatif_row {
	struct cw_target target;
	enum cw_known known;
	uint64_t closes;
	uint64_t drained;	/* of them, by a policy that is there */
	uint64_t rsts;		/* that a drain would have avoided */
	uint64_t responses;	/* of them, where it would have delivered */
	uint64_t late;		/* of these, by data after the close */
	uint64_t at_risk;	/* bytes of ours not acknowledged at those */
	uint64_t never_sent;	/* of them, bytes that cannot have arrived */
	uint64_t elsewhere;	/* of a program: of these, on no server's port */
	uint64_t refused;	/* drains that a policy asked for in vain */
	uint64_t delivered;	/* drains that ended well */
	uint64_t delivered_bytes;
	uint32_t policy;	/* the last that took one of the closes, or 0 */
	uint8_t action;		/* what it does; valid with @policy */
	bool dry_run;		/* or would do */
};

#define CW_WHATIF_PROGRAMS	256

struct cw_whatif {
	bool even_linger0;
	const char *netns;	/* for --netns of the commands; NULL or empty: here */
	uint16_t ephemeral;	/* the first port that clients get */
	struct cw_listeners listeners;
	struct cw_whatif_row all;
	struct cw_whatif_row port[65536];
	struct cw_whatif_row program[CW_WHATIF_PROGRAMS];
	unsigned int programs;
	uint64_t unnamed;	/* closes of programs beyond those */
	uint64_t lost;		/* events that did not come, at most */
	struct cw_refusals refusals;
	struct cw_seen seen;
};

/* NULL: out of memory. To be freed by free(). */
struct cw_whatif *cw_whatif_new(bool even_linger0);

/*
 * Reads who listens and which ports are ephemeral below @root, normally
 * "/proc"; what listened before is remembered.
 */
void cw_whatif_ports(struct cw_whatif *w, const char *root);

void cw_whatif_add(struct cw_whatif *w, const struct cw_msg_event *ev);

/*
 * The rows that a drain would have helped, most bytes first, then most RSTs:
 * of ports, or of programs with some elsewhere. Fills @rows with @max at most
 * and returns how many there are.
 */
unsigned int cw_whatif_ports_helped(const struct cw_whatif *w,
				    const struct cw_whatif_row **rows,
				    unsigned int max);
unsigned int cw_whatif_programs_helped(const struct cw_whatif *w,
				       const struct cw_whatif_row **rows,
				       unsigned int max);

/* The row of @target; NULL if nothing of it was seen. */
const struct cw_whatif_row *cw_whatif_row_of(struct cw_whatif *w,
					     const struct cw_target *target);

/* What a drain could not mend of what the row rests on. */
void cw_whatif_say_limits(struct cw_text *t, const struct cw_whatif_row *row);

/* What the row's policy means for one more. */
void cw_whatif_say_policy(struct cw_text *t, const struct cw_whatif_row *row);

#endif
