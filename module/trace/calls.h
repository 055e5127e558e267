/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_CALLS_H
#define CW_CALLS_H

struct file;
struct sock;

/**
 * cw_calls_close() - a descriptor is being closed
 * @file: the file it refers to
 *
 * Reports a TCP socket to which other references remain: such a close does not
 * reach TCP. Figures are left out because the socket is not locked.
 *
 * Context: process; caller holds a reference to the file.
 */
void cw_calls_close(struct file *file);

/**
 * cw_calls_stream_error() - sk_stream_error() is entered
 * @sk: any stream socket, owned by the caller
 * @flags: flags of the write
 * @err: error that it is about to return
 *
 * Reports a write after our side was shut down.
 *
 * Context: process.
 */
void cw_calls_stream_error(struct sock *sk, int flags, int err);

#endif
