// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include <linux/closewatch.h>

#include "base/util.h"
#include "explain/explain_fate.h"
#include "explain/ours.h"
#include "explain/story.h"

/* Without words the name of the fate says it all; its tone is the verdict's. */
static const struct cw_case fates[] = {
	[CLOSEWATCH_FATE_UNKNOWN] = {
		"The facts fit no end that the module knows, or its table of connections was full.",
		"Load the module with more track_slots; if it persists, report this event as --json with uname -r.",
		.words = "ended by no known cause",
	},
	[CLOSEWATCH_FATE_TIME_WAIT] = {
		"Both sides sent FIN and ours was acknowledged.",
		"None is needed.",
		.words = NULL,
	},
	[CLOSEWATCH_FATE_TIME_WAIT_OVERFLOW] = {
		"Our FIN was acknowledged, but there were net.ipv4.tcp_max_tw_buckets connections in TIME_WAIT, or no memory for one more.",
		"Raise net.ipv4.tcp_max_tw_buckets; see nstat -az TcpExtTCPTimeWaitOverflow.",
		.words = "the kernel could not keep it in TIME_WAIT",
	},
	[CLOSEWATCH_FATE_FIN_WAIT2_TIMEOUT] = {
		"The peer acknowledged our FIN and never sent its own within net.ipv4.tcp_fin_timeout.",
		"Look why the peer's program does not close: it may leak descriptors.",
		.words = "the peer never sent its FIN",
	},
	[CLOSEWATCH_FATE_ACKED] = {
		"The peer closed first and acknowledged our FIN.",
		"None is needed.",
		.words = NULL,
	},
	[CLOSEWATCH_FATE_RST_LATE_DATA] = {
		"The peer sent data after this side had closed, and nobody could read it.",
		"Read until EOF before close(), or shutdown(SHUT_WR) and read with a time limit (lingering close).",
		.words = "RST to data that came too late",
	},
	[CLOSEWATCH_FATE_RST_LINGER2] = {
		"TCP_LINGER2 below zero: the kernel does not wait for the peer's FIN.",
		"Set TCP_LINGER2 to 0 or more, or read to EOF before close().",
		.words = "RST by TCP_LINGER2 below 0",
	},
	[CLOSEWATCH_FATE_PEER_RESET] = {
		"The peer's host aborted: its program closed before it had read all of ours, or asked for it, or the host no longer knows the connection.",
		"Look on the peer's host; closewatch there names the path.",
		.words = "RST from the peer",
	},
	[CLOSEWATCH_FATE_RETRANSMIT_TIMEOUT] = {
		"The peer answered no retransmission or window probe.",
		"Look for a dead host, a dropped route or a firewall; net.ipv4.tcp_orphan_retries and tcp_retries2 set the patience.",
		.words = "the peer answered no retransmission",
	},
	[CLOSEWATCH_FATE_KEEPALIVE_TIMEOUT] = {
		"The peer answered no keepalive probe.",
		"Look for a dead host or a firewall that forgets idle connections; keep TCP_KEEPIDLE below its time.",
		.words = "the peer answered no keepalive probe",
	},
	[CLOSEWATCH_FATE_USER_TIMEOUT] = {
		"The peer acknowledged nothing within the program's TCP_USER_TIMEOUT.",
		"Look for the network's fault, or raise TCP_USER_TIMEOUT.",
		.words = "TCP_USER_TIMEOUT ran out",
	},
	[CLOSEWATCH_FATE_MEMORY] = {
		"TCP's memory is beyond the last value of net.ipv4.tcp_mem, and orphans go first.",
		"Raise net.ipv4.tcp_mem or shrink what the sockets buffer; see nstat -az TcpExtTCPAbortOnMemory.",
		.words = "TCP was out of memory",
	},
	[CLOSEWATCH_FATE_ORPHAN_LIMIT] = {
		"There are more orphans than net.ipv4.tcp_max_orphans allows.",
		"Raise net.ipv4.tcp_max_orphans, or let programs wait for their peers before close().",
		.words = "there were too many orphans",
	},
	[CLOSEWATCH_FATE_KILLED] = {
		"An administrator destroyed the socket, as ss -K does.",
		"Look who runs ss -K or a tool like it.",
		.words = "destroyed by an administrator",
	},
	[CLOSEWATCH_FATE_DISCONNECTED] = {
		"The program called connect() with AF_UNSPEC on a live connection.",
		"None is needed if the program means it.",
		.words = "connect() with AF_UNSPEC",
	},
	[CLOSEWATCH_FATE_NETNS_GONE] = {
		"The container or namespace ended while the connection was on its way out.",
		"Let connections end before the namespace does.",
		.words = "its network namespace went away",
	},
	[CLOSEWATCH_FATE_ABORTED] = {
		"The close itself ended the connection without waiting for the peer.",
		"See the close event with the same cookie, or the listener's if it was never accepted.",
		.words = "the close itself ended it",
	},
	[CLOSEWATCH_FATE_MPTCP] = {
		"The connection was a subflow of MPTCP, which ends it by rules of its own.",
		"None is needed; nstat -az 'MPTcp*' counts what MPTCP did.",
		.words = "MPTCP ended its subflow",
	},
	[CLOSEWATCH_FATE_LATE_DATA_SILENT] = {
		"The peer sent signed data (TCP_MD5SIG or TCP-AO) after this side had closed; without a listener that has the key the kernel sends no RST for it.",
		"Read until EOF before close(), or shutdown(SHUT_WR) and read with a time limit (lingering close); else the peer retransmits until it gives up.",
		.words = "nothing sent to signed data that came too late",
	},
};

