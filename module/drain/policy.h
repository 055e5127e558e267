/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policies of single sockets, and rules. The first one arms the probe of
 * drain/adopt.c; it is disarmed about a second after the last is removed, so
 * that short-lived policies cost the host at most one cycle in that time.
 *
 * A policy belongs to a network namespace and is removed with it, or belongs to
 * all of them. It outlives the process that installed it.
 */
#ifndef CW_POLICY_H
#define CW_POLICY_H

#include "policy_match.h"

struct net;
struct netlink_ext_ack;
struct sock;

#define CW_POLICY_MAX_RULES	1024	/* per netns, and for all of them */
#define CW_POLICY_MAX_SOCKETS	65536	/* per netns */

/**
 * struct cw_policy_cursor - where a dump continues
 * @last: id of the last socket's policy dumped, or seq of the last rule; 0 for none
 * @priority: of the last rule dumped
 * @in_rules: the policies of sockets have been dumped
 *
 * All zeroes at the beginning.
 */
struct cw_policy_cursor {
	u64 last;
	u32 priority;
	bool in_rules;
};

/** cw_policy_fill_t - dumps one policy; anything but 0 ends the dump */
typedef int (*cw_policy_fill_t)(const struct cw_policy *p, u64 hits, void *arg);

/** cw_policy_may_t - may the requester remove policies of @net (NULL: all)? */
typedef bool (*cw_policy_may_t)(const struct net *net, void *arg);

/**
 * struct cw_policy_probe - the probe that applies policies to closes
 * @arm: arm it, unless armed; returns 0 or a negative errno, with extack text
 * @try_disarm: as @disarm, or return a negative errno if it would have to wait
 * @disarm: disarm it; on return no handler runs
 *
 * Context: process, may sleep; the policy lock is held.
 */
struct cw_policy_probe {
	int (*arm)(struct netlink_ext_ack *extack);
	int (*try_disarm)(void);
	void (*disarm)(void);
};

/** cw_policy_init() - create the tables; may sleep; 0 or a negative errno */
int cw_policy_init(const struct cw_policy_probe *probe);

/**
 * cw_policy_stop() - remove all policies and disarm
 *
 * On return no handler runs, and no more closes are sent to ours.
 *
 * Context: process, may sleep; no policy can be added any more.
 */
void cw_policy_stop(void);

/**
 * cw_policy_exit() - free the tables
 *
 * Context: process, may sleep. cw_policy_stop() has been called, and no close
 * can look up a policy, see cw_adopt_exit().
 */
void cw_policy_exit(void);

/**
 * cw_policy_lookup() - the policy for a close
 * @sk: the socket, which the current task is closing
 * @count: count a hit; false for the second lookup of the same close
 *
 * The socket's own policy comes first, then the rules of its namespace and those
 * for all namespaces, merged, by priority and then by seq. An expired policy never
 * matches. Costs the same however many rules name other local ports.
 *
 * Context: any but NMI, in an RCU read section, in which the result is valid.
 * Return: the first policy that matches; or NULL, also if rules change at each of
 * several looks.
 */
const struct cw_policy *cw_policy_lookup(struct sock *sk, bool count);

/**
 * cw_policy_used() - the socket of a per-socket policy has been closed
 * @p: returned by cw_policy_lookup() in the same RCU read section
 *
 * A work item removes the policy of a socket soon. Does nothing for a rule.
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
 * A policy of a socket replaces the one that the socket has. On return it
 * applies to every close.
 *
 * Context: process, may sleep.
 * Return: 0; -ENOSPC at a limit of the namespace; -EUSERS if the payer has as
 * many as the parameter policies_max_uid allows; -ENOMEM; or the error that
 * arming the probe returned.
 */
int cw_policy_add(struct net *net, struct cw_policy *p,
		  struct netlink_ext_ack *extack);

/**
 * cw_policy_del() - remove one policy
 * @id: its id
 * @may: whether the requester may remove it
 * @arg: passed to @may
 *
 * No close that begins later finds it.
 *
 * Context: process, may sleep.
 * Return: 0, or -ENOENT if there is none or the requester may not remove it.
 */
int cw_policy_del(u32 id, cw_policy_may_t may, void *arg);

/**
 * cw_policy_flush() - remove the policies of @net, or all if it is NULL
 *
 * Rules for all network namespaces stay if @net is given. On return no handler
 * still uses a removed policy, but closes that a handler has swapped may still
 * be on the way to our close.
 *
 * Context: process, may sleep.
 */
void cw_policy_flush(struct net *net);

/**
 * cw_policy_dump() - dump policies in the order of evaluation
 * @net: only policies of it; NULL for those of all network namespaces
 * @shared: with @net, also the rules for all namespaces
 * @cursor: advanced past each policy for which @fill returned 0
 * @generation: differs between two calls if policies changed meanwhile
 * @fill: called with the policy lock held
 * @arg: passed to @fill
 *
 * Context: process, may sleep.
 * Return: 0 at the end, or what @fill returned.
 */
int cw_policy_dump(const struct net *net, bool shared,
		   struct cw_policy_cursor *cursor, unsigned int *generation,
		   cw_policy_fill_t fill, void *arg);

/** cw_policy_arm() - arm the probe; the policy lock is held; as @arm */
int cw_policy_arm(struct netlink_ext_ack *extack);

/** cw_policy_disarm_if_none() - disarm it soon; the policy lock is held */
void cw_policy_disarm_if_none(void);

/** cw_policy_count() - number of policies installed; any context */
unsigned int cw_policy_count(void);

#endif
