// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include <linux/closewatch.h>

#include "base/names.h"
#include "explain/pending.h"

/*
 * The kernel subtracts whole jiffies, so that its figures may be one too long;
 * it is no longer than this (HZ=100).
 */
#define JIFFY_MS	10

static const struct cw_word waits_words[] = {
	[CW_WAITS_CLOSE] = CW_WORD_IS("close"),
	[CW_WAITS_READ] = CW_WORD_IS("read"),
	[CW_WAITS_ACCEPT] = CW_WORD_IS("accept"),
	[CW_WAITS_DATA_ACK] = CW_WORD_IS("data-ack"),
	[CW_WAITS_FIN_ACK] = CW_WORD_IS("fin-ack"),
	[CW_WAITS_FIN] = CW_WORD_IS("fin"),
};

static const char *const waits_docs[] = {
	[CW_WAITS_CLOSE] = "The program has read EOF, and has not closed.",
	[CW_WAITS_READ] = "The peer has sent FIN, and the program has not read as far.",
	[CW_WAITS_ACCEPT] = "The peer has sent FIN, and no program has accepted the connection.",
	[CW_WAITS_DATA_ACK] = "Data of ours is sent or queued, and not acknowledged.",
	[CW_WAITS_FIN_ACK] = "Nothing but our FIN is not acknowledged.",
	[CW_WAITS_FIN] = "Our FIN is acknowledged; the peer has not sent its own.",
};

const struct cw_names cw_waits_names = {
	.word = waits_words, .count = CW_WAITS_MAX + 1, .doc = waits_docs,
	.name = "waits-for",
};

static bool peer_ended(const struct cw_socket *s)
{
	return s->state == CLOSEWATCH_STATE_CLOSE_WAIT ||
	       s->state == CLOSEWATCH_STATE_LAST_ACK ||
	       s->state == CLOSEWATCH_STATE_CLOSING;
}

/* Our FIN is among what is queued. */
static bool fin_queued(const struct cw_socket *s)
{
	return s->state == CLOSEWATCH_STATE_FIN_WAIT1 ||
	       s->state == CLOSEWATCH_STATE_LAST_ACK ||
	       s->state == CLOSEWATCH_STATE_CLOSING;
}

struct cw_pending_bytes cw_pending_bytes(const struct cw_socket *s)
{
	uint32_t unsent = s->notsent < s->wqueue ? s->notsent : s->wqueue;
	struct cw_pending_bytes b = {
		.unread = s->rqueue, .unsent = unsent,
		.unacked = s->wqueue - unsent,
	};

	/* A FIN counts as 1 until it is read or acknowledged. */
	if (peer_ended(s) && b.unread)
		b.unread--;
	if (fin_queued(s) && b.unsent)
		b.unsent--;
	else if (fin_queued(s) && b.unacked)
		b.unacked--;
	return b;
}

enum cw_waits cw_pending_waits(const struct cw_socket *s)
{
	struct cw_pending_bytes b = cw_pending_bytes(s);

	if (s->state == CLOSEWATCH_STATE_FIN_WAIT2)
		return CW_WAITS_FIN;
	if (s->state == CLOSEWATCH_STATE_CLOSE_WAIT && !s->inode)
		return CW_WAITS_ACCEPT;
	if (b.unsent || b.unacked)
		return CW_WAITS_DATA_ACK;
	if (s->state != CLOSEWATCH_STATE_CLOSE_WAIT)
		return CW_WAITS_FIN_ACK;
	return s->rqueue ? CW_WAITS_READ : CW_WAITS_CLOSE;
}

/*
 * Each segment with a valid ACK counts, so the peer's FIN does, and data even
 * if its ACK is old.
 */
uint64_t cw_pending_silent_ms(const struct cw_socket *s)
{
	uint32_t ms = s->last_ack_ms < s->last_data_ms ? s->last_ack_ms :
							 s->last_data_ms;

	return ms > JIFFY_MS ? ms - JIFFY_MS : 0;
}

/*
 * The intervals that have passed are each at least half as long as the next. A
 * backoff may be left from before; retransmissions count from the last ACK of
 * anything new.
 */
static uint64_t retransmitting_ms(const struct cw_socket *s)
{
	uint64_t us = 0;
	unsigned int i;

	for (i = 1; i <= s->backoff && i <= s->retransmits && i < 32; i++)
		us += s->rto_us >> i;
	return us / 1000;
}

bool cw_pending_age_ms(const struct cw_socket *s, uint64_t *ms)
{
	if (!s->full)
		return false;
	/* They began with a segment of the peer's, and it was not the last. */
	if (s->state == CLOSEWATCH_STATE_CLOSE_WAIT ||
	    s->state == CLOSEWATCH_STATE_CLOSING ||
	    s->state == CLOSEWATCH_STATE_FIN_WAIT2) {
		*ms = cw_pending_silent_ms(s);
		return true;
	}
	/*
	 * The others began with a close, of which sock_diag does not tell the
	 * time; only that this FIN has been sent again for so long.
	 */
	if (s->wqueue != 1 || s->timer != CW_TIMER_RETRANSMIT)
		return false;
	*ms = retransmitting_ms(s);
	return true;
}

