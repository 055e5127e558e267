// SPDX-License-Identifier: GPL-2.0
#include "judge_fate.h"

#include <inttypes.h>

#include "wait.h"
#include "words.h"

static bool within(const struct span *s, int64_t time)
{
	return s->from && time >= s->from && time <= s->to;
}

static bool reply_near(const struct side *s, int64_t time)
{
	return view_first(s->view, seen_rst_reply, time - MSEC,
			  time + CLOSE_CALL);
}

/* New data, or a FIN that proves that there are some, when nobody wants any */
static bool late_data(const struct side *s, int64_t time)
{
	const struct view *v = s->view;

	for (size_t i = 0; i < v->n && v->p[i].time <= time; i++) {
		const struct seen *p = &v->p[i];

		if (!p->out && p->end != p->seq &&
		    p->time >= deaf_from(s) - CLOSE_CALL &&
		    (int32_t)(p->end - p->fin - p->got) > 0)
			return true;
	}
	return false;
}

/* A minisock sends its acknowledgment after it has told of it */
static bool both_fins(const struct side *s, int64_t time)
{
	const struct seen *told = fin_told(s);

	return told && told->time <= time + CLOSE_CALL && fin_acked(s, time);
}

/* By ticks, which lag behind the clock when a guest waits for its CPU */
static bool timed_out(const struct side *s, int64_t time)
{
	int64_t limit = s->options->linger2 > 0 ? s->options->linger2 : 2;
	const struct seen *told = fin_told(s);

	return fin_acked(s, time) && (!told || told->time > time) &&
	       time - s->record->close.from >= limit * NSEC_PER_SEC * 3 / 4;
}

/* Does the close's path end the connection on the spot? */
static bool aborting(const struct side *s)
{
	switch (s->close ? EVENT_NUM(s->close, PATH) : PATH(UNKNOWN)) {
	case PATH(RST_UNREAD):
	case PATH(RST_LINGER0):
	case PATH(LINGER0_SILENT):
		return true;
	}
	return s->record->manner == BY_LISTENER;
}

static bool fate_holds(const struct side *s, unsigned int fate, int64_t time)
{
	switch (fate) {
	case FATE(PEER_RESET):
		return view_first(s->view, seen_rst_in, 0, time);
	case FATE(RST_LATE_DATA):
		return late_data(s, time) && reply_near(s, time);
	case FATE(TIME_WAIT):
		return both_fins(s, time);
	case FATE(ACKED):
		return both_fins(s, time) &&
		       EVENT_NUM(s->fate, STATE) == STATE(LAST_ACK);
	case FATE(FIN_WAIT2_TIMEOUT):
		return timed_out(s, time);
	case FATE(RST_LINGER2):
		return s->options->linger2 < 0 && fin_acked(s, time);
	case FATE(ABORTED):
		return aborting(s) && within(&s->record->close, time);
	case FATE(KILLED):
		return !s->record->destroy_error &&
		       within(&s->record->destroy, time);
	case FATE(RETRANSMIT_TIMEOUT):
		return !fin_acked(s, time);
	}
	return false;
}

/*
 * An orphan in FIN_WAIT2 hands over to a minisock. A segment that has found the
 * full socket, and gets its lock only after that, is dropped.
 */
static bool handing_over(const struct side *s, const struct seen *p)
{
	const struct span *close = &s->record->close;

	if (p->acked != s->record->written + 1)
		return false;
	return !fin_acked(s, p->time - CLOSE_CALL) ||
	       (p->time >= close->from && p->time - close->to < CLOSE_CALL);
}

/*
 * An RST with the number that we await ends any connection. It is awaited if
 * it is what we have told, and if we never told more.
 */
static bool reset_ignored(const struct side *s, int64_t time)
{
	const struct view *v = s->view;
	uint32_t got = v->n ? v->p[v->n - 1].got : 0;

	for (size_t i = 0; i < v->n && v->p[i].time < time - CLOSE_CALL; i++) {
		const struct seen *p = &v->p[i];

		if (!seen_rst_in(p) || p->seq != p->got || p->got != got)
			continue;
		if (!handing_over(s, p))
			return true;
		s->h->tally->scope.resets_dropped++;
	}
	return false;
}

