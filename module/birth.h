/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_BIRTH_H
#define CW_BIRTH_H

#include <linux/types.h>

struct sock;

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
 * @sk: its socket, used as a key only
 *
 * Context: any but NMI; takes one raw spinlock.
 */
void cw_birth_note(const struct sock *sk);

/**
 * cw_birth_age() - how long a connection has been established
 * @sk: its socket, used as a key only
 *
 * Context: any but NMI; takes one raw spinlock.
 * Return: ns, or 0 if its birth was not seen or its entry was needed.
 */
u64 cw_birth_age(const struct sock *sk);

#endif
