/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who a network namespace is: its number, which unlike its inode number is
 * never given twice, and who pays for what it uses.
 *
 * Whatever may outlive a namespace names it by this number: filters, policies,
 * events on a ring, dumps between two messages. Inode numbers are only shown.
 */
#ifndef CW_NETNS_H
#define CW_NETNS_H

#include <linux/types.h>

struct net;
struct sock;

/** cw_netns_init() - number all network namespaces, those to come as well */
int cw_netns_init(void);

/** cw_netns_exit() - undo it; may sleep */
void cw_netns_exit(void);

/** cw_netns_number() - the number of @net, never 0 */
u64 cw_netns_number(const struct net *net);

/**
 * cw_netns_payer() - who is charged for what a socket uses in our tables
 * @sk: a full socket, or NULL for the namespace's own, such as a minisock's
 *
 * In the initial network namespace it is the user who made the socket. One that
 * the administrator made, as container engines do, pays for itself. One in a
 * user namespace is charged to the owner of the outermost user namespace, so
 * that a user gains nothing by making more of them; if that owner is root, to
 * that user namespace.
 *
 * Context: any.
 * Return: an opaque number; equal for equal payers.
 */
u64 cw_netns_payer(const struct net *net, const struct sock *sk);

/**
 * cw_netns_get() - the network namespace with a number
 *
 * Context: process.
 * Return: with a reference, or NULL if it is gone.
 */
struct net *cw_netns_get(u64 number);

#endif
