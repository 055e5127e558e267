/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Listeners, and how events reach them: a handler asks which events of a socket
 * may concern any of them, makes such an event in its CPU's ring, and pushes it
 * if a filter matches; one worker adds it to the message of each such listener.
 */
#ifndef CW_NOTIFY_H
#define CW_NOTIFY_H

#include "event.h"
#include "filter.h"
#include "netns.h"

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

extern u32 cw_notify_types;

/**
 * cw_notify_wants_any() - does any filter let one of these types through?
 * @types: bit mask of enum closewatch_event_type
 *
 * Asked before an event is made, so that what nobody listens to costs little.
 *
 * Context: any; racy against listeners that begin or end.
 */
static inline bool cw_notify_wants_any(u32 types)
{
	return READ_ONCE(cw_notify_types) & types;
}

/** cw_notify_wants() - cw_notify_wants_any() for one type */
static inline bool cw_notify_wants(u32 type)
{
	return cw_notify_wants_any(1U << type);
}

/* Beside the types and CW_FILTER_QUIET in an answer */
#define CW_NOTIFY_HEARD	((u32)BIT(30))

extern u32 cw_notify_generation;
extern unsigned int cw_notify_nr_ports;

u32 __cw_notify_wanted(const struct sock *sk);
u32 __cw_notify_wanted_keep(const struct sock *sk, u32 generation);

/**
 * cw_notify_wanted() - which events of a socket may concern a listener?
 * @sk: a full socket; its netns and ports are compared
 *
 * What concerns none is not followed and not counted.
 *
 * Context: interrupts off, or under RCU; racy as cw_notify_wants_any().
 * Return: bit mask of enum closewatch_event_type, CW_FILTER_QUIET if any of them
 * is wanted also where it is quiet, and CW_NOTIFY_HEARD unless all who ask have
 * just begun to: then what ends now may have begun unasked.
 */
static inline u32 cw_notify_wanted(const struct sock *sk)
{
	u64 asked;
	u32 now;

	/* Pairs with the release in __cw_hook_unlink(). */
	if (smp_load_acquire(&cw_notify_nr_ports))
		return __cw_notify_wanted(sk);
	/* Pairs with that in __cw_hook_changed(). */
	now = smp_load_acquire(&cw_notify_generation);
	asked = atomic64_read(&cw_netns_of(sock_net(sk))->asked);
	return asked >> 32 == now ? (u32)asked :
				    __cw_notify_wanted_keep(sk, now);
}

/**
 * struct cw_asked - an answer of cw_notify_wanted()
 * @types: the answer
 * @of: which listeners were asked; 0 for none
 */
struct cw_asked {
	u32 types;
	u32 of;
};

/** cw_notify_ask() - cw_notify_wanted(), unless no listener came since @a */
static inline u32 cw_notify_ask(struct cw_asked *a, const struct sock *sk)
{
	/* Pairs with the release in __cw_hook_changed(). */
	u32 now = smp_load_acquire(&cw_notify_generation);

	if (a->of != now) {
		a->types = cw_notify_wanted(sk);
		a->of = now;
	}
	return a->types;
}

/**
 * cw_notify_slot() - begin an event
 * @type: cw_notify_wants() it
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
 * cw_notify_add() - make a netlink socket a listener
 * @net: its network namespace; outlives the listener, whose socket holds it
 * @portid: its port id
 * @sk: itself, only to compare
 * @payer: charged for it, see cw_netns_payer()
 * @filter: copied
 *
 * It gets what begins a grace period from now, for which this waits: no end is
 * judged of which the begin was not watched.
 *
 * Context: process, may sleep; takes the notify lock. The probes are armed, and
 * stay so meanwhile.
 * Return: 0, -EEXIST if it is a listener already, -EUSERS if @payer has as many
 * as the parameter listeners_max_uid allows, or -ENOMEM.
 */
int cw_notify_add(struct net *net, u32 portid, const struct sock *sk,
		  u64 payer, const struct cw_filter *filter);

/**
 * cw_notify_refilter() - replace the filter of a listener
 *
 * As in cw_notify_add(), a grace period from now; the old one holds until then.
 *
 * Context: as cw_notify_add(). Return: 0, -ENOENT if there is no such listener,
 * -EBUSY if that of a socket which had the port before is not gone yet, or if its
 * filter is being replaced already, or -ENOMEM.
 */
int cw_notify_refilter(struct net *net, u32 portid, const struct sock *sk,
		       const struct cw_filter *filter);

/**
 * cw_notify_leave() - send a listener what it waits for, and then nothing more
 * @stats: its final figures
 *
 * Its socket may be too full for these. Until it asks again, which calls this
 * again, or for another filter, its events are only counted, as lost.
 *
 * Context: as cw_notify_add(). Return: 0 or -ENOENT.
 */
int cw_notify_leave(struct net *net, u32 portid, struct cw_notify_stats *stats);

/**
 * cw_notify_del() - remove a listener after cw_notify_leave()
 *
 * Context: as cw_notify_add(). Return: 0, or -ENOENT also if it has asked for
 * another filter since.
 */
int cw_notify_del(struct net *net, u32 portid);

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

/** cw_notify_listeners() - how many there are; racy, for display */
unsigned int cw_notify_listeners(void);

/** cw_notify_lost_ring() - events lost on full rings since load */
u64 cw_notify_lost_ring(void);

/** cw_notify_lost_socket() - events lost on the way to listeners since load */
u64 cw_notify_lost_socket(void);

#endif
