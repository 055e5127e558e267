// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include <linux/closewatch.h>

#include "explain_drain.h"
#include "util.h"

#define has(ev, attr) cw_has(ev, CLOSEWATCH_A_EVENT_##attr)

static void say_id(struct cw_text *t, const struct cw_event *ev)
{
	if (has(ev, POLICY_ID))
		cw_say(t, "policy %" PRIu32, ev->policy_id);
	else
		cw_say(t, "a policy");
}

void cw_say_drain_begin(struct cw_text *t, const struct cw_event *ev)
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

/* What ended it; the RST of a limit is ours. */
static const char *const outcome_words[] = {
	[CLOSEWATCH_DRAIN_OUTCOME_UNKNOWN] = "ended by no known cause",
	[CLOSEWATCH_DRAIN_OUTCOME_DELIVERED] =
		"delivered: both FINs and all of ours acknowledged",
	[CLOSEWATCH_DRAIN_OUTCOME_IDLE_TIMEOUT] =
		"RST: nothing came and nothing was acknowledged for too long",
	[CLOSEWATCH_DRAIN_OUTCOME_TOTAL_TIMEOUT] = "RST: it took too long",
	[CLOSEWATCH_DRAIN_OUTCOME_BYTE_LIMIT] =
		"RST: too many bytes to discard",
	[CLOSEWATCH_DRAIN_OUTCOME_PEER_RESET] = "RST from the peer",
	[CLOSEWATCH_DRAIN_OUTCOME_RETRANSMIT_TIMEOUT] =
		"the peer no longer answered",
	[CLOSEWATCH_DRAIN_OUTCOME_KILLED] = "destroyed by an administrator",
	[CLOSEWATCH_DRAIN_OUTCOME_SHED] =
		"shed: the oldest of its user when there were too many drains",
	[CLOSEWATCH_DRAIN_OUTCOME_FLUSHED] = "ended: drains were switched off",
	[CLOSEWATCH_DRAIN_OUTCOME_REFUSED] = "not drained",
};

_Static_assert(ARRAY_SIZE(outcome_words) == CLOSEWATCH_DRAIN_OUTCOME_MAX + 1,
	       "words for each outcome");

static const char *const refusal_words[] = {
	[CLOSEWATCH_REFUSAL_NOT_CONNECTED] = "there was no connection to drain",
	[CLOSEWATCH_REFUSAL_LINGER0] = "the program asked for RST by SO_LINGER",
	[CLOSEWATCH_REFUSAL_REPAIR] = "the socket was in TCP_REPAIR",
	[CLOSEWATCH_REFUSAL_FAST_OPEN] =
		"the handshake of a fast open was not over",
	[CLOSEWATCH_REFUSAL_ULP] =
		"an upper layer protocol was on the socket",
	[CLOSEWATCH_REFUSAL_MPTCP] = "it is an MPTCP socket",
	[CLOSEWATCH_REFUSAL_FOREIGN] =
		"another part of the kernel had taken the socket",
	[CLOSEWATCH_REFUSAL_LIMIT] = "there were too many drains",
	[CLOSEWATCH_REFUSAL_MEMORY_PRESSURE] = "TCP was short of memory",
	[CLOSEWATCH_REFUSAL_NO_MEMORY] = "the kernel had no memory for it",
	[CLOSEWATCH_REFUSAL_SWITCHED_OFF] = "drains were being switched off",
	[CLOSEWATCH_REFUSAL_LINGER2] =
		"the program set TCP_LINGER2 below 0",
	[CLOSEWATCH_REFUSAL_OOM_VICTIM] =
		"the closer was being killed for its memory",
};

_Static_assert(ARRAY_SIZE(refusal_words) == CLOSEWATCH_REFUSAL_MAX + 1,
	       "words for each refusal");

static void say_refused(struct cw_text *t, const struct cw_event *ev)
{
	const char *why = "for a reason newer than this program";

	if (!has(ev, REFUSAL))
		why = "the kernel does not say why";
	else if (ev->refusal < ARRAY_SIZE(refusal_words))
		why = refusal_words[ev->refusal];
	cw_say(t, ", closed as without ");
	say_id(t, ev);
	cw_say(t, ": %s", why);
	if (has(ev, REFUSAL) && ev->refusal == CLOSEWATCH_REFUSAL_ULP &&
	    has(ev, ULP))
		cw_say(t, " (%.*s)", ev->ulp.len, (const char *)ev->ulp.b);
}

static void say_figures(struct cw_text *t, const struct cw_event *ev)
{
	if (has(ev, DRAIN_NS)) {
		cw_say(t, "; ");
		cw_say_duration(t, ev->drain_ns);
		cw_say(t, " after the close");
	}
	if (ev->response_bytes)
		cw_say(t, "; %" PRIu64 " of %" PRIu64
		       " B of the response acknowledged",
		       ev->response_acked, ev->response_bytes);
	if (ev->discarded)
		cw_say(t, "; %" PRIu64 " B discarded", ev->discarded);
	if (has(ev, SAVED) && ev->saved)
		cw_say(t, "; %" PRIu64 " B of response saved from an RST",
		       ev->response_bytes);
}

void cw_say_drain_end(struct cw_text *t, const struct cw_event *ev)
{
	uint32_t outcome = ev->drain_outcome;

	if (!has(ev, DRAIN_OUTCOME) || outcome >= ARRAY_SIZE(outcome_words))
		cw_say(t, "ended in a way newer than this program");
	else
		cw_say(t, "%s", outcome_words[outcome]);
	if (outcome == CLOSEWATCH_DRAIN_OUTCOME_REFUSED)
		say_refused(t, ev);
	else
		say_figures(t, ev);
}

void cw_say_policy(struct cw_text *t, const struct cw_event *ev)
{
	bool dry = has(ev, DRY_RUN) && ev->dry_run;

	say_id(t, ev);
	if (dry)
		cw_say(t, " (dry run)");
	switch (has(ev, ACTION) ? (int)ev->action : -1) {
	case CLOSEWATCH_ACTION_DRAIN:
		cw_say(t, dry ? " would drain this close" :
				" drains this close");
		break;
	case CLOSEWATCH_ACTION_LINGER:
		cw_say(t, dry ? " would set" : " sets");
		cw_say(t, " SO_LINGER");
		if (has(ev, LINGER_SECONDS))
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
}
