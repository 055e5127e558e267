/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where policies meet closes: a probe on inet_release(), through which every
 * last close of a socket goes, be it by close, exec, exit or SIGKILL.
 */
#ifndef CW_ADOPT_H
#define CW_ADOPT_H

#include <linux/types.h>

struct cw_policy_probe;

/** cw_adopt_init() - make ready, armed by nobody yet */
void cw_adopt_init(void);

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

/*
 * What policies arm and disarm. A close for which the handler has decided may
 * still be on its way when it is disarmed.
 */
extern const struct cw_policy_probe cw_adopt_policy_probe;

/** cw_adopt_armed() - is the probe armed? Any context; racy, for display */
bool cw_adopt_armed(void);

/** cw_adopt_missed() - closes since load that the probe could not look at */
u64 cw_adopt_missed(void);

#endif
