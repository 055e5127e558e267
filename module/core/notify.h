/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How events reach listeners: a handler that hook.h told to makes an event in its
 * CPU's ring, and pushes it if a filter matches; one worker adds it to the message
 * of each such listener.
 */
#ifndef CW_NOTIFY_H
#define CW_NOTIFY_H

#include "event.h"
#include "filter.h"

/** cw_notify_init() - create the worker; process context; 0 or -ENOMEM */
int cw_notify_init(void);

/** cw_notify_exit() - destroy the worker; no listener may be left */
void cw_notify_exit(void);

/**
 * cw_notify_trace() - make the events of a filter for our tracepoints
 *
 * Context: as cw_listener_add(); one caller at a time. Return: 0 or -ENOMEM.
 */
int cw_notify_trace(const struct cw_filter *filter);

/** cw_notify_untrace() - undo cw_notify_trace() */
void cw_notify_untrace(void);

/**
 * cw_notify_slot() - begin an event
 * @type: cw_hook_wants() it
 *
 * Return: where the event is made; conn and owner are to be filled, all else is
 * zero. It may be given up without a word.
 *
 * Context: interrupts off, not NMI, until cw_notify_push(). The probes are armed.
 */
struct cw_event *cw_notify_slot(u32 type);

/**
 * cw_notify_push() - send an event to the listeners whose filters match
 * @ev: of cw_notify_slot(), complete except for time, cpu and seq
 */
void cw_notify_push(struct cw_event *ev);

/**
 * cw_notify_event() - cw_notify_slot() and cw_notify_push() for a copy of @ev
 *
 * Interrupts are off from the question whether a listener exists to the push,
 * so the rings are unused a grace period after the last one is removed, see
 * cw_notify_cancel(). Callers other than handlers must have ended before
 * cw_notify_exit().
 *
 * Context: any but NMI; never waits.
 */
void cw_notify_event(const struct cw_event *ev);

/**
 * cw_notify_lose() - report that what was in progress was given up
 * @ev: type, conn and owner are set, as far as they are known
 *
 * A close, a shutdown, or the fate of a minisock. Counted as
 * CLOSEWATCH_LOSS_INFLIGHT for each listener that the event could have been for:
 * its path or fate is not known.
 *
 * Context: interrupts off, not NMI.
 */
void cw_notify_lose(const struct cw_event *ev);

/** cw_notify_kick() - report new losses to listeners now; any context */
void cw_notify_kick(void);

/** cw_notify_flush() - wait until all events on the rings have been sent */
void cw_notify_flush(void);

/**
 * cw_notify_cancel() - end all use of the rings
 *
 * Context: process, may sleep; no listener is left and no probe is armed.
 */
void cw_notify_cancel(void);

/** cw_notify_listeners() - how many there are, with our tracepoints; for display */
unsigned int cw_notify_listeners(void);

/** cw_notify_lost_ring() - events lost on full rings since load */
u64 cw_notify_lost_ring(void);

#endif
