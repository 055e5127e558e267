/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_BIRTH_H
#define CW_BIRTH_H

#include <linux/types.h>

/**
 * cw_birth_init() - allocate the table of births
 *
 * Context: process, may sleep. Return: 0 or -ENOMEM.
 */
int cw_birth_init(void);

/**
 * cw_birth_exit() - free it; no probe may be armed any more
 */
void cw_birth_exit(void);

/**
 * cw_birth_note() - a connection has become ESTABLISHED now
 * @cookie: its socket's
 * @payer: whom its entry is charged to, see cw_netns_payer()
 *
 * Context: any but NMI; takes one raw spinlock.
 */
void cw_birth_note(u64 cookie, u64 payer);

/**
 * cw_birth_age() - how long a connection has been established
 * @cookie: its socket's
 *
 * Context: any but NMI; takes one raw spinlock.
 * Return: ns, or 0 if its birth was not seen or its entry was needed.
 */
u64 cw_birth_age(u64 cookie);

#endif
