// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include <linux/closewatch.h>

#include "explain.h"
#include "names.h"
#include "util.h"

#define has(ev, attr) cw_has(ev, CLOSEWATCH_A_EVENT_##attr)

/* Text that grows piece by piece and is cut, never overrun. */
struct text {
	char *buf;
	size_t size;
	size_t used;
};

__printf(2, 3)
static void say(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (t->used >= t->size)
		return;
	va_start(ap, fmt);
	n = vsnprintf(t->buf + t->used, t->size - t->used, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->used += n;
}

static void say_duration(struct text *t, uint64_t ns)
{
	if (ns < 1000000)
		say(t, "%.0f us", ns / 1e3);
	else if (ns < 1000000000)
		say(t, "%.1f ms", ns / 1e6);
	else
		say(t, "%.2f s", ns / 1e9);
}

/*
 * After an abort nothing is sent again: what the peer has not acknowledged
 * may still have reached it, what was never sent cannot have.
 */
static void say_abort(struct text *t, const struct cw_event *ev)
{
	const char *sep = ":";

	if (ev->unread) {
		say(t, "%s %" PRIu32 " B unread", sep, ev->unread);
		sep = ";";
	}
	if (ev->unacked) {
		say(t, "%s %" PRIu32 " B of ours not yet acknowledged", sep,
		    ev->unacked);
		sep = ";";
	}
	if (ev->unsent)
		say(t, "%s %" PRIu32 " B never sent", sep, ev->unsent);
	else if (!ev->unacked && has(ev, UNACKED))
		say(t, "%s nothing of ours was under way", sep);
}

static void say_in_flight(struct text *t, const struct cw_event *ev)
{
	if (ev->unacked)
		say(t, "; %" PRIu32 " B in flight", ev->unacked);
	else if (has(ev, UNACKED) && !ev->unsent)
		say(t, "; all our data was acknowledged");
}

static void say_listener(struct text *t, const struct cw_event *ev)
{
	if (!ev->children) {
		say(t, "listener closed; no connection waited for accept()");
		return;
	}
	say(t, "listener closed with %" PRIu32 " connection%s in its queue, %"
	    PRIu32 " reset", ev->children, ev->children == 1 ? "" : "s",
	    ev->children_reset);
}

static void say_dropped(struct text *t, const struct cw_event *ev)
{
	uint64_t ours = (uint64_t)ev->unacked + ev->unsent;

	if (ev->unread)
		say(t, "; %" PRIu32 " B unread", ev->unread);
	if (ours)
		say(t, "; %" PRIu64 " B of ours dropped", ours);
}

static void say_fin(struct text *t, const struct cw_event *ev)
{
	say(t, "FIN");
	if (ev->state == CLOSEWATCH_STATE_ESTABLISHED)
		say(t, ", before the peer's");
	else if (ev->state == CLOSEWATCH_STATE_CLOSE_WAIT)
		say(t, ", after the peer's");
}

static void say_behind(struct text *t, const struct cw_event *ev)
{
	say(t, "FIN waits behind %" PRIu32 " B unsent", ev->unsent);
}

static void say_unknown(struct text *t, const struct cw_event *ev)
{
	const char *from = cw_names_word(&cw_state_names, ev->state);
	const char *to = cw_names_word(&cw_state_names, ev->new_state);

	say(t, "no known branch, %s to %s", from ? from : "?", to ? to : "?");
}

typedef void say_fn(struct text *t, const struct cw_event *ev);

/* What was done, in fixed words or by @first; then the bytes, by @rest. */
struct sentence {
	const char *words;
	say_fn *first;
	say_fn *rest;
};

static const struct sentence path_sentences[] = {
	[CLOSEWATCH_PATH_UNKNOWN] = {
		NULL, say_unknown, say_abort },
	[CLOSEWATCH_PATH_FIN] = {
		NULL, say_fin, say_in_flight },
	[CLOSEWATCH_PATH_FIN_BEHIND_DATA] = {
		NULL, say_behind, say_in_flight },
	[CLOSEWATCH_PATH_FIN_ON_SENT_DATA] = {
		"FIN put on data already sent, leaves only with a retransmission",
		NULL, say_in_flight },
	[CLOSEWATCH_PATH_FIN_LOST] = {
		"no memory for a FIN, the peer is not told",
		NULL, say_in_flight },
	[CLOSEWATCH_PATH_ALREADY_FIN] = {
		"FIN was queued before, the close added nothing",
		NULL, say_in_flight },
	[CLOSEWATCH_PATH_ALREADY_CLOSED] = {
		"nothing sent, the connection was already over",
		NULL, say_dropped },
	[CLOSEWATCH_PATH_SYN_SENT] = {
		"nothing sent, connect() had not been answered",
		NULL, say_dropped },
	[CLOSEWATCH_PATH_LISTENER] = {
		NULL, say_listener, NULL },
	[CLOSEWATCH_PATH_RST_UNREAD] = {
		"RST", NULL, say_abort },
	[CLOSEWATCH_PATH_RST_LINGER0] = {
		"RST by SO_LINGER 0", NULL, say_abort },
	[CLOSEWATCH_PATH_LINGER0_SILENT] = {
		"nothing sent, SO_LINGER 0 in a state without RST",
		NULL, say_dropped },
	[CLOSEWATCH_PATH_RST_LINGER2] = {
		"RST by TCP_LINGER2 below 0", NULL, say_abort },
	[CLOSEWATCH_PATH_RST_MEMORY] = {
		"RST for want of memory or too many orphans",
		NULL, say_abort },
	[CLOSEWATCH_PATH_REPAIR] = {
		"nothing sent, the socket was in TCP_REPAIR",
		NULL, say_dropped },
	[CLOSEWATCH_PATH_NETNS_GONE] = {
		"nothing sent, its network namespace is going away",
		NULL, say_dropped },
	[CLOSEWATCH_PATH_DRAIN] = {
		"a lingering drain took over", NULL, say_in_flight },
};

_Static_assert(ARRAY_SIZE(path_sentences) == CLOSEWATCH_PATH_MAX + 1,
	       "a sentence for each path");

static void say_path(struct text *t, const struct cw_event *ev)
{
	const struct sentence *s = &path_sentences[CLOSEWATCH_PATH_UNKNOWN];

	if (ev->path <= CLOSEWATCH_PATH_MAX)
		s = &path_sentences[ev->path];
	if (s->words)
		say(t, "%s", s->words);
	if (s->first)
		s->first(t, ev);
	if (s->rest)
		s->rest(t, ev);
}

static void say_linger(struct text *t, const struct cw_event *ev)
{
	static const struct {
		const char *what;
		const char *then;	/* NULL: there was no wait */
	} words[] = {
		[CLOSEWATCH_LINGER_OUTCOME_ACKED] = {
			"all acknowledged after", "" },
		[CLOSEWATCH_LINGER_OUTCOME_TIMEOUT] = {
			"SO_LINGER ran out after",
			", the connection goes on alone" },
		[CLOSEWATCH_LINGER_OUTCOME_SIGNAL] = {
			"a signal ended the SO_LINGER wait after", "" },
		[CLOSEWATCH_LINGER_OUTCOME_RESET] = {
			"the connection broke in the SO_LINGER wait after",
			"" },
		[CLOSEWATCH_LINGER_OUTCOME_SKIPPED_EXIT] = {
			"exit skips the SO_LINGER wait", NULL },
		[CLOSEWATCH_LINGER_OUTCOME_SKIPPED_RST] = {
			"RST skips the SO_LINGER wait", NULL },
	};
	uint32_t i = ev->linger_outcome;

	if (i >= ARRAY_SIZE(words) || !words[i].what)
		return;
	say(t, "; %s", words[i].what);
	if (!words[i].then)
		return;
	say(t, " ");
	say_duration(t, ev->linger_waited_ns);
	say(t, "%s", words[i].then);
}

static void say_why(struct text *t, const struct cw_event *ev)
{
	if (!has(ev, WHY))
		return;
	if (ev->why == CLOSEWATCH_CAUSE_EXIT)
		say(t, " (process exit)");
	else if (ev->why == CLOSEWATCH_CAUSE_EXEC)
		say(t, " (execve)");
	else if (ev->why == CLOSEWATCH_CAUSE_KERNEL)
		say(t, " (by the kernel)");
}

static void say_lost(struct text *t, const struct cw_event *ev)
{
	if (has(ev, COUNT))
		say(t, "%" PRIu64 " event%s lost: ", ev->count,
		    ev->count == 1 ? "" : "s");
	else
		say(t, "events lost: ");
	if (!has(ev, LOSS)) {
		say(t, "the kernel does not say where");
		return;
	}
	switch ((enum closewatch_loss)ev->loss) {
	case CLOSEWATCH_LOSS_RING:
		say(t, "a ring in the kernel was full");
		break;
	case CLOSEWATCH_LOSS_SOCKET:
		say(t, "they came faster than they were read");
		break;
	case CLOSEWATCH_LOSS_PROBE:
		say(t, "a probe was hit while it could not run");
		break;
	case CLOSEWATCH_LOSS_INFLIGHT:
		say(t, "too many closes at once to follow");
		break;
	default:
		say(t, "for a reason newer than this program");
	}
}

static void say_linger_wait(struct text *t, const struct cw_event *ev)
{
	uint64_t bytes = (uint64_t)ev->unacked + ev->unsent;

	say(t, "close() waits");
	if (has(ev, LINGER_SECONDS))
		say(t, " up to %" PRIu32 " s", ev->linger_seconds);
	if (bytes)
		say(t, " for %" PRIu64 " B and", bytes);
	else
		say(t, " for");
	say(t, " the FIN to be acknowledged");
}

void cw_explain(const struct cw_event *ev, char *buf, size_t size)
{
	struct text t = { .buf = buf, .size = size };

	buf[0] = '\0';
	switch ((enum closewatch_event_type)ev->type) {
	case CLOSEWATCH_EVENT_TYPE_CLOSE:
		say_path(&t, ev);
		say_linger(&t, ev);
		break;
	case CLOSEWATCH_EVENT_TYPE_LINGER_WAIT:
		say_linger_wait(&t, ev);
		break;
	case CLOSEWATCH_EVENT_TYPE_LOST:
		say_lost(&t, ev);
		return;
	default:
		say(&t, "an event newer than this program");
	}
	say_why(&t, ev);
}

struct advice {
	const char *cause;
	const char *remedy;
};

static const struct advice path_advice[] = {
	[CLOSEWATCH_PATH_UNKNOWN] = {
		"The facts fit no branch of the close code that the module knows.",
		"Report it with this event as --json and the output of uname -r.",
	},
	[CLOSEWATCH_PATH_FIN] = {
		"An orderly close: the peer reads to the end of the stream.",
		"None is needed.",
	},
	[CLOSEWATCH_PATH_FIN_BEHIND_DATA] = {
		"The peer's window or the congestion window was full when the program closed.",
		"If the peer must have it all, shutdown(SHUT_WR) and read to the end before close(); else none.",
	},
	[CLOSEWATCH_PATH_FIN_ON_SENT_DATA] = {
		"TCP memory is under pressure, so no segment was made for the FIN.",
		"Raise net.ipv4.tcp_mem or shrink what the sockets buffer.",
	},
	[CLOSEWATCH_PATH_FIN_LOST] = {
		"The kernel found no memory for a FIN.",
		"Free memory on this host; the peer learns of the end by its own timeouts.",
	},
	[CLOSEWATCH_PATH_ALREADY_FIN] = {
		"The program had called shutdown() before close().",
		"None is needed.",
	},
	[CLOSEWATCH_PATH_ALREADY_CLOSED] = {
		"The peer's RST, a timeout or the end of both halves came before close().",
		"If it surprises, look for ECONNRESET or ETIMEDOUT in the program's log.",
	},
	[CLOSEWATCH_PATH_SYN_SENT] = {
		"The program gave up while connect() was under way.",
		"If it gave up too early, raise its connect timeout; else look why the peer does not answer.",
	},
	[CLOSEWATCH_PATH_LISTENER] = {
		"A listener was closed; what waited in its queue had no other owner.",
		"To lose none, hand the listener over before the end, or set net.ipv4.tcp_migrate_req with SO_REUSEPORT.",
	},
	[CLOSEWATCH_PATH_RST_UNREAD] = {
		"The program closed before it had read all that the peer sent; the RST may also destroy our last answer at the peer.",
		"Read until EOF before close(), or shutdown(SHUT_WR) and read with a time limit (lingering close).",
	},
	[CLOSEWATCH_PATH_RST_LINGER0] = {
		"The program set SO_LINGER with zero time, which asks for an abort.",
		"Remove that setsockopt() unless the abort is wanted.",
	},
	[CLOSEWATCH_PATH_LINGER0_SILENT] = {
		"SO_LINGER with zero time, but both sides had ended or nothing had begun.",
		"None is needed; the kernel counts TCPAbortOnData all the same.",
	},
	[CLOSEWATCH_PATH_RST_LINGER2] = {
		"The program set TCP_LINGER2 below zero, so the kernel does not wait for the peer's FIN.",
		"Set TCP_LINGER2 to 0 or more, or read to EOF before close().",
	},
	[CLOSEWATCH_PATH_RST_MEMORY] = {
		"There are more orphans than net.ipv4.tcp_max_orphans, or TCP is out of memory.",
		"Raise net.ipv4.tcp_max_orphans or net.ipv4.tcp_mem; see nstat -az TcpExtTCPAbortOnMemory.",
	},
	[CLOSEWATCH_PATH_REPAIR] = {
		"A checkpoint tool such as CRIU held the socket in TCP_REPAIR.",
		"None is needed; the connection lives on where it is restored.",
	},
	[CLOSEWATCH_PATH_NETNS_GONE] = {
		"The container or namespace ended while the connection was open.",
		"End the programs inside before the namespace.",
	},
	[CLOSEWATCH_PATH_DRAIN] = {
		"A policy of closewatch covers this socket.",
		"None is needed; the end of the drain is an event of its own.",
	},
};

_Static_assert(ARRAY_SIZE(path_advice) == CLOSEWATCH_PATH_MAX + 1,
	       "advice for each path");

static const struct advice linger_advice = {
	"SO_LINGER makes close() wait, even on a non-blocking socket.",
	"In an event loop turn SO_LINGER off, or close on another thread.",
};

static const struct advice loss_advice[] = {
	[CLOSEWATCH_LOSS_RING] = {
		"Closes came faster than the module's worker could take them.",
		"Narrow the filter, such as -P or --path.",
	},
	[CLOSEWATCH_LOSS_SOCKET] = {
		"This program or what reads its output was too slow.",
		"Narrow the filter, write to a file, or use --json.",
	},
	[CLOSEWATCH_LOSS_PROBE] = {
		"A probe was hit from within another probe.",
		"See whether another tracer runs on the same functions.",
	},
	[CLOSEWATCH_LOSS_INFLIGHT] = {
		"More closes are waiting at once, mostly for SO_LINGER, than the module follows.",
		"Turn SO_LINGER off in the program that holds them.",
	},
};

_Static_assert(ARRAY_SIZE(loss_advice) == CLOSEWATCH_LOSS_MAX + 1,
	       "advice for each loss");

static const struct advice *advice(const struct cw_event *ev)
{
	switch ((enum closewatch_event_type)ev->type) {
	case CLOSEWATCH_EVENT_TYPE_CLOSE:
		return ev->path <= CLOSEWATCH_PATH_MAX ?
		       &path_advice[ev->path] : NULL;
	case CLOSEWATCH_EVENT_TYPE_LINGER_WAIT:
		return &linger_advice;
	case CLOSEWATCH_EVENT_TYPE_LOST:
		return has(ev, LOSS) && ev->loss <= CLOSEWATCH_LOSS_MAX ?
		       &loss_advice[ev->loss] : NULL;
	default:
		return NULL;
	}
}

const char *cw_explain_cause(const struct cw_event *ev)
{
	const struct advice *a = advice(ev);

	return a ? a->cause : NULL;
}

const char *cw_explain_remedy(const struct cw_event *ev)
{
	const struct advice *a = advice(ev);

	return a ? a->remedy : NULL;
}
