// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include <linux/closewatch.h>

#include "base/address.h"
#include "base/text.h"
#include "base/utf8.h"
#include "base/util.h"
#include "explain/explain_drain.h"
#include "explain/seen.h"
#include "explain/story.h"

static const struct cw_word words[] = {
	[CW_SEEN_IDLE_RACE] = CW_WORD_IS("idle-race"),
	[CW_SEEN_LATE] = CW_WORD_IS("late-data"),
	[CW_SEEN_GAVE_UP] = CW_WORD_IS("gave-up"),
	[CW_SEEN_SILENT] = CW_WORD_IS("no-answer"),
	[CW_SEEN_ACKED] = CW_WORD_IS("acknowledged"),
	[CW_SEEN_TURNED_AWAY] = CW_WORD_IS("turned-away"),
	[CW_SEEN_DEATH] = CW_WORD_IS("process-death"),
	[CW_SEEN_LINGER0] = CW_WORD_IS("linger0"),
	[CW_SEEN_STALL] = CW_WORD_IS("linger-stall"),
	[CW_SEEN_QUEUE] = CW_WORD_IS("listen-queue"),
	[CW_SEEN_CONNECT] = CW_WORD_IS("refused-connect"),
	[CW_SEEN_LATE_WRITE] = CW_WORD_IS("late-write"),
	[CW_SEEN_CHECK] = CW_WORD_IS("health-check"),
	[CW_SEEN_REFUSAL] = CW_WORD_IS("refused-drain"),
};

static const char *const docs[] = {
	[CW_SEEN_IDLE_RACE] = "requests on connections closed as idle",
	[CW_SEEN_LATE] = "late data, all of ours acknowledged",
	[CW_SEEN_GAVE_UP] = "answers that came after the client had closed",
	[CW_SEEN_SILENT] = "RST for unread data, nothing had been sent",
	[CW_SEEN_ACKED] = "RST for unread data, all of ours acknowledged",
	[CW_SEEN_TURNED_AWAY] = "clients of which nothing was read, with late data",
	[CW_SEEN_DEATH] = "connections of killed programs",
	[CW_SEEN_LINGER0] = "RST that a program asked for by SO_LINGER 0",
	[CW_SEEN_STALL] = "close() that waited for SO_LINGER",
	[CW_SEEN_QUEUE] = "connections in the queues of listeners that closed",
	[CW_SEEN_CONNECT] = "connects that were refused",
	[CW_SEEN_LATE_WRITE] = "writes to peers that had closed",
	[CW_SEEN_CHECK] = "resets by one peer, or its connections without data",
	[CW_SEEN_REFUSAL] = "drains that were refused",
};

const struct cw_names cw_seen_names = {
	.word = words, .count = CW_SEEN_KINDS, .doc = docs, .name = "seen",
};

static const struct {
	enum cw_story story;	/* whose remedy it has, or */
	const char *remedy;
} kinds[] = {
	[CW_SEEN_IDLE_RACE] = { .story = CW_STORY_IDLE_RACE },
	[CW_SEEN_LATE] = { .story = CW_STORY_LATE },
	[CW_SEEN_GAVE_UP] = { .story = CW_STORY_GAVE_UP },
	[CW_SEEN_SILENT] = { .story = CW_STORY_SILENT },
	[CW_SEEN_ACKED] = { .story = CW_STORY_ACKED },
	[CW_SEEN_TURNED_AWAY] = { .story = CW_STORY_TURNED_AWAY },
	[CW_SEEN_DEATH] = { .story = CW_STORY_KILLED },
	[CW_SEEN_LINGER0] = {
		.remedy =
			"None is needed if the abort is wanted, as by many checkers of health, though it fills the peer's log with errors; else remove that setsockopt().",
	},
	[CW_SEEN_STALL] = { .story = CW_STORY_STALL },
	[CW_SEEN_QUEUE] = {
		.remedy =
			"Let the old server accept until its queue is empty, or hand the listener over (net.ipv4.tcp_migrate_req with SO_REUSEPORT).",
	},
	[CW_SEEN_CONNECT] = { .story = CW_STORY_REFUSED },
	[CW_SEEN_LATE_WRITE] = { .story = CW_STORY_LATE_WRITE },
	[CW_SEEN_CHECK] = {
		.remedy =
			"If it is a checker of health, let it end its checks in order, or let the service take its RST for no error; else look on the peer's host.",
	},
	[CW_SEEN_REFUSAL] = { 0 },
};

_Static_assert(ARRAY_SIZE(kinds) == CW_SEEN_KINDS, "a text for each kind");

const char *cw_seen_remedy(enum cw_seen_kind kind)
{
	struct cw_msg_event none = { 0 };

	return kinds[kind].story ? cw_story_remedy(kinds[kind].story, &none) :
				   kinds[kind].remedy;
}

static bool served(const struct cw_msg_event *ev)
{
	return ev->local_port && ev->local_port < ev->remote_port;
}

static void say_comm(struct cw_text *t, const struct cw_msg_event *ev)
{
	char comm[4 * CLOSEWATCH_COMM_MAX + 1];

	cw_utf8_escape(comm, sizeof(comm), ev->comm.b, ev->comm.len, false);
	cw_say(t, "%s", comm);
}

