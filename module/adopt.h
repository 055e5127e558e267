/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where policies meet closes: a probe on inet_release(), through which every
 * last close of a socket goes, be it by close, exec, exit or SIGKILL.
 */
#ifndef CW_ADOPT_H
#define CW_ADOPT_H

#include <linux/types.h>

struct netlink_ext_ack;

/** cw_adopt_init() - make ready, armed by nobody yet; may sleep */
int cw_adopt_init(void);

/**
 * cw_adopt_exit() - wait for the closes that are on their way to a drain
 *
 * The probe must have been disarmed. When this returns no task is in a close
 * of ours, and no new drain can begin. It waits for locks of sockets, and for
 * no peer: the original close runs after ours, not inside it.
 *
 * Context: process, may sleep.
 */
void cw_adopt_exit(void);

/**
 * cw_adopt_arm() - have every close looked at; nothing if it is so already
 * @extack: says what the kernel refused; may be NULL
 *
 * Context: process, may sleep; callers are serialised by a lock of theirs.
 * Return: 0 or a negative errno.
 */
int cw_adopt_arm(struct netlink_ext_ack *extack);

/**
 * cw_adopt_try_disarm() - cw_adopt_disarm(), unless it would have to wait
 *
 * Context: as cw_adopt_arm(). Return: as cw_arm_hold().
 */
int cw_adopt_try_disarm(void);

/**
 * cw_adopt_disarm() - disarm the probe; nothing if it is not armed
 *
 * When it returns no handler runs any more, though a close for which one has
 * decided may still be on its way.
 *
 * Context: as cw_adopt_arm().
 */
void cw_adopt_disarm(void);

/** cw_adopt_armed() - is the probe armed? Any context; racy, for display */
bool cw_adopt_armed(void);

/** cw_adopt_missed() - closes since load that the probe could not look at */
u64 cw_adopt_missed(void);

#endif
