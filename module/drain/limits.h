/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many drains there may be: in all, in a network namespace, of a payer (see
 * cw_netns_payer()). Each drain has a place in three such scopes. Where a scope
 * is full, the payer's own oldest drain in it is told to leave and its place
 * passes on at once; a payer that has none there is refused. So no drain ends
 * for another payer's sake. Those that are leaving are bounded too.
 */
#ifndef CW_DRAIN_LIMITS_H
#define CW_DRAIN_LIMITS_H

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/types.h>

struct net;

enum cw_drain_scopes {
	CW_DRAIN_OF_ALL,
	CW_DRAIN_OF_NETNS,
	CW_DRAIN_OF_USER,
	CW_DRAIN_SCOPES,
};

/**
 * struct cw_drain_place - what makes a drain one among others
 * @node: among all that exist, in the order in which they joined
 * @in: on its scopes' lists, the oldest first; empty once it must leave
 * @scope: the three that it belongs to
 * @net: its network namespace
 * @seq: its number, from 1 on
 * @leave: 0, or the outcome with which it was told to leave
 * @flushed: a flush waits for it
 *
 * All but @scope and @net are protected by the lock of drain_limits.c; @leave
 * may be read without it.
 */
struct cw_drain_place {
	struct rb_node node;
	struct list_head in[CW_DRAIN_SCOPES];
	struct cw_drain_scope *scope[CW_DRAIN_SCOPES];
	struct net *net;
	u64 seq;
	u32 leave;
	bool flushed;
};

/**
 * cw_drain_limits_init() - make ready
 * @evict: told of each drain that must leave; called with the lock held, does
 *	not sleep, takes no lock of a socket
 *
 * Context: process, may sleep. Return: 0 or a negative errno.
 */
int cw_drain_limits_init(void (*evict)(struct cw_drain_place *p));

/** cw_drain_limits_exit() - undo it; no place may be left */
void cw_drain_limits_exit(void);

/**
 * cw_drain_limits_prepare() - find the scopes of a drain to be
 * @p: cleared; ready to join, or to be forgotten by cw_drain_limits_forget()
 * @net: the socket's; the socket holds it
 * @payer: whom it is charged to
 *
 * Context: process, may sleep. Return: 0 or -ENOMEM.
 */
int cw_drain_limits_prepare(struct cw_drain_place *p, struct net *net,
			    u64 payer);

/** cw_drain_limits_forget() - undo that of a place that never joined */
void cw_drain_limits_forget(struct cw_drain_place *p);

/**
 * cw_drain_limits_join() - take the place
 *
 * From now on the drain may be told to leave. Context: any but NMI and
 * interrupts. Return: false if a scope is full, and the payer has no drain in
 * it or as many leave it already.
 */
bool cw_drain_limits_join(struct cw_drain_place *p);

/** cw_drain_limits_retire() - the drain ends, and is not told to leave again */
void cw_drain_limits_retire(struct cw_drain_place *p);

/** cw_drain_limits_gone() - and is over; the place is forgotten, too */
void cw_drain_limits_gone(struct cw_drain_place *p);

/** cw_drain_limits_full() - would a join in @net be refused? Racy */
bool cw_drain_limits_full(struct net *net);

/** cw_drain_limits_shed() - tell the oldest of @payer to leave; as join */
void cw_drain_limits_shed(u64 payer);

/** cw_drain_limits_flush() - tell those of @net (NULL: all), and wait */
void cw_drain_limits_flush(struct net *net);

/** cw_drain_limits_count() - those of @net (NULL: all) not yet gone; racy */
unsigned int cw_drain_limits_count(struct net *net);

/**
 * cw_drain_limits_next() - look at the drain that joined next after @seq
 * @net: only those of it, or NULL
 * @look: called with the lock held; does not sleep
 *
 * Context: process. Return: its number, or 0 if there is none.
 */
u64 cw_drain_limits_next(const struct net *net, u64 seq,
			 void (*look)(struct cw_drain_place *p, void *arg),
			 void *arg);

#endif
