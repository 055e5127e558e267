// SPDX-License-Identifier: GPL-2.0
/*
 * There is no kretprobe on __tcp_close(), because a wait for SO_LINGER would
 * occupy one of its few instances. Instead, every close ends in one of two
 * places: tcp_check_oom(), if the connection lives on as an orphan, or
 * tcp_v4_destroy_sock().
 *
 * A child of an accept queue has its own entry, which refers to its listener, so
 * that an RST for the child is counted there.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched/signal.h>
#include <net/tcp.h>

#include "core/classify.h"
#include "core/drain_tag.h"
#include "core/facts.h"
#include "core/hook.h"
#include "core/notify.h"
#include "core/stats.h"
#include "birth.h"
#include "closing.h"
#include "ending.h"
#include "fate.h"
#include "gone.h"
#include "shutting.h"

/* The close of a socket that is in progress. */
static struct cw_ending *cw_closing_lock(u64 cookie)
{
	struct cw_ending *c = cw_ending_lock(cookie);

	if (c && c->progress != CW_PROGRESS_CLOSE) {
		cw_ending_unlock(c);
		return NULL;
	}
	return c;
}

/* The entry of a socket that leaves a mark, if its fate is of interest. */
static struct cw_ending *cw_closing_lock_mark(struct sock *sk, u32 marks)
{
	struct cw_ending *c;

	if (!cw_ending_concerns(sk))
		return cw_ending_lock(cw_facts_has_cookie(sk));
	c = cw_ending_lock_asked(sk);
	if (c)
		c->marks |= marks;
	return c;
}

static bool cw_closing_wanted(const struct cw_ending *c, u32 type)
{
	return !c->drain && c->asked.types & 1U << type;
}

/* For counters the branch is enough. A worker ends a drain, which makes no event;
 * its owner is the task that closed before.
 */
static void cw_closing_facts(struct cw_ending *c, struct sock *sk)
{
	u32 events = 1U << CLOSEWATCH_EVENT_TYPE_CLOSE |
		     1U << CLOSEWATCH_EVENT_TYPE_LINGER_WAIT |
		     1U << CLOSEWATCH_EVENT_TYPE_FATE;

	c->drain = cw_drain_owner(sk, &c->owner);
	c->has_owner = c->drain;
	if (!(c->asked.types & events)) {
		cw_facts_branch(&c->conn, sk);
		return;
	}
	cw_facts_take(&c->conn, sk);
	c->conn.age_ns = cw_birth_age(c->conn.cookie);
	if (!c->drain)
		cw_owner_take(&c->owner, sk);
	c->has_owner = true;
}

static void cw_closing_waits(struct cw_ending *c, const struct sock *sk)
{
	struct cw_marks *m = &c->close;
	struct cw_event *ev;

	m->waited = true;
	m->timeout_ns = jiffies64_to_nsecs(min_t(u64, c->timeout,
						 (u64)INT_MAX * HZ));
	c->wait_start = ktime_get_ns();
	if (!cw_closing_wanted(c, CLOSEWATCH_EVENT_TYPE_LINGER_WAIT))
		return;
	ev = cw_notify_slot(CLOSEWATCH_EVENT_TYPE_LINGER_WAIT);
	ev->conn = c->conn;
	ev->owner = c->owner;
	ev->marks = *m;
	ev->marks.new_state = sk->sk_state;
	cw_notify_push(ev);
}

/* As sk_stream_wait_close(), which is next. */
static inline void cw_closing_wait(struct cw_ending *c, const struct sock *sk)
{
	if (c->timeout && (1 << sk->sk_state) &
	    (TCPF_FIN_WAIT1 | TCPF_CLOSING | TCPF_LAST_ACK))
		cw_closing_waits(c, sk);
}

