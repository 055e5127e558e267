/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who is armed: policies of single sockets, and rules. Knows neither netlink
 * nor probes, but has the probe of adopt.c armed with its first policy, and
 * disarmed about a second after its last: policies that come and go then cost
 * the host no more than one patching of its code in that time.
 *
 * A policy belongs to a network namespace and goes with it, or to all of them.
 * It outlives whoever installed it.
 */
#ifndef CW_POLICY_H
#define CW_POLICY_H

#include "policy_match.h"

struct net;
struct netlink_ext_ack;

#define CW_POLICY_MAX_RULES	1024	/* of a netns, or for all of them */
#define CW_POLICY_MAX_SOCKETS	65536	/* of a netns */

/**
 * struct cw_policy_limits - when a drain ends at the latest
 * @bytes: that it discards
 * @idle_ms: without progress
 * @total_ms: since it began
 */
struct cw_policy_limits {
	u64 bytes;
	u32 idle_ms;
	u32 total_ms;
};

/**
 * struct cw_policy - what to do with a close; never changes once installed
 * @cookie: the one socket that it is for; 0 for a rule
 * @netns: number of its network namespace, see netns.h; 0 for all of them
 * @netns_inum: its inode number, to show
 * @expires: deadline of ktime_get_boottime_ns(); 0 for never
 * @limits: for CLOSEWATCH_ACTION_DRAIN
 * @want: the conditions of a rule
 * @id: given by cw_policy_add(), never 0
 * @action: enum closewatch_action
 * @priority: of a rule; the smallest comes first
 * @linger_seconds: for CLOSEWATCH_ACTION_LINGER
 * @dry_run: only count and report
 * @even_linger0: drain although the program asked for linger-0
 * @even_oom: drain although the closer is a victim of the OOM killer
 */
struct cw_policy {
	u64 cookie;
	u64 netns;
	u64 expires;
	struct cw_policy_limits limits;
	struct cw_conditions want;
	u32 netns_inum;
	u32 id;
	u32 action;
	u32 priority;
	u32 linger_seconds;
	bool dry_run;
	bool even_linger0;
	bool even_oom;
};

/**
 * struct cw_policy_cursor - where a dump goes on
 * @priority: of the rule shown last
 * @id: of the policy shown last; 0 for none
 * @in_rules: the sockets' policies have been shown
 *
 * Begins as zeroes.
 */
struct cw_policy_cursor {
	u32 priority;
	u32 id;
	bool in_rules;
};

/** cw_policy_fill_t - shows one policy; anything but 0 ends the dump */
typedef int (*cw_policy_fill_t)(const struct cw_policy *p, u64 hits, void *arg);

/** cw_policy_may_t - may the requester touch the policies of @net (NULL: all)? */
typedef bool (*cw_policy_may_t)(const struct net *net, void *arg);

/**
 * struct cw_policy_probe - what has closes looked at
 * @arm: nothing if it is armed; 0 or a negative errno, with extack text
 * @try_disarm: as @disarm, or a negative errno if it would have to wait
 * @disarm: when it returns no handler runs
 *
 * Process context, may sleep; called with the policy lock held.
 */
struct cw_policy_probe {
	int (*arm)(struct netlink_ext_ack *extack);
	int (*try_disarm)(void);
	void (*disarm)(void);
};

/** cw_policy_init() - make the tables; may sleep; 0 or a negative errno */
int cw_policy_init(const struct cw_policy_probe *probe);

/**
 * cw_policy_stop() - remove all policies and disarm
 *
 * When it returns no handler runs, and no close is sent to ours any more.
 *
 * Context: process, may sleep; nobody adds a policy any more.
 */
void cw_policy_stop(void);

/**
 * cw_policy_exit() - free the tables
 *
 * Context: process, may sleep. cw_policy_stop() has been called, and no close
 * is left that could look one up, see cw_adopt_exit().
 */
void cw_policy_exit(void);

/**
 * cw_policy_lookup() - the policy for a close
 * @net: network namespace of the socket
 * @conn: filled by cw_facts_identity()
 * @owner: filled by cw_owner_take()
 * @count: this is a hit; false for a second look at the same close
 *
 * The socket's own policy comes first, then the rules of @net and those for
 * all namespaces, merged, by priority and then by id. One that has expired
 * never matches.
 *
 * Context: any but NMI; RCU read section, in which the result is valid.
 * Return: the first that matches, or NULL.
 */
const struct cw_policy *cw_policy_lookup(struct net *net,
					 const struct cw_conn *conn,
					 const struct cw_owner *owner,
					 bool count);

/**
 * cw_policy_used() - the socket of a per-socket policy has been closed
 * @p: as cw_policy_lookup() returned it, in the same RCU read section
 *
 * It is removed soon, by a work item, and no later look at the close finds it.
 * A rule is never used up; nothing is done then.
 *
 * Context: any but NMI.
 */
void cw_policy_used(const struct cw_policy *p);

/**
 * cw_policy_add() - install a policy
 * @net: its network namespace, or NULL for all; the caller holds a reference
 * @p: copied; id, netns and netns_inum are set in it on success
 * @extack: says why not
 *
 * That of a socket replaces the one that the socket has. When this returns
 * every close is looked at.
 *
 * Context: process, may sleep.
 * Return: 0, -ENOSPC, -ENOMEM, or why the probe could not be armed.
 */
int cw_policy_add(struct net *net, struct cw_policy *p,
		  struct netlink_ext_ack *extack);

/**
 * cw_policy_del() - remove one policy
 * @id: its id
 * @may: asked whether the requester may
 * @arg: handed to @may
 *
 * No close that begins later finds it.
 *
 * Context: process, may sleep.
 * Return: 0, or -ENOENT if there is none or the requester may not.
 */
int cw_policy_del(u32 id, cw_policy_may_t may, void *arg);

/**
 * cw_policy_flush() - remove the policies of @net, or all if it is NULL
 *
 * Those for all network namespaces stay where @net is given. When it returns
 * no handler has one of them in its hands, though a close for which one has
 * decided may still be on its way.
 *
 * Context: process, may sleep.
 */
void cw_policy_flush(struct net *net);

/**
 * cw_policy_dump() - show policies in the order in which they are tried
 * @net: whose; NULL for those of all network namespaces
 * @shared: with @net, also those rules that are for all namespaces
 * @cursor: moved behind each policy that @fill took
 * @generation: differs between two calls if anything changed meanwhile
 * @fill: called with the lock held
 * @arg: handed to @fill
 *
 * Context: process, may sleep.
 * Return: 0 at the end, or what @fill returned.
 */
int cw_policy_dump(const struct net *net, bool shared,
		   struct cw_policy_cursor *cursor, unsigned int *generation,
		   cw_policy_fill_t fill, void *arg);

/** cw_policy_count() - how many are installed; any context */
unsigned int cw_policy_count(void);

#endif
