/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The listeners, and the way of events to them: a handler puts an event on
 * its CPU's ring if any listener wants it; one worker takes it off and adds
 * it to each such listener's message.
 */
#ifndef CW_NOTIFY_H
#define CW_NOTIFY_H

#include "event.h"
#include "filter.h"

struct net;

/**
 * struct cw_notify_stats - what became of a listener's events
 * @sent: delivered to its socket
 * @lost: wanted and not delivered, by any cause
 */
struct cw_notify_stats {
	u64 sent;
	u64 lost;
};

/**
 * cw_notify_init() - make the worker
 * @missed: how many hits no handler saw since load; process context
 *
 * Context: process. Return: 0 or -ENOMEM.
 */
int cw_notify_init(u64 (*missed)(void));

/** cw_notify_exit() - undo it; no listener may be left */
void cw_notify_exit(void);

/**
 * cw_notify_event() - offer an event to the listeners
 * @ev: complete but for time, cpu and seq, which are set here
 *
 * Listeners are looked for by the event's network namespace. They are found,
 * and the event is put on a ring, within one RCU read section: so the use of the rings
 * ends a grace period after the last listener has gone, see
 * cw_notify_cancel(). Callers that are no handlers must end before
 * cw_notify_exit().
 *
 * Context: any but NMI; never waits.
 */
void cw_notify_event(struct cw_event *ev);

/**
 * cw_notify_add() - make a netlink socket a listener
 * @net: its network namespace; outlives the listener, whose socket holds it
 * @portid: its port id
 * @payer: whom its place is charged to, see cw_netns_payer()
 * @filter: what it wants; copied
 *
 * Context: process, may sleep; takes the notify lock.
 * Return: 0, -EEXIST if it is one already, -EUSERS if @payer has as many as
 * the parameter listeners_max_uid allows, or -ENOMEM.
 */
int cw_notify_add(struct net *net, u32 portid, u64 payer,
		  const struct cw_filter *filter);

/**
 * cw_notify_refilter() - replace the filter of a listener
 *
 * Context: as cw_notify_add(). Return: 0, -ENOENT if it is none, or -ENOMEM.
 */
int cw_notify_refilter(struct net *net, u32 portid,
		       const struct cw_filter *filter);

/**
 * cw_notify_del() - end a listener
 * @stats: its final figures, or NULL
 *
 * Context: as cw_notify_add(). Return: 0 or -ENOENT.
 */
int cw_notify_del(struct net *net, u32 portid, struct cw_notify_stats *stats);

/**
 * cw_notify_released() - a netlink socket is gone
 *
 * For every socket of generic netlink; one that is no listener costs a look-up.
 *
 * Context: as cw_notify_add(). Return: 0 if it was a listener, or -ENOENT.
 */
int cw_notify_released(struct net *net, u32 portid);

/** cw_notify_del_any() - end some listener; false if there is none */
bool cw_notify_del_any(void);

/** cw_notify_get_stats() - figures of a listener; 0 or -ENOENT */
int cw_notify_get_stats(struct net *net, u32 portid,
			struct cw_notify_stats *stats);

/**
 * cw_notify_lose() - an event that some would have wanted will not come
 * @ev: its conn is set, as far as it is known
 * @loss: enum closewatch_loss
 *
 * Context: as cw_notify_event().
 */
void cw_notify_lose(const struct cw_event *ev, u32 loss);

/** cw_notify_kick() - tell listeners of new losses now; any context */
void cw_notify_kick(void);

/** cw_notify_flush() - return when all that is on the rings has been sent */
void cw_notify_flush(void);

/**
 * cw_notify_cancel() - end all use of the rings
 *
 * Context: process, may sleep; no listener is left and no probe is armed.
 */
void cw_notify_cancel(void);

/** cw_notify_listeners() - how many there are; racy, for display */
unsigned int cw_notify_listeners(void);

/** cw_notify_lost_ring() - events lost on full rings since load */
u64 cw_notify_lost_ring(void);

/** cw_notify_lost_socket() - events lost on the way to listeners since load */
u64 cw_notify_lost_socket(void);

#endif
