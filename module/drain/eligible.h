/* SPDX-License-Identifier: GPL-2.0 */
/* May a close be drained, and is there anything to drain? Changes nothing. */
#ifndef CW_ELIGIBLE_H
#define CW_ELIGIBLE_H

#include <linux/types.h>

struct cw_policy;
struct sock;

/**
 * cw_eligible_refusal() - may this close be drained?
 * @sk: a socket of a program, TCP or MPTCP, that the current task is closing
 * @p: the policy, with action drain
 * @refusal: set to enum closewatch_refusal if not
 *
 * Context: any; exact under the socket's lock, racy without it.
 * Return: true if it must not be drained.
 */
bool cw_eligible_refusal(const struct sock *sk, const struct cw_policy *p,
			 u32 *refusal);

/**
 * cw_eligible_surely_needless() - is there nothing to drain?
 * @sk: as above
 *
 * The peer's FIN has come, all data has been read, and all of ours has been
 * acknowledged; so a plain close sends FIN, and no RST can come of it.
 *
 * Context: any. Without the socket's lock too, true stays true until the close;
 * false may become true.
 */
bool cw_eligible_surely_needless(const struct sock *sk);

/** cw_eligible_needless() - the same, exact; the caller owns the socket */
bool cw_eligible_needless(const struct sock *sk);

#endif
