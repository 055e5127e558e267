/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fate of a connection: at the change to CLOSE, or when its minisock in
 * FIN_WAIT2 ends, the marks in its entry decide.
 *
 * Context: a probe's handler, interrupts off. The caller holds the lock of the
 * full socket or owns it; for minisocks it holds no lock.
 */
#ifndef CW_FATE_H
#define CW_FATE_H

#include <linux/types.h>

struct cw_ending;
struct inet_timewait_sock;
struct sock;

/** cw_fate_mark() - add CW_MARK_* @mark to @sk, if a fate is to come */
void cw_fate_mark(struct sock *sk, u32 mark);

/** cw_fate_gone() - @sk changes to CLOSE: its fate, or a minisock's entry */
void cw_fate_gone(struct sock *sk, int old_state);

/**
 * cw_fate_close_over() - the close in progress in an entry, locked, is over
 *
 * What was put off for it is done: @sk may have become a minisock meanwhile.
 */
void cw_fate_close_over(struct cw_ending *c, struct sock *sk);

/**
 * cw_fate_tw_end() - a minisock no longer waits for the peer's FIN
 * @mark: what ended the wait, or 0 for its timer
 *
 * This and cw_fate_tw_kill() can run concurrently for one minisock: the first
 * one frees its entry, and the others find none.
 */
void cw_fate_tw_end(struct inet_timewait_sock *tw, u32 mark);

/** cw_fate_tw_kill() - inet_twsk_kill() is entered */
void cw_fate_tw_kill(struct inet_timewait_sock *tw);

/**
 * cw_fate_tw_signed() - signed data came for a minisock in FIN_WAIT2
 *
 * If it is killed before cw_reset_sent(), no RST was sent.
 */
void cw_fate_tw_signed(u64 cookie);

/**
 * cw_fate_tw_rst() - an RST is processed for a minisock in FIN_WAIT2
 * @cookie: of the minisock
 * @processing: false when that is done; the minisock may be freed
 *
 * If the minisock is killed in between, the RST was the reason.
 */
void cw_fate_tw_rst(u64 cookie, bool processing);

#endif
