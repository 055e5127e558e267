/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_RESET_H
#define CW_RESET_H

struct sk_buff;
struct sock;

/**
 * cw_reset_received() - an acceptable RST has come for @sk
 *
 * Tells of it while the program has the socket open; of an orphan the fate
 * tells, and of a drain its end as well.
 *
 * Context: softirq or process, the socket's lock is held or it is owned.
 */
void cw_reset_received(struct sock *sk);

/**
 * cw_reset_sent() - the receive path sends an RST
 * @sk: what the segment was for: NULL, a full socket or a minisock
 * @skb: the segment, with network and transport header set
 * @reason: the kernel's sk_rst_reason, or NULL
 *
 * Context: softirq or process, under RCU.
 */
void cw_reset_sent(const struct sock *sk, const struct sk_buff *skb,
		   const char *reason);

#endif
