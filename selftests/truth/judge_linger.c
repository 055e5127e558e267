// SPDX-License-Identifier: GPL-2.0
#include "judge_linger.h"

#include <inttypes.h>

#include "wait.h"

static bool broken(const struct side *s)
{
	return s->fate && time_of(s->fate) <= s->record->close.to;
}

/*
 * The kernel waits for a number of ticks. In a guest that had to wait for its
 * CPU they are behind the clock and then catch up: a quarter may be missing.
 */
static const char *too_early(const struct side *s)
{
	int64_t took = s->record->close.to - s->record->close.from;
	int64_t limit = s->options->linger * NSEC_PER_SEC;
	int64_t end = took < limit ? s->record->close.to :
				     s->record->close.from + limit;

	if (took < limit - limit / 4)
		return "timeout, too early";
	return fin_acked(s, end - CLOSE_CALL) ?
	       "timeout, and all acknowledged" : NULL;
}

static const char *objection(const struct side *s, unsigned int outcome)
{
	bool exiting = s->record->manner == BY_EXIT ||
		       s->record->manner == BY_KILL;

	if (s->options->linger <= 0)
		return outcome == LINGER(NONE) ? NULL : "an outcome, no linger";
	switch (outcome) {
	case LINGER(NONE):
		/* Nothing to wait for: no FIN of ours in flight */
		if (EVENT_NUM(s->close, PATH) == PATH(ALREADY_CLOSED))
			return NULL;
		return fin_acked(s, s->record->close.to) ? NULL :
		       "none, and not all acknowledged";
	case LINGER(ACKED):
		if (exiting)
			return "acked, in an exit";
		return fin_acked(s, s->record->close.to) ? NULL :
		       "acked, and not all acknowledged";
	case LINGER(TIMEOUT):
		return too_early(s);
	case LINGER(RESET):
		return broken(s) ? NULL : "reset, and not";
	case LINGER(SKIPPED_EXIT):
		return exiting ? NULL : "skipped-exit, and no exit";
	case LINGER(SKIPPED_RST):
		return EVENT_NUM(s->close, PATH) == PATH(RST_UNREAD) ? NULL :
		       "skipped-rst, and no RST";
	}
	return "an outcome that cannot be";
}

void judge_linger(struct side *s)
{
	unsigned int outcome = EVENT_NUM(s->close, LINGER_OUTCOME);
	int64_t took = s->record->close.to - s->record->close.from;
	int64_t waited = EVENT_NUM(s->close, LINGER_WAITED_NS);
	const char *text = objection(s, outcome);

	if (text)
		disagree(s, "linger outcome %s", text);
	if (waited > took)
		disagree(s, "linger waited %" PRId64 " ns of %" PRId64, waited,
			 took);
	if (side_events(s, TYPE(LINGER_WAIT)) != EVENT_HAS(s->close,
							   LINGER_WAITED_NS))
		disagree(s, "%zu linger-wait events",
			 side_events(s, TYPE(LINGER_WAIT)));
}