void cw_closing_begin(struct sock *sk, long timeout)
{
	struct cw_asked asked = { };
	struct cw_ending *c;

	if (!cw_hook_ask(&asked, sk))
		return;
	c = cw_ending_lock_new(cw_facts_cookie(sk), sk);
	if (!c) {
		cw_ending_lose(sk, CLOSEWATCH_EVENT_TYPE_CLOSE);
		return;
	}
	c->asked = asked;
	cw_ending_set_progress(c, CW_PROGRESS_CLOSE);
	c->timeout = timeout;
	c->close = (struct cw_marks){ };
	c->reason = NULL;
	cw_closing_facts(c, sk);
	if (cw_facts_close_aborts(sk))
		c->marks |= CW_MARK_IN_CLOSE;
	else if (!c->conn.repair)
		cw_closing_wait(c, sk);
	if (!c->since)
		c->since = ktime_get_ns();
	cw_ending_unlock(c);
}

void cw_closing_fin(struct sock *sk)
{
	struct cw_ending *c = cw_ending_lock_asked(sk);
	bool closing = c && c->progress == CW_PROGRESS_CLOSE;

	if (c) {
		c->marks |= CW_MARK_FIN;
		c->marks &= ~CW_MARK_IN_CLOSE;
		c->first = sk->sk_state == TCP_LAST_ACK ?
			   CLOSEWATCH_SIDE_PEER : CLOSEWATCH_SIDE_LOCAL;
		c->fin_seq = tcp_sk(sk)->write_seq;
		if (!c->since)
			c->since = ktime_get_ns();
		if (closing) {
			cw_ending_note_fin(c, sk);
			cw_closing_wait(c, sk);
		}
		cw_ending_unlock(c);
	}
	if (!closing)
		cw_shutting_fin(sk);
}

/* The listener's close is not serialised with the softirq of the child. */
static bool cw_closing_count_child(u64 listener, const struct sock *dropped)
{
	struct cw_ending *c = cw_closing_lock(listener);

	if (!c)
		return cw_shutting_child(listener, dropped);
	cw_ending_note_child(c, dropped);
	cw_ending_unlock(c);
	return true;
}

void cw_closing_rst(struct sock *sk, u32 marks)
{
	struct cw_ending *c = cw_closing_lock_mark(sk, marks);
	u64 listener = 0;

	if (!c)
		return;
	if (c->progress == CW_PROGRESS_CHILD)
		listener = c->listener;
	/* A timer that fires during the linger wait holds the lock without
	 * owning the socket: its RST is not from the close.
	 */
	else if (sock_owned_by_user_nocheck(sk))
		c->close.rst_sent = true;
	cw_ending_unlock(c);
	if (listener)
		cw_closing_count_child(listener, NULL);
}

void cw_closing_reason(struct sock *sk, const char *reason)
{
	struct cw_ending *c = cw_closing_lock(cw_facts_has_cookie(sk));

	if (!c)
		return;
	if (c->close.rst_sent && !c->reason)
		c->reason = reason;
	cw_ending_unlock(c);
}

void cw_closing_disconnect(struct sock *sk)
{
	struct cw_ending *c = cw_closing_lock_mark(sk, CW_MARK_DISCONNECT);
	bool closing = c && c->progress == CW_PROGRESS_CLOSE;

	if (closing) {
		c->close.disconnect = true;
		c->marks |= CW_MARK_IN_CLOSE;
	}
	if (c)
		cw_ending_unlock(c);
	if (!closing)
		cw_shutting_disconnect(sk);
}

void cw_closing_listen_stop(struct sock *sk)
{
	struct cw_ending *c = cw_closing_lock(cw_facts_has_cookie(sk));

	if (!c) {
		cw_shutting_listen_stop(sk);
		return;
	}
	c->close.listen_stop = true;
	cw_ending_unlock(c);
}

/* Also called in softirq, for a connection that arrives during the close. */
void cw_closing_child(struct sock *sk, struct sock *child)
{
	u64 listener = cw_facts_has_cookie(sk);
	bool counted = cw_closing_count_child(listener, child);
	struct cw_ending *c;

	if (!counted && !cw_ending_concerns(child))
		return;
	c = cw_ending_lock_asked(child);
	if (!c)
		return;
	c->marks |= CW_MARK_IN_CLOSE;
	if (counted) {
		cw_ending_set_progress(c, CW_PROGRESS_CHILD);
		c->listener = listener;
	}
	cw_ending_unlock(c);
}

