// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include <linux/closewatch.h>

#include "base/util.h"
#include "explain/explain_reset.h"
#include "explain/ours.h"

static const struct cw_case resets[] = {
	[CLOSEWATCH_RESET_KIND_RECEIVED] = {
		"The peer's host aborted: its program closed before it had read all of ours, or asked for it, or the host no longer knows the connection.",
		"Look on the peer's host; closewatch there names the path.",
		.words = "RST from the peer", .tone = CW_BAD,
	},
	[CLOSEWATCH_RESET_KIND_NO_SOCKET] = {
		"The segment is of no connection that this host has: it is long over and the peer does not know, or this host forwards it and its NAT did not know the segment.",
		"If this host forwards, see conntrack -S for invalid segments and net.netfilter.nf_conntrack_tcp_be_liberal; else look who still sends.",
		.words = "RST sent: the segment is of no connection of this host",
		.tone = CW_BAD,
	},
	[CLOSEWATCH_RESET_KIND_LISTENER] = {
		"A segment for a listener belonged to no handshake: a late one, or a SYN cookie that is too old.",
		"If it is frequent, look at the accept queue with ss -ltn and nstat -az TcpExtListenOverflows.",
		.words = "RST sent: it fits no handshake of this listener",
		.tone = CW_BAD,
	},
	[CLOSEWATCH_RESET_KIND_TIME_WAIT] = {
		"Data or a SYN came for a connection of which only an entry in TIME_WAIT or FIN_WAIT2 was left.",
		"None of its own: the fate with the same cookie says what it means.",
		.words = "RST sent: our side of the connection had ended",
		.tone = CW_BAD,
	},
	[CLOSEWATCH_RESET_KIND_BAD_SEGMENT] = {
		"A segment fits no point of the connection, such as an ACK of what was never sent.",
		"Look for a middlebox or a restarted peer that reuses the port.",
		.words = "RST sent: the segment does not fit this connection",
		.tone = CW_BAD,
	},
	[CLOSEWATCH_RESET_KIND_LATE_DATA] = {
		"The peer sent data after this side had closed, and nobody could read it.",
		"None of its own: the fate with the same cookie says what it means.",
		.words = "RST sent: the segment ended what this side had closed before",
		.tone = CW_BAD,
	},
	[CLOSEWATCH_RESET_KIND_NO_LISTENER] = {
		"The peer wants to connect, and nothing listens on the port.",
		"If a service should be there, start it, and see with ss -ltn on which address it listens; else look who still connects.",
		.words = "RST sent: connection refused, nothing listens on the port",
		.tone = CW_BAD,
	},
	[CLOSEWATCH_RESET_KIND_LATE_SEGMENT] = {
		"The peer went on sending until it saw that the connection had ended here.",
		"None of its own: the close or fate with the same cookie says why it ended.",
		.tone = CW_WARN,
	},
};

_Static_assert(ARRAY_SIZE(resets) == CLOSEWATCH_RESET_KIND_MAX + 1,
	       "a case for each kind of reset");

const struct cw_case *cw_reset_case(const struct cw_msg_event *ev)
{
	return cw_case_of(resets, ev, RESET_KIND, reset_kind);
}

static void say_late(struct cw_text *t, const struct cw_msg_event *ev)
{
	bool one = ev->count == 1;

	cw_say(t, "+%" PRIu64 " RST%s to %slate segment%s of a connection that had ended here",
	       ev->count, one ? "" : "s", one ? "a " : "", one ? "" : "s");
	if (!cw_event_has(ev, SINCE_CLOSE_NS))
		return;
	cw_say(t, " ");
	cw_say_duration(t, ev->since_close_ns);
	cw_say(t, " before");
}

void cw_say_reset(struct cw_text *t, const struct cw_msg_event *ev)
{
	const struct cw_case *c = cw_reset_case(ev);

	if (c && ev->reset_kind == CLOSEWATCH_RESET_KIND_LATE_SEGMENT) {
		say_late(t, ev);
		return;
	}
	cw_say(t, "%s", c ? c->words : "RST of a kind newer than this program");
	if (ev->state == CLOSEWATCH_STATE_SYN_SENT)
		cw_say(t, ": connection refused");
	else if (ev->state == CLOSEWATCH_STATE_CLOSE_WAIT)
		cw_say(t, ", which had sent its FIN before");
	if (cw_event_has(ev, UID) && !cw_event_has(ev, PID))
		cw_say(t, "; the socket is of uid %" PRIu32, ev->uid);
	if (ev->unread)
		cw_say(t, "; %" PRIu32 " B of the peer's still unread",
		       ev->unread);
	cw_say_ours(t, ev, "; ");
}
