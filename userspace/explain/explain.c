// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include <linux/closewatch.h>

#include "base/text.h"
#include "base/utf8.h"
#include "base/util.h"
#include "explain/case.h"
#include "explain/explain.h"
#include "explain/explain_drain.h"
#include "explain/explain_fate.h"
#include "explain/explain_loss.h"
#include "explain/explain_path.h"
#include "explain/explain_reset.h"
#include "explain/story.h"
#include "explain/whatif.h"

static void say_linger(struct cw_text *t, const struct cw_msg_event *ev)
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

static void say_killed(struct cw_text *t, const struct cw_msg_event *ev)
{
	bool told = cw_story_of(ev) == CW_STORY_KILLED;

	cw_say(t, told ? "; killed by " : " (killed by ");
	cw_say_signal(t, ev);
	if (!told) {
		cw_say(t, ")");
		return;
	}
	cw_say(t, "; what it meant to send is unknown; ");
	cw_say_totals(t, ev);
}

static void say_why(struct cw_text *t, const struct cw_msg_event *ev)
{
	if (!cw_event_has(ev, WHY))
		return;
	if (ev->why == CLOSEWATCH_CAUSE_EXIT)
		cw_say(t, " (process exit)");
	else if (ev->why == CLOSEWATCH_CAUSE_EXEC)
		cw_say(t, " (execve)");
	else if (ev->why == CLOSEWATCH_CAUSE_KERNEL)
		cw_say(t, " (by the kernel)");
	else if (ev->why == CLOSEWATCH_CAUSE_SIGNAL)
		say_killed(t, ev);
}

static void say_shutdown(struct cw_text *t, const struct cw_msg_event *ev)
{
	static const char *const sides[] = {
		[CLOSEWATCH_HOW_RD] = "SHUT_RD",
		[CLOSEWATCH_HOW_WR] = "SHUT_WR",
		[CLOSEWATCH_HOW_RDWR] = "SHUT_RDWR",
	};

	if (cw_event_has(ev, HOW) && ev->how < ARRAY_SIZE(sides))
		cw_say(t, "%s: ", sides[ev->how]);
	cw_say_path(t, ev);
}

/* The kernel's own word for an RST. */
static void say_reason(struct cw_text *t, const struct cw_msg_event *ev)
{
	char reason[sizeof(ev->kernel_reason.b)];

	if (!cw_event_has(ev, KERNEL_REASON))
		return;
	cw_utf8_escape(reason, sizeof(reason), ev->kernel_reason.b,
		       ev->kernel_reason.len, false);
	cw_say(t, " [kernel: %s]", reason);
}

static void say_linger_wait(struct cw_text *t, const struct cw_msg_event *ev)
{
	uint64_t bytes = (uint64_t)ev->unacked + ev->unsent;

	cw_say(t, "close() waits");
	if (ev->linger_seconds == UINT32_MAX)
		cw_say(t, " without a limit");
	else if (cw_event_has(ev, LINGER_SECONDS))
		cw_say(t, " up to %" PRIu32 " s", ev->linger_seconds);
	if (bytes)
		cw_say(t, " for %" PRIu64 " B and", bytes);
	else
		cw_say(t, " for");
	cw_say(t, " the FIN to be acknowledged");
}

static void say_shared(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say(t, "nothing sent");
	if (cw_event_has(ev, REFERENCES))
		cw_say(t, ", %" PRIu32 " more reference%s the socket open",
		       ev->references, ev->references == 1 ? " keeps" :
							     "s keep");
}

/* An end of the connection shuts both sides, and so looks like a shutdown. A FIN
 * of ours is one before that: the socket is still open.
 */
static bool wrote_after_own_shutdown(const struct cw_msg_event *ev)
{
	if (ev->state != CLOSEWATCH_STATE_CLOSE)
		return true;
	return cw_event_has(ev, FATE) &&
	       (ev->fate == CLOSEWATCH_FATE_TIME_WAIT ||
		ev->fate == CLOSEWATCH_FATE_TIME_WAIT_OVERFLOW ||
		ev->fate == CLOSEWATCH_FATE_ACKED);
}

static void say_write(struct cw_text *t, const struct cw_msg_event *ev)
{
	const struct cw_case *fate = cw_fate_case(ev);

	cw_say(t, "write failed with %s: ",
	       cw_event_has(ev, SIGPIPE) && ev->sigpipe ?
	       "EPIPE and SIGPIPE" : "EPIPE");
	if (wrote_after_own_shutdown(ev))
		cw_say(t, "the program had shut this side before");
	else
		cw_say(t, "the connection was over");
	if (ev->state != CLOSEWATCH_STATE_CLOSE || !fate)
		return;
	cw_say(t, "; %s", fate->words ? fate->words : "both FINs were exchanged");
}

static const struct cw_case *write_case(const struct cw_msg_event *ev)
{
	static const struct cw_case shut = {
		"The program wrote after its own shutdown(SHUT_WR).",
		"Mend the order of calls; MSG_NOSIGNAL turns the signal into EPIPE.",
		.tone = CW_BAD,
	}, over = {
		"The connection had ended before the program wrote, as the fate with the same cookie tells; an earlier call may have returned the error.",
		"Stop writing at the first error, or at EPIPE: nothing more can be sent; MSG_NOSIGNAL turns the signal into EPIPE.",
		.tone = CW_BAD,
	};

	return wrote_after_own_shutdown(ev) ? &shut : &over;
}

static void say_close(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say_path(t, ev);
	say_linger(t, ev);
}

