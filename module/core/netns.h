/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Identity of a network namespace: a number that, unlike its inode number, is
 * never reused, and the payer that is charged for what it uses.
 *
 * Filters, policies, events on a ring and dumps in progress can outlive a
 * namespace; they refer to it by this number. Inode numbers are for display.
 */
#ifndef CW_NETNS_H
#define CW_NETNS_H

#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

struct sock;

/**
 * cw_net_generic() - as net_generic(), without its calls of RCU
 *
 * What a probe's handler needs several times. Context: any.
 */
static inline void *cw_net_generic(const struct net *net, unsigned int id)
{
	void *ptr;

	preempt_disable_notrace();
	ptr = rcu_dereference_sched(net->gen)->ptr[id];
	preempt_enable_notrace();
	return ptr;
}

/** cw_netns_init() - number all network namespaces, present and future */
int cw_netns_init(void);

/** cw_netns_exit() - free the numbers; may sleep */
void cw_netns_exit(void);

/** cw_netns_number() - the number of @net, never 0 */
u64 cw_netns_number(const struct net *net);

/**
 * cw_netns_payer() - the payer charged for what a socket uses in our tables
 * @sk: a full socket, or NULL for the namespace itself, e.g. for a minisock
 *
 * In the initial network namespace the payer is the user who created the
 * socket. A namespace that the administrator created, as container engines do,
 * is its own payer. One that belongs to a user namespace is charged to the
 * owner of the outermost user namespace, so that a user gains nothing by
 * creating more; if that owner is root, to that user namespace itself.
 *
 * Context: any.
 * Return: an opaque number; equal for equal payers.
 */
u64 cw_netns_payer(const struct net *net, const struct sock *sk);

/**
 * cw_netns_get() - the network namespace with a number
 *
 * Context: process.
 * Return: the namespace with a reference, or NULL if it no longer exists.
 */
struct net *cw_netns_get(u64 number);

#endif
