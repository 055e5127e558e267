// SPDX-License-Identifier: GPL-2.0
#include "ends.h"

#include <stdio.h>

#include "wait.h"

/* From reading two clocks one after the other, in an emulated machine */
#define CLOCK_SLACK	(NSEC_PER_SEC / 10)

int fate_await(struct scene *s)
{
	return events_await(&s->events, TYPE(FATE), s->p.cookie) ? 0 : -1;
}

const struct event *fate_event(const struct scene *s)
{
	return events_nth(&s->events, TYPE(FATE), s->p.cookie, 0);
}

/* The event's own time, less the time since our FIN or close, is the test's */
static int verify_since(const struct scene *s, const struct event *ev)
{
	int64_t end = EVENT_NUM(ev, TIME), begin;

	if (!s->acted[1] || end < s->acted[0])
		return ABSENT(ev, SINCE_CLOSE_NS);
	begin = end - EVENT_NUM(ev, SINCE_CLOSE_NS);
	if (begin >= s->acted[0] && begin <= s->acted[1] + CLOCK_SLACK)
		return PRESENT(ev, SINCE_CLOSE_NS);
	fprintf(stderr,
		"# disagree: it began %lld ns after the test acted, which took %lld ns\n",
		(long long)(begin - s->acted[0]),
		(long long)(s->acted[1] - s->acted[0]));
	return 1;
}

static int verify_close(const struct scene *s, const struct want_fate *w)
{
	const struct event *ev = scene_event(s);
	int bad = differ("number of close events",
			 events_count(&s->events, TYPE(CLOSE), s->p.cookie),
			 !w->open || w->closed_later);

	if (ev && !w->open)
		bad += DIFFER(ev, PATH, w->path);
	if (ev && w->closed_later)
		bad += DIFFER(ev, PATH, PATH(ALREADY_CLOSED));
	return bad;
}

static int verify_owner(const struct scene *s, const struct event *ev,
			const struct want_fate *w)
{
	if (!w->open)
		return verify_closer(s, ev, w->why);
	return ABSENT(ev, PID) + ABSENT(ev, COMM) + ABSENT(ev, WHY);
}

static int verify_end(const struct scene *s, const struct event *ev,
		      const struct want_fate *w)
{
	int bad = 0;

	bad += DIFFER(ev, FATE, w->fate) + PRESENT(ev, FATE);
	bad += DIFFER(ev, VERDICT, w->verdict) + PRESENT(ev, VERDICT);
	bad += DIFFER(ev, LOST_BYTES, w->lost) + PRESENT(ev, LOST_BYTES);
	bad += DIFFER(ev, UNACKED, w->unacked);
	bad += DIFFER(ev, CLOSED_FIRST, w->first);
	bad += DIFFER(ev, STATE, w->state);
	bad += verify_identity(s, ev, false) + verify_owner(s, ev, w);
	return bad + verify_since(s, ev);
}

static int verify_packets(const struct scene *s, const struct want_fate *w)
{
	struct want wire = {
		.fins = w->fins, .fins_on_data = w->fins_on_data,
		.rsts = w->rsts, .their_rsts = w->their_rsts, .sent = w->sent,
	};

	return verify_wire(s, &wire);
}

int fate_verify(struct scene *s, const struct want_fate *w)
{
	const struct event *ev;
	int bad;

	if (scene_end(s))
		return -1;
	bad = counters_diff(&s->before, &s->after, &w->moved);
	bad += verify_packets(s, w);
	bad += differ("number of fate events",
		      events_count(&s->events, TYPE(FATE), s->p.cookie), 1);
	bad += differ("lost events", events_lost(&s->events), 0);
	bad += verify_close(s, w);
	ev = fate_event(s);
	return ev ? bad + verify_end(s, ev, w) : bad;
}

int reset_verify(struct scene *s, unsigned int kind, uint64_t cookie)
{
	const struct event *ev;
	int bad = differ("number of reset events",
			 events_count(&s->events, TYPE(RESET), cookie), 1);

	ev = events_nth(&s->events, TYPE(RESET), cookie, 0);
	if (!ev)
		return bad;
	bad += DIFFER(ev, RESET_KIND, kind) + PRESENT(ev, RESET_KIND);
	bad += DIFFER(ev, NETNS, s->netns);
	return bad + ABSENT(ev, PID) + ABSENT(ev, PATH) + ABSENT(ev, FATE);
}
