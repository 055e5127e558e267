// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include <linux/closewatch.h>

#include "base/util.h"
#include "explain/explain_drain.h"

static void say_id(struct cw_text *t, const struct cw_msg_event *ev)
{
	if (cw_event_has(ev, POLICY_ID))
		cw_say(t, "policy %" PRIu32, ev->policy_id);
	else
		cw_say(t, "a policy");
}

void cw_say_drain_begin(struct cw_text *t, const struct cw_msg_event *ev)
{
	say_id(t, ev);
	cw_say(t, " drains: ");
	if (ev->response_bytes)
		cw_say(t, "%" PRIu64 " B of ours not yet acknowledged",
		       ev->response_bytes);
	else
		cw_say(t, "nothing of ours under way");
	if (ev->unread)
		cw_say(t, "; %" PRIu32 " B unread, for which a plain close would have sent RST",
		       ev->unread);
}

/* A second rule beside the first would never act. */
static void say_replace(struct cw_text *t, const struct cw_msg_event *ev,
			const char *option)
{
	if (cw_event_has(ev, POLICY_ID))
		cw_say(t, "closewatch del %" PRIu32 ", and add it again with a larger %s",
		       ev->policy_id, option);
	else
		cw_say(t, "replace the policy by one with a larger %s", option);
}

static void mend_idle(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say(t, "If peers need longer: ");
	say_replace(t, ev, "--idle");
	cw_say(t, "; else look why the peer does not close.");
}

static void mend_total(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say(t, "If peers need longer: ");
	say_replace(t, ev, "--total");
	cw_say(t, ", of which the module's drain_total_max is the most.");
}

static void mend_bytes(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say(t, "If such uploads are to be waited for: ");
	say_replace(t, ev, "--bytes");
	cw_say(t, ".");
}

/* What ended it; the RST of a limit is ours. */
static const struct cw_case outcomes[] = {
	[CLOSEWATCH_DRAIN_OUTCOME_UNKNOWN] = {
		"The facts fit no end of a drain that the module knows.",
		"Report it with this event as --json and the output of uname -r.",
		.words = "ended by no known cause", .tone = CW_BAD,
	},
	[CLOSEWATCH_DRAIN_OUTCOME_DELIVERED] = {
		"The peer took all of ours and closed its side.",
		"None is needed.",
		.words = "delivered: both FINs and all of ours acknowledged",
		.tone = CW_GOOD,
	},
	[CLOSEWATCH_DRAIN_OUTCOME_IDLE_TIMEOUT] = {
		"The peer neither sent nor acknowledged anything for the policy's --idle, and did not close.",
		.mend = mend_idle,
		.words = "RST: nothing came and nothing was acknowledged for too long",
		.tone = CW_BAD,
	},
	[CLOSEWATCH_DRAIN_OUTCOME_TOTAL_TIMEOUT] = {
		"The peer was still busy at the end of the policy's --total.",
		.mend = mend_total,
		.words = "RST: it took too long", .tone = CW_BAD,
	},
	[CLOSEWATCH_DRAIN_OUTCOME_BYTE_LIMIT] = {
		"The peer went on sending beyond the policy's --bytes.",
		.mend = mend_bytes,
		.words = "RST: too many bytes to discard", .tone = CW_BAD,
	},
	[CLOSEWATCH_DRAIN_OUTCOME_PEER_RESET] = {
		"The peer aborted while it was drained.",
		"Look on the peer's host; closewatch there names the path.",
		.words = "RST from the peer", .tone = CW_BAD,
	},
	[CLOSEWATCH_DRAIN_OUTCOME_RETRANSMIT_TIMEOUT] = {
		"The peer answered no retransmission or window probe.",
		"Look for a dead host, a dropped route or a firewall.",
		.words = "the peer no longer answered", .tone = CW_BAD,
	},
	[CLOSEWATCH_DRAIN_OUTCOME_KILLED] = {
		"An administrator destroyed the socket, as ss -K does.",
		"Look who runs ss -K or a tool like it.",
		.words = "destroyed by an administrator", .tone = CW_WARN,
	},
	[CLOSEWATCH_DRAIN_OUTCOME_SHED] = {
		"A limit of drains was reached, or TCP was short of memory; the oldest of the same user goes first, by a plain close.",
		"Narrow the policy or its limits, or raise the module's drain_max, drain_max_netns or drain_max_uid.",
		.words = "shed: the oldest of its user when there were too many drains",
		.tone = CW_WARN,
	},
	[CLOSEWATCH_DRAIN_OUTCOME_FLUSHED] = {
		"A plain close ended it, at closewatch drain off or rmmod.",
		"None is needed.",
		.words = "ended: drains were switched off", .tone = CW_WARN,
	},
	[CLOSEWATCH_DRAIN_OUTCOME_REFUSED] = {
		"The policy matched, but this close could not be drained.",
		"None is needed: the close ran unchanged; its own line tells how.",
		.words = "not drained", .tone = CW_WARN,
	},
};

