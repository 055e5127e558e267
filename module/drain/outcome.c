// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>

#include "outcome.h"

/*
 * For a connection in CLOSE: without an error both FINs were exchanged. Where both
 * are known to be, an error is older: with IP_RECVERR each ICMP error leaves one.
 */
static u32 cw_outcome_of_tcp(const struct cw_drain_state *s)
{
	if (s->delivered && s->peer_fin)
		return CLOSEWATCH_DRAIN_OUTCOME_DELIVERED;
	switch (s->err) {
	case 0:
		return s->delivered ? CLOSEWATCH_DRAIN_OUTCOME_DELIVERED :
				      CLOSEWATCH_DRAIN_OUTCOME_UNKNOWN;
	case ECONNRESET:
	case EPIPE:
		return CLOSEWATCH_DRAIN_OUTCOME_PEER_RESET;
	case ECONNABORTED:
		return CLOSEWATCH_DRAIN_OUTCOME_KILLED;
	case ETIMEDOUT:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case EHOSTDOWN:
	case ENETDOWN:
	case ENONET:
	case ECONNREFUSED:
	case ENOPROTOOPT:
	case EPROTO:
	case EOPNOTSUPP:
	case EACCES:
		return CLOSEWATCH_DRAIN_OUTCOME_RETRANSMIT_TIMEOUT;
	default:
		return CLOSEWATCH_DRAIN_OUTCOME_UNKNOWN;
	}
}

u32 cw_drain_outcome(const struct cw_drain_state *s)
{
	if (s->closed)
		return cw_outcome_of_tcp(s);
	if (s->leave)
		return s->leave;
	if (s->overfull)
		return CLOSEWATCH_DRAIN_OUTCOME_BYTE_LIMIT;
	if (s->now - s->began >= s->total_ns)
		return CLOSEWATCH_DRAIN_OUTCOME_TOTAL_TIMEOUT;
	if (s->now - s->progress >= s->idle_ns)
		return CLOSEWATCH_DRAIN_OUTCOME_IDLE_TIMEOUT;
	return CW_DRAIN_GOES_ON;
}

u64 cw_drain_wait_ns(const struct cw_drain_state *s)
{
	u64 total = s->began + s->total_ns, idle = s->progress + s->idle_ns;

	return (total < idle ? total : idle) - s->now;
}