static uint64_t rank(const struct cw_socket *s)
{
	uint64_t ms = 0;

	if (!cw_pending_age_ms(s, &ms) && s->full)
		ms = cw_pending_silent_ms(s);
	return ms;
}

int cw_pending_compare(const void *a, const void *b)
{
	uint64_t x = rank(a), y = rank(b);

	return (x < y) - (x > y);
}

/* Nothing for a time below a second. */
static void say_seconds(struct cw_text *t, const char *before, uint64_t ms,
			const char *after)
{
	if (ms >= 1000)
		cw_say(t, "%s%" PRIu64 " s%s", before, ms / 1000, after);
}

static void say_close_wait(struct cw_text *t, const struct cw_socket *s)
{
	struct cw_pending_bytes b = cw_pending_bytes(s);

	switch (cw_pending_waits(s)) {
	case CW_WAITS_ACCEPT:
		cw_say(t, "; no program has accepted the connection");
		break;
	case CW_WAITS_DATA_ACK:
		cw_say(t, "; the program has not closed: %" PRIu32 " B unsent and %"
		       PRIu32 " B unacknowledged", b.unsent, b.unacked);
		break;
	case CW_WAITS_READ:
		if (b.unread)
			cw_say(t, "; the program has not read the last %" PRIu32
			       " B", b.unread);
		else
			cw_say(t, "; the program has not read EOF");
		break;
	default:
		cw_say(t, "; the program has read EOF and has not closed");
	}
}

static void say_fin(struct cw_text *t, const struct cw_socket *s)
{
	struct cw_pending_bytes b = cw_pending_bytes(s);

	if (s->state == CLOSEWATCH_STATE_LAST_ACK)
		cw_say(t, "the peer has sent FIN; ");
	else if (s->state == CLOSEWATCH_STATE_CLOSING)
		cw_say(t, "both have sent FIN; ");
	if (b.unsent)
		cw_say(t, "our FIN waits behind %" PRIu32 " B unsent", b.unsent);
	else
		cw_say(t, "our FIN is not acknowledged");
	if (b.unacked)
		cw_say(t, "; %" PRIu32 " B in flight", b.unacked);
	if (s->timer == CW_TIMER_PERSIST)
		cw_say(t, "; the peer's window is closed");
	else if (s->timer == CW_TIMER_RETRANSMIT && s->retransmits)
		cw_say(t, "; retransmitted %u time%s", s->retransmits,
		       s->retransmits == 1 ? "" : "s");
	if (s->full)
		say_seconds(t, "; nothing from the peer for ",
			    cw_pending_silent_ms(s), "");
}

static void say_fin_wait2(struct cw_text *t, const struct cw_socket *s,
			  const uint64_t *age_ms)
{
	cw_say(t, "our FIN is acknowledged; the peer has not sent its own");
	if (age_ms)
		say_seconds(t, " for at least ", *age_ms, "");
	if (s->timer == CW_TIMER_MINISOCK)
		say_seconds(t, "; the kernel waits ", s->timer_ms, " more");
}

void cw_pending_say(struct cw_text *t, const struct cw_socket *s,
		    const uint64_t *age_ms)
{
	if (s->state == CLOSEWATCH_STATE_FIN_WAIT2) {
		say_fin_wait2(t, s, age_ms);
	} else if (s->state != CLOSEWATCH_STATE_CLOSE_WAIT) {
		say_fin(t, s);
	} else {
		cw_say(t, "the peer sent FIN");
		if (age_ms)
			say_seconds(t, " at least ", *age_ms, " ago");
		say_close_wait(t, s);
	}
	if (!s->inode && s->state != CLOSEWATCH_STATE_CLOSE_WAIT)
		cw_say(t, "; closed by its program");
}

static const char *orphan_remedy(const struct cw_socket *s)
{
	if (s->state == CLOSEWATCH_STATE_FIN_WAIT2)
		return "none is needed: the kernel waits for net.ipv4.tcp_fin_timeout";
	if (s->timer == CW_TIMER_PERSIST)
		return
			"the peer must read: the kernel keeps the data while the peer answers its probes; "
			"TCP_USER_TIMEOUT limits that, ss -K ends it";
	return "none is needed: the kernel gives up after net.ipv4.tcp_orphan_retries";
}

const char *cw_pending_remedy(const struct cw_socket *s)
{
	static const char *const owned[] = {
		[CW_WAITS_CLOSE] =
			"leaked descriptors, if they stay: the program must close a socket once it has read EOF",
		[CW_WAITS_READ] =
			"the program must read and close: it is stuck, or no longer polls the socket",
		[CW_WAITS_ACCEPT] =
			"the program that listens must accept: it is stuck, or too slow for its queue",
		[CW_WAITS_DATA_ACK] =
			"the peer must read and acknowledge; TCP_USER_TIMEOUT limits how long the kernel tries",
		[CW_WAITS_FIN_ACK] =
			"the peer must acknowledge; the kernel gives up after net.ipv4.tcp_retries2",
		[CW_WAITS_FIN] =
			"the peer must close; after shutdown() the program needs a timeout of its own, and then close()",
	};
	enum cw_waits waits = cw_pending_waits(s);

	if (s->inode || waits == CW_WAITS_ACCEPT)
		return owned[waits];
	return orphan_remedy(s);
}