_Static_assert(ARRAY_SIZE(outcomes) == CLOSEWATCH_DRAIN_OUTCOME_MAX + 1,
	       "a case for each outcome");

/* Why there was no drain. */
static const struct cw_case refusals[] = {
	[CLOSEWATCH_REFUSAL_NOT_CONNECTED] = {
		"The socket was a listener, or not connected, or its connection was over.",
		"None is needed.",
		.words = "there was no connection to drain", .tone = CW_WARN,
	},
	[CLOSEWATCH_REFUSAL_LINGER0] = {
		"The program set SO_LINGER with zero time, which asks for an abort.",
		"If the abort is not wanted, add the policy with --even-linger0.",
		.words = "the program asked for RST by SO_LINGER",
		.tone = CW_WARN,
	},
	[CLOSEWATCH_REFUSAL_REPAIR] = {
		"A checkpoint tool such as CRIU held the socket in TCP_REPAIR.",
		"None is needed.",
		.words = "the socket was in TCP_REPAIR", .tone = CW_WARN,
	},
	[CLOSEWATCH_REFUSAL_FAST_OPEN] = {
		"The handshake of a fast open was not over when the program closed.",
		"None is needed; if it is frequent, turn net.ipv4.tcp_fastopen off for this server.",
		.words = "the handshake of a fast open was not over",
		.tone = CW_WARN,
	},
	[CLOSEWATCH_REFUSAL_ULP] = {
		"An upper layer protocol such as kernel TLS frames what is sent, so the kernel cannot close for it.",
		"Turn kernel TLS off in the program, or let it read to the end itself.",
		.words = "an upper layer protocol was on the socket",
		.tone = CW_WARN,
	},
	[CLOSEWATCH_REFUSAL_MPTCP] = {
		"An MPTCP connection has several subflows, which are not drained.",
		"Let the program use plain TCP if its responses matter.",
		.words = "it is an MPTCP socket", .tone = CW_WARN,
	},
	[CLOSEWATCH_REFUSAL_FOREIGN] = {
		"A sockmap, SMC or a kernel service had taken the socket.",
		"Take the socket out of the sockmap before it is closed.",
		.words = "another part of the kernel had taken the socket",
		.tone = CW_WARN,
	},
	[CLOSEWATCH_REFUSAL_LIMIT] = {
		"As many drains as are allowed ran, and as many were ending.",
		"Narrow the policy or its limits, or raise the module's drain_max, drain_max_netns or drain_max_uid.",
		.words = "there were too many drains", .tone = CW_WARN,
	},
	[CLOSEWATCH_REFUSAL_MEMORY_PRESSURE] = {
		"TCP's memory is beyond the second value of net.ipv4.tcp_mem.",
		"Raise net.ipv4.tcp_mem or shrink what the sockets buffer.",
		.words = "TCP was short of memory", .tone = CW_WARN,
	},
	[CLOSEWATCH_REFUSAL_NO_MEMORY] = {
		"The kernel had no memory for the drain.",
		"Free memory on this host.",
		.words = "the kernel had no memory for it", .tone = CW_WARN,
	},
	[CLOSEWATCH_REFUSAL_SWITCHED_OFF] = {
		"The policy was removed or replaced, or had expired, while the close was on its way.",
		"None is needed.",
		.words = "its policy was being removed", .tone = CW_WARN,
	},
	[CLOSEWATCH_REFUSAL_LINGER2] = {
		"The program set TCP_LINGER2 below zero, which asks for RST once its FIN is acknowledged.",
		"Set TCP_LINGER2 to 0 or more in the program if a drain is wanted.",
		.words = "the program set TCP_LINGER2 below 0",
		.tone = CW_WARN,
	},
	[CLOSEWATCH_REFUSAL_OOM_VICTIM] = {
		"The OOM killer was ending the program, and a drain keeps memory that it wanted back.",
		"Give the program more memory, or add the policy with --even-oom.",
		.words = "the closer was being killed for its memory",
		.tone = CW_WARN,
	},
};

