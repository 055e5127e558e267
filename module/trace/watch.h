/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_WATCH_H
#define CW_WATCH_H

#include <linux/types.h>

struct netlink_ext_ack;

/**
 * cw_watch_get() - start the pipeline, and check that its probes fire
 * @extack: says what the kernel refused
 *
 * Context: process, may sleep; takes the watch lock. Return: 0 or -errno.
 */
int cw_watch_get(struct netlink_ext_ack *extack);

/**
 * cw_watch_widen() - arm what a filter asks for
 * @types: bit mask of enum closewatch_event_type
 * @extack: says what the kernel refused
 *
 * Called before a filter is put in place, so that it can be refused. The caller has
 * cw_watch_get(), and calls cw_watch_settle() if this was not refused.
 *
 * Context: as cw_watch_get(). Return: 0 or -errno.
 */
int cw_watch_widen(u32 types, struct netlink_ext_ack *extack);

/**
 * cw_watch_settle() - the filter of a cw_watch_widen() is in place, or was refused
 *
 * What no filter asks for is disarmed about a second later.
 *
 * Context: as cw_watch_get().
 */
void cw_watch_settle(u32 types);

/**
 * cw_watch_put() - release one cw_watch_get()
 *
 * About a second after the last one a work item disarms the probes, unless
 * cw_watch_get() was called meanwhile.
 *
 * Context: process, may sleep; takes the watch lock.
 */
void cw_watch_put(void);

/**
 * cw_watch_exit() - disarm the probes now
 *
 * On return no handler runs and no event is pending.
 *
 * Context: process, may sleep; no user may be left or come. Takes the watch
 * lock. The caller must not hold cw_hook_lock, for which the worker may wait.
 */
void cw_watch_exit(void);

/** cw_watch_trace() - cw_watch_get() for our tracepoints, in all namespaces */
int cw_watch_trace(void);

/** cw_watch_untrace() - release it */
void cw_watch_untrace(void);

/** cw_watch_ring_slots() - number of events in the ring of a CPU */
unsigned int cw_watch_ring_slots(void);

#endif
