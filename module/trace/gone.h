/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sockets that are in CLOSE although their program has not closed them: what
 * ended the connection and when, or why connect() failed. And whether a write to a
 * socket whose side is shut was told. The table is a cache, see way.h.
 *
 * Context of all but init and exit: a probe's handler, interrupts off.
 */
#ifndef CW_GONE_H
#define CW_GONE_H

#include <linux/types.h>
#include <net/sock.h>

/**
 * struct cw_gone - what is known of a socket; all zero if nothing is
 * @ended_at: when the connection ended, by ktime_get_ns(); 0 if there was none
 * @fate: enum closewatch_fate, with @ended_at
 * @error: the errno of a connect() that failed, or 0
 * @rst: the peer answered the SYN with RST
 * @told: a write was told
 */
struct cw_gone {
	u64 ended_at;
	u16 fate;
	u16 error;
	bool rst;
	bool told;
};

/** cw_gone_init() - allocate the table; process context. Return: 0 or -ENOMEM. */
int cw_gone_init(void);

/** cw_gone_exit() - free the table; process context, no probe may be armed */
void cw_gone_exit(void);

/** cw_gone_ended() - the connection of a socket that is still open has ended */
void cw_gone_ended(struct sock *sk, u32 fate);

/** cw_gone_refused() - an RST has come in SYN_SENT, cw_gone_failed() is next */
void cw_gone_refused(struct sock *sk);

/** cw_gone_failed() - a socket changes from SYN_SENT to CLOSE */
void cw_gone_failed(struct sock *sk);

/**
 * cw_gone_write() - a write has failed, because our side is shut
 * @g: what was known of the socket before
 */
void cw_gone_write(struct sock *sk, struct cw_gone *g);

/** cw_gone_of() - what is known of a socket with @cookie */
struct cw_gone cw_gone_of(u64 cookie);

#endif
