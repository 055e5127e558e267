/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's tracepoints that are watched. Their handlers run in the context of
 * what is traced, any but NMI, with interrupts off as those of kprobes do.
 */
#ifndef CW_POINTS_H
#define CW_POINTS_H

#include <linux/types.h>

/**
 * cw_points_arm() - register all handlers, or none
 *
 * Context: process, may sleep; caller holds cw_watch_lock.
 * Return: 0 or a negative errno; the kernel's log names what is not there.
 */
int cw_points_arm(void);

/** cw_points_disarm() - and wait until no handler runs; context as cw_points_arm() */
void cw_points_disarm(void);

/** cw_points_name() - of the tracepoint @i; NULL if there are no more */
const char *cw_points_name(unsigned int i);

/** cw_points_fired() - has it been hit since it was armed? */
bool cw_points_fired(unsigned int i);

#endif
