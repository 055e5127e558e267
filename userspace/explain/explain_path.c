// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include <linux/closewatch.h>

#include "base/names.h"
#include "base/names_gen.h"
#include "base/util.h"
#include "explain/explain_fate.h"
#include "explain/explain_path.h"
#include "explain/ours.h"
#include "explain/story.h"

/* After an abort nothing is sent again. */
static void say_abort(struct cw_text *t, const struct cw_msg_event *ev)
{
	const char *sep = ": ";

	if (ev->unread) {
		cw_say(t, "%s%" PRIu32 " B unread", sep, ev->unread);
		sep = "; ";
	}
	cw_say_ours(t, ev, sep);
	if (!ev->unsent && !ev->unacked && cw_event_has(ev, UNACKED))
		cw_say(t, "%snothing of ours was under way", sep);
}

static void say_in_flight(struct cw_text *t, const struct cw_msg_event *ev)
{
	if (ev->unacked)
		cw_say(t, "; %" PRIu32 " B in flight", ev->unacked);
	else if (cw_event_has(ev, UNACKED) && !ev->unsent)
		cw_say(t, "; all our data was acknowledged");
}

/* It takes records off TCP's queue when it decrypts them. */
static void say_ktls(struct cw_text *t, const struct cw_msg_event *ev)
{
	if (cw_event_has(ev, UNREAD) && ev->ulp.len == 3 &&
	    !memcmp(ev->ulp.b, "tls", 3))
		cw_say(t, "; what kernel TLS has decrypted does not count as unread");
}

static void say_ending(struct cw_text *t, const struct cw_msg_event *ev)
{
	say_in_flight(t, ev);
	say_ktls(t, ev);
}

static void say_listener(struct cw_text *t, const struct cw_msg_event *ev)
{
	uint64_t queue = (uint64_t)ev->children + ev->children_migrated;

	if (!queue)
		cw_say(t, "listener closed; no connection waited for accept()");
	else
		cw_say(t, "listener closed with %" PRIu64
		       " connection%s in its queue, %" PRIu32 " reset", queue,
		       queue == 1 ? "" : "s", ev->children_reset);
	if (ev->children_migrated)
		cw_say(t, ", %" PRIu32 " handed to another listener",
		       ev->children_migrated);
	if (cw_event_has(ev, UNREAD) && ev->unread)
		cw_say(t, "; %" PRIu32 " B of their peers unread", ev->unread);
	if (ev->syn_queue)
		cw_say(t, "; %" PRIu32 " half-open left behind, without RST",
		       ev->syn_queue);
}

static void say_dropped(struct cw_text *t, const struct cw_msg_event *ev)
{
	if (ev->unread)
		cw_say(t, "; %" PRIu32 " B unread", ev->unread);
	cw_say_ours(t, ev, "; ");
}

/* Nothing is lost yet; the drain-end event reports what is. */
static void say_taken_over(struct cw_text *t, const struct cw_msg_event *ev)
{
	if (ev->unread)
		cw_say(t, "; discards %" PRIu32 " B unread", ev->unread);
	say_in_flight(t, ev);
	if (ev->unsent)
		cw_say(t, "; %" PRIu32 " B to be sent", ev->unsent);
}

static void say_fin(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say(t, "FIN");
	if (ev->state == CLOSEWATCH_STATE_ESTABLISHED)
		cw_say(t, ", before the peer's");
	else if (ev->state == CLOSEWATCH_STATE_CLOSE_WAIT)
		cw_say(t, ", after the peer's");
}

static void say_behind(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say(t, "FIN waits behind %" PRIu32 " B unsent", ev->unsent);
}

static void say_unknown(struct cw_text *t, const struct cw_msg_event *ev)
{
	const char *from = cw_names_word(&cw_state_names, ev->state);
	const char *to = cw_names_word(&cw_state_names, ev->new_state);

	cw_say(t, "no known branch, %s to %s", from ? from : "?", to ? to : "?");
}

