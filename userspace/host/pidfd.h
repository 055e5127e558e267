/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_PIDFD_H
#define CLOSEWATCH_PIDFD_H

#include <stdint.h>

#include "base/fail.h"

/*
 * Descriptor @fd of process @pid as one of ours, in @taken. The kernel checks
 * the right to do so: that of tracing the process.
 */
int cw_pidfd_take(uint32_t pid, uint32_t fd, int *taken, struct cw_fail *fail);

#endif
