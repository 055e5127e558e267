/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_WATCH_H
#define CW_WATCH_H

struct netlink_ext_ack;

/**
 * cw_watch_get() - have the pipeline run, and see that its probes fire
 * @extack: says what the kernel refused
 *
 * Context: process, may sleep; takes the watch lock. Return: 0 or -errno.
 */
int cw_watch_get(struct netlink_ext_ack *extack);

/**
 * cw_watch_put() - undo one cw_watch_get()
 *
 * After the last one a work item disarms the probes, about a second later if
 * nobody has come back.
 *
 * Context: process, may sleep; takes the watch lock.
 */
void cw_watch_put(void);

/**
 * cw_watch_exit() - disarm the probes now
 *
 * When it returns no handler runs and no event is pending.
 *
 * Context: process, may sleep; nobody gets any more. Takes the watch lock, and
 * must not hold the notify lock, for which the worker may wait.
 */
void cw_watch_exit(void);

/** cw_watch_ring_slots() - events that each CPU's ring holds */
unsigned int cw_watch_ring_slots(void);

#endif