static void say_peer(struct cw_text *t, const struct cw_msg_event *ev,
		     bool port)
{
	cw_say_address(t, ev->remote_addr.b, ev->remote_addr.len);
	if (port)
		cw_say(t, " port %u", ev->remote_port);
}

static void say_where(struct cw_text *t, enum cw_seen_kind kind,
		      const struct cw_msg_event *ev)
{
	switch (kind) {
	case CW_SEEN_DEATH:
		say_comm(t, ev);
		cw_say(t, " by ");
		cw_say_signal(t, ev);
		break;
	case CW_SEEN_CONNECT:
	case CW_SEEN_LATE_WRITE:
	case CW_SEEN_CHECK:
		say_peer(t, ev, kind != CW_SEEN_CHECK);
		break;
	case CW_SEEN_REFUSAL:
		cw_say(t, "policy %" PRIu32 ": %s", ev->policy_id,
		       cw_drain_refusal_words(ev));
		break;
	case CW_SEEN_QUEUE:
		cw_say(t, "port %u", ev->local_port);
		break;
	default:
		if (served(ev))
			cw_say(t, "port %u", ev->local_port);
		else
			say_comm(t, ev);
	}
}

static void note(struct cw_seen *s, enum cw_seen_kind kind, uint64_t n,
		 const struct cw_msg_event *ev)
{
	struct cw_seen_row *row = &s->row[kind];
	char where[sizeof(row->where)] = "";
	struct cw_text t = { .buf = where, .size = sizeof(where) };

	say_where(&t, kind, ev);
	if (!row->count) {
		memcpy(row->where, where, sizeof(where));
		row->remedy = kinds[kind].story ?
			      cw_story_remedy(kinds[kind].story, ev) :
			      kinds[kind].remedy;
		if (kind == CW_SEEN_REFUSAL)
			row->remedy = cw_drain_case(ev)->remedy;
	} else if (strcmp(row->where, where)) {
		row->others = true;
	}
	row->count += n;
}

static struct cw_seen_peer *peer_of(struct cw_seen *s,
				    const struct cw_bytes *addr)
{
	unsigned int i;

	for (i = 0; i < s->peers; i++)
		if (s->peer[i].addr.len == addr->len &&
		    !memcmp(s->peer[i].addr.b, addr->b, addr->len))
			return &s->peer[i];
	if (s->peers == CW_SEEN_PEERS)
		return NULL;
	s->peer[s->peers].addr = *addr;
	return &s->peer[s->peers++];
}

/* Once there are enough of them, those before count too. */
static void add_check(struct cw_seen *s, const struct cw_msg_event *ev)
{
	struct cw_seen_peer *peer = peer_of(s, &ev->remote_addr);

	if (!peer || ++peer->count < CW_SEEN_CHECKS)
		return;
	note(s, CW_SEEN_CHECK, peer->count == CW_SEEN_CHECKS ?
			       CW_SEEN_CHECKS : 1, ev);
}

static void add_close(struct cw_seen *s, const struct cw_msg_event *ev)
{
	uint64_t queued = ev->children;

	if (ev->path == CLOSEWATCH_PATH_LISTENER && queued)
		note(s, CW_SEEN_QUEUE, queued, ev);
	else if (ev->path == CLOSEWATCH_PATH_RST_LINGER0)
		note(s, CW_SEEN_LINGER0, 1, ev);
	else if (served(ev) && !ev->sent && !ev->unsent && !ev->received &&
		 (ev->state == CLOSEWATCH_STATE_ESTABLISHED ||
		  ev->state == CLOSEWATCH_STATE_CLOSE_WAIT))
		add_check(s, ev);
}

static bool add_story(struct cw_seen *s, const struct cw_msg_event *ev)
{
	enum cw_story story = cw_story_of(ev);
	unsigned int i;

	/* Of a killed program, its close has been counted. */
	if (!story || (story == CW_STORY_KILLED &&
		       ev->type != CLOSEWATCH_EVENT_TYPE_CLOSE))
		return false;
	if (story == CW_STORY_LINGER0) {
		note(s, CW_SEEN_LINGER0, 1, ev);
		return true;
	}
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].story != story)
			continue;
		note(s, i, 1, ev);
		return true;
	}
	return false;
}

void cw_seen_add(struct cw_seen *s, const struct cw_msg_event *ev)
{
	if (add_story(s, ev))
		return;
	switch ((enum closewatch_event_type)ev->type) {
	case CLOSEWATCH_EVENT_TYPE_CLOSE:
		add_close(s, ev);
		break;
	case CLOSEWATCH_EVENT_TYPE_RESET:
		if (ev->reset_kind == CLOSEWATCH_RESET_KIND_RECEIVED &&
		    served(ev))
			add_check(s, ev);
		break;
	case CLOSEWATCH_EVENT_TYPE_DRAIN_END:
		/* That there was nothing to drain is no news. */
		if (ev->drain_outcome == CLOSEWATCH_DRAIN_OUTCOME_REFUSED &&
		    ev->refusal != CLOSEWATCH_REFUSAL_NOT_CONNECTED &&
		    cw_drain_case(ev))
			note(s, CW_SEEN_REFUSAL, 1, ev);
		break;
	default:
		break;
	}
}
