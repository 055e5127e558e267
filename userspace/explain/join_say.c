// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include <linux/closewatch.h>

#include "base/names_gen.h"
#include "base/utf8.h"
#include "explain/join_say.h"
#include "explain/story.h"

/* --- who was first --- */

static const struct cw_word words[] = {
	[CW_FIRST_UNKNOWN] = CW_WORD_IS("unknown"),
	[CW_FIRST_A] = CW_WORD_IS("a"),
	[CW_FIRST_B] = CW_WORD_IS("b"),
	[CW_FIRST_BOTH] = CW_WORD_IS("both"),
	[CW_FIRST_BETWEEN] = CW_WORD_IS("between"),
};

static const char *const docs[] = {
	[CW_FIRST_UNKNOWN] =
		"Neither end has sent FIN or RST, or it is not recorded well enough: if one did before it had one of the other, and of the other nothing is known, both may have.",
	[CW_FIRST_A] =
		"End A, which is that of the first recording, or of one recording the server, sent its FIN or RST before it had one of end B.",
	[CW_FIRST_B] =
		"End B, which is that of the second recording, or of one recording the client, sent its FIN or RST before it had one of end A.",
	[CW_FIRST_BOTH] =
		"Each end sent its FIN or RST before it had one of the other.",
	[CW_FIRST_BETWEEN] =
		"Each end says that the other was first: something between them, such as a firewall, may have ended the connection.",
};

const struct cw_names cw_first_names = {
	.word = words, .count = CW_FIRSTS, .doc = docs, .name = "first",
};

enum { NOT_SAID = -1 };

/* Of one whose FIN is kept, events say who closed first: here an RST counts alone. */
static int first_without_fin(const struct cw_half *h)
{
	if (h->got_fin)
		return CLOSEWATCH_SIDE_PEER;
	if (h->rst)
		return CLOSEWATCH_SIDE_LOCAL;
	return h->got_rst ? CLOSEWATCH_SIDE_PEER : CLOSEWATCH_SIDE_UNKNOWN;
}

static int says_first(const struct cw_half *h)
{
	if (!h || !cw_event_has(&h->ev, CLOSED_FIRST))
		return NOT_SAID;
	return cw_half_kept_fin(h) ? first_without_fin(h) : (int)h->ev.closed_first;
}

/* Both, perhaps, if one was, and the other does not say. */
enum cw_first cw_join_first(const struct cw_join *j)
{
	int a = says_first(j->half[0]), b = says_first(j->half[1]);

	if (a == CLOSEWATCH_SIDE_PEER)
		return b == CLOSEWATCH_SIDE_PEER ? CW_FIRST_BETWEEN : CW_FIRST_B;
	if (b == CLOSEWATCH_SIDE_PEER)
		return CW_FIRST_A;
	if (a == NOT_SAID || b == NOT_SAID ||
	    (a == CLOSEWATCH_SIDE_UNKNOWN && a == b))
		return CW_FIRST_UNKNOWN;
	if (a == b)
		return CW_FIRST_BOTH;
	return a == CLOSEWATCH_SIDE_LOCAL ? CW_FIRST_A : CW_FIRST_B;
}

/* --- how one end ended it --- */

static void say_acts(struct cw_text *t, const struct cw_half *h, bool first)
{
	bool fin = h->fin && !cw_half_kept_fin(h);

	/* Without a cookie, but with FIN, there was a minisock. */
	if (cw_half_socketless(h) && !h->fin) {
		cw_say(t, "had no socket and sent RST%s", first ? " first" : "");
		return;
	}
	cw_say(t, "sent %s%s", fin ? "FIN" : h->rst ? "RST" : "no FIN",
	       first ? " first" : "");
	if (fin && h->rst)
		cw_say(t, ", then RST");
	if (h->got_rst)
		cw_say(t, ", got RST");
	if (cw_event_has(&h->ev, RESET_KIND))
		cw_say(t, ", and RST to what came later");
}

static void say_word(struct cw_text *t, const struct cw_names *names,
		     uint32_t value, const char **sep)
{
	const char *word = cw_names_word(names, value);

	cw_say(t, "%s%s", *sep, word ? word : "a newer word");
	*sep = ", ";
}

static void say_closer(struct cw_text *t, const struct cw_msg_event *ev,
		       const char *sep)
{
	char comm[4 * CLOSEWATCH_COMM_MAX + 1];

	cw_utf8_escape(comm, sizeof(comm), ev->comm.b, ev->comm.len, false);
	cw_say(t, "%s%s[%" PRIu32 "]", sep, comm, ev->pid);
	if (ev->why == CLOSEWATCH_CAUSE_SIGNAL) {
		cw_say(t, " by ");
		cw_say_signal(t, ev);
	} else if (ev->why != CLOSEWATCH_CAUSE_CLOSE) {
		cw_say(t, " at %s", cw_names_word(&cw_cause_names, ev->why) ?: "close");
	}
}

