/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RSTs to late segments: a peer that was still sending when its connection ended
 * here gets one for each segment. They are counted by connection, and told once
 * a second.
 */
#ifndef CW_LATE_H
#define CW_LATE_H

#include "core/event.h"

/** cw_late_init() - allocate the cache; may sleep. Return: 0 or -ENOMEM. */
int cw_late_init(void);

/** cw_late_exit() - free it; no probe is armed, a listener may be left */
void cw_late_exit(void);

/**
 * cw_late_note() - a connection has ended, and its peer may not know
 * @conn: cookie, netns, addresses and ports are read
 * @payer: charged for the entry, see cw_netns_payer()
 *
 * Context: a probe's handler, interrupts off, no slot of the ring in use. May be
 * called with an entry of ending.h locked.
 */
void cw_late_note(const struct cw_conn *conn, u64 payer);

/**
 * cw_late_count() - count an RST without a socket of its own
 * @conn: netns, addresses and ports are read
 *
 * Context: a probe's handler, interrupts off.
 * Return: whether it was for a connection that has just ended; then an event
 * tells it later.
 */
bool cw_late_count(const struct cw_conn *conn);

/** cw_late_flush() - tell now what was counted; process context, may sleep */
void cw_late_flush(void);

#endif
