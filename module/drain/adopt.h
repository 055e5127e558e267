/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Applies policies to closes, by a probe on inet_release(): every last close of
 * a socket calls it, whether by close, exec, exit or SIGKILL.
 */
#ifndef CW_ADOPT_H
#define CW_ADOPT_H

#include <linux/types.h>

struct cw_policy_probe;

/** cw_adopt_init() - prepare the protos with our close; arms nothing */
void cw_adopt_init(void);

/**
 * cw_adopt_exit() - wait for the closes that are in our close or on the way
 *
 * The probe must have been disarmed. On return no task is in our close, and no
 * drain can begin. This waits for locks of sockets but not for a peer, because
 * the original close runs after ours and not inside it.
 *
 * Context: process, may sleep.
 */
void cw_adopt_exit(void);

/*
 * The probe for cw_policy_init(). After it is disarmed, closes that the handler
 * has swapped may still be on the way to our close.
 */
extern const struct cw_policy_probe cw_adopt_policy_probe;

/** cw_adopt_armed() - is the probe armed? Any context; racy, for display */
bool cw_adopt_armed(void);

/** cw_adopt_fired() - is it armed, and has been hit since? Process context */
bool cw_adopt_fired(void);

/** cw_adopt_missed() - closes since load that the probe has missed */
u64 cw_adopt_missed(void);

#endif
