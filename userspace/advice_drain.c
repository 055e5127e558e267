// SPDX-License-Identifier: GPL-2.0
#include <linux/closewatch.h>

#include "advice.h"
#include "util.h"

#define has(ev, attr) cw_has(ev, CLOSEWATCH_A_EVENT_##attr)

static const struct cw_advice outcome_advice[] = {
	[CLOSEWATCH_DRAIN_OUTCOME_UNKNOWN] = {
		"The facts fit no end of a drain that the module knows.",
		"Report it with this event as --json and the output of uname -r.",
	},
	[CLOSEWATCH_DRAIN_OUTCOME_DELIVERED] = {
		"The peer took all of ours and closed its side.",
		"None is needed.",
	},
	[CLOSEWATCH_DRAIN_OUTCOME_IDLE_TIMEOUT] = {
		"The peer neither sent nor acknowledged anything for the policy's --idle, and did not close.",
		"Raise --idle if peers need longer; else look why the peer does not close.",
	},
	[CLOSEWATCH_DRAIN_OUTCOME_TOTAL_TIMEOUT] = {
		"The peer was still busy at the end of the policy's --total.",
		"Raise --total, and the module's drain_total_max if need be.",
	},
	[CLOSEWATCH_DRAIN_OUTCOME_BYTE_LIMIT] = {
		"The peer went on sending beyond the policy's --bytes.",
		"Raise --bytes if such uploads are to be waited for.",
	},
	[CLOSEWATCH_DRAIN_OUTCOME_PEER_RESET] = {
		"The peer aborted while it was drained.",
		"Look on the peer's host; closewatch there names the path.",
	},
	[CLOSEWATCH_DRAIN_OUTCOME_RETRANSMIT_TIMEOUT] = {
		"The peer answered no retransmission or window probe.",
		"Look for a dead host, a dropped route or a firewall.",
	},
	[CLOSEWATCH_DRAIN_OUTCOME_KILLED] = {
		"An administrator destroyed the socket, as ss -K does.",
		"Look who runs ss -K or a tool like it.",
	},
	[CLOSEWATCH_DRAIN_OUTCOME_SHED] = {
		"A limit of drains was reached, or TCP was short of memory; the oldest of the same user goes first, by a plain close.",
		"Narrow the policy or its limits, or raise the module's drain_max, drain_max_netns or drain_max_uid.",
	},
	[CLOSEWATCH_DRAIN_OUTCOME_FLUSHED] = {
		"closewatch drain off, the end of the network namespace or rmmod ended it by a plain close.",
		"None is needed.",
	},
	[CLOSEWATCH_DRAIN_OUTCOME_REFUSED] = {
		"The policy matched, but this close could not be drained.",
		"None is needed: the close ran unchanged; its own line tells how.",
	},
};

_Static_assert(ARRAY_SIZE(outcome_advice) == CLOSEWATCH_DRAIN_OUTCOME_MAX + 1,
	       "advice for each outcome");

static const struct cw_advice refusal_advice[] = {
	[CLOSEWATCH_REFUSAL_NOT_CONNECTED] = {
		"The socket was a listener, or not connected, or its connection was over.",
		"None is needed.",
	},
	[CLOSEWATCH_REFUSAL_LINGER0] = {
		"The program set SO_LINGER with zero time, which asks for an abort.",
		"If the abort is not wanted, add the policy with --even-linger0.",
	},
	[CLOSEWATCH_REFUSAL_REPAIR] = {
		"A checkpoint tool such as CRIU held the socket in TCP_REPAIR.",
		"None is needed.",
	},
	[CLOSEWATCH_REFUSAL_FAST_OPEN] = {
		"The handshake of a fast open was not over when the program closed.",
		"None is needed; if it is frequent, turn net.ipv4.tcp_fastopen off for this server.",
	},
	[CLOSEWATCH_REFUSAL_ULP] = {
		"An upper layer protocol such as kernel TLS frames what is sent, so the kernel cannot close for it.",
		"Turn kernel TLS off in the program, or let it read to the end itself.",
	},
	[CLOSEWATCH_REFUSAL_MPTCP] = {
		"An MPTCP connection has several subflows, which are not drained.",
		"Let the program use plain TCP if its responses matter.",
	},
	[CLOSEWATCH_REFUSAL_FOREIGN] = {
		"A sockmap, SMC or a kernel service had taken the socket.",
		"Take the socket out of the sockmap before it is closed.",
	},
	[CLOSEWATCH_REFUSAL_LIMIT] = {
		"As many drains as are allowed ran, and as many were ending.",
		"Narrow the policy or its limits, or raise the module's drain_max, drain_max_netns or drain_max_uid.",
	},
	[CLOSEWATCH_REFUSAL_MEMORY_PRESSURE] = {
		"TCP's memory is beyond the second value of net.ipv4.tcp_mem.",
		"Raise net.ipv4.tcp_mem or shrink what the sockets buffer.",
	},
	[CLOSEWATCH_REFUSAL_NO_MEMORY] = {
		"The kernel had no memory for the drain.",
		"Free memory on this host.",
	},
	[CLOSEWATCH_REFUSAL_SWITCHED_OFF] = {
		"closewatch drain off, the end of the network namespace or rmmod was under way.",
		"None is needed.",
	},
	[CLOSEWATCH_REFUSAL_LINGER2] = {
		"The program set TCP_LINGER2 below zero, which asks for RST once its FIN is acknowledged.",
		"Set TCP_LINGER2 to 0 or more in the program if a drain is wanted.",
	},
	[CLOSEWATCH_REFUSAL_OOM_VICTIM] = {
		"The OOM killer was ending the program, and a drain keeps memory that it wanted back.",
		"Give the program more memory, or add the policy with --even-oom.",
	},
};

_Static_assert(ARRAY_SIZE(refusal_advice) == CLOSEWATCH_REFUSAL_MAX + 1,
	       "advice for each refusal");

const struct cw_advice *cw_advice_drain(const struct cw_event *ev)
{
	if (!has(ev, DRAIN_OUTCOME) ||
	    ev->drain_outcome > CLOSEWATCH_DRAIN_OUTCOME_MAX)
		return NULL;
	if (ev->drain_outcome == CLOSEWATCH_DRAIN_OUTCOME_REFUSED &&
	    has(ev, REFUSAL) && ev->refusal <= CLOSEWATCH_REFUSAL_MAX)
		return &refusal_advice[ev->refusal];
	return &outcome_advice[ev->drain_outcome];
}
