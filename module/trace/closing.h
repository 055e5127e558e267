/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Closes in progress: collects what the probes see from the entry of
 * __tcp_close() to its end, and then makes an event of it.
 *
 * Each function below is called by a probe on the kernel function that its
 * description names, takes that function's socket, and does nothing if no close
 * of that socket is in progress. An entry is found by the socket's address,
 * which is dereferenced only during such a call. An entry is accessed under the
 * lock of its bucket.
 *
 * The close that ends a drain is followed too, but makes no event: its path is
 * passed to the drain.
 *
 * Context of all but init and exit: the caller holds the socket's lock or
 * owns the socket, unless stated; softirq or process; no sleeping.
 */
#ifndef CW_INFLIGHT_H
#define CW_INFLIGHT_H

#include <linux/types.h>

struct sock;

/**
 * cw_inflight_init() - allocate the table
 * @slots: how many closes can be in progress at once
 *
 * Context: process, may sleep. Return: 0 or -ENOMEM.
 */
int cw_inflight_init(unsigned int slots);

/**
 * cw_inflight_exit() - discard all closes in progress and free the table
 *
 * Context: process; no probe may be armed.
 */
void cw_inflight_exit(void);

/** cw_inflight_count() - closes now in progress; racy, for display */
unsigned int cw_inflight_count(void);

/** cw_inflight_full() - closes evicted since load because slots ran out */
u64 cw_inflight_full(void);

/** cw_inflight_begin() - __tcp_close() is entered; takes the facts */
void cw_inflight_begin(struct sock *sk, long timeout);

/** cw_inflight_fin() - tcp_send_fin() is entered */
void cw_inflight_fin(struct sock *sk);

/** cw_inflight_rst() - tcp_send_active_reset() is entered */
void cw_inflight_rst(struct sock *sk);

/** cw_inflight_reason() - the kernel's reason for the RST it has just sent */
void cw_inflight_reason(struct sock *sk, const char *reason);

/** cw_inflight_disconnect() - tcp_disconnect() is entered */
void cw_inflight_disconnect(struct sock *sk);

/** cw_inflight_wait() - sk_stream_wait_close() is entered */
void cw_inflight_wait(struct sock *sk, long timeout);

/** cw_inflight_listen_stop() - inet_csk_listen_stop() is entered */
void cw_inflight_listen_stop(struct sock *sk);

/** cw_inflight_child() - inet_child_forget() is entered for @child */
void cw_inflight_child(struct sock *sk, struct sock *child);

/** cw_inflight_time_wait() - tcp_time_wait() is entered for @state */
void cw_inflight_time_wait(struct sock *sk, int state);

/** cw_inflight_oom() - tcp_check_oom() returns @oom; ends a surviving close */
void cw_inflight_oom(struct sock *sk, bool oom);

/**
 * cw_inflight_shut_begin() - inet_shutdown() is entered, without any lock
 *
 * The entry of a shutdown is keyed by the task that runs it, so access to it is
 * serialised.
 */
void cw_inflight_shut_begin(struct sock *sk, int how);

/** cw_inflight_shut_locked() - tcp_shutdown() is entered; takes the facts */
void cw_inflight_shut_locked(struct sock *sk);

/** cw_inflight_shut_done() - tcp_shutdown() returns */
void cw_inflight_shut_done(struct sock *sk);

/** cw_inflight_shut_end() - inet_shutdown() returns, without any lock */
void cw_inflight_shut_end(struct sock *sk);

/** cw_inflight_destroy() - inet_csk_destroy_sock() is entered; ends the rest */
void cw_inflight_destroy(struct sock *sk);

#endif
