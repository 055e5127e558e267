/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Limits the number of drains: of all, of a network namespace, of a payer (see
 * cw_netns_payer()). Each drain has a place in these three scopes. If a scope
 * is full, the payer's oldest drain in it is told to leave, and its place is
 * reused at once; a payer without a drain in it is refused. So a payer's drain
 * never ends another payer's. The number of leaving drains is limited too.
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
 * struct cw_drain_place - place of a drain in its scopes
 * @node: in a tree of all drains, in the order in which they joined
 * @in: on its scopes' lists, the oldest first; empty once it must leave
 * @scope: its three scopes
 * @net: its network namespace
 * @seq: its number, from 1 on
 * @leave: 0, or the outcome with which it was told to leave
 * @flushed: a flush waits for it
 *
 * The lock of drain/limits.c protects all but @scope and @net; @leave may be
 * read without it.
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
 * cw_drain_limits_init() - create the scopes
 * @evict: called for each drain that must leave, with the lock held; must not
 *	sleep or take a socket's lock
 *
 * Context: process, may sleep. Return: 0 or a negative errno.
 */
int cw_drain_limits_init(void (*evict)(struct cw_drain_place *p));

/** cw_drain_limits_exit() - free the scopes; no place may be left */
void cw_drain_limits_exit(void);

/**
 * cw_drain_limits_prepare() - look up the scopes of a new drain
 * @p: filled; the caller must join or forget it
 * @net: network namespace of the socket, which holds it
 * @payer: charged for the drain
 * @gfp: how to allocate
 *
 * Context: process, may sleep as @gfp allows. Return: 0 or -ENOMEM.
 */
int cw_drain_limits_prepare(struct cw_drain_place *p, struct net *net,
			    u64 payer, gfp_t gfp);

/** cw_drain_limits_forget() - release a place that never joined */
void cw_drain_limits_forget(struct cw_drain_place *p);

/**
 * cw_drain_limits_join() - count the drain in its scopes
 *
 * From now on the drain may be told to leave.
 *
 * Context: process, may be atomic. Return: false if a scope is full, and the
 * payer has no drain in it or as many as its limit are leaving it.
 */
bool cw_drain_limits_join(struct cw_drain_place *p);

/** cw_drain_limits_retire() - the drain ends; it is not told to leave again */
void cw_drain_limits_retire(struct cw_drain_place *p);

/** cw_drain_limits_gone() - the drain has ended; releases the place */
void cw_drain_limits_gone(struct cw_drain_place *p);

/** cw_drain_limits_full() - would any join in @net be refused? Racy */
bool cw_drain_limits_full(struct net *net);

/** cw_drain_limits_shed() - tell @payer's oldest to leave; context as join */
void cw_drain_limits_shed(u64 payer);

/** cw_drain_limits_flush() - end the drains of @net (NULL: all), and wait */
void cw_drain_limits_flush(struct net *net);

/** cw_drain_limits_count() - drains of @net (NULL: all) not yet gone; racy */
unsigned int cw_drain_limits_count(struct net *net);

/**
 * cw_drain_limits_next() - visit the drain that joined next after @seq
 * @net: only drains of it, or NULL for all
 * @visit: called with the lock held; must not sleep
 *
 * Context: process. Return: its number, or 0 if there is none.
 */
u64 cw_drain_limits_next(const struct net *net, u64 seq,
			 void (*visit)(struct cw_drain_place *p, void *arg),
			 void *arg);

#endif
