/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers for network namespaces which, unlike inode numbers, are never given
 * twice: what a dump may keep from one message to the next, when it can keep
 * no reference.
 */
#ifndef CW_NETNS_H
#define CW_NETNS_H

#include <linux/types.h>

struct net;

/** cw_netns_init() - number all network namespaces, those to come as well */
int cw_netns_init(void);

/** cw_netns_exit() - undo it; may sleep */
void cw_netns_exit(void);

/** cw_netns_number() - the number of @net, never 0 */
u64 cw_netns_number(const struct net *net);

/**
 * cw_netns_get() - the network namespace with a number
 *
 * Context: process.
 * Return: with a reference, or NULL if it is gone.
 */
struct net *cw_netns_get(u64 number);

#endif
