// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include <linux/closewatch.h>

#include "base/util.h"
#include "explain/story.h"

#define NSEC_PER_MSEC	1000000ULL
/* A wait that the clients of an event loop notice. */
#define STALL		(100 * NSEC_PER_MSEC)
/* A server that answers and closes does both at once; the timeouts of idle
 * connections are seconds.
 */
#define IDLE		(100 * NSEC_PER_MSEC)

static uint64_t sent_once(const struct cw_msg_event *ev)
{
	return ev->sent - ev->retransmitted;
}

static bool under_way(const struct cw_msg_event *ev)
{
	return ev->unsent || ev->unacked;
}

void cw_say_signal(struct cw_text *t, const struct cw_msg_event *ev)
{
	const char *name = cw_event_has(ev, SIGNAL) ?
			   sigabbrev_np(ev->signal) : NULL;

	if (name)
		cw_say(t, "SIG%s", name);
	else if (cw_event_has(ev, SIGNAL))
		cw_say(t, "signal %" PRIu32, ev->signal);
	else
		cw_say(t, "a signal");
}

void cw_say_totals(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say(t, "sent %" PRIu64 " B, received %" PRIu64 " B", sent_once(ev),
	       ev->received);
}

static void say_killed(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say(t, "The program was killed by ");
	cw_say_signal(t, ev);
	cw_say(t, "; what it still meant to send is unknown (");
	cw_say_totals(t, ev);
	cw_say(t, ").");
}

static void say_stall(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say(t, "SO_LINGER made close() wait for ");
	cw_say_duration(t, ev->linger_waited_ns);
	cw_say(t, ", as it does on a non-blocking socket too; ");
	cw_say(t, "in an event loop all other clients wait meanwhile.");
}

static void say_exited(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say(t, "The process ended with the connection open, which closes it (");
	cw_say_totals(t, ev);
	cw_say(t, ").");
}

static void say_answerless(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say(t, "An orderly close, but the program had sent nothing in answer to the %" PRIu64
	       " B that it received.", ev->received);
}

static void say_acknowledged(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say(t, "Its TCP had acknowledged all %" PRIu64
	       " B of ours, but a peer that is still sending may stop at the RST before it reads them.",
	       ev->acked);
}

static const char *closer(const struct cw_msg_event *ev)
{
	switch (ev->why) {
	case CLOSEWATCH_CAUSE_EXEC:
		return "execve() closed the connection, whose descriptor had "
		       "FD_CLOEXEC, before all that the peer sent had been read";
	case CLOSEWATCH_CAUSE_EXIT:
		return "The process ended before it had read all that the peer sent";
	default:
		return "The program closed before it had read all that the peer sent";
	}
}

/* The socket goes when execve() returns, and the name has changed by then. */
static void say_renamed(struct cw_text *t, const struct cw_msg_event *ev)
{
	if (ev->why == CLOSEWATCH_CAUSE_EXEC)
		cw_say(t, " The process shown has the name of the new program.");
}

static void say_silent(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say(t, "%s, and %s: no answer was at risk.", closer(ev),
	       ev->why == CLOSEWATCH_CAUSE_EXEC ? "nothing had been sent" :
						  "had sent nothing itself");
	say_renamed(t, ev);
}

static void say_acked(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say(t, "%s.", closer(ev));
	say_renamed(t, ev);
	cw_say(t, " ");
	say_acknowledged(t, ev);
}

/* A segment that leaves before the peer has our FIN cannot acknowledge it. */
static void say_request_after(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say(t, ": its request came ");
	if (cw_event_has(ev, SINCE_CLOSE_NS)) {
		cw_say_duration(t, ev->since_close_ns);
		cw_say(t, " ");
	}
	cw_say(t, "after our FIN, which its TCP had acknowledged");
}

static void say_idle_race(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say(t, "The peer reused a connection which we closed as idle");
	if (cw_event_has(ev, SINCE_SENT_NS)) {
		cw_say(t, " after ");
		cw_say_duration(t, ev->since_sent_ns);
	}
	if (ev->state == CLOSEWATCH_STATE_FIN_WAIT2)
		say_request_after(t, ev);
	else
		cw_say(t, ": its request crossed our FIN");
	cw_say(t, ", and no program here saw it.");
}

static void say_late(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say(t, ev->state == CLOSEWATCH_STATE_FIN_WAIT2 ?
	       "The peer went on sending after its TCP had acknowledged our FIN. " :
	       "The peer was still sending when this side closed. ");
	say_acknowledged(t, ev);
}

static void say_gave_up(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say(t, "The program closed ");
	if (cw_event_has(ev, SINCE_SENT_NS)) {
		cw_say_duration(t, ev->since_sent_ns);
		cw_say(t, " ");
	}
	cw_say(t, "after its request, before any of the answer had come.");
}

