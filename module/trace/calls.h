/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_CALLS_H
#define CW_CALLS_H

struct file;
struct sock;

/**
 * cw_calls_close() - a descriptor is being closed
 * @file: what it stands for
 *
 * Tells of a TCP socket that others still refer to: TCP hears nothing of such
 * a close. Figures are left out, for nobody holds the socket's lock.
 *
 * Context: process; the caller's reference keeps the file.
 */
void cw_calls_close(struct file *file);

/**
 * cw_calls_stream_error() - sk_stream_error() is entered
 * @sk: any stream socket, owned by the caller
 * @flags: those of the write
 * @err: what it is about to fail with
 *
 * Tells of a write after our side was shut down.
 *
 * Context: process.
 */
void cw_calls_stream_error(struct sock *sk, int flags, int err);

#endif
