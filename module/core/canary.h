/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An armed probe need not fire: kernel.ftrace_enabled=0, or 0 in debugfs
 * kprobes/enabled, silences every probe without an error. The canary is a
 * function of this module, probed like the kernel's; it is called when probes
 * are armed and once a second from then on. While it does not fire, probes stay
 * armed (see core/arm.h) and the module is pinned.
 */
#ifndef CW_CANARY_H
#define CW_CANARY_H

#include <linux/types.h>

struct netlink_ext_ack;

/**
 * cw_canary_init() - set the callback
 * @silent: called each second in which probes do not fire, and once more when
 *	they fire again; process context, with the canary lock held
 */
void cw_canary_init(void (*silent)(void));

/** cw_canary_exit() - cancel its work; no user may be left */
void cw_canary_exit(void);

/**
 * cw_canary_get() - check that probes fire, and keep checking
 * @extack: says what is wrong
 *
 * Checks on every call, so that no probe is armed that would not fire.
 *
 * Context: process, may sleep; takes the canary lock.
 * Return: 0, and the caller must call cw_canary_put(); -EOPNOTSUPP if probes do
 * not fire; or the error that arming the canary returned.
 */
int cw_canary_get(struct netlink_ext_ack *extack);

/** cw_canary_put() - release one cw_canary_get(); the last one disarms */
void cw_canary_put(void);

/**
 * cw_canary_check() - do armed probes fire?
 * @extack: says what is wrong; may be NULL
 *
 * For another user of probes that are already armed.
 *
 * Context and return: as cw_canary_get(), without a reference.
 */
int cw_canary_check(struct netlink_ext_ack *extack);

/** cw_canary_blind() - do armed probes fail to fire now? Any context; racy */
bool cw_canary_blind(void);

/** cw_canary_blind_seconds() - seconds since load in which they did not */
u64 cw_canary_blind_seconds(void);

#endif
