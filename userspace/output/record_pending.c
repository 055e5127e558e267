// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include <linux/closewatch.h>

#include "base/names_gen.h"
#include "base/text.h"
#include "explain/pending.h"
#include "output/record_parts.h"
#include "output/record_pending.h"

/* In the places of columns that a close-wait event fills. */
enum { COL_AGE = CW_COL_TIME, COL_STATE = CW_COL_PATH };

enum {
	SLOT_AGE, SLOT_STATE, SLOT_PAIR, SLOT_UNREAD, SLOT_UNSENT,
	SLOT_UNACKED, SLOT_PROCESS, SLOT_NOTE,
};

const uint8_t cw_record_pending_slots[CW_COL_SLOTS] = {
	[COL_AGE] = SLOT_AGE + 1, [COL_STATE] = SLOT_STATE + 1,
	[CW_COL_PAIR] = SLOT_PAIR + 1, [CW_COL_UNREAD] = SLOT_UNREAD + 1,
	[CW_COL_UNSENT] = SLOT_UNSENT + 1, [CW_COL_UNACKED] = SLOT_UNACKED + 1,
	[CW_COL_PROCESS] = SLOT_PROCESS + 1, [CW_COL_NOTE] = SLOT_NOTE + 1,
};

#define FIGURE(name) { name, "-", 7, .terminal = CW_FIGURES_TERMINAL, .right = true }

#define LAYOUT(pair) {							\
	[SLOT_AGE] = { "AGE", "-", 8, .right = true },			\
	[SLOT_STATE] = { "STATE", .width = 10, .toned = true },		\
	[SLOT_PAIR] = { pair, .width = 37, .limit = 97 },		\
	[SLOT_UNREAD] = FIGURE("UNREAD"),				\
	[SLOT_UNSENT] = FIGURE("UNSENT"),				\
	[SLOT_UNACKED] = FIGURE("UNACKED"),				\
	[SLOT_PROCESS] = { "PROCESS", "-", 22, .limit = 30 },		\
	[SLOT_NOTE] = { .title = "WHAT IT WAITS FOR" },			\
	{ .title = NULL },						\
}

const struct cw_column cw_record_pending_layout[] = LAYOUT("LOCAL -> REMOTE");
const struct cw_column cw_record_pending_layout_utf8[] = LAYOUT("LOCAL → REMOTE");

static const struct cw_names timer_names = {
	.word = (const struct cw_word[]){
		[CW_TIMER_NONE] = CW_WORD_IS("none"),
		[CW_TIMER_RETRANSMIT] = CW_WORD_IS("retransmit"),
		[CW_TIMER_KEEPALIVE] = CW_WORD_IS("keepalive"),
		[CW_TIMER_MINISOCK] = CW_WORD_IS("minisock"),
		[CW_TIMER_PERSIST] = CW_WORD_IS("persist"),
	},
	.count = CW_TIMER_PERSIST + 1,
};

static void put_what(struct cw_view *v, const struct cw_pending_row *r)
{
	char age[32];
	struct cw_text t = { .buf = age, .size = sizeof(age) };

	if (r->date) {
		cw_view_word(v, "event", CW_AT(CW_COL_PATH), "close-wait");
		cw_view_time(v, "time", CW_AT(CW_COL_TIME), r->date);
	} else if (r->aged) {
		cw_say(&t, "%" PRIu64 " s", r->age_ms / 1000);
		cw_view_text(v, CW_AT(COL_AGE), age);
	}
	cw_record_word(v, "state", r->date ? NULL : CW_AT(COL_STATE),
		       &cw_state_names, r->socket->state);
}

static void put_ends(struct cw_view *v, const struct cw_pending_row *r)
{
	const struct cw_ends *e = &r->socket->ends;
	const struct cw_place at_remote = {
		.column = CW_COL_PAIR, .before = r->utf8 ? " → " : " -> ",
	};

	cw_view_word(v, "family", NULL, e->local.len == 4 ? "ipv4" : "ipv6");
	cw_view_endpoint(v, "local", CW_AT(CW_COL_PAIR), e->local.b,
			 e->local.len, e->local_port);
	cw_view_endpoint(v, "remote", &at_remote, e->remote.b, e->remote.len,
			 e->remote_port);
	cw_view_big(v, "cookie", NULL, r->socket->cookie);
}

static void put_times(struct cw_view *v, const struct cw_pending_row *r)
{
	const struct cw_socket *s = r->socket;

	if (r->aged)
		cw_view_number(v, "age_ms", NULL, r->age_ms < UINT32_MAX ?
			       r->age_ms : UINT32_MAX);
	if (s->full)
		cw_view_number(v, "silent_ms", NULL, cw_pending_silent_ms(s));
	cw_record_word(v, "timer", NULL, &timer_names, s->timer);
	if (s->timer)
		cw_view_number(v, "timer_ms", NULL, s->timer_ms);
	cw_view_number(v, "retransmits", NULL, s->retransmits);
}