const char *cw_story_connect(const struct cw_msg_event *ev)
{
	switch (ev->connect_error) {
	case ECONNREFUSED:
		return ev->connect_rst ? "refused by RST" :
					 "rejected by ICMP port unreachable";
	case EACCES:
		return "rejected by ICMPv6, prohibited";
	case EHOSTUNREACH:
	case ENETUNREACH:
		return "unreachable";
	case ETIMEDOUT:
		return "not answered";
	case ECONNABORTED:
		return "ended by an administrator (ss -K)";
	}
	return "for another reason";
}

static void say_unreached(struct cw_text *t, const struct cw_msg_event *ev)
{
	const char *name = strerrorname_np(ev->connect_error);

	cw_say(t, "The socket had no peer: its connect() had failed, %s (%s)",
	       cw_story_connect(ev), name ? name : "an error");
	switch (ev->connect_error) {
	case ECONNREFUSED:
		cw_say(t, ev->connect_rst ?
		       "; nothing listens on that port, or a firewall there "
		       "rejects it so, which looks the same from here." :
		       "; a firewall on the way sends that.");
		break;
	case EHOSTUNREACH:
	case ENETUNREACH:
		cw_say(t, "; an ICMP message of a router or a firewall, or no "
			  "answer on the link, all the same to the kernel.");
		break;
	case ETIMEDOUT:
		cw_say(t, "; nothing at all came back: the host is down, or a firewall drops.");
		break;
	default:
		cw_say(t, ".");
	}
}

/* Its FIN is the last that was heard, unless it acknowledged data after that. */
static void say_late_write(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say(t, "The peer had closed");
	if (ev->since_heard_ns) {
		cw_say(t, " (its FIN came ");
		cw_say_duration(t, ev->since_heard_ns);
		cw_say(t, " before or earlier)");
	}
	cw_say(t, ", and its TCP answers with RST what we wrote after that.");
}

static void say_turned_away(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say(t, "The program sent %" PRIu64
	       " B and closed before it had read anything of this client, as one does that turns clients away.",
	       sent_once(ev));
}

/* @cause: or @say, where the figures belong to it. */
static const struct {
	const char *cause;
	void (*say)(struct cw_text *t, const struct cw_msg_event *ev);
	const char *remedy;
} stories[] = {
	[CW_STORY_KILLED] = {
		.say = say_killed,
		.remedy =
			"Look who killed it: its supervisor's time limit, the OOM killer (journalctl -k), or a crash (coredumpctl). A drain delivers no answer that was not written.",
	},
	[CW_STORY_STALL] = {
		.say = say_stall,
		.remedy =
			"In an event loop turn SO_LINGER off, or close on another thread; with the program as it is, a drain lets close() return at once and resets peers that do not read within its limits.",
	},
	[CW_STORY_EXITED] = {
		.say = say_exited,
		.remedy =
			"None is needed if the program was done; else look at its exit code and its log.",
	},
	[CW_STORY_ANSWERLESS] = {
		.say = say_answerless,
		.remedy =
			"None is needed if no answer was due; else look why the program, or the one behind it, ended first: some relays end both ways at their client's EOF.",
	},
	[CW_STORY_NO_PEER] = {
		.cause =
			"The socket had no peer: it was never connected, or its connect() had failed.",
		.remedy =
			"None is needed if it was not to be connected; else see the error of connect(): ECONNREFUSED is an RST, a reset event with the same cookie, or an ICMP message; EHOSTUNREACH and ENETUNREACH come from a route or a firewall, ETIMEDOUT from silence.",
	},
	[CW_STORY_UNREACHED] = {
		.say = say_unreached,
		.remedy =
			"None on this side: look on the peer's host with ss -ltn whether the service runs, and on the way for a route or a firewall.",
	},
	[CW_STORY_REFUSED] = {
		.cause =
			"The peer's host answered our SYN with RST: nothing listens on that port, or a firewall there rejects it so, which looks the same from here.",
		.remedy =
			"Look there with ss -ltn whether the service runs; if closewatch on that host shows no RST sent, a firewall sent it.",
	},
	[CW_STORY_LATE_WRITE] = {
		.say = say_late_write,
		.remedy =
			"Close when read() returns 0, and look for that before a write to a connection that was idle; if the peer closed too early, raise its time limit.",
	},
	[CW_STORY_HALF_CLOSED] = {
		.cause =
			"The peer had sent its FIN before: data of ours reached it after its program had closed, or its program has given up since.",
		.remedy =
			"None is needed if the peer had all that it wanted; else look on its host, where closewatch names the path.",
	},
	[CW_STORY_NO_QUEUE] = {
		.cause = "A listener was closed; no connection waited in its queue.",
		.remedy = "None is needed: it took no connection with it.",
	},
	[CW_STORY_LINGER0] = {
		.cause =
			"The program closed with data unread, and had set SO_LINGER with zero time, which asks for an abort.",
		.remedy =
			"Remove that setsockopt() unless the abort is wanted; a drain leaves such sockets alone.",
	},
	[CW_STORY_SILENT] = {
		.say = say_silent,
		.remedy =
			"Look in the program's log why it gave up: often a limit on what it reads, such as the size of a header. A drain would only turn the peer's error into an empty answer.",
	},
	[CW_STORY_ACKED] = {
		.say = say_acked,
		.remedy =
			"None is needed if no peer reports a reset; if some do, let the close linger: a drain on this port does that, or shutdown(SHUT_WR) and reading with a time limit before close().",
	},
	[CW_STORY_IDLE_RACE] = {
		.say = say_idle_race,
		.remedy =
			"Let this side keep idle connections open for longer than its peers do (keep-alive timeout), or let the peers retry. A drain would swallow the request without an error.",
	},
	[CW_STORY_LATE] = {
		.say = say_late,
		.remedy =
			"None is needed if no peer reports a reset; if some do, let the close linger: a drain on this port does that, or shutdown(SHUT_WR) and reading with a time limit before close().",
	},
	[CW_STORY_GAVE_UP] = {
		.say = say_gave_up,
		.remedy =
			"If its time limit ended the wait, look why the peer was so late, or raise that limit; else none is needed.",
	},
	[CW_STORY_TURNED_AWAY] = {
		.say = say_turned_away,
		.remedy =
			"If that was the notice of a limit, such as MaxStartups or maxclients, raise it; see the program's log. Its FIN left before the RST, so clients that read get it all; to those that still send then a drain on this port delivers it, but it lets none of them in.",
	},
};