void cw_closing_time_wait(struct sock *sk, int state)
{
	struct cw_ending *c;

	c = cw_closing_lock_mark(sk, state == TCP_FIN_WAIT2 ?
				     CW_MARK_FIN_WAIT2 : CW_MARK_TIME_WAIT);
	if (!c)
		return;
	c->close.new_state = state;
	cw_ending_unlock(c);
}

/* What had become of it before. */
static void cw_closing_before(struct cw_event *ev)
{
	struct cw_gone gone = cw_gone_of(ev->conn.cookie);

	ev->extra.connect_error = gone.error;
	ev->extra.connect_rst = gone.rst;
	if (!gone.ended_at)
		return;
	ev->extra.ended_by = gone.fate;
	/* 0 means that it is not known. */
	ev->extra.since_ended_ns = ktime_get_ns() - gone.ended_at ?: 1;
}

static void cw_closing_send(struct cw_ending *c, struct cw_verdict verdict)
{
	struct cw_event *ev = cw_notify_slot(CLOSEWATCH_EVENT_TYPE_CLOSE);

	ev->conn = c->conn;
	ev->owner = c->owner;
	ev->marks = c->close;
	ev->verdict = verdict;
	if (verdict.path == CLOSEWATCH_PATH_ALREADY_CLOSED)
		cw_closing_before(ev);
	if (c->reason)
		strscpy(ev->extra.reason, c->reason, sizeof(ev->extra.reason));
	cw_notify_push(ev);
}

static void cw_closing_end(struct cw_ending *c, struct sock *sk)
{
	u32 why = c->has_owner ? c->owner.why : CLOSEWATCH_CAUSE_CLOSE;
	struct cw_marks *m = &c->close;
	struct cw_verdict verdict;

	cw_ending_set_progress(c, CW_PROGRESS_NONE);
	if (!m->new_state)
		m->new_state = sk->sk_state;
	cw_ending_see_fin(c, sk);
	m->all_acked = tcp_sk(sk)->snd_una == tcp_sk(sk)->write_seq;
	if (m->waited) {
		m->wait_ns = ktime_get_ns() - c->wait_start;
		m->signal = signal_pending(current);
	}
	verdict = cw_classify(&c->conn, why, m);
	/* The program's close was reported when the drain began. */
	if (c->drain) {
		cw_stats_drain_close(sock_net(sk), verdict.path);
		cw_drain_closed(sk, verdict.path);
		return;
	}
	cw_stats_close(sock_net(sk), verdict.path, c->conn.unread, m);
	if (cw_closing_wanted(c, CLOSEWATCH_EVENT_TYPE_CLOSE))
		cw_closing_send(c, verdict);
}

/* Also called by timers; during a wait for SO_LINGER the socket is not SOCK_DEAD
 * yet.
 */
bool cw_closing_concerns(const struct sock *sk)
{
	return sock_flag(sk, SOCK_DEAD) &&
	       (cw_facts_has_cookie(sk) || cw_hook_wanted(sk));
}

void cw_closing_oom(struct sock *sk, u32 marks)
{
	struct cw_ending *c;

	c = marks ? cw_closing_lock_mark(sk, marks) :
		    cw_ending_lock(cw_facts_has_cookie(sk));
	if (!c)
		return;
	if (c->progress == CW_PROGRESS_CLOSE) {
		c->close.survived = true;
		c->close.net_dead = marks & CW_MARK_NET_DEAD;
		c->close.oom = marks && !c->close.net_dead;
		/* After a mark, tcp_v4_destroy_sock() follows. */
		if (!marks)
			cw_closing_end(c, sk);
	}
	cw_ending_unlock(c);
}

void cw_closing_destroy(struct sock *sk)
{
	struct cw_ending *c = cw_ending_lock(cw_facts_has_cookie(sk));

	if (!c)
		return;
	if (c->progress == CW_PROGRESS_CLOSE) {
		cw_closing_end(c, sk);
		cw_fate_close_over(c, sk);
	} else if (c->progress == CW_PROGRESS_CHILD) {
		c->progress = CW_PROGRESS_NONE;
	}
	cw_ending_settle(c);
}
