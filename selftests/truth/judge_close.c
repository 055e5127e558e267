// SPDX-License-Identifier: GPL-2.0
#include "judge_close.h"

#include <inttypes.h>
#include <sys/socket.h>

#include "words.h"

static void judge_owner(struct side *s)
{
	static const unsigned int causes[] = {
		[BY_EXIT] = CLOSEWATCH_CAUSE_EXIT,
		[BY_KILL] = CLOSEWATCH_CAUSE_SIGNAL,
		[BY_LISTENER] = CLOSEWATCH_CAUSE_CLOSE,
	};
	unsigned int cause = causes[s->record->manner];

	if (EVENT_NUM(s->close, COOKIE) != s->record->cookie)
		disagree(s, "close of cookie %" PRIu64 ", not %" PRIu64,
			 EVENT_NUM(s->close, COOKIE), s->record->cookie);
	if (EVENT_NUM(s->close, PID) != (uint64_t)s->record->closer)
		disagree(s, "closed by pid %" PRIu64 ", not %d",
			 EVENT_NUM(s->close, PID), s->record->closer);
	if (EVENT_NUM(s->close, WHY) != cause)
		disagree(s, "closed why %" PRIu64 ", not %u",
			 EVENT_NUM(s->close, WHY), cause);
	if (time_of(s->close) < s->record->close.from ||
	    time_of(s->close) > s->record->close.to)
		disagree(s, "close event outside of the call");
}

static uint64_t unread_told(const struct side *s, const struct seen *p)
{
	const struct seen *fin = view_first(s->view, seen_fin_in, 0, p->time);
	uint32_t data = p->ack;

	if (fin && (int32_t)(p->ack - fin->end) >= 0)
		data--;
	return data - s->record->got;
}

/*
 * Everything that the program wrote is in one of three places. A connection
 * that was over has none in flight: what it had lost, its fate has told.
 */
static void judge_figures(struct side *s)
{
	const struct span *c = &s->record->close;
	uint64_t acked = EVENT_NUM(s->close, ACKED);
	uint64_t sent = acked + EVENT_NUM(s->close, UNACKED);
	const struct seen *before, *after;

	if (EVENT_NUM(s->close, STATE) == STATE(CLOSE) &&
	    !EVENT_HAS(s->close, ACKED))
		return;
	if (sent + EVENT_NUM(s->close, UNSENT) != s->record->written &&
	    EVENT_NUM(s->close, STATE) != STATE(CLOSE))
		disagree(s, "%" PRIu64 " acked, %" PRIu64 " unacked, %" PRIu64
			 " unsent of %" PRIu64 " written", acked,
			 EVENT_NUM(s->close, UNACKED),
			 EVENT_NUM(s->close, UNSENT), s->record->written);
	before = view_at(s->view, c->from);
	after = view_at(s->view, time_of(s->close));
	if (!before)
		return;
	/* Without our FIN, which may be the last that was sent or acked */
	if ((sent + 1 < before->sent &&
	     EVENT_NUM(s->close, STATE) != STATE(CLOSE)) || sent > after->sent)
		disagree(s, "%" PRIu64 " sent by the close, %u to %u on the wire",
			 sent, before->sent, after->sent);
	before = view_at(s->view, c->from - CLOSE_CALL);
	if ((before && acked + 1 < before->acked) || acked > after->acked)
		disagree(s, "%" PRIu64 " acked by the close, not more than %u on the wire",
			 acked, after->acked);
}

/* RST and, where it goes out at once, FIN tell how much had been received */
static void judge_unread(struct side *s)
{
	unsigned int path = EVENT_NUM(s->close, PATH);
	const struct span *c = &s->record->close;
	uint64_t unread = EVENT_NUM(s->close, UNREAD), told;
	const struct seen *p = NULL;

	if (is_rst_path(path))
		p = view_first(s->view, seen_rst_active, c->from, c->to);
	else if (path == PATH(FIN))
		p = view_first(s->view, seen_fin_out, c->from, c->to);
	if (!p)
		return;
	told = unread_told(s, p);
	if (told != unread)
		disagree(s, "%" PRIu64 " unread, %" PRIu64 " by the packet",
			 unread, told);
	if (path == PATH(RST_UNREAD) ? !unread : unread)
		disagree(s, "%" PRIu64 " unread and path %s", unread,
			 word_path(path));
}

/* What the program asked for, and what it could not have got */
static void judge_options(struct side *s)
{
	unsigned int path = EVENT_NUM(s->close, PATH);
	bool zero = s->options->linger == 0;
	bool shut = shut_for_writing(s);
	bool fits;

	switch (path) {
	case PATH(RST_UNREAD):
		fits = true;
		break;
	case PATH(ALREADY_CLOSED):
		fits = s->fate && time_of(s->fate) <= time_of(s->close);
		break;
	case PATH(RST_LINGER0):
		fits = zero;
		break;
	case PATH(LINGER0_SILENT):
		fits = zero && shut;
		break;
	case PATH(RST_LINGER2):
		fits = !zero && s->options->linger2 < 0;
		break;
	case PATH(ALREADY_FIN):
		fits = !zero && shut;
		break;
	case PATH(FIN):
	case PATH(FIN_BEHIND_DATA):
		fits = !zero && !shut;
		break;
	default:
		fits = false;
	}
	if (!fits)
		disagree(s, "path %s, linger %d, linger2 %d, %sshut before",
			 word_path(path), s->options->linger,
			 s->options->linger2, shut ? "" : "not ");
	if (path != PATH(ALREADY_CLOSED) && s->fate &&
	    time_of(s->fate) < s->record->close.from)
		disagree(s, "path %s after the fate", word_path(path));
}

