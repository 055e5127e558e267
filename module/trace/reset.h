/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_RESET_H
#define CW_RESET_H

struct sk_buff;
struct sock;

/**
 * cw_reset_received() - an acceptable RST was received for @sk
 *
 * Reported only while a program has the socket open: for an orphan the fate
 * reports it, and for a drain also its end.
 *
 * Context: softirq or process; caller holds the socket's lock or owns it.
 */
void cw_reset_received(struct sock *sk);

/**
 * cw_reset_counter() - RSTs that this CPU has sent, by the kernel's counter
 * @sk: of the segment, or NULL; says of which network namespace
 * @skb: the segment
 *
 * Context: softirq.
 */
unsigned long cw_reset_counter(const struct sock *sk, const struct sk_buff *skb);

/**
 * cw_reset_sent() - the receive path sends an RST
 * @sk: the socket of the segment: NULL, a full socket or a minisock
 * @skb: the received segment, with network and transport header set
 * @reason: the kernel's sk_rst_reason, or NULL
 *
 * Context: softirq or process, under RCU.
 */
void cw_reset_sent(const struct sock *sk, const struct sk_buff *skb,
		   const char *reason);

#endif