/* A program that writes to what has no reader any more */
static const char pipe_remedy[] =
	"Look what ended the reader of its pipe or socket: some relays end both ways at "
	"their client's EOF. A drain delivers no answer that was not written.";

/* A server that answers before it has read all, and closes. */
static const char unread_remedy[] =
	"Read what the peer had sent before it closed, which may be its answer; if it "
	"closed too early, look on its host, where closewatch names the path.";

/* Nothing was sent, and the log of a program that gave up does not have it. */
static const char exec_remedy[] =
	"Answer and close before execve(), or clear FD_CLOEXEC if the new program is "
	"to serve the connection. A drain delivers no answer that was not written.";

static const char exit_remedy[] =
	"Look at its exit code and its log why it ended before it answered. A drain "
	"delivers no answer that was not written.";

_Static_assert(ARRAY_SIZE(stories) == CW_STORIES, "a text for each story");

static bool state_open(uint8_t state)
{
	return state == CLOSEWATCH_STATE_ESTABLISHED ||
	       state == CLOSEWATCH_STATE_CLOSE_WAIT;
}

static bool path_fin(uint32_t path)
{
	return path == CLOSEWATCH_PATH_FIN ||
	       path == CLOSEWATCH_PATH_FIN_BEHIND_DATA;
}

static enum cw_story unread_story(const struct cw_msg_event *ev)
{
	if (cw_event_has(ev, LINGER_SECONDS) && !ev->linger_seconds)
		return CW_STORY_LINGER0;
	if (under_way(ev) || !cw_event_has(ev, UNACKED))
		return CW_STORY_NONE;
	return ev->sent ? CW_STORY_ACKED : CW_STORY_SILENT;
}

static enum cw_story fin_story(const struct cw_msg_event *ev)
{
	if (ev->why == CLOSEWATCH_CAUSE_EXIT)
		return CW_STORY_EXITED;
	return ev->received && !ev->sent && !ev->unsent ? CW_STORY_ANSWERLESS :
							  CW_STORY_NONE;
}

/* Nothing is known of the queue if the event does not have it. */
static bool queue_empty(const struct cw_msg_event *ev)
{
	return cw_event_has(ev, CHILDREN) && !ev->children &&
	       !ev->children_migrated && !ev->syn_queue;
}