/* A FIN waits when the peer's window is full */
static bool window_full(const struct side *s, int64_t time)
{
	const struct view *v = s->view;
	uint32_t edge = 0;

	for (size_t i = 0; i < v->n && v->p[i].time <= time; i++) {
		if (!v->p[i].out && v->p[i].has_ack && !v->p[i].rst)
			edge = v->p[i].ack + v->p[i].window;
	}
	return (int32_t)(edge - s->record->written) < 1;
}

/* Ends of a connection that leave a queued FIN unsent */
static bool fin_unsent(const struct side *s)
{
	switch (s->fate ? EVENT_NUM(s->fate, FATE) : 0) {
	case FATE(PEER_RESET):
	case FATE(ABORTED):
	case FATE(KILLED):
	case FATE(RST_LATE_DATA):
	case FATE(RETRANSMIT_TIMEOUT):
		return true;
	}
	return false;
}

/* The path is named after the FIN unless RST followed in the same close */
static void judge_form(struct side *s)
{
	unsigned int path = EVENT_NUM(s->finisher, PATH);
	unsigned int form = EVENT_NUM(s->finisher, FIN);
	bool fits;

	switch (path) {
	case PATH(FIN):
		fits = form == CLOSEWATCH_FIN_FORM_ALONE;
		break;
	case PATH(FIN_BEHIND_DATA):
		fits = form == CLOSEWATCH_FIN_FORM_BEHIND_DATA;
		break;
	default:
		fits = path == PATH(RST_LINGER2) && s->finisher == s->close;
	}
	if (!fits)
		disagree(s, "path %s, form of FIN %u", word_path(path), form);
}

static void judge_fin(struct side *s)
{
	const struct seen *fin = view_first(s->view, seen_fin_out, 0, INT64_MAX);
	const struct seen *before;
	bool alone;

	if (!s->finisher) {
		if (fin)
			disagree(s, "FIN sent, but no event tells of it");
		return;
	}
	judge_form(s);
	alone = EVENT_NUM(s->finisher, FIN) == CLOSEWATCH_FIN_FORM_ALONE;
	if (fin && fin->time < s->finish.from)
		disagree(s, "FIN sent before the call that has sent it");
	if (fin && alone != !fin->len)
		disagree(s, "FIN %salone, and on %u bytes", alone ? "" : "not ",
			 fin->len);
	if (!fin && !fin_unsent(s))
		disagree(s, "FIN told of, none sent");
	/* At once, but for the limit on what may wait in the device's queue */
	if (alone && s->fate && !window_full(s, s->finish.to) &&
	    !view_first(s->view, seen_fin_out, s->finish.from,
			s->finish.to + CLOSE_CALL) &&
	    time_of(s->fate) > s->finish.to + CLOSE_CALL)
		disagree(s, "FIN alone, but not sent at once");
	before = view_at(s->view, s->finish.from);
	if (!alone && before && before->sent >= s->record->written)
		disagree(s, "FIN behind data, but all data had been sent");
}

void judge_close(struct side *s)
{
	unsigned int path = EVENT_NUM(s->close, PATH);
	bool rst = view_first(s->view, seen_rst_active, s->record->close.from,
			      s->record->close.to);

	s->h->tally->scope.paths[path]++;
	judge_owner(s);
	judge_figures(s);
	judge_unread(s);
	judge_options(s);
	if (rst != is_rst_path(path))
		disagree(s, "path %s, %s RST", word_path(path),
			 rst ? "and" : "no");
}

/* Each call is an event, and at most one call of all has queued our FIN */
void judge_shutdowns(struct side *s)
{
	size_t n = side_events(s, TYPE(SHUTDOWN));
	unsigned int fins = queued_fin(s->close);

	if (n != s->record->shuts)
		disagree(s, "%zu shutdown events, not %u", n, s->record->shuts);
	for (size_t i = 0; i < n && i < s->record->shuts; i++) {
		const struct event *ev = side_event(s, TYPE(SHUTDOWN), i);
		const struct shut *t = &s->record->shut[i];
		unsigned int path = EVENT_NUM(ev, PATH);

		fins += queued_fin(ev);
		if (queued_fin(ev) != is_fin_path(path))
			disagree(s, "shutdown's path %s and form of FIN %" PRIu64,
				 word_path(path), EVENT_NUM(ev, FIN));
		if (EVENT_NUM(ev, HOW) != (unsigned int)t->how)
			disagree(s, "shutdown %" PRIu64 ", not %d",
				 EVENT_NUM(ev, HOW), t->how);
		if (path == PATH(NONE) ? !t->error : t->error)
			disagree(s, "shutdown's path %s, errno %d",
				 word_path(path), t->error);
		if (queued_fin(ev) && t->how == SHUT_RD)
			disagree(s, "FIN by a shutdown of reading");
	}
	if (fins > 1)
		disagree(s, "%u calls say that they queued FIN", fins);
	judge_fin(s);
}