_Static_assert(ARRAY_SIZE(fates) == CLOSEWATCH_FATE_MAX + 1,
	       "a case for each fate");

const struct cw_case *cw_fate_case(const struct cw_msg_event *ev)
{
	return cw_case_of(fates, ev, FATE, fate);
}

const struct cw_case *cw_fate_row(uint32_t fate)
{
	return fate < ARRAY_SIZE(fates) ? &fates[fate] : NULL;
}

const char *cw_fate_words(uint32_t fate)
{
	const struct cw_case *c = cw_fate_row(fate);

	if (!c)
		return "an end newer than this program";
	return c->words ? c->words : "both sides had closed";
}

/* Lost data is bad however the connection ended. */
enum cw_tone cw_fate_tone(const struct cw_msg_event *ev)
{
	if (ev->verdict == CLOSEWATCH_VERDICT_LOST ||
	    ev->fate == CLOSEWATCH_FATE_UNKNOWN)
		return CW_BAD;
	/* All of ours arrived, but not what the peer sent. */
	if (cw_story_of(ev))
		return CW_WARN;
	return ev->verdict == CLOSEWATCH_VERDICT_DELIVERED ? CW_GOOD : CW_WARN;
}

static void say_ours(struct cw_text *t, const struct cw_msg_event *ev)
{
	if (ev->acked)
		cw_say(t, "all %" PRIu64 " B", ev->acked);
	else
		cw_say(t, "no data of ours");
}

static void say_verdict(struct cw_text *t, const struct cw_msg_event *ev)
{
	switch (cw_event_has(ev, VERDICT) ? (int)ev->verdict : -1) {
	case CLOSEWATCH_VERDICT_DELIVERED:
		cw_say(t, "delivered: ");
		say_ours(t, ev);
		cw_say(t, "%s the FIN acknowledged by the peer's TCP",
		       ev->acked ? " and" : ",");
		break;
	case CLOSEWATCH_VERDICT_LOST:
		cw_say_ours(t, ev, "lost: ");
		break;
	case CLOSEWATCH_VERDICT_UNKNOWN:
		cw_say(t, "unknown: ");
		/* Another subflow may have brought what this one did not. */
		if (ev->unacked && cw_event_has(ev, LOST_BYTES)) {
			cw_say_ours(t, ev, "");
			break;
		}
		say_ours(t, ev);
		cw_say(t, "%s acknowledged, but no FIN of ours",
		       ev->acked ? "" : " to be");
		break;
	default:
		cw_say(t, "ended; no verdict that this program knows");
	}
}

void cw_say_fate(struct cw_text *t, const struct cw_msg_event *ev)
{
	say_verdict(t, ev);
	if (cw_event_has(ev, SINCE_CLOSE_NS)) {
		cw_say(t, ", ");
		cw_say_duration(t, ev->since_close_ns);
		cw_say(t, " after our side closed");
	}
	if (cw_story_of(ev) == CW_STORY_IDLE_RACE)
		cw_say(t,
		       "; RST to a request of the peer, which reused what we had closed as idle");
	else if (ev->fate < ARRAY_SIZE(fates) && fates[ev->fate].words)
		cw_say(t, "; %s", fates[ev->fate].words);
	if (ev->unread)
		cw_say(t, "; %" PRIu32 " B of the peer's unread", ev->unread);
	if (ev->closed_first == CLOSEWATCH_SIDE_LOCAL)
		cw_say(t, "; this side closed first");
	else if (ev->closed_first == CLOSEWATCH_SIDE_PEER)
		cw_say(t, "; the peer closed first");
}