static void say_over(struct cw_text *t, const struct cw_msg_event *ev)
{
	if (ev->connect_error) {
		cw_say(t, "nothing sent, connect() had failed, %s",
		       cw_story_connect(ev));
		return;
	}
	if (ev->since_ended_ns) {
		cw_say(t, "nothing sent, the connection was over: %s ",
		       cw_fate_words(ev->ended_by));
		cw_say_duration(t, ev->since_ended_ns);
		cw_say(t, " before");
		return;
	}
	cw_say(t, cw_event_has(ev, REMOTE_ADDR) ?
	       "nothing sent, the connection was already over, how is not known" :
	       "nothing sent, the socket had no peer");
}

static const struct cw_case paths[] = {
	[CLOSEWATCH_PATH_UNKNOWN] = {
		"The facts fit no branch of the close code that the module knows.",
		"Report it with this event as --json and the output of uname -r.",
		.say = say_unknown, .rest = say_abort, .tone = CW_BAD,
	},
	[CLOSEWATCH_PATH_FIN] = {
		"An orderly close: the peer can read to the end of the stream.",
		"None is needed for this close; if the peer misses something, see the fate with the same cookie, and whether the program had written it.",
		.say = say_fin, .rest = say_ending, .tone = CW_GOOD,
	},
	[CLOSEWATCH_PATH_FIN_BEHIND_DATA] = {
		"The peer's window or the congestion window was full when the program closed.",
		"If the peer must have it all, shutdown(SHUT_WR) and read to the end before close(); else none.",
		.say = say_behind, .rest = say_ending, .tone = CW_WARN,
	},
	[CLOSEWATCH_PATH_FIN_ON_SENT_DATA] = {
		"TCP memory is under pressure, so no segment was made for the FIN.",
		"Raise net.ipv4.tcp_mem or shrink what the sockets buffer.",
		.words = "FIN put on data already sent, leaves only with a retransmission",
		.rest = say_in_flight, .tone = CW_WARN,
	},
	[CLOSEWATCH_PATH_FIN_LOST] = {
		"The kernel found no memory for a FIN.",
		"Free memory on this host; the peer learns of the end by its own timeouts.",
		.words = "no memory for a FIN, the peer is not told",
		.rest = say_in_flight, .tone = CW_BAD,
	},
	[CLOSEWATCH_PATH_ALREADY_FIN] = {
		"The program had called shutdown() before close().",
		"None is needed.",
		.words = "FIN was queued before, the close added nothing",
		.rest = say_in_flight,
	},
	[CLOSEWATCH_PATH_ALREADY_CLOSED] = {
		"The peer's RST, a timeout or the end of both halves came before close(). Which is not known: it came before closewatch watched, or too many connections have ended since.",
		"If it surprises, look for ECONNRESET or ETIMEDOUT in the program's log.",
		.say = say_over,
		.rest = say_dropped,
	},
	[CLOSEWATCH_PATH_SYN_SENT] = {
		"The program gave up while connect() was under way.",
		"If it gave up too early, raise its connect timeout; else look why the peer does not answer: a dead host, a firewall that drops, or a full listen queue.",
		.words = "nothing sent, connect() had not been answered",
		.rest = say_dropped,
	},
	[CLOSEWATCH_PATH_LISTENER] = {
		"A listener was closed; what waited in its queue had no other owner.",
		"To lose none, hand the listener over before the end, or set net.ipv4.tcp_migrate_req with SO_REUSEPORT.",
		.say = say_listener, .tone = CW_WARN,
	},
	[CLOSEWATCH_PATH_RST_UNREAD] = {
		"The program closed before it had read all that the peer sent; the RST may also destroy our last answer at the peer.",
		"Read until EOF before close(), or shutdown(SHUT_WR) and read with a time limit (lingering close).",
		.words = "RST", .rest = say_abort, .tone = CW_BAD,
	},
	[CLOSEWATCH_PATH_RST_LINGER0] = {
		"The program set SO_LINGER with zero time, which asks for an abort.",
		"Remove that setsockopt() unless the abort is wanted.",
		.words = "RST by SO_LINGER 0", .rest = say_abort,
		.tone = CW_BAD,
	},
	[CLOSEWATCH_PATH_LINGER0_SILENT] = {
		"SO_LINGER with zero time, but both sides had ended or nothing had begun.",
		"None is needed; the kernel counts TCPAbortOnData all the same.",
		.words = "nothing sent, SO_LINGER 0 in a state without RST",
		.rest = say_dropped,
	},
	[CLOSEWATCH_PATH_RST_LINGER2] = {
		"The program set TCP_LINGER2 below zero, so the kernel does not wait for the peer's FIN.",
		"Set TCP_LINGER2 to 0 or more, or read to EOF before close().",
		.words = "RST by TCP_LINGER2 below 0", .rest = say_abort,
		.tone = CW_BAD,
	},
	[CLOSEWATCH_PATH_RST_MEMORY] = {
		"There are more orphans than net.ipv4.tcp_max_orphans, or TCP is out of memory.",
		"Raise net.ipv4.tcp_max_orphans or net.ipv4.tcp_mem; see nstat -az TcpExtTCPAbortOnMemory.",
		.words = "RST for want of memory or too many orphans",
		.rest = say_abort, .tone = CW_BAD,
	},
	[CLOSEWATCH_PATH_REPAIR] = {
		"A checkpoint tool such as CRIU held the socket in TCP_REPAIR.",
		"None is needed; the connection lives on where it is restored.",
		.words = "nothing sent, the socket was in TCP_REPAIR",
		.rest = say_dropped,
	},
	[CLOSEWATCH_PATH_NETNS_GONE] = {
		"The container or namespace ended while the connection was open.",
		"End the programs inside before the namespace.",
		.words = "nothing sent, its network namespace is going away",
		.rest = say_dropped, .tone = CW_BAD,
	},
	[CLOSEWATCH_PATH_DRAIN] = {
		"A policy of closewatch covers this socket.",
		"None is needed; the end of the drain is an event of its own.",
		.words = "a lingering drain took over", .rest = say_taken_over,
		.tone = CW_GOOD,
	},
	[CLOSEWATCH_PATH_FLAG_ONLY] = {
		"shutdown(SHUT_RD), or a side that had been shut before: TCP sends nothing for it.",
		"None is needed; the peer is not told that nobody reads any more.",
		.words = "nothing sent, a flag was set",
	},
	[CLOSEWATCH_PATH_DEFERRED] = {
		"The handshake of a fast open was not over when the program shut its side.",
		"None is needed; the FIN leaves when the peer's ACK comes.",
		.words = "the FIN follows when the fast open's handshake is over",
		.rest = say_in_flight,
	},
	[CLOSEWATCH_PATH_NONE] = {
		"There was nothing left to shut, or a listener's write side, which means nothing.",
		"None is needed; a connection that has ended answers ENOTCONN.",
		.words = "there was nothing to shut",
	},
	[CLOSEWATCH_PATH_MPTCP] = {
		"MPTCP closes its subflows and its listeners by rules of its own.",
		"None is needed; nstat -az 'MPTcp*' counts what MPTCP did.",
		.words = "MPTCP closes it by rules of its own",
	},
};

