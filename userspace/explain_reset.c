// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include <linux/closewatch.h>

#include "explain_reset.h"
#include "util.h"

#define has(ev, attr) cw_has(ev, CLOSEWATCH_A_EVENT_##attr)

static const struct cw_case cases[] = {
	[CLOSEWATCH_RESET_KIND_RECEIVED] = {
		.words = "RST from the peer",
		.tone = CW_BAD,
		.cause = "The peer aborted: its program closed with data unread, or asked for it, or is gone.",
		.remedy = "Look on the peer's host; closewatch there names the path.",
	},
	[CLOSEWATCH_RESET_KIND_NO_SOCKET] = {
		.words = "RST sent: no such connection, and nothing listens",
		.tone = CW_BAD,
		.cause = "Nothing listens on the port, or the connection is over and the peer does not know.",
		.remedy = "If the service should be there, start it; else look who still sends.",
	},
	[CLOSEWATCH_RESET_KIND_LISTENER] = {
		.words = "RST sent: it fits no handshake of this listener",
		.tone = CW_BAD,
		.cause = "A segment for a listener belonged to no handshake: a late one, or a SYN cookie that is too old.",
		.remedy = "If it is frequent, look at the accept queue with ss -ltn and nstat -az TcpExtListenOverflows.",
	},
	[CLOSEWATCH_RESET_KIND_TIME_WAIT] = {
		.words = "RST sent: the connection had ended, only a minisock was left",
		.tone = CW_BAD,
		.cause = "Data or a SYN came for a connection of which only a minisock was left.",
		.remedy = "If data was lost, read until EOF before close().",
	},
	[CLOSEWATCH_RESET_KIND_BAD_SEGMENT] = {
		.words = "RST sent: the segment does not fit this connection",
		.tone = CW_BAD,
		.cause = "A segment fits no point of the connection, such as an ACK of what was never sent.",
		.remedy = "Look for a middlebox or a restarted peer that reuses the port.",
	},
	[CLOSEWATCH_RESET_KIND_LATE_DATA] = {
		.words = "RST sent: the segment ended what this side had closed before",
		.tone = CW_BAD,
		.cause = "The peer sent data after this side had closed, and nobody could read it.",
		.remedy = "Read until EOF before close(), or shutdown(SHUT_WR) and read with a time limit (lingering close).",
	},
};

_Static_assert(ARRAY_SIZE(cases) == CLOSEWATCH_RESET_KIND_MAX + 1,
	       "a case for each kind of reset");

const struct cw_case *cw_reset_case(const struct cw_event *ev)
{
	return has(ev, RESET_KIND) && ev->reset_kind < ARRAY_SIZE(cases) ?
	       &cases[ev->reset_kind] : NULL;
}

void cw_say_reset(struct cw_text *t, const struct cw_event *ev)
{
	const struct cw_case *c = cw_reset_case(ev);
	uint64_t ours = (uint64_t)ev->unacked + ev->unsent;

	cw_say(t, "%s", c ? c->words : "RST of a kind newer than this program");
	if (ev->state == CLOSEWATCH_STATE_SYN_SENT)
		cw_say(t, ": connection refused");
	if (ev->unread)
		cw_say(t, "; %" PRIu32 " B of the peer's still unread",
		       ev->unread);
	if (ours)
		cw_say(t, "; %" PRIu64 " B of ours not acknowledged", ours);
}
