/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections on their way out: from the first sign of an end (our FIN, a
 * close, an RST) to the fate, minisocks in FIN_WAIT2 included.
 *
 * Entries are found by socket cookie, which a minisock inherits, and touched
 * under the lock of their bucket. Functions are called from probes, in softirq
 * or process context, with the lock of the full socket held or the socket
 * owned; those for minisocks without any. None sleeps.
 */
#ifndef CW_TRACK_H
#define CW_TRACK_H

#include "core/event.h"

struct inet_timewait_sock;
struct sock;

/**
 * cw_track_init() - allocate the table
 * @slots: how many connections can be tracked at once
 *
 * Context: process, may sleep. Return: 0 or -ENOMEM.
 */
int cw_track_init(unsigned int slots);

/** cw_track_exit() - forget all; process context, no probe armed any more */
void cw_track_exit(void);

/** cw_track_count() - connections now tracked; racy, for display */
unsigned int cw_track_count(void);

/** cw_track_evicted() - entries given up since load for want of slots */
u64 cw_track_evicted(void);

/** cw_track_mark() - CW_MARK_* @mark has been seen of @sk */
void cw_track_mark(struct sock *sk, u32 mark);

/** cw_track_unmark() - take a mark back */
void cw_track_unmark(struct sock *sk, u32 mark);

/** cw_track_fin() - tcp_send_fin() is entered; the state has moved already */
void cw_track_fin(struct sock *sk);

/** cw_track_close() - __tcp_close() is entered by @owner; sets IN_CLOSE */
void cw_track_close(struct sock *sk, const struct cw_owner *owner);

/** cw_track_gone() - @sk leaves @old_state for CLOSE; its fate, or a minisock */
void cw_track_gone(struct sock *sk, int old_state);

/**
 * cw_track_tw_end() - a minisock no longer waits for the peer's FIN
 * @mark: what ended that, or 0 for its timer
 *
 * Of this and cw_track_tw_kill() several may run at once for one minisock:
 * the first frees its entry.
 */
void cw_track_tw_end(struct inet_timewait_sock *tw, u32 mark);

/** cw_track_tw_kill() - inet_twsk_kill() is entered */
void cw_track_tw_kill(struct inet_timewait_sock *tw);

/**
 * cw_track_tw_rst() - an RST is being looked at for a minisock in FIN_WAIT2
 * @cookie: the minisock's
 * @looking: false when that is over; the minisock may be gone
 *
 * If it is killed meanwhile, that was the RST's doing.
 */
void cw_track_tw_rst(u64 cookie, bool looking);

#endif
