/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How connections ended that a program still has open. Its close finds nothing
 * left to end, and reports this.
 *
 * Context of all but init and exit: any but NMI, interrupts off; one raw spinlock
 * is taken.
 */
#ifndef CW_PAST_H
#define CW_PAST_H

#include <linux/types.h>

/** cw_past_init() - allocate the cache; may sleep. Return: 0 or -ENOMEM. */
int cw_past_init(void);

/** cw_past_exit() - free it; no probe may be armed */
void cw_past_exit(void);

/**
 * cw_past_note() - a connection has ended before its program has closed it
 * @cookie: of its socket
 * @fate: enum closewatch_fate
 * @payer: charged for the entry, see cw_netns_payer()
 */
void cw_past_note(u64 cookie, u32 fate, u64 payer);

/**
 * cw_past_since() - how a connection ended, and how long ago
 * @fate: set unless 0 is returned
 *
 * Return: ns, or 0 if that was not noted or the entry was evicted.
 */
u64 cw_past_since(u64 cookie, u32 *fate);

#endif
