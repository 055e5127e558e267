/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Netlink sockets that get events: their filters, their losses, and the messages
 * that are filled for them.
 */
#ifndef CW_LISTENER_H
#define CW_LISTENER_H

#include "event.h"
#include "filter.h"
#include "hook.h"

/**
 * struct cw_listener_stats - what became of a listener's events
 * @sent: delivered to its socket
 * @lost: matched but not delivered, for any cause
 */
struct cw_listener_stats {
	u64 sent;
	u64 lost;
};

/**
 * cw_listener_init() - before the first one
 * @missed: returns the hits since load that no handler saw; process context
 */
void cw_listener_init(u64 (*missed)(void));

/**
 * cw_listener_add() - make a netlink socket a listener
 * @net: its network namespace; outlives the listener, whose socket holds it
 * @portid: its port id
 * @sk: itself; what a program has, and sends the request by
 * @payer: charged for it, see cw_netns_payer()
 * @filter: copied
 *
 * It gets what begins a grace period from now, for which this waits: no end is
 * judged of which the begin was not watched. A later listener also gets what the
 * rings still hold for those before it, if it matches.
 *
 * Context: process, may sleep; takes cw_hook_lock. The probes are armed, and
 * stay so meanwhile.
 * Return: 0, -EEXIST if it is a listener already, -EINVAL if no file has the socket,
 * -EUSERS if @payer has as many as the parameter listeners_max_uid allows, or -ENOMEM.
 */
int cw_listener_add(struct net *net, u32 portid, const struct sock *sk,
		    u64 payer, const struct cw_filter *filter);

/**
 * cw_listener_refilter() - replace the filter of a listener
 *
 * As in cw_listener_add(), a grace period from now; the old one holds until then. On
 * return, another one later, no handler asks the old one any more.
 *
 * Context: as cw_listener_add(). Return: 0, -ENOENT if there is no such listener,
 * -EBUSY if that of a socket which had the port before is not gone yet, or if its
 * filter is being replaced already, or -ENOMEM.
 */
int cw_listener_refilter(struct net *net, u32 portid, const struct sock *sk,
			 const struct cw_filter *filter);

/**
 * cw_listener_leave() - send a listener what it waits for, and then nothing more
 * @stats: its final figures
 *
 * Its socket may be too full for these. Until it asks again, which calls this
 * again, or for another filter, its events are only counted, as lost.
 *
 * Context: as cw_listener_add(). Return: 0 or -ENOENT.
 */
int cw_listener_leave(struct net *net, u32 portid, const struct sock *sk,
		      struct cw_listener_stats *stats);

/**
 * cw_listener_del() - remove a listener after cw_listener_leave()
 *
 * Context: as cw_listener_add(). Return: 0, or -ENOENT also if it has asked for
 * another filter since.
 */
int cw_listener_del(struct net *net, u32 portid, const struct sock *sk);

/**
 * cw_listener_released() - a netlink socket was closed
 *
 * Called for every generic netlink socket; costs a lookup if it is no listener. Another
 * listener that has taken its port meanwhile stays.
 *
 * Context: as cw_listener_add(). Return: 0 if it was a listener, or -ENOENT.
 */
int cw_listener_released(struct net *net, u32 portid);

/** cw_listener_del_any() - remove some listener; false if there is none */
bool cw_listener_del_any(void);

/** cw_listener_get_stats() - figures of a listener; 0 or -ENOENT */
int cw_listener_get_stats(struct net *net, u32 portid, const struct sock *sk,
			  struct cw_listener_stats *stats);

/** cw_listeners() - how many there are; racy without cw_hook_lock */
unsigned int cw_listeners(void);

/** cw_listener_lost() - events lost on the way to their sockets since load */
u64 cw_listener_lost(void);

/** cw_listener_lose() - count an event that does not reach one; any context */
void cw_listener_lose(struct cw_listener *l, u32 loss);

/**
 * cw_listener_event() - add an event to the message of a hook's listener
 *
 * Context: process, may sleep; cw_hook_lock is held. Return: false, as
 * cw_hook_each() is to go on.
 */
bool cw_listener_event(struct cw_hook *h, const struct cw_event *ev);

/**
 * cw_listener_settle() - send what waits in messages, and losses
 *
 * Context: as cw_listener_event(). Return: whether a loss is still untold.
 */
bool cw_listener_settle(void);

#endif
