// SPDX-License-Identifier: GPL-2.0
#include "drains.h"

#include <stdio.h>

int policy_arm(struct scene *s, const struct policy *p)
{
	struct policy here = *p;
	int id;

	if (!here.fd && !here.cookie)
		here.local_port = s->p.local.port;
	id = policy_add(&s->events, &here);
	if (id < 0)
		fprintf(stderr, "# no policy: %s\n", s->events.extack);
	return id < 0 ? id : 0;
}

int drain_arm(struct scene *s)
{
	struct policy p = { .action = ACTION(DRAIN) };

	return policy_arm(s, &p);
}

int drain_await_begin(struct scene *s)
{
	return events_await(&s->events, TYPE(DRAIN_BEGIN), s->p.cookie) ? 0 : -1;
}

int drain_await(struct scene *s)
{
	return events_await(&s->events, TYPE(DRAIN_END), s->p.cookie) ? 0 : -1;
}

const struct event *drain_event(const struct scene *s)
{
	return events_nth(&s->events, TYPE(DRAIN_END), s->p.cookie, 0);
}

int drain_stuck(const struct scene *s, struct want_drain *w, int given)
{
	const struct event *ev = scene_event(s);

	if (!ev)
		return -1;
	w->close.unsent = EVENT_NUM(ev, UNSENT);
	w->close.unacked = EVENT_NUM(ev, UNACKED);
	w->close.acked = EVENT_NUM(ev, ACKED);
	w->close.sent = w->close.acked + w->close.unacked;
	w->response = w->close.unsent + w->close.unacked;
	return !w->close.unsent ||
	       w->response + w->close.acked != (uint64_t)given;
}

static const struct event *only(const struct scene *s, unsigned int type,
				const char *what, int *bad)
{
	*bad += differ(what, events_count(&s->events, type, s->p.cookie), 1);
	return events_nth(&s->events, type, s->p.cookie, 0);
}

static int verify_begin(const struct scene *s, const struct event *ev,
			const struct want_drain *w)
{
	int bad = 0;

	bad += DIFFER(ev, STATE, w->close.state);
	bad += DIFFER(ev, UNREAD, w->close.unread);
	bad += DIFFER(ev, RESPONSE_BYTES, w->response);
	bad += DIFFER(ev, ACTION, ACTION(DRAIN)) + PRESENT(ev, POLICY_ID);
	return bad + verify_identity(s, ev, false) +
	       verify_closer(s, ev, w->close.why);
}

static int verify_end(const struct scene *s, const struct event *ev,
		      const struct want_drain *w)
{
	int64_t ns = EVENT_NUM(ev, DRAIN_NS);
	int bad = 0;

	bad += DIFFER(ev, DRAIN_OUTCOME, w->outcome);
	bad += DIFFER(ev, DISCARDED, w->discarded);
	bad += DIFFER(ev, RESPONSE_BYTES, w->response);
	bad += DIFFER(ev, RESPONSE_ACKED, w->response_acked);
	bad += DIFFER(ev, SAVED, w->saved) + DIFFER(ev, PATH, w->end_path);
	if (ns <= 0 || ns < w->ns_min || (w->ns_max && ns > w->ns_max)) {
		fprintf(stderr, "# disagree: it ran %lld ns\n", (long long)ns);
		bad++;
	}
	return bad + verify_identity(s, ev, false) +
	       verify_closer(s, ev, w->close.why);
}

/* What a drain's close may never do, whatever its end */
static int verify_oracles(struct scene *s, const struct want *w)
{
	if (scene_end(s))
		return 1;
	return counters_diff(&s->before, &s->after, &w->moved) +
	       verify_wire(s, w) +
	       differ("lost events", events_lost(&s->events), 0) +
	       differ("reset events", events_count(&s->events, TYPE(RESET),
						   s->p.cookie), 0);
}

int drain_verify(struct scene *s, const struct want_drain *w)
{
	const struct event *close, *begin, *end;
	struct want want = w->close;
	int bad = verify_oracles(s, &want);

	close = only(s, TYPE(CLOSE), "number of close events", &bad);
	begin = only(s, TYPE(DRAIN_BEGIN), "number of begins", &bad);
	end = only(s, TYPE(DRAIN_END), "number of ends", &bad);
	if (!close || !begin || !end)
		return bad + 1;
	if (close > begin || begin > end) {
		fprintf(stderr, "# disagree: events out of order\n");
		bad++;
	}
	want.path = PATH(DRAIN);
	bad += verify_identity(s, close, false) + verify_verdict(close, &want) +
	       verify_closer(s, close, want.why);
	return bad + verify_begin(s, begin, w) + verify_end(s, end, w);
}

int refusal_verify(struct scene *s, unsigned int refusal, const struct want *w)
{
	const struct event *ev;
	int bad = scene_verify(s, w);

	bad += differ("number of begins",
		      events_count(&s->events, TYPE(DRAIN_BEGIN), s->p.cookie),
		      0);
	ev = only(s, TYPE(DRAIN_END), "number of ends", &bad);
	if (!ev)
		return bad + 1;
	bad += DIFFER(ev, DRAIN_OUTCOME, OUTCOME(REFUSED));
	bad += DIFFER(ev, REFUSAL, refusal) + PRESENT(ev, REFUSAL);
	bad += ABSENT(ev, SAVED) + ABSENT(ev, DRAIN_NS);
	return bad + verify_identity(s, ev, w->listener) +
	       verify_closer(s, ev, w->why);
}
