// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include <linux/closewatch.h>

#include "explain_end.h"
#include "util.h"

#define has(ev, attr) cw_has(ev, CLOSEWATCH_A_EVENT_##attr)

static void say_ours(struct cw_text *t, const struct cw_event *ev)
{
	if (ev->acked)
		cw_say(t, "all %" PRIu64 " B", ev->acked);
	else
		cw_say(t, "no data of ours");
}

static void say_verdict(struct cw_text *t, const struct cw_event *ev)
{
	switch (has(ev, VERDICT) ? (int)ev->verdict : -1) {
	case CLOSEWATCH_VERDICT_DELIVERED:
		cw_say(t, "delivered: ");
		say_ours(t, ev);
		cw_say(t, "%s the FIN acknowledged by the peer's TCP",
		       ev->acked ? " and" : ",");
		break;
	case CLOSEWATCH_VERDICT_LOST:
		cw_say(t, "lost: %" PRIu64 " B not acknowledged",
		       ev->lost_bytes);
		break;
	case CLOSEWATCH_VERDICT_UNKNOWN:
		cw_say(t, "unknown: ");
		say_ours(t, ev);
		cw_say(t, "%s acknowledged, but no FIN of ours",
		       ev->acked ? "" : " to be");
		break;
	default:
		cw_say(t, "ended; no verdict that this program knows");
	}
}

/* NULL: the word of the fate says it all. */
static const char *const fate_clauses[] = {
	[CLOSEWATCH_FATE_UNKNOWN] = "ended by no known cause",
	[CLOSEWATCH_FATE_TIME_WAIT] = NULL,
	[CLOSEWATCH_FATE_TIME_WAIT_OVERFLOW] =
		"no minisock could be had for TIME_WAIT",
	[CLOSEWATCH_FATE_FIN_WAIT2_TIMEOUT] = "the peer never sent its FIN",
	[CLOSEWATCH_FATE_ACKED] = NULL,
	[CLOSEWATCH_FATE_RST_LATE_DATA] = "RST to data that came too late",
	[CLOSEWATCH_FATE_RST_LINGER2] = "RST by TCP_LINGER2 below 0",
	[CLOSEWATCH_FATE_PEER_RESET] = "RST from the peer",
	[CLOSEWATCH_FATE_RETRANSMIT_TIMEOUT] =
		"the peer answered no retransmission",
	[CLOSEWATCH_FATE_KEEPALIVE_TIMEOUT] =
		"the peer answered no keepalive probe",
	[CLOSEWATCH_FATE_USER_TIMEOUT] = "TCP_USER_TIMEOUT ran out",
	[CLOSEWATCH_FATE_MEMORY] = "TCP was out of memory",
	[CLOSEWATCH_FATE_ORPHAN_LIMIT] = "there were too many orphans",
	[CLOSEWATCH_FATE_KILLED] = "destroyed by an administrator",
	[CLOSEWATCH_FATE_DISCONNECTED] = "connect() with AF_UNSPEC",
	[CLOSEWATCH_FATE_NETNS_GONE] = "its network namespace went away",
	[CLOSEWATCH_FATE_ABORTED] = "the close itself ended it",
	[CLOSEWATCH_FATE_MPTCP] = "MPTCP ended its subflow",
};

_Static_assert(ARRAY_SIZE(fate_clauses) == CLOSEWATCH_FATE_MAX + 1,
	       "a clause for each fate");

void cw_say_fate(struct cw_text *t, const struct cw_event *ev)
{
	say_verdict(t, ev);
	if (has(ev, SINCE_CLOSE_NS)) {
		cw_say(t, ", ");
		cw_say_duration(t, ev->since_close_ns);
		cw_say(t, " after our side closed");
	}
	if (ev->fate < ARRAY_SIZE(fate_clauses) && fate_clauses[ev->fate])
		cw_say(t, "; %s", fate_clauses[ev->fate]);
	if (ev->unread)
		cw_say(t, "; %" PRIu32 " B of the peer's unread", ev->unread);
	if (ev->closed_first == CLOSEWATCH_SIDE_LOCAL)
		cw_say(t, "; this side closed first");
	else if (ev->closed_first == CLOSEWATCH_SIDE_PEER)
		cw_say(t, "; the peer closed first");
}

static const char *const reset_sentences[] = {
	[CLOSEWATCH_RESET_KIND_RECEIVED] = "RST from the peer",
	[CLOSEWATCH_RESET_KIND_NO_SOCKET] =
		"RST sent: no such connection, and nothing listens",
	[CLOSEWATCH_RESET_KIND_LISTENER] =
		"RST sent: it fits no handshake of this listener",
	[CLOSEWATCH_RESET_KIND_TIME_WAIT] =
		"RST sent: the connection had ended, only a minisock was left",
	[CLOSEWATCH_RESET_KIND_BAD_SEGMENT] =
		"RST sent: the segment does not fit this connection",
	[CLOSEWATCH_RESET_KIND_LATE_DATA] =
		"RST sent: the segment ended what this side had closed before",
};

_Static_assert(ARRAY_SIZE(reset_sentences) == CLOSEWATCH_RESET_KIND_MAX + 1,
	       "a sentence for each kind of reset");

void cw_say_reset(struct cw_text *t, const struct cw_event *ev)
{
	uint64_t ours = (uint64_t)ev->unacked + ev->unsent;

	if (!has(ev, RESET_KIND) || ev->reset_kind >= ARRAY_SIZE(reset_sentences))
		cw_say(t, "RST of a kind newer than this program");
	else
		cw_say(t, "%s", reset_sentences[ev->reset_kind]);
	if (ev->state == CLOSEWATCH_STATE_SYN_SENT)
		cw_say(t, ": connection refused");
	if (ev->unread)
		cw_say(t, "; %" PRIu32 " B of the peer's still unread",
		       ev->unread);
	if (ours)
		cw_say(t, "; %" PRIu64 " B of ours not acknowledged", ours);
}

void cw_say_shared(struct cw_text *t, const struct cw_event *ev)
{
	cw_say(t, "nothing sent");
	if (has(ev, REFERENCES))
		cw_say(t, ", %" PRIu32 " more reference%s the socket open",
		       ev->references, ev->references == 1 ? " keeps" :
							     "s keep");
}

/* An end of the connection shuts both sides, and so looks like a shutdown. */
void cw_say_write(struct cw_text *t, const struct cw_event *ev)
{
	cw_say(t, "write failed with %s: %s",
	       has(ev, SIGPIPE) && ev->sigpipe ? "EPIPE and SIGPIPE" : "EPIPE",
	       ev->state == CLOSEWATCH_STATE_CLOSE ?
	       "the connection was over" :
	       "the program had shut this side before");
}
