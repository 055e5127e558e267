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

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/types.h>
#include <net/net_namespace.h>
#include <net/sock.h>

struct user_namespace;

/**
 * struct cw_netns - what is known of a network namespace
 * @number: constant
 * @payer: constant; 0 in the initial namespace, where each socket has its own
 * @asked: of core/hook: what the listeners want of any socket of this namespace,
 *	and in the upper half the cw_hook_generation of which that is the answer
 * @userns: the user namespace that is charged, or NULL; held by the namespace
 * @node: on a list of netns.c
 */
struct cw_netns {
	u64 number;
	u64 payer;
	atomic64_t asked;
	const struct user_namespace *userns;
	struct list_head node;
};

/* Upper half of a payer; the lower half is an id of this kind. */
enum cw_payer_kind {
	CW_PAYER_USER,
	CW_PAYER_NETNS,
	CW_PAYER_USERNS,
};

extern unsigned int cw_netns_id;

/**
 * cw_net_generic() - as net_generic(), without its calls of RCU
 *
 * What a probe's handler needs several times. Not inline: each enabling of
 * preemption is a place that the kernel patches when the module is loaded, which
 * takes 15 ms a place on a busy host.
 *
 * Context: any.
 */
void *cw_net_generic(const struct net *net, unsigned int id);

/** cw_netns_init() - number all network namespaces, present and future */
int cw_netns_init(void);

/** cw_netns_exit() - free the numbers; may sleep */
void cw_netns_exit(void);

/** cw_netns_of() - what is known of @net; any context */
static inline struct cw_netns *cw_netns_of(const struct net *net)
{
	return cw_net_generic(net, cw_netns_id);
}

/** cw_netns_number() - the number of @net, never 0 */
static inline u64 cw_netns_number(const struct net *net)
{
	return cw_netns_of(net)->number;
}

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
static inline u64 cw_netns_payer(const struct net *net, const struct sock *sk)
{
	u64 payer = cw_netns_of(net)->payer;

	if (payer)
		return payer;
	return (u64)CW_PAYER_USER << 32 |
	       (sk ? __kuid_val(READ_ONCE(sk->sk_uid)) : 0);
}

/**
 * cw_netns_get() - the network namespace with a number
 *
 * Context: process.
 * Return: the namespace with a reference, or NULL if it no longer exists.
 */
struct net *cw_netns_get(u64 number);

#endif
