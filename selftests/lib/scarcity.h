/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Limits of TCP that hold for the whole machine. They can be lowered only
 * once something stands above them, which these make.
 */
#ifndef CLOSEWATCH_SELFTEST_SCARCITY_H
#define CLOSEWATCH_SELFTEST_SCARCITY_H

#include "netns.h"
#include "pair.h"

/*
 * Memory that TCP holds, well above the per-CPU reserves in which the kernel
 * keeps its account. It stays until the pair is closed.
 */
int hoard_memory(struct pair *p);

/*
 * Have TCP declare that memory is short, which takes a hoard; to be undone by
 * sysctl_restore() and, once the hoard has gone, by waiting for the kernel to
 * take it back.
 */
int declare_pressure(struct sysctl *mem, struct pair *hoard);
int pressure_await_relief(void);

/* A full socket without an owner: in FIN_WAIT2, for more than a minute */
int make_orphan(struct pair *p);

/*
 * Allow no orphans, and wait for it to be felt: the kernel looks at a count
 * that a timer takes. Closes some connections, in the caller's namespace.
 */
int forbid_orphans(struct sysctl *s);

#endif
