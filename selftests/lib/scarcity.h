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
 * keeps its account. It stays until hoard_release().
 */
int hoard_memory(struct pair *p);

/* Lower tcp_mem, and let the hoard grow so that the kernel notices */
int declare_pressure(struct pair *hoard, struct sysctl *mem);

/*
 * Give the memory back, restore tcp_mem if it was set, and wait until the
 * kernel no longer sees itself under pressure.
 */
int hoard_release(struct pair *hoard, struct sysctl *mem);

/* A full socket without an owner: in FIN_WAIT2, for more than a minute */
int make_orphan(struct pair *p);

/*
 * Allow no orphans, and wait for it to be felt: the kernel looks at a count
 * that a timer takes. Closes some connections, in the caller's namespace.
 */
int forbid_orphans(struct sysctl *s);

#endif