_Static_assert(ARRAY_SIZE(refusals) == CLOSEWATCH_REFUSAL_MAX + 1,
	       "a case for each refusal");

static const struct cw_case *outcome_of(const struct cw_msg_event *ev)
{
	return cw_case_of(outcomes, ev, DRAIN_OUTCOME, drain_outcome);
}

static const struct cw_case *refusal_of(const struct cw_msg_event *ev)
{
	return cw_case_of(refusals, ev, REFUSAL, refusal);
}

const struct cw_case *cw_drain_case(const struct cw_msg_event *ev)
{
	const struct cw_case *c = NULL;

	if (ev->drain_outcome == CLOSEWATCH_DRAIN_OUTCOME_REFUSED)
		c = refusal_of(ev);
	return c && cw_event_has(ev, DRAIN_OUTCOME) ? c : outcome_of(ev);
}

const char *cw_drain_refusal_words(const struct cw_msg_event *ev)
{
	const struct cw_case *c = refusal_of(ev);

	if (c)
		return c->words;
	return cw_event_has(ev, REFUSAL) ?
	       "for a reason newer than this program" :
	       "the kernel does not say why";
}

static void say_refused(struct cw_text *t, const struct cw_msg_event *ev)
{
	cw_say(t, ", closed as without ");
	say_id(t, ev);
	cw_say(t, ": %s", cw_drain_refusal_words(ev));
	if (cw_event_has(ev, REFUSAL) && ev->refusal == CLOSEWATCH_REFUSAL_ULP &&
	    cw_event_has(ev, ULP))
		cw_say(t, " (%.*s)", ev->ulp.len, (const char *)ev->ulp.b);
}

static void say_figures(struct cw_text *t, const struct cw_msg_event *ev)
{
	if (cw_event_has(ev, DRAIN_NS)) {
		cw_say(t, "; ");
		cw_say_duration(t, ev->drain_ns);
		cw_say(t, " after the close");
	}
	if (ev->response_bytes)
		cw_say(t, "; %" PRIu64 " of %" PRIu64
		       " B of the response acknowledged",
		       ev->response_acked, ev->response_bytes);
	else if (ev->sent)
		cw_say(t, "; all that we had sent was acknowledged before the close");
	if (ev->discarded)
		cw_say(t, "; %" PRIu64 " B discarded", ev->discarded);
	if (cw_event_has(ev, SAVED) && ev->saved)
		cw_say(t, "; %" PRIu64 " B of response saved from an RST",
		       ev->response_bytes);
}

void cw_say_drain_end(struct cw_text *t, const struct cw_msg_event *ev)
{
	const struct cw_case *c = outcome_of(ev);

	cw_say(t, "%s", c ? c->words : "ended in a way newer than this program");
	if (ev->drain_outcome == CLOSEWATCH_DRAIN_OUTCOME_REFUSED)
		say_refused(t, ev);
	else
		say_figures(t, ev);
}

void cw_say_policy(struct cw_text *t, const struct cw_msg_event *ev)
{
	bool dry = cw_event_has(ev, DRY_RUN) && ev->dry_run;

	say_id(t, ev);
	if (dry)
		cw_say(t, " (dry run)");
	switch (cw_event_has(ev, ACTION) ? (int)ev->action : -1) {
	case CLOSEWATCH_ACTION_DRAIN:
		cw_say(t, dry ? " would drain this close" :
				" drains this close");
		break;
	case CLOSEWATCH_ACTION_LINGER:
		cw_say(t, dry ? " would set" : " sets");
		cw_say(t, " SO_LINGER");
		if (cw_event_has(ev, LINGER_SECONDS))
			cw_say(t, " %" PRIu32 " s", ev->linger_seconds);
		break;
	case CLOSEWATCH_ACTION_RESET:
		cw_say(t, dry ? " would close" : " closes");
		cw_say(t, " by RST");
		break;
	case CLOSEWATCH_ACTION_LEAVE:
		cw_say(t, dry ? " would leave" : " leaves");
		cw_say(t, " the close to its program");
		break;
	default:
		cw_say(t, " acts in a way newer than this program");
	}
	if (cw_event_has(ev, DRAIN_OUTCOME) &&
	    ev->drain_outcome == CLOSEWATCH_DRAIN_OUTCOME_REFUSED)
		cw_say(t, ", but %s refused: %s", dry ? "would be" : "is",
		       cw_drain_refusal_words(ev));
}