static void put_bytes(struct cw_view *v, const struct cw_socket *s)
{
	struct cw_pending_bytes b = cw_pending_bytes(s);

	if (!s->full)
		return;
	cw_view_number(v, "unread", CW_AT(CW_COL_UNREAD), b.unread);
	cw_view_number(v, "unsent", CW_AT(CW_COL_UNSENT), b.unsent);
	cw_view_number(v, "unacked", CW_AT(CW_COL_UNACKED), b.unacked);
}

/* The first has the column, and where text is read on, the others the note. */
static void put_owners(struct cw_view *v, const struct cw_pending_row *r)
{
	const struct cw_socket *s = r->socket;
	size_t i;

	if (s->inode) {
		cw_view_number(v, "inode", NULL, s->inode);
		cw_view_number(v, "uid", NULL, s->uid);
	}
	if (s->cgroup)
		cw_view_big(v, "cgroup", NULL, s->cgroup);
	cw_view_table(v, "owners", NULL);
	for (i = 0; i < r->owned; i++) {
		const struct cw_holder *h = &r->owners[i].holder;
		int to = i ? CW_COL_NOTE : CW_COL_PROCESS;

		cw_view_row(v);
		if (i)
			cw_view_text(v, CW_AT(to), i > 1 ? ", " :
						   "; also held by ");
		cw_view_bytes(v, "comm", CW_AT(to), &h->comm);
		cw_view_number(v, "pid", &(const struct cw_place){
				       to, "[", "]" }, h->pid);
		cw_view_number(v, "fd", &(const struct cw_place){
				       to, " fd ", NULL }, h->fd);
		cw_view_row_end(v);
	}
	cw_view_table_end(v);
}

/*
 * A socket that its program has shut down has a descriptor, and one whose close() has
 * returned no inode.
 */
static bool may_linger(const struct cw_pending_row *r)
{
	const struct cw_socket *s = r->socket;

	return s->inode && !r->owned &&
	       (s->state == CLOSEWATCH_STATE_FIN_WAIT1 ||
		s->state == CLOSEWATCH_STATE_LAST_ACK ||
		s->state == CLOSEWATCH_STATE_CLOSING);
}

/* Columns that only watch can show; JSON has these facts already. */
static void put_chosen(struct cw_view *v, const struct cw_pending_row *r)
{
	const struct cw_socket *s = r->socket;
	const struct cw_ends *e = &s->ends;

	cw_view_word(v, "", CW_AT(CW_COL_EVENT), "close-wait");
	cw_view_endpoint(v, "", CW_AT(CW_COL_LOCAL), e->local.b, e->local.len,
			 e->local_port);
	cw_view_endpoint(v, "", CW_AT(CW_COL_PEER), e->remote.b, e->remote.len,
			 e->remote_port);
	cw_record_word(v, "", CW_AT(CW_COL_STATE), &cw_state_names, s->state);
	cw_view_big(v, "", CW_AT(CW_COL_COOKIE), s->cookie);
	if (s->inode)
		cw_view_number(v, "", CW_AT(CW_COL_UID), s->uid);
	if (s->cgroup)
		cw_columns_put_cgroup(r->columns, v, s->cgroup);
	if (!r->owned)
		return;
	cw_view_bytes(v, "", CW_AT(CW_COL_COMM), &r->owners->holder.comm);
	cw_view_number(v, "", CW_AT(CW_COL_PID), r->owners->holder.pid);
}

static void put_diag(struct cw_view *v, const char *cause,
		     const struct cw_socket *s)
{
	const char *remedy = cw_pending_remedy(s);

	cw_view_open(v, "diag");
	cw_view_word(v, "cause", NULL, cause);
	cw_view_word(v, "remedy", NULL, remedy);
	cw_view_close(v);
	cw_view_below(v, "remedy:", remedy);
}

int cw_record_pending(struct cw_view *v, const struct cw_pending_row *r)
{
	char says[512] = "";
	struct cw_text t = { .buf = says, .size = sizeof(says) };
	enum cw_waits waits = cw_pending_waits(r->socket);

	cw_pending_say(&t, r->socket, r->aged ? &r->age_ms : NULL);
	cw_view_begin(v);
	cw_view_tone(v, waits == CW_WAITS_FIN ? CW_PLAIN : CW_WARN);
	put_what(v, r);
	put_ends(v, r);
	cw_record_word(v, "waits_for", NULL, &cw_waits_names, waits);
	put_times(v, r);
	put_bytes(v, r->socket);
	cw_view_text(v, CW_AT(CW_COL_NOTE), says);
	put_owners(v, r);
	if (may_linger(r))
		cw_view_text(v, CW_AT(CW_COL_NOTE),
			     "; no descriptor of it is seen: its close() may wait for SO_LINGER");
	if (r->columns && cw_view_is_text(v))
		put_chosen(v, r);
	if (r->diag)
		put_diag(v, says, r->socket);
	return cw_view_end(v);
}