_Static_assert(ARRAY_SIZE(paths) == CLOSEWATCH_PATH_MAX + 1,
	       "a case for each path");

/* What ended the connection before its close; an event of its own has told it. */
static const struct cw_case *over_case(const struct cw_msg_event *ev)
{
	static const struct cw_case reset = {
		.cause =
			"The peer's RST came before close(); the reset event with the same cookie says why.",
		.remedy = "None of its own: see the remedy of that event.",
	};

	return ev->ended_by == CLOSEWATCH_FATE_PEER_RESET ?
	       &reset : cw_fate_row(ev->ended_by);
}

static const struct cw_case *row_of(const struct cw_msg_event *ev)
{
	return ev->path < ARRAY_SIZE(paths) ? &paths[ev->path] : NULL;
}

const struct cw_case *cw_path_case(const struct cw_msg_event *ev)
{
	return ev->path == CLOSEWATCH_PATH_ALREADY_CLOSED &&
	       ev->since_ended_ns ? over_case(ev) : row_of(ev);
}

void cw_say_path(struct cw_text *t, const struct cw_msg_event *ev)
{
	const struct cw_case *c = row_of(ev);

	if (!c)
		c = &paths[CLOSEWATCH_PATH_UNKNOWN];
	if (c->words)
		cw_say(t, "%s", c->words);
	if (c->say)
		c->say(t, ev);
	if (c->rest)
		c->rest(t, ev);
}
