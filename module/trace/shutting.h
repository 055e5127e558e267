/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The shutdown(2) in progress, from the entry of inet_shutdown() to the return of
 * what that calls; it does not wait for the peer.
 *
 * Its entry belongs to the task that runs it. Functions of the second group are
 * called for any socket, and do nothing if the current task shuts down another
 * one or none.
 *
 * Context: as closing.h, unless stated.
 */
#ifndef CW_SHUTTING_H
#define CW_SHUTTING_H

#include <linux/types.h>

struct sock;

/** cw_shutting_begin() - inet_shutdown() is entered, without the socket's lock */
void cw_shutting_begin(struct sock *sk, int how);

/**
 * cw_shutting_locked() - tcp_shutdown() is entered; takes the facts
 *
 * Return: whether the current task shuts @sk down, so that cw_shutting_end() is
 * needed.
 */
bool cw_shutting_locked(struct sock *sk);

/** cw_shutting_end() - tcp_shutdown() or tcp_disconnect() returns */
void cw_shutting_end(struct sock *sk);

/** cw_shutting_fin() - tcp_send_fin() is entered */
void cw_shutting_fin(struct sock *sk);

/** cw_shutting_disconnect() - tcp_disconnect() is entered */
void cw_shutting_disconnect(struct sock *sk);

/** cw_shutting_listen_stop() - inet_csk_listen_stop() is entered */
void cw_shutting_listen_stop(struct sock *sk);

/**
 * cw_shutting_child() - a listener drops a child, or has sent it an RST
 * @listener: cookie of the listener
 * @dropped: the child, or NULL for the RST
 *
 * Return: whether the current task shuts that listener down.
 */
bool cw_shutting_child(u64 listener, const struct sock *dropped);

#endif