void judge_fate(struct side *s)
{
	unsigned int fate = EVENT_NUM(s->fate, FATE);
	int64_t time = time_of(s->fate);

	s->h->tally->scope.fates[fate]++;
	if (!fate_holds(s, fate, time))
		disagree(s, "fate %s does not fit the packets and calls",
			 word_fate(fate));
	if (fate != FATE(PEER_RESET) && reset_ignored(s, time))
		disagree(s, "fate %s, but RST had come long before",
			 word_fate(fate));
	/* While the call runs the peer may yet be first. */
	if (aborting(s) && fate != FATE(ABORTED) &&
	    time > s->record->close.to)
		disagree(s, "fate %s, but the close has aborted",
			 word_fate(fate));
	if (s->record->destroy.from && !s->record->destroy_error &&
	    fate != FATE(KILLED) && time >= s->record->destroy.to)
		disagree(s, "fate %s, but the socket was destroyed",
			 word_fate(fate));
	if (s->record->cookie && EVENT_NUM(s->fate, COOKIE) != s->record->cookie)
		disagree(s, "fate of cookie %" PRIu64 ", not %" PRIu64,
			 EVENT_NUM(s->fate, COOKIE), s->record->cookie);
}

/*
 * What must be said if @sent and @acked, FIN included, was the last that was sent
 * and acknowledged
 */
static bool verdict_is(const struct side *s, uint32_t sent, uint32_t acked)
{
	uint64_t written = s->record->written;
	uint64_t lost = sent < written ? written - sent : 0;
	uint64_t left = acked < written ? written - acked : 0;
	unsigned int verdict = CLOSEWATCH_VERDICT_UNKNOWN;

	if (lost)
		verdict = CLOSEWATCH_VERDICT_LOST;
	else if (acked == written + 1)
		verdict = CLOSEWATCH_VERDICT_DELIVERED;
	return EVENT_NUM(s->fate, VERDICT) == verdict &&
	       EVENT_NUM(s->fate, LOST_BYTES) == lost &&
	       EVENT_NUM(s->fate, UNACKED) == left - lost;
}

/*
 * An acknowledgment that came just before the end may have found the socket
 * locked, and been too late.
 */
void judge_verdict(struct side *s)
{
	struct scope *scope = &s->h->tally->scope;
	int64_t time = time_of(s->fate);
	const struct view *v = s->view;
	bool late = false;

	scope->verdicts[EVENT_NUM(s->fate, VERDICT)]++;
	for (size_t i = v->n; i--;) {
		if (v->p[i].time > time)
			continue;
		if (verdict_is(s, v->p[i].sent, v->p[i].acked)) {
			scope->close_calls += late;
			return;
		}
		if (v->p[i].time < time - CLOSE_CALL) {
			disagree(s, "verdict %" PRIu64 ", lost %" PRIu64
				 ", in flight %" PRIu64
				 "; %u sent, %u acked of %" PRIu64 " written",
				 EVENT_NUM(s->fate, VERDICT),
				 EVENT_NUM(s->fate, LOST_BYTES),
				 EVENT_NUM(s->fate, UNACKED),
				 view_at(v, time)->sent, view_at(v, time)->acked,
				 s->record->written);
			return;
		}
		late = true;
	}
}

/* Did @p, which left under the socket's lock, know of the peer's FIN? */
static unsigned int first_by_packet(const struct side *s, const struct seen *p)
{
	const struct seen *told = fin_told(s);

	return told && told->time <= p->time ? CLOSEWATCH_SIDE_PEER :
					       CLOSEWATCH_SIDE_LOCAL;
}

static unsigned int first_by_fin(const struct side *s)
{
	const struct seen *fin = view_first(s->view, seen_fin_in, 0, INT64_MAX);
	const struct seen *ours = view_first(s->view, seen_fin_out,
					     s->finish.from, s->finish.to);
	const struct seen *told = fin_told(s);

	if (told && told->time < s->finish.from)
		return CLOSEWATCH_SIDE_PEER;
	if (!fin || fin->time > s->finish.to)
		return CLOSEWATCH_SIDE_LOCAL;
	if (ours && ours->time < fin->time)
		return CLOSEWATCH_SIDE_LOCAL;
	return CLOSEWATCH_SIDE_UNKNOWN;
}

