// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>

#include <linux/closewatch.h>

#include "explain.h"
#include "explain_drain.h"
#include "explain_end.h"
#include "names.h"
#include "text.h"
#include "utf8.h"
#include "util.h"

#define has(ev, attr) cw_has(ev, CLOSEWATCH_A_EVENT_##attr)

/*
 * After an abort nothing is sent again: what the peer has not acknowledged
 * may still have reached it, what was never sent cannot have.
 */
static void say_abort(struct cw_text *t, const struct cw_event *ev)
{
	const char *sep = ":";

	if (ev->unread) {
		cw_say(t, "%s %" PRIu32 " B unread", sep, ev->unread);
		sep = ";";
	}
	if (ev->unacked) {
		cw_say(t, "%s %" PRIu32 " B of ours not yet acknowledged", sep,
		       ev->unacked);
		sep = ";";
	}
	if (ev->unsent)
		cw_say(t, "%s %" PRIu32 " B never sent", sep, ev->unsent);
	else if (!ev->unacked && has(ev, UNACKED))
		cw_say(t, "%s nothing of ours was under way", sep);
}

static void say_in_flight(struct cw_text *t, const struct cw_event *ev)
{
	if (ev->unacked)
		cw_say(t, "; %" PRIu32 " B in flight", ev->unacked);
	else if (has(ev, UNACKED) && !ev->unsent)
		cw_say(t, "; all our data was acknowledged");
}

static void say_listener(struct cw_text *t, const struct cw_event *ev)
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
	if (ev->syn_queue)
		cw_say(t, "; %" PRIu32 " half-open left behind, without RST",
		       ev->syn_queue);
}

static void say_dropped(struct cw_text *t, const struct cw_event *ev)
{
	uint64_t ours = (uint64_t)ev->unacked + ev->unsent;

	if (ev->unread)
		cw_say(t, "; %" PRIu32 " B unread", ev->unread);
	if (ours)
		cw_say(t, "; %" PRIu64 " B of ours dropped", ours);
}

/* Nothing of it is lost yet: drain-end tells. */
static void say_taken_over(struct cw_text *t, const struct cw_event *ev)
{
	if (ev->unread)
		cw_say(t, "; discards %" PRIu32 " B unread", ev->unread);
	say_in_flight(t, ev);
	if (ev->unsent)
		cw_say(t, "; %" PRIu32 " B to be sent", ev->unsent);
}

static void say_fin(struct cw_text *t, const struct cw_event *ev)
{
	cw_say(t, "FIN");
	if (ev->state == CLOSEWATCH_STATE_ESTABLISHED)
		cw_say(t, ", before the peer's");
	else if (ev->state == CLOSEWATCH_STATE_CLOSE_WAIT)
		cw_say(t, ", after the peer's");
}

static void say_behind(struct cw_text *t, const struct cw_event *ev)
{
	cw_say(t, "FIN waits behind %" PRIu32 " B unsent", ev->unsent);
}

static void say_unknown(struct cw_text *t, const struct cw_event *ev)
{
	const char *from = cw_names_word(&cw_state_names, ev->state);
	const char *to = cw_names_word(&cw_state_names, ev->new_state);

	cw_say(t, "no known branch, %s to %s", from ? from : "?", to ? to : "?");
}

typedef void say_fn(struct cw_text *t, const struct cw_event *ev);

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
		"a lingering drain took over", NULL, say_taken_over },
	[CLOSEWATCH_PATH_FLAG_ONLY] = {
		"nothing sent, a flag was set", NULL, NULL },
	[CLOSEWATCH_PATH_DEFERRED] = {
		"the FIN follows when the fast open's handshake is over",
		NULL, say_in_flight },
	[CLOSEWATCH_PATH_NONE] = {
		"there was nothing to shut", NULL, NULL },
	[CLOSEWATCH_PATH_MPTCP] = {
		"MPTCP closes it by rules of its own", NULL, NULL },
};

_Static_assert(ARRAY_SIZE(path_sentences) == CLOSEWATCH_PATH_MAX + 1,
	       "a sentence for each path");

static void say_path(struct cw_text *t, const struct cw_event *ev)
{
	const struct sentence *s = &path_sentences[CLOSEWATCH_PATH_UNKNOWN];

	if (ev->path <= CLOSEWATCH_PATH_MAX)
		s = &path_sentences[ev->path];
	if (s->words)
		cw_say(t, "%s", s->words);
	if (s->first)
		s->first(t, ev);
	if (s->rest)
		s->rest(t, ev);
}

static void say_linger(struct cw_text *t, const struct cw_event *ev)
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
	cw_say(t, "; %s", words[i].what);
	if (!words[i].then)
		return;
	cw_say(t, " ");
	cw_say_duration(t, ev->linger_waited_ns);
	cw_say(t, "%s", words[i].then);
}

