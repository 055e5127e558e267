/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Closes in progress: what the probes see between the entry of __tcp_close()
 * and its end is gathered here, and becomes an event at the end.
 *
 * Every function below is called from a probe on the kernel function that it
 * is named after, takes that function's socket, and does nothing when no
 * close of that socket is in progress. An entry is found by the socket's
 * address, which is never dereferenced from here but inside such a call, and
 * is touched under the lock of its bucket.
 *
 * The close by which a drain gives its socket up is followed as well, but
 * makes no event of its own: the drain is told its path.
 *
 * Context of all but init and exit: the caller holds the socket's lock or
 * owns the socket; softirq or process; no sleeping.
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
 * cw_inflight_exit() - forget all closes in progress and free the table
 *
 * Context: process; no probe may be armed any more.
 */
void cw_inflight_exit(void);

/** cw_inflight_count() - closes now in progress; racy, for display */
unsigned int cw_inflight_count(void);

/** cw_inflight_full() - closes given up since load for want of a slot */
u64 cw_inflight_full(void);

/** cw_inflight_begin() - __tcp_close() is entered; takes the facts */
void cw_inflight_begin(struct sock *sk, long timeout);

/** cw_inflight_fin() - tcp_send_fin() is entered */
void cw_inflight_fin(struct sock *sk);

/** cw_inflight_rst() - tcp_send_active_reset() is entered */
void cw_inflight_rst(struct sock *sk);

/** cw_inflight_reason() - the kernel's word for an RST that it has just sent */
void cw_inflight_reason(struct sock *sk, const char *reason);

/** cw_inflight_disconnect() - tcp_disconnect() is entered */
void cw_inflight_disconnect(struct sock *sk);

/** cw_inflight_wait() - sk_stream_wait_close() is entered */
void cw_inflight_wait(struct sock *sk, long timeout);

/** cw_inflight_listen_stop() - inet_csk_listen_stop() is entered */
void cw_inflight_listen_stop(struct sock *sk);

/** cw_inflight_child() - inet_child_forget() is entered for a listener's child */
void cw_inflight_child(struct sock *sk, struct sock *child);

/** cw_inflight_time_wait() - tcp_time_wait() makes a minisock in @state */
void cw_inflight_time_wait(struct sock *sk, int state);

/** cw_inflight_oom() - tcp_check_oom() returns @oom; the end of survivors */
void cw_inflight_oom(struct sock *sk, bool oom);

/**
 * cw_inflight_shut_begin() - inet_shutdown() is entered, without any lock
 *
 * An entry of a shutdown is found by the task that runs it, which is also
 * what serialises access to it.
 */
void cw_inflight_shut_begin(struct sock *sk, int how);

/** cw_inflight_shut_locked() - tcp_shutdown() is entered; takes the facts */
void cw_inflight_shut_locked(struct sock *sk);

/** cw_inflight_shut_done() - tcp_shutdown() returns */
void cw_inflight_shut_done(struct sock *sk);

/** cw_inflight_shut_end() - inet_shutdown() returns, without any lock */
void cw_inflight_shut_end(struct sock *sk);

/** cw_inflight_destroy() - inet_csk_destroy_sock() is entered; the end of others */
void cw_inflight_destroy(struct sock *sk);

#endif
