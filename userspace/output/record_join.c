// SPDX-License-Identifier: GPL-2.0
#include <linux/closewatch.h>

#include "explain/join_say.h"
#include "output/record_join.h"
#include "output/record_parts.h"

enum { COL_TIME, COL_A, COL_B, COL_STORY };

const struct cw_column cw_record_join_layout[] = {
	[COL_TIME] = { "TIME", "-", 12, .dim = true },
	[COL_A] = { "A", "-", 16, .limit = 47, .toned = true },
	[COL_B] = { "B", "-", 16, .limit = 47, .toned = true },
	[COL_STORY] = { .title = "STORY" },
	{ .title = NULL },
};

/* The ends of the connection; of @half, or of the other one. */
static void put_end(struct cw_view *v, const struct cw_join *j, unsigned int half)
{
	const struct cw_place at = { .column = half ? COL_B : COL_A };

	if (j->half[half])
		cw_record_local(v, &j->half[half]->ev, &at);
	else
		cw_record_remote(v, &j->half[!half]->ev, &at);
}

static void put_half(struct cw_view *v, const char *key, const struct cw_half *h)
{
	const struct cw_msg_event *ev = &h->ev;
	uint64_t bytes;

	cw_view_open(v, key);
	cw_record_fact(v, ev, NETNS, NULL);
	cw_record_local(v, ev, NULL);
	cw_record_fact(v, ev, COOKIE, NULL);
	cw_record_fact(v, ev, PATH, NULL);
	cw_record_fact(v, ev, FATE, NULL);
	cw_record_fact(v, ev, VERDICT, NULL);
	cw_record_fact(v, ev, CLOSED_FIRST, NULL);
	cw_record_fact(v, ev, RESET_KIND, NULL);
	cw_record_fact(v, ev, DRAIN_OUTCOME, NULL);
	cw_record_fact(v, ev, SENT, NULL);
	cw_record_fact(v, ev, RETRANSMITTED, NULL);
	cw_record_fact(v, ev, ACKED, NULL);
	cw_record_fact(v, ev, LOST_BYTES, NULL);
	if (cw_join_not_received(h, &bytes))
		cw_view_big(v, "not_received", NULL, bytes);
	cw_record_fact(v, ev, RECEIVED, NULL);
	if (h->closed)
		cw_view_big(v, "read", NULL, h->read);
	cw_record_owner(v, ev, NULL, NULL);
	cw_view_close(v);
}

static bool has_lost(const struct cw_half *h)
{
	uint64_t missing = 0;

	return h && (h->ev.lost_bytes ||
		     (cw_join_not_received(h, &missing) && missing));
}

static enum cw_tone tone_of(const struct cw_join *j)
{
	const struct cw_half *a = j->half[0], *b = j->half[1];

	if (has_lost(a) || has_lost(b))
		return CW_BAD;
	return (a && (a->rst || a->got_rst)) || (b && (b->rst || b->got_rst)) ?
	       CW_WARN : CW_GOOD;
}

int cw_record_join(struct cw_view *v, const struct cw_join *j)
{
	char story[CW_CELL_MAX];
	struct cw_text t = { .buf = story, .size = sizeof(story) };

	cw_join_say(&t, j);
	cw_view_begin(v);
	cw_view_tone(v, tone_of(j));
	cw_view_word(v, "event", NULL, "story");
	cw_view_time(v, "time", CW_AT(COL_TIME), j->time);
	cw_view_word(v, "first", NULL,
		     cw_names_word(&cw_first_names, cw_join_first(j)));
	if (cw_view_is_text(v)) {
		put_end(v, j, 0);
		put_end(v, j, 1);
	}
	cw_view_word(v, "story", CW_AT(COL_STORY), story);
	if (j->half[0])
		put_half(v, "a", j->half[0]);
	if (j->half[1])
		put_half(v, "b", j->half[1]);
	return cw_view_end(v);
}
