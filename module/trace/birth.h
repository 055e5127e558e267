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
 * cw_birth_exit() - free the table; no probe may be armed
 */
void cw_birth_exit(void);

/**
 * cw_birth_note() - record that a connection is ESTABLISHED from now on
 * @cookie: of its socket
 * @payer: charged for the entry, see cw_netns_payer()
 *
 * Context: any but NMI; takes one raw spinlock.
 */
void cw_birth_note(u64 cookie, u64 payer);

/**
 * cw_birth_age() - how long a connection has been established
 * @cookie: of its socket
 *
 * Context: any but NMI; takes one raw spinlock.
 * Return: ns, or 0 if that was not recorded or the entry was evicted.
 */
u64 cw_birth_age(u64 cookie);

#endif