static void say_words(struct cw_text *t, const struct cw_half *h)
{
	const struct cw_msg_event *ev = &h->ev;
	const char *sep = " (";

	if (cw_half_shut_down(h)) {
		cw_say(t, "%sshutdown", sep);
		sep = ", ";
	}
	if (cw_event_has(ev, PATH))
		say_word(t, &cw_path_names, ev->path, &sep);
	/* What a close that aborts comes to goes without saying. */
	if (cw_event_has(ev, FATE) && (ev->fate != CLOSEWATCH_FATE_ABORTED ||
				       !cw_event_has(ev, PATH)))
		say_word(t, &cw_fate_names, ev->fate, &sep);
	if (cw_event_has(ev, RESET_KIND))
		say_word(t, &cw_reset_kind_names, ev->reset_kind, &sep);
	if (cw_event_has(ev, PID)) {
		say_closer(t, ev, sep);
		sep = ", ";
	}
	if (*sep == ',')
		cw_say(t, ")");
}

static void say_end(struct cw_text *t, const char *name,
		    const struct cw_half *h, bool first)
{
	cw_say(t, "%s ", name);
	say_acts(t, h, first);
	say_words(t, h);
	if (cw_half_kept_fin(h))
		cw_say(t, ": its FIN waited behind data that it never sent");
}

/* --- what became of what it had sent --- */

bool cw_join_not_received(const struct cw_half *from, uint64_t *bytes)
{
	const struct cw_half *to = from->peer;

	if (!to || !to->received_all || !from->sent_all || !cw_half_counted(from) ||
	    !cw_half_counted(to))
		return false;
	*bytes = cw_less(cw_half_sent(from), to->ev.received);
	return true;
}

/* Without the peer's half: by its acknowledgments alone. */
static void say_alone(struct cw_text *t, const struct cw_half *h)
{
	const struct cw_msg_event *ev = &h->ev;

	/* A minisock has no figures. */
	if (!cw_half_counted(h))
		return;
	cw_say(t, "; ");
	cw_say_totals(t, ev);
	/* Absent where the connection was over. */
	if (cw_event_has(ev, ACKED) && ev->acked < cw_half_sent(h))
		cw_say(t, ", %" PRIu64 " B acknowledged", ev->acked);
	if (ev->lost_bytes)
		cw_say(t, ", %" PRIu64 " B never sent", ev->lost_bytes);
	if (h->closed)
		cw_say(t, ", %" PRIu64 " B read", h->read);
}

static void say_share(struct cw_text *t, const struct cw_half *to, uint64_t missing)
{
	uint64_t received = to->ev.received;

	cw_say(t, "received %s%" PRIu64, to->received_all ? "" : "at least ", received);
	if (missing)
		cw_say(t, " of %" PRIu64, received + missing);
	cw_say(t, " B");
}

static void say_received(struct cw_text *t, const char *name,
			 const struct cw_half *from, const struct cw_half *to)
{
	uint64_t received = to->ev.received, missing = 0;
	bool all = cw_join_not_received(from, &missing) && !missing;

	cw_say(t, ", %s ", name);
	if (all)
		cw_say(t, "received all");
	else if (!received)
		cw_say(t, to->received_all ? "received none" :
					     "is not known to have received any");
	else
		say_share(t, to, missing);
	if (!to->closed)
		cw_say(t, ", and its close is not recorded");
	else if (received && to->read == received)
		cw_say(t, " and read %s", all || received == 1 ? "it" : "them");
	else if (received)
		cw_say(t, " and read %" PRIu64 " B, %" PRIu64 " B unread",
		       to->read, cw_less(received, to->read));
}

static void say_way(struct cw_text *t, const char *name,
		    const struct cw_half *from, const char *peer)
{
	const struct cw_half *to = from->peer;
	uint64_t sent = cw_half_sent(from);

	if (!cw_half_counted(from))
		return;
	/* It may have sent more after the last that is recorded of it. */
	if (sent < to->ev.received)
		sent = to->ev.received;
	cw_say(t, "; %s sent ", name);
	if (!sent)
		cw_say(t, "nothing");
	else
		cw_say(t, "%s%" PRIu64 " B", from->sent_all ? "" : "at least ", sent);
	if (from->ev.lost_bytes)
		cw_say(t, ", %" PRIu64 " B more never", from->ev.lost_bytes);
	if (sent && cw_half_counted(to))
		say_received(t, peer, from, to);
}

static void say_one(struct cw_text *t, const char *name, const struct cw_half *h)
{
	say_end(t, name, h, false);
	say_alone(t, h);
	cw_say(t, "; the other end is not recorded%s",
	       says_first(h) == CLOSEWATCH_SIDE_PEER ? ", but was first" : "");
}

static const char *const names[2] = { "A", "B" };

void cw_join_say(struct cw_text *t, const struct cw_join *j)
{
	enum cw_first first = cw_join_first(j);
	bool known = first == CW_FIRST_A || first == CW_FIRST_B;
	unsigned int b = first == CW_FIRST_B;

	if (!j->half[0] || !j->half[1]) {
		b = !j->half[0];
		say_one(t, names[b], j->half[b]);
		return;
	}
	say_end(t, names[b], j->half[b], known);
	cw_say(t, "; ");
	say_end(t, names[!b], j->half[!b], false);
	if (first == CW_FIRST_BOTH)
		cw_say(t, "; each before it had that of the other");
	else if (first == CW_FIRST_BETWEEN)
		cw_say(t, "; each says that the other was first: "
			  "something between them may have ended it");
	say_way(t, names[0], j->half[0], names[1]);
	say_way(t, names[1], j->half[1], names[0]);
}