static enum cw_story close_story(const struct cw_msg_event *ev)
{
	if (ev->path == CLOSEWATCH_PATH_ALREADY_CLOSED && ev->connect_error)
		return CW_STORY_UNREACHED;
	if (ev->path == CLOSEWATCH_PATH_ALREADY_CLOSED)
		return cw_event_has(ev, REMOTE_ADDR) || ev->since_ended_ns ?
		       CW_STORY_NONE : CW_STORY_NO_PEER;
	if (ev->path == CLOSEWATCH_PATH_LISTENER)
		return queue_empty(ev) ? CW_STORY_NO_QUEUE : CW_STORY_NONE;
	if (ev->why == CLOSEWATCH_CAUSE_SIGNAL && state_open(ev->state) &&
	    ev->path != CLOSEWATCH_PATH_DRAIN)
		return CW_STORY_KILLED;
	if (cw_event_has(ev, LINGER_WAITED_NS) && ev->linger_waited_ns >= STALL)
		return CW_STORY_STALL;
	if (ev->path == CLOSEWATCH_PATH_RST_UNREAD)
		return unread_story(ev);
	return path_fin(ev->path) ? fin_story(ev) : CW_STORY_NONE;
}

/* Our data was the last, so the peer had done with it when we closed. */
static bool was_idle(const struct cw_msg_event *ev)
{
	return ev->received && cw_event_has(ev, SINCE_SENT_NS) &&
	       ev->since_sent_ns >= IDLE &&
	       (!cw_event_more(ev, SINCE_RECEIVED_NS) ||
		ev->since_received_ns >= ev->since_sent_ns);
}

/* Of two hosts it has the port that was not to be known. */
static bool is_client(const struct cw_msg_event *ev)
{
	return ev->local_port > ev->remote_port;
}

/* What a server says before it reads answers no request. Its FIN has left with it,
 * so a client that reads does not see the RST.
 */
static bool turned_away(const struct cw_msg_event *ev)
{
	return !is_client(ev) && ev->sent && !ev->unsent &&
	       ev->received == ev->unread;
}

/* Without an owner no program had closed it. */
static enum cw_story late_story(const struct cw_msg_event *ev)
{
	if (!cw_event_has(ev, PID))
		return CW_STORY_NONE;
	if (ev->why == CLOSEWATCH_CAUSE_SIGNAL)
		return CW_STORY_KILLED;
	if (turned_away(ev))
		return CW_STORY_TURNED_AWAY;
	if (under_way(ev) || !ev->sent)
		return CW_STORY_NONE;
	if (is_client(ev) && !ev->received)
		return CW_STORY_GAVE_UP;
	return was_idle(ev) ? CW_STORY_IDLE_RACE : CW_STORY_LATE;
}

static enum cw_story fate_story(const struct cw_msg_event *ev)
{
	if (ev->fate == CLOSEWATCH_FATE_RST_LATE_DATA)
		return late_story(ev);
	return ev->fate == CLOSEWATCH_FATE_PEER_RESET &&
	       (ev->state == CLOSEWATCH_STATE_CLOSE_WAIT ||
		ev->state == CLOSEWATCH_STATE_LAST_ACK) ?
	       CW_STORY_HALF_CLOSED : CW_STORY_NONE;
}

static enum cw_story received_story(const struct cw_msg_event *ev)
{
	if (ev->state == CLOSEWATCH_STATE_SYN_SENT)
		return CW_STORY_REFUSED;
	if (ev->state != CLOSEWATCH_STATE_CLOSE_WAIT)
		return CW_STORY_NONE;
	return ev->unacked && cw_event_has(ev, SINCE_SENT_NS) &&
	       ev->since_sent_ns <= ev->since_heard_ns ?
	       CW_STORY_LATE_WRITE : CW_STORY_HALF_CLOSED;
}

enum cw_story cw_story_of(const struct cw_msg_event *ev)
{
	switch ((enum closewatch_event_type)ev->type) {
	case CLOSEWATCH_EVENT_TYPE_CLOSE:
		return close_story(ev);
	case CLOSEWATCH_EVENT_TYPE_FATE:
		return fate_story(ev);
	case CLOSEWATCH_EVENT_TYPE_RESET:
		return ev->reset_kind == CLOSEWATCH_RESET_KIND_RECEIVED ?
		       received_story(ev) : CW_STORY_NONE;
	default:
		return CW_STORY_NONE;
	}
}

void cw_story_cause(struct cw_text *t, enum cw_story story,
		    const struct cw_msg_event *ev)
{
	if (stories[story].say)
		stories[story].say(t, ev);
	else
		cw_say(t, "%s", stories[story].cause);
}

const char *cw_story_remedy(enum cw_story story, const struct cw_msg_event *ev)
{
	if (story == CW_STORY_KILLED && ev->signal == SIGPIPE)
		return pipe_remedy;
	if (story == CW_STORY_LATE_WRITE && ev->unread)
		return unread_remedy;
	if (story == CW_STORY_SILENT && ev->why == CLOSEWATCH_CAUSE_EXEC)
		return exec_remedy;
	if (story == CW_STORY_SILENT && ev->why == CLOSEWATCH_CAUSE_EXIT)
		return exit_remedy;
	return stories[story].remedy;
}