/* A type of event; @which finds the case of the value that it is about. */
static const struct kind {
	struct cw_case is;
	const struct cw_case *(*which)(const struct cw_msg_event *ev);
} kinds[] = {
	[CLOSEWATCH_EVENT_TYPE_CLOSE] = {
		{ .say = say_close }, cw_path_case,
	},
	[CLOSEWATCH_EVENT_TYPE_LINGER_WAIT] = {
		{
			"SO_LINGER makes close() wait, even on a non-blocking socket.",
			"In an event loop turn SO_LINGER off, or close on another thread.",
			.say = say_linger_wait, .tone = CW_WARN,
		},
	},
	[CLOSEWATCH_EVENT_TYPE_LOST] = {
		{ .say = cw_say_loss, .tone = CW_LOSS }, cw_loss_case,
	},
	[CLOSEWATCH_EVENT_TYPE_SHUTDOWN] = {
		{ .say = say_shutdown }, cw_path_case,
	},
	[CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE] = {
		{
			"Another descriptor, of this process or of one that inherited it, keeps the socket open.",
			"None is needed where it is shared on purpose, as by servers that fork; else close the other descriptors: set SOCK_CLOEXEC, or call shutdown().",
			.say = say_shared,
		},
	},
	[CLOSEWATCH_EVENT_TYPE_WRITE_AFTER_SHUTDOWN] = {
		{ .say = say_write, .tone = CW_BAD }, write_case,
	},
	[CLOSEWATCH_EVENT_TYPE_FATE] = {
		{ .say = cw_say_fate }, cw_fate_case,
	},
	[CLOSEWATCH_EVENT_TYPE_RESET] = {
		{ .say = cw_say_reset, .tone = CW_BAD }, cw_reset_case,
	},
	[CLOSEWATCH_EVENT_TYPE_DRAIN_BEGIN] = {
		{
			"A policy of closewatch covers this socket.",
			"None is needed; closewatch drains shows it, closewatch list its policy.",
			.say = cw_say_drain_begin, .tone = CW_GOOD,
		},
	},
	[CLOSEWATCH_EVENT_TYPE_DRAIN_END] = {
		{ .say = cw_say_drain_end, .tone = CW_BAD }, cw_drain_case,
	},
	[CLOSEWATCH_EVENT_TYPE_POLICY] = {
		{
			"A policy of closewatch covers this socket.",
			"None is needed if the policy is meant; closewatch list shows it, closewatch del removes it.",
			.say = cw_say_policy,
		},
	},
};

_Static_assert(ARRAY_SIZE(kinds) == CLOSEWATCH_EVENT_TYPE_MAX + 1,
	       "a kind for each type of event");

/* NULL: newer than this program. */
static const struct cw_case *case_of(const struct cw_msg_event *ev)
{
	const struct kind *kind;

	if (ev->type >= ARRAY_SIZE(kinds))
		return NULL;
	kind = &kinds[ev->type];
	return kind->which ? kind->which(ev) : &kind->is;
}

void cw_explain(const struct cw_msg_event *ev, char *buf, size_t size)
{
	struct cw_text t = { .buf = buf, .size = size };

	buf[0] = '\0';
	if (ev->type < ARRAY_SIZE(kinds))
		kinds[ev->type].is.say(&t, ev);
	else
		cw_say(&t, "an event newer than this program");
	if (ev->type == CLOSEWATCH_EVENT_TYPE_LOST)
		return;
	say_reason(&t, ev);
	say_why(&t, ev);
}

enum cw_tone cw_explain_tone(const struct cw_msg_event *ev)
{
	const struct cw_case *c = case_of(ev);

	if (ev->type >= ARRAY_SIZE(kinds))
		return CW_PLAIN;
	if (ev->type == CLOSEWATCH_EVENT_TYPE_FATE)
		return cw_fate_tone(ev);
	/* The peer may take what came for the whole. */
	if (c && c->tone == CW_GOOD && cw_story_of(ev) == CW_STORY_KILLED)
		return CW_WARN;
	/* It took no connection with it. */
	if (kinds[ev->type].which == cw_path_case &&
	    ev->path == CLOSEWATCH_PATH_LISTENER && !ev->children)
		return CW_PLAIN;
	return c ? c->tone : kinds[ev->type].is.tone;
}

bool cw_explain_cause(const struct cw_msg_event *ev, char *buf, size_t size)
{
	struct cw_text t = { .buf = buf, .size = size };
	enum cw_story story = cw_story_of(ev);
	const struct cw_case *c = case_of(ev);

	if (story)
		cw_story_cause(&t, story, ev);
	else if (c)
		cw_say(&t, "%s", c->cause);
	return story || c;
}

/* What the program would have to do, less its stop; then what the kernel can. */
static void say_offer(struct cw_text *t, const struct cw_msg_event *ev,
		      const char *remedy, size_t len,
		      const struct cw_target *target)
{
	cw_say(t, "%.*s; or, with the program as it is, let the kernel ", (int)len,
	       remedy);
	cw_say(t, "try to deliver the last %" PRIu64
	       " B of ours, but nothing that was not written: ",
	       (uint64_t)ev->unsent + ev->unacked);
	cw_whatif_command(t, target, false);
}

bool cw_explain_remedy(const struct cw_msg_event *ev, bool offer, char *buf,
		       size_t size)
{
	struct cw_text t = { .buf = buf, .size = size };
	enum cw_story story = cw_story_of(ev);
	const struct cw_case *c = case_of(ev);
	struct cw_target target;
	const char *remedy, *stop;

	if (!story && !c)
		return false;
	remedy = story ? cw_story_remedy(story, ev) : c->remedy;
	stop = remedy ? strrchr(remedy, '.') : NULL;
	if (stop && offer && cw_whatif_delivers(ev, false) &&
	    cw_whatif_target(ev, &target))
		say_offer(&t, ev, remedy, stop - remedy, &target);
	else if (!story && c->mend)
		c->mend(&t, ev);
	else
		cw_say(&t, "%s", remedy);
	return true;
}
