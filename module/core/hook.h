/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is asked: the filters of listeners and of our tracepoints, on chains by
 * the network namespace that they select, so that a close costs nothing for
 * listeners in other namespaces. A handler asks here before it takes any facts.
 */
#ifndef CW_HOOK_H
#define CW_HOOK_H

#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "event.h"
#include "filter.h"
#include "netns.h"

struct cw_listener;

/**
 * struct cw_hook - a filter on the chain of its namespace
 * @node: on that chain
 * @rcu: handlers read it, and its listener, under RCU
 * @listener: set once, by cw_hook_assign(); NULL while it is announced, and of our
 *	tracepoints
 * @filter: constant; another one is another hook
 */
struct cw_hook {
	struct hlist_node node;
	struct rcu_head rcu;
	struct cw_listener *listener;
	struct cw_filter filter;
};

extern struct mutex cw_hook_lock;

/* That of our tracepoints, or NULL. */
extern struct cw_hook *cw_hook_tracer;

extern u32 cw_hook_types;

/**
 * cw_hook_wants_any() - does any filter let one of these types through?
 * @types: bit mask of enum closewatch_event_type
 *
 * Asked before an event is made, so that what nobody listens to costs little.
 *
 * Context: any; racy against listeners that begin or end.
 */
static inline bool cw_hook_wants_any(u32 types)
{
	return READ_ONCE(cw_hook_types) & types;
}

/** cw_hook_wants() - cw_hook_wants_any() for one type */
static inline bool cw_hook_wants(u32 type)
{
	return cw_hook_wants_any(1U << type);
}

/* Beside the types and CW_FILTER_QUIET in an answer */
#define CW_HOOK_HEARD	((u32)BIT(30))
/* In what a namespace keeps: its sockets' ports are compared, nothing is kept */
#define CW_HOOK_PORTS	((u32)BIT(29))

extern u32 cw_hook_generation;

u32 __cw_hook_wanted(const struct sock *sk);
u32 __cw_hook_wanted_keep(const struct sock *sk, u32 generation);

/**
 * cw_hook_wanted() - which events of a socket may concern a listener?
 * @sk: a full socket; its netns and ports are compared
 *
 * What concerns none is not followed and not counted.
 *
 * Context: interrupts off, or under RCU; racy as cw_hook_wants_any().
 * Return: bit mask of enum closewatch_event_type, CW_FILTER_QUIET if any of them
 * is wanted also where it is quiet, and CW_HOOK_HEARD unless all who ask have
 * just begun to: then what ends now may have begun unasked.
 */
static inline u32 cw_hook_wanted(const struct sock *sk)
{
	u64 asked = atomic64_read(&cw_netns_of(sock_net(sk))->asked);
	/* Pairs with the release in cw_hook_changed(). */
	u32 now = smp_load_acquire(&cw_hook_generation);

	if (asked >> 32 != now)
		return __cw_hook_wanted_keep(sk, now);
	return asked & CW_HOOK_PORTS ? __cw_hook_wanted(sk) : (u32)asked;
}

/**
 * cw_hook_wants_in() - cw_hook_wants(), as far as it is known of a namespace
 *
 * Context: as cw_hook_wanted(). Return: false if no listener asks for @type there.
 */
static inline bool cw_hook_wants_in(struct net *net, u32 type)
{
	u64 asked = atomic64_read(&cw_netns_of(net)->asked);
	/* Pairs with the release in cw_hook_changed(). */
	u32 now = smp_load_acquire(&cw_hook_generation);

	if (asked >> 32 != now || asked & CW_HOOK_PORTS)
		return cw_hook_wants(type);
	return asked & 1U << type;
}

/**
 * struct cw_asked - an answer of cw_hook_wanted()
 * @types: the answer
 * @of: which listeners were asked; 0 for none
 */
struct cw_asked {
	u32 types;
	u32 of;
};

/** cw_hook_ask() - cw_hook_wanted(), unless no listener came since @a */
static inline u32 cw_hook_ask(struct cw_asked *a, const struct sock *sk)
{
	/* Pairs with the release in cw_hook_changed(). */
	u32 now = smp_load_acquire(&cw_hook_generation);

	if (a->of != now) {
		a->types = cw_hook_wanted(sk);
		a->of = now;
	}
	return a->types;
}

/**
 * cw_hook_alloc() - a hook that is on no chain; free it with kfree_rcu()
 *
 * Context: process, may sleep. Return: it, or NULL.
 */
struct cw_hook *cw_hook_alloc(const struct cw_filter *filter);

/**
 * cw_hook_announce() - let it ask, before it has a listener
 *
 * What ends a connection leaves its mark only where somebody asks, and an end
 * without a mark is taken for a timer's. So a hook asks a grace period before
 * its listener gets the first event: what had begun without a mark is over then,
 * except in a task that owns the socket, see cw_fate_sudden().
 *
 * Context: process, may sleep; holds cw_hook_lock, which it drops meanwhile.
 */
void cw_hook_announce(struct cw_hook *h);

/** cw_hook_assign() - from now on events are for @l; cw_hook_lock is held */
void cw_hook_assign(struct cw_hook *h, struct cw_listener *l);

/** cw_hook_assign_tracer() - or for our tracepoints; NULL for none; so is that */
void cw_hook_assign_tracer(struct cw_hook *h);

/** cw_hook_remove() - it asks no more, and is freed; cw_hook_lock is held */
void cw_hook_remove(struct cw_hook *h);

/**
 * cw_hook_each() - call @fn for each listener whose filter matches
 * @fn: gets the hook; true ends it
 *
 * Context: interrupts off, under RCU, or cw_hook_lock is held. Return: whether
 * a call of @fn returned true.
 */
bool cw_hook_each(const struct cw_event *ev,
		  bool (*fn)(struct cw_hook *h, const struct cw_event *ev));

/** cw_hook_each_may() - the same by cw_filter_may_match() */
bool cw_hook_each_may(const struct cw_event *ev,
		      bool (*fn)(struct cw_hook *h, const struct cw_event *ev));

#endif