/* Without a FIN of ours */
static unsigned int first_by_end(const struct side *s)
{
	const struct seen *fin = view_first(s->view, seen_fin_in, 0, INT64_MAX);
	const struct seen *told = fin_told(s);
	int64_t time = time_of(s->fate);
	const struct seen *rst;

	if (EVENT_NUM(s->fate, FATE) == FATE(PEER_RESET))
		return CLOSEWATCH_SIDE_PEER;
	if (told && !told->rst && told->time < time)
		return CLOSEWATCH_SIDE_PEER;
	if (!fin || fin->time > time + CLOSE_CALL)
		return CLOSEWATCH_SIDE_LOCAL;
	rst = view_first(s->view, seen_rst_active, 0, INT64_MAX);
	return rst ? first_by_packet(s, rst) : CLOSEWATCH_SIDE_UNKNOWN;
}

void judge_first(struct side *s)
{
	unsigned int first = s->finisher ? first_by_fin(s) : first_by_end(s);

	if (first == CLOSEWATCH_SIDE_UNKNOWN)
		s->h->tally->scope.first_open++;
	else if (EVENT_NUM(s->fate, CLOSED_FIRST) != first)
		disagree(s, "closed first %" PRIu64 ", not %u",
			 EVENT_NUM(s->fate, CLOSED_FIRST), first);
}

/* The time is counted from the call that queued FIN, or from the close */
void judge_since(struct side *s)
{
	int64_t start = time_of(s->fate) - EVENT_NUM(s->fate, SINCE_CLOSE_NS);
	bool begun = EVENT_HAS(s->fate, SINCE_CLOSE_NS);
	struct span call = s->record->close;

	if (s->finisher && s->finish.from < call.from)
		call = s->finish;
	if (!begun && time_of(s->fate) > call.to)
		disagree(s, "no time since the close");
	if (begun && (start < call.from - MSEC || start > call.to + CLOSE_CALL))
		disagree(s, "the time since the close began at another time");
}

/* States in which a destroyed socket sends RST */
static bool killed_with_rst(const struct side *s)
{
	if (!s->fate || EVENT_NUM(s->fate, FATE) != FATE(KILLED))
		return false;
	switch (EVENT_NUM(s->fate, STATE)) {
	case STATE(ESTABLISHED):
	case STATE(CLOSE_WAIT):
	case STATE(FIN_WAIT1):
	case STATE(FIN_WAIT2):
		return true;
	}
	return false;
}

/* Every RST on the wire is told of, and every one told of is on the wire */
void judge_resets(struct side *s)
{
	size_t active = view_count(s->view, seen_rst_active, 0, INT64_MAX);
	size_t replies = view_count(s->view, seen_rst_reply, 0, INT64_MAX);
	size_t told = 0, received = 0, n = side_events(s, TYPE(RESET));
	size_t events = 0;

	s->h->tally->rsts[s->end] += active + replies;
	for (size_t i = 0; i < n; i++) {
		const struct event *ev = side_event(s, TYPE(RESET), i);

		events += EVENT_HAS(ev, COUNT) ? EVENT_NUM(ev, COUNT) : 1;
		received += EVENT_NUM(ev, RESET_KIND) ==
			    CLOSEWATCH_RESET_KIND_RECEIVED;
	}
	if (events - received != replies)
		disagree(s, "%zu events of RSTs sent, %zu on the wire",
			 events - received, replies);
	told += s->close && is_rst_path(EVENT_NUM(s->close, PATH));
	told += killed_with_rst(s);
	/* An orphan that got no minisock sends RST, one with does not */
	if (s->fate && EVENT_NUM(s->fate, FATE) == FATE(FIN_WAIT2_TIMEOUT) &&
	    active)
		told++;
	told += s->record->manner == BY_LISTENER &&
		s->fate && EVENT_NUM(s->fate, FATE) == FATE(ABORTED);
	if (told != active)
		disagree(s, "%zu RSTs told of by close and fate, %zu on the wire",
			 told, active);
	if (received > 1 ||
	    (received && s->fate &&
	     EVENT_NUM(s->fate, FATE) != FATE(PEER_RESET)))
		disagree(s, "%zu RSTs received", received);
}