static void say_why(struct cw_text *t, const struct cw_event *ev)
{
	if (!has(ev, WHY))
		return;
	if (ev->why == CLOSEWATCH_CAUSE_EXIT)
		cw_say(t, " (process exit)");
	else if (ev->why == CLOSEWATCH_CAUSE_EXEC)
		cw_say(t, " (execve)");
	else if (ev->why == CLOSEWATCH_CAUSE_KERNEL)
		cw_say(t, " (by the kernel)");
	else if (ev->why == CLOSEWATCH_CAUSE_SIGNAL)
		cw_say(t, " (killed by a signal)");
}

static void say_shutdown(struct cw_text *t, const struct cw_event *ev)
{
	static const char *const sides[] = {
		[CLOSEWATCH_HOW_RD] = "SHUT_RD",
		[CLOSEWATCH_HOW_WR] = "SHUT_WR",
		[CLOSEWATCH_HOW_RDWR] = "SHUT_RDWR",
	};

	if (has(ev, HOW) && ev->how < ARRAY_SIZE(sides))
		cw_say(t, "%s: ", sides[ev->how]);
	say_path(t, ev);
}

/* The kernel's own word for an RST. */
static void say_reason(struct cw_text *t, const struct cw_event *ev)
{
	char reason[sizeof(ev->kernel_reason.b)];

	if (!has(ev, KERNEL_REASON))
		return;
	cw_utf8_escape(reason, sizeof(reason), ev->kernel_reason.b,
		       ev->kernel_reason.len, false);
	cw_say(t, " [kernel: %s]", reason);
}

static void say_lost(struct cw_text *t, const struct cw_event *ev)
{
	/* The count is of seconds: nobody counts events that no probe sees. */
	if (has(ev, LOSS) && ev->loss == CLOSEWATCH_LOSS_BLIND) {
		if (has(ev, COUNT))
			cw_say(t, "blind for %" PRIu64 " s: ", ev->count);
		cw_say(t, "the kernel's probes do not fire, so what ends now goes unseen");
		return;
	}
	/* A hit that was missed need not have been an event of this filter. */
	if (has(ev, COUNT))
		cw_say(t, "%s%" PRIu64 " event%s lost: ",
		       ev->loss == CLOSEWATCH_LOSS_PROBE ? "up to " : "",
		       ev->count, ev->count == 1 ? "" : "s");
	else
		cw_say(t, "events lost: ");
	if (!has(ev, LOSS)) {
		cw_say(t, "the kernel does not say where");
		return;
	}
	switch ((enum closewatch_loss)ev->loss) {
	case CLOSEWATCH_LOSS_RING:
		cw_say(t, "a ring in the kernel was full");
		break;
	case CLOSEWATCH_LOSS_SOCKET:
		cw_say(t, "they came faster than they were read");
		break;
	case CLOSEWATCH_LOSS_PROBE:
		cw_say(t, "a probe was hit while it could not run");
		break;
	case CLOSEWATCH_LOSS_INFLIGHT:
		cw_say(t, "too many closes at once to follow");
		break;
	default:
		cw_say(t, "for a reason newer than this program");
	}
}

static void say_linger_wait(struct cw_text *t, const struct cw_event *ev)
{
	uint64_t bytes = (uint64_t)ev->unacked + ev->unsent;

	cw_say(t, "close() waits");
	if (has(ev, LINGER_SECONDS))
		cw_say(t, " up to %" PRIu32 " s", ev->linger_seconds);
	if (bytes)
		cw_say(t, " for %" PRIu64 " B and", bytes);
	else
		cw_say(t, " for");
	cw_say(t, " the FIN to be acknowledged");
}

void cw_explain(const struct cw_event *ev, char *buf, size_t size)
{
	struct cw_text t = { .buf = buf, .size = size };

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
	case CLOSEWATCH_EVENT_TYPE_SHUTDOWN:
		say_shutdown(&t, ev);
		break;
	case CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE:
		cw_say_shared(&t, ev);
		break;
	case CLOSEWATCH_EVENT_TYPE_WRITE_AFTER_SHUTDOWN:
		cw_say_write(&t, ev);
		break;
	case CLOSEWATCH_EVENT_TYPE_FATE:
		cw_say_fate(&t, ev);
		break;
	case CLOSEWATCH_EVENT_TYPE_RESET:
		cw_say_reset(&t, ev);
		break;
	case CLOSEWATCH_EVENT_TYPE_DRAIN_BEGIN:
		cw_say_drain_begin(&t, ev);
		break;
	case CLOSEWATCH_EVENT_TYPE_DRAIN_END:
		cw_say_drain_end(&t, ev);
		break;
	case CLOSEWATCH_EVENT_TYPE_POLICY:
		cw_say_policy(&t, ev);
		break;
	default:
		cw_say(&t, "an event newer than this program");
	}
	say_reason(&t, ev);
	say_why(&t, ev);
}

