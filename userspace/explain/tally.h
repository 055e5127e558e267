/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_TALLY_H
#define CLOSEWATCH_TALLY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/closewatch.h>

#include "netlink/decode.h"
#include "netlink/decode_stats.h"

/* What arrived, a line per path, fate and outcome; the last: newer ones. */
struct cw_tally {
	struct {
		uint64_t count;
		uint64_t unread;
		uint64_t unsent;
		uint64_t unacked;
	} path[CLOSEWATCH_PATH_MAX + 2];
	struct {
		uint64_t count;
		uint64_t lost;
	} fate[CLOSEWATCH_FATE_MAX + 2];
	struct {
		uint64_t count;
		uint64_t discarded;
		uint64_t response;
		uint64_t acked;
	} drain[CLOSEWATCH_DRAIN_OUTCOME_MAX + 2];
	uint64_t saved;		/* drains that saved a response from an RST */
	uint64_t saved_bytes;
	uint64_t type[CLOSEWATCH_EVENT_TYPE_MAX + 2];
	uint64_t late;		/* resets that tell of late segments */
	uint64_t late_rsts;	/* how many RSTs they tell of */
	uint64_t waits;		/* close-wait events, which are not the module's */
	uint64_t shown;		/* events, records of loss excluded */
	uint64_t hidden;	/* ends without a line, by cw_tally_ends() */
	bool partial;		/* quiet events were not asked for, nor counted */
	bool unrecorded;	/* some of the recording lacks them */
	bool recorded;		/* no listener of ours, whose figures are missing */
	uint64_t lost;		/* by in-band records */
	uint64_t missed;	/* of them, probe hits: events at most */
	uint64_t blind;		/* of them, seconds without probes */
	uint64_t malformed;
	bool cut;		/* the output ended before the events did */
	uint64_t unwritten;	/* of those shown, which it did not take */
};

void cw_tally_add(struct cw_tally *t, const struct cw_msg_event *ev);

void cw_tally_add_wait(struct cw_tally *t);

/*
 * All ends of the network namespace, by the kernel's counters, in place of
 * those that came as events.
 */
void cw_tally_ends(struct cw_tally *t, const struct cw_msg_stats *added);

/* @kernel: the listener's own figures; used where they are present. */
void cw_tally_print(const struct cw_tally *t,
		    const struct cw_msg_listener *kernel, FILE *to);

#endif
