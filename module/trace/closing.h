/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The close in progress: collects what the probes see from the entry of
 * __tcp_close() to its end, and then makes an event of it.
 *
 * Each function below is called by a probe on the kernel function that its
 * description names, takes that function's socket, and does nothing if no close
 * of that socket is in progress.
 *
 * The close that ends a drain is followed too, but makes no event: its path is
 * passed to the drain.
 *
 * Context: a probe's handler, interrupts off; the caller holds the socket's lock
 * or owns the socket.
 */
#ifndef CW_CLOSING_H
#define CW_CLOSING_H

#include <linux/types.h>

struct sock;

/** cw_closing_begin() - __tcp_close() is entered; takes the facts */
void cw_closing_begin(struct sock *sk, long timeout);

/** cw_closing_fin() - tcp_send_fin() is entered; the state has changed before */
void cw_closing_fin(struct sock *sk);

/** cw_closing_rst() - tcp_send_active_reset() is entered; adds CW_MARK_* @marks */
void cw_closing_rst(struct sock *sk, u32 marks);

/** cw_closing_reason() - the kernel's reason for the RST it has just sent */
void cw_closing_reason(struct sock *sk, const char *reason);

/** cw_closing_disconnect() - tcp_disconnect() is entered */
void cw_closing_disconnect(struct sock *sk);

/** cw_closing_listen_stop() - inet_csk_listen_stop() is entered */
void cw_closing_listen_stop(struct sock *sk);

/** cw_closing_child() - inet_child_forget() is entered for @child */
void cw_closing_child(struct sock *sk, struct sock *child);

/** cw_closing_time_wait() - tcp_time_wait() is entered for @state */
void cw_closing_time_wait(struct sock *sk, int state);

/** cw_closing_concerns() - may what tcp_check_oom() finds be of interest? */
bool cw_closing_concerns(const struct sock *sk);

/**
 * cw_closing_oom() - tcp_check_oom() returns; ends a surviving close
 * @marks: CW_MARK_* of what it found; 0 if the connection lives on
 */
void cw_closing_oom(struct sock *sk, u32 marks);

/** cw_closing_destroy() - tcp_v4_destroy_sock() is entered; ends the rest */
void cw_closing_destroy(struct sock *sk);

#endif
