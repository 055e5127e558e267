/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Listeners, and how events reach them: a handler pushes an event to its CPU's
 * ring if the filter of any listener matches; one worker pops it and adds it to
 * the message of each such listener.
 */
#ifndef CW_NOTIFY_H
#define CW_NOTIFY_H

#include "event.h"
#include "filter.h"

struct net;
struct sock;

/**
 * struct cw_notify_stats - what became of a listener's events
 * @sent: delivered to its socket
 * @lost: matched but not delivered, for any cause
 */
struct cw_notify_stats {
	u64 sent;
	u64 lost;
};

/**
 * cw_notify_init() - create the worker
 * @missed: returns the hits since load that no handler saw; process context
 *
 * Context: process. Return: 0 or -ENOMEM.
 */
int cw_notify_init(u64 (*missed)(void));

/** cw_notify_exit() - destroy the worker; no listener may be left */
void cw_notify_exit(void);

/**
 * cw_notify_wants() - does any listener's filter let this type of event through?
 *
 * Asked before an event is made, so that what nobody listens to costs little.
 *
 * Context: any; racy against listeners that begin or end.
 */
bool cw_notify_wants(u32 type);

/**
 * cw_notify_event() - send an event to the listeners whose filters match
 * @ev: complete except for time, cpu and seq, which are set here
 *
 * The lookup and the push to the ring are in one RCU read section, so the rings
 * are unused a grace period after the last listener is removed, see
 * cw_notify_cancel(). Callers other than handlers must have ended before
 * cw_notify_exit().
 *
 * Context: any but NMI; never waits.
 */
void cw_notify_event(struct cw_event *ev);

/**
 * cw_notify_add() - make a netlink socket a listener
 * @net: its network namespace; outlives the listener, whose socket holds it
 * @portid: its port id
 * @sk: itself, only to compare
 * @payer: charged for it, see cw_netns_payer()
 * @filter: copied
 *
 * Context: process, may sleep; takes the notify lock.
 * Return: 0, -EEXIST if it is a listener already, -EUSERS if @payer has as many
 * as the parameter listeners_max_uid allows, or -ENOMEM.
 */
int cw_notify_add(struct net *net, u32 portid, const struct sock *sk,
		  u64 payer, const struct cw_filter *filter);

/**
 * cw_notify_refilter() - replace the filter of a listener
 *
 * Context: as cw_notify_add(). Return: 0, -ENOENT if there is no such listener,
 * -EBUSY if that of a socket which had the port before is not gone yet, or
 * -ENOMEM.
 */
int cw_notify_refilter(struct net *net, u32 portid, const struct sock *sk,
		       const struct cw_filter *filter);

/**
 * cw_notify_del() - remove a listener
 * @stats: its final figures, or NULL
 *
 * Context: as cw_notify_add(). Return: 0 or -ENOENT.
 */
int cw_notify_del(struct net *net, u32 portid, struct cw_notify_stats *stats);

/**
 * cw_notify_released() - a netlink socket was closed
 *
 * Called for every generic netlink socket; costs a lookup if it is no listener.
 *
 * Context: as cw_notify_add(). Return: 0 if it was a listener, or -ENOENT.
 */
int cw_notify_released(struct net *net, u32 portid);

/** cw_notify_del_any() - remove some listener; false if there is none */
bool cw_notify_del_any(void);

/** cw_notify_get_stats() - figures of a listener; 0 or -ENOENT */
int cw_notify_get_stats(struct net *net, u32 portid,
			struct cw_notify_stats *stats);

/**
 * cw_notify_lose() - report that a close or shutdown in progress was given up
 * @ev: type, conn and owner are set, as far as they are known
 *
 * Counted as CLOSEWATCH_LOSS_INFLIGHT for each listener that the event could
 * have been for: its path is not known.
 *
 * Context: as cw_notify_event().
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

/** cw_notify_listeners() - how many there are; racy, for display */
unsigned int cw_notify_listeners(void);

/** cw_notify_lost_ring() - events lost on full rings since load */
u64 cw_notify_lost_ring(void);

/** cw_notify_lost_socket() - events lost on the way to listeners since load */
u64 cw_notify_lost_socket(void);

#endif
