// SPDX-License-Identifier: GPL-2.0
#include "verify.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

int differ(const char *what, uint64_t got, uint64_t want)
{
	if (got == want)
		return 0;
	fprintf(stderr, "# disagree: %s is %llu, not %llu\n", what,
		(unsigned long long)got, (unsigned long long)want);
	return 1;
}

static int verify_address(const char *what, const uint8_t *got, size_t len,
			  const struct address *want)
{
	if (len == want->len && !memcmp(got, want->bytes, len))
		return 0;
	fprintf(stderr, "# disagree: %s differs (%zu bytes)\n", what, len);
	return 1;
}

int verify_identity(const struct scene *s, const struct event *ev,
		    bool listener)
{
	const struct address *local = &s->p.local, *remote = &s->p.remote;
	int bad = 0;

	bad += DIFFER(ev, FAMILY, local->family);
	bad += verify_address("LOCAL_ADDR", ev->local, ev->local_len, local);
	bad += DIFFER(ev, LOCAL_PORT, local->port);
	if (listener) {
		bad += ABSENT(ev, REMOTE_ADDR) + ABSENT(ev, REMOTE_PORT);
	} else if (remote->len) {
		bad += verify_address("REMOTE_ADDR", ev->remote, ev->remote_len,
				      remote);
		bad += DIFFER(ev, REMOTE_PORT, remote->port);
	}
	bad += DIFFER(ev, COOKIE, s->p.cookie);
	bad += DIFFER(ev, NETNS, s->netns);
	return bad;
}

int verify_closer(const struct scene *s, const struct event *ev,
		  unsigned int why)
{
	const struct closer *c = &s->closer;
	int bad = DIFFER(ev, WHY, why);

	bad += PRESENT(ev, CPU) + PRESENT(ev, SEQ) + PRESENT(ev, TIME);
	if (why == WHY(KERNEL))
		return bad;
	bad += DIFFER(ev, PID, c->pid) + DIFFER(ev, TID, c->tid);
	bad += DIFFER(ev, UID, c->uid) + PRESENT(ev, UID);
	bad += PRESENT(ev, CGROUP);
	bad += DIFFER(ev, SIGNAL, why == WHY(SIGNAL) ? SIGKILL : 0);
	if (strncmp(ev->comm, c->comm, sizeof(c->comm))) {
		fprintf(stderr, "# disagree: comm is '%s', not '%s'\n",
			ev->comm, c->comm);
		bad++;
	}
	return bad;
}

int verify_verdict(const struct event *ev, const struct want *w)
{
	int bad = 0;

	bad += DIFFER(ev, PATH, w->path) + PRESENT(ev, PATH);
	bad += DIFFER(ev, STATE, w->state);
	bad += DIFFER(ev, NEW_STATE, w->new_state);
	bad += DIFFER(ev, FIN, w->fin);
	bad += DIFFER(ev, UNREAD, w->unread);
	bad += DIFFER(ev, UNSENT, w->unsent);
	bad += DIFFER(ev, UNACKED, w->unacked);
	bad += differ("SENT without retransmissions",
		      EVENT_NUM(ev, SENT) - EVENT_NUM(ev, RETRANSMITTED),
		      w->sent);
	bad += DIFFER(ev, RECEIVED, w->received);
	bad += DIFFER(ev, ACKED, w->acked);
	bad += DIFFER(ev, CHILDREN, w->children);
	bad += DIFFER(ev, CHILDREN_RESET, w->children_reset);
	return bad;
}

static int verify_linger(const struct event *ev, const struct want *w)
{
	int64_t waited = EVENT_NUM(ev, LINGER_WAITED_NS);
	int bad = 0;

	bad += DIFFER(ev, LINGER_ON, w->linger);
	bad += DIFFER(ev, LINGER_SECONDS, w->linger_seconds);
	bad += DIFFER(ev, LINGER_OUTCOME, w->outcome);
	if (waited < w->waited_min || waited > w->waited_max) {
		fprintf(stderr,
			"# disagree: waited %lld ns, not from %lld to %lld\n",
			(long long)waited, (long long)w->waited_min,
			(long long)w->waited_max);
		bad++;
	}
	return bad;
}

int verify_wire(const struct scene *s, const struct want *w)
{
	uint16_t us = s->p.local.port, them = s->p.remote.port;
	struct flow out, back;
	int bad = 0;

	if (w->listener)
		return differ("RSTs on the wire",
			      capture_rsts_from(s->capture, us), w->rsts);
	capture_flow(s->capture, us, them, &out);
	capture_flow(s->capture, them, us, &back);
	bad += differ("FINs on the wire", out.fins, w->fins);
	if (w->fins_on_data >= 0)
		bad += differ("FINs on data on the wire", out.fins_on_data,
			      w->fins_on_data);
	bad += differ("RSTs on the wire", out.rsts, w->rsts);
	bad += differ("RSTs from the peer", back.rsts - s->strays,
		      w->their_rsts);
	bad += differ("bytes on the wire", out.bytes, w->sent + w->sent_later);
	return bad;
}

/* For repeat.sh: what must be the same in every run */
static void print_essence(const struct event *ev, const struct want *w)
{
	static const int kept[] = {
		CLOSEWATCH_A_EVENT_PATH, CLOSEWATCH_A_EVENT_STATE,
		CLOSEWATCH_A_EVENT_NEW_STATE, CLOSEWATCH_A_EVENT_FIN,
		CLOSEWATCH_A_EVENT_LINGER_OUTCOME, CLOSEWATCH_A_EVENT_WHY,
		CLOSEWATCH_A_EVENT_UNREAD, CLOSEWATCH_A_EVENT_RECEIVED,
		CLOSEWATCH_A_EVENT_CHILDREN, CLOSEWATCH_A_EVENT_CHILDREN_RESET,
	};

	printf("# essence:");
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		printf(" %llu", (unsigned long long)ev->num[kept[i]]);
	printf(", %d FINs, %d RSTs\n", w->fins, w->rsts);
}

int scene_verify(struct scene *s, const struct want *w)
{
	const struct event *ev;
	int bad;

	if (scene_end(s))
		return -1;
	bad = counters_diff(&s->before, &s->after, &w->moved);
	bad += verify_wire(s, w);
	bad += differ("number of close events",
		      events_count(&s->events, TYPE(CLOSE), s->p.cookie), 1);
	bad += differ("lost events", events_lost(&s->events), 0);
	ev = scene_event(s);
	if (!ev)
		return bad;
	print_essence(ev, w);
	return bad + verify_identity(s, ev, w->listener) +
	       verify_closer(s, ev, w->why) +
	       verify_verdict(ev, w) + verify_linger(ev, w);
}
