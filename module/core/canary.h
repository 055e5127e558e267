/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Armed does not mean that a probe fires: kernel.ftrace_enabled=0, or 0 in
 * kprobes/enabled of debugfs, silences every probe and reports nothing. A
 * function of this module is probed like the kernel's, and called when
 * something is armed and each second from then on.
 * What is armed stays so meanwhile, see arm.h, and the module cannot be unloaded.
 */
#ifndef CW_CANARY_H
#define CW_CANARY_H

#include <linux/types.h>

struct netlink_ext_ack;

/**
 * cw_canary_init() - make ready
 * @silent: called each second in which probes do not fire, and once more when
 *	they fire again; process context
 */
void cw_canary_init(void (*silent)(void));

/** cw_canary_exit() - end its work; nobody relies on probes any more */
void cw_canary_exit(void);

/**
 * cw_canary_get() - probes are about to be relied on
 * @extack: says what is wrong
 *
 * Asks the canary each time, so that nothing is armed that would see nothing.
 *
 * Context: process, may sleep; takes the canary lock.
 * Return: 0, then cw_canary_put() is due; -EOPNOTSUPP if probes do not fire;
 * or why the canary could not be armed.
 */
int cw_canary_get(struct netlink_ext_ack *extack);

/** cw_canary_put() - undo one cw_canary_get(); the last disarms the canary */
void cw_canary_put(void);

/**
 * cw_canary_check() - do armed probes fire?
 * @extack: says what is wrong; may be NULL
 *
 * For one more user of what is armed already.
 *
 * Context and return: as cw_canary_get(), without a reference.
 */
int cw_canary_check(struct netlink_ext_ack *extack);

/** cw_canary_blind() - do armed probes not fire now? Any context; racy */
bool cw_canary_blind(void);

/** cw_canary_blind_seconds() - seconds since load in which they did not */
u64 cw_canary_blind_seconds(void);

#endif
