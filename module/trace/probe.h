/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_PROBE_H
#define CW_PROBE_H

#include <linux/types.h>

struct netlink_ext_ack;

/**
 * cw_probe_arm() - arm all probes but that of shared closes, or none
 * @extack: says which probe the kernel refused
 *
 * The rings and the tables that handlers use must have been allocated.
 *
 * Context: process, may sleep; caller holds cw_watch_lock.
 * Return: 0 or a negative errno.
 */
int cw_probe_arm(struct netlink_ext_ack *extack);

/**
 * cw_probe_arm_shared() - arm the probe that sees shared closes, unless it is
 *
 * It is hit whenever a program closes any file, so it is armed on demand.
 *
 * Context, return: as cw_probe_arm(), which came before.
 */
int cw_probe_arm_shared(struct netlink_ext_ack *extack);

/** cw_probe_disarm_shared() - disarm it; context as cw_probe_arm() */
void cw_probe_disarm_shared(void);

/** cw_probe_has_shared() - is it armed? Context as cw_probe_arm() */
bool cw_probe_has_shared(void);

/**
 * cw_probe_disarm() - disarm all probes and wait until no handler runs
 *
 * Context: as cw_probe_arm().
 */
void cw_probe_disarm(void);

/**
 * struct cw_probe_count - counters of the probes
 * @armed: how many are armed now
 * @fired: how many of them have been hit since they were armed
 * @missed: hits since load that no handler saw
 */
struct cw_probe_count {
	unsigned int armed;
	unsigned int fired;
	u64 missed;
};

/** cw_probe_count() - read the counters; process context */
void cw_probe_count(struct cw_probe_count *count);

/**
 * struct cw_probe_state - a probe that is armed, or not
 * @name: of the function or tracepoint
 * @at_return: also the function's return is probed
 * @armed: is it armed now?
 * @fired: has it been hit since it was armed?
 */
struct cw_probe_state {
	const char *name;
	bool at_return;
	bool armed;
	bool fired;
};

/**
 * cw_probe_get() - read the state of the probe @i
 *
 * Context: process. Return: false if there are no more than @i.
 */
bool cw_probe_get(unsigned int i, struct cw_probe_state *state);

/** cw_probe_missed() - hits since load that no handler saw; process context */
u64 cw_probe_missed(void);

#endif
