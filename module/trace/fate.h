/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections that are ending: from the first mark of an end (our FIN, a close,
 * an RST) to the fate, including minisocks in FIN_WAIT2.
 *
 * Entries are found by the socket's cookie, which a minisock inherits, and are
 * accessed under the lock of their bucket. Functions are called from probes, in
 * softirq or process context. The caller holds the lock of the full socket or
 * owns it; for minisocks it holds no lock. None sleeps.
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

/** cw_track_exit() - free the table; process context, no probe may be armed */
void cw_track_exit(void);

/** cw_track_count() - connections now tracked; racy, for display */
unsigned int cw_track_count(void);

/** cw_track_evicted() - entries evicted since load because slots ran out */
u64 cw_track_evicted(void);

/** cw_track_mark() - add CW_MARK_* @mark to @sk */
void cw_track_mark(struct sock *sk, u32 mark);

/** cw_track_unmark() - remove a mark */
void cw_track_unmark(struct sock *sk, u32 mark);

/** cw_track_fin() - tcp_send_fin() is entered; the state has changed already */
void cw_track_fin(struct sock *sk);

/** cw_track_close() - __tcp_close() is entered by @owner; sets IN_CLOSE */
void cw_track_close(struct sock *sk, const struct cw_owner *owner);

/** cw_track_gone() - @sk changes to CLOSE: its fate, or a minisock's entry */
void cw_track_gone(struct sock *sk, int old_state);

/**
 * cw_track_tw_end() - a minisock no longer waits for the peer's FIN
 * @mark: what ended the wait, or 0 for its timer
 *
 * This and cw_track_tw_kill() can run concurrently for one minisock: the first
 * one frees its entry, and the others find none.
 */
void cw_track_tw_end(struct inet_timewait_sock *tw, u32 mark);

/** cw_track_tw_kill() - inet_twsk_kill() is entered */
void cw_track_tw_kill(struct inet_timewait_sock *tw);

/**
 * cw_track_tw_rst() - an RST is processed for a minisock in FIN_WAIT2
 * @cookie: of the minisock
 * @processing: false when that is done; the minisock may be freed
 *
 * If the minisock is killed in between, the RST was the reason.
 */
void cw_track_tw_rst(u64 cookie, bool processing);

#endif
