// SPDX-License-Identifier: GPL-2.0
/*
 * Each function that ends a connection leaves a mark here just before the state
 * becomes CLOSE; at that change the marks decide the fate. Timers leave no
 * mark, so an end without one is a timer's.
 */
#include <linux/ktime.h>
#include <net/inet_timewait_sock.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "core/canary.h"
#include "core/classify.h"
#include "core/drain_tag.h"
#include "core/facts.h"
#include "core/hook.h"
#include "core/netns.h"
#include "core/notify.h"
#include "core/quiet.h"
#include "core/stats.h"
#include "birth.h"
#include "ending.h"
#include "fate.h"
#include "gone.h"
#include "late.h"

/* A minisock in FIN_WAIT2 is hashed before its full socket is in CLOSE, so one
 * of these may already have ended it.
 */
#define CW_MARKS_TW_END	(CW_MARK_LATE_DATA | CW_MARK_TIME_WAIT | \
			 CW_MARK_PEER_RST | CW_MARK_ABORT | CW_MARK_NET_DEAD | \
			 CW_MARK_MINISOCK)

static bool cw_fate_wanted(u32 wanted, const struct cw_end *end, bool has_owner)
{
	return wanted & 1U << CLOSEWATCH_EVENT_TYPE_FATE &&
	       (wanted & CW_FILTER_QUIET || !cw_quiet_fate(end, has_owner));
}

/* Where the peer has not agreed to the end, it may go on sending. */
static bool cw_fate_leaves_late(u32 wanted, const struct cw_end *end)
{
	return wanted & 1U << CLOSEWATCH_EVENT_TYPE_RESET &&
	       end->fate != CLOSEWATCH_FATE_TIME_WAIT &&
	       end->fate != CLOSEWATCH_FATE_ACKED;
}

/* Its program may still write to the socket, and has yet to close it. */
static bool cw_fate_leaves_open(u32 wanted, const struct sock *sk,
				const struct cw_end *end,
				const struct cw_ending *c)
{
	bool closing = c && (c->progress == CW_PROGRESS_CLOSE ||
			     c->progress == CW_PROGRESS_CHILD);

	return wanted & (1U << CLOSEWATCH_EVENT_TYPE_WRITE_AFTER_SHUTDOWN |
			 1U << CLOSEWATCH_EVENT_TYPE_CLOSE) &&
	       !end->dead && !closing && !cw_drain_tag_of(sk);
}

static noinline void cw_fate_note_late(struct sock *sk)
{
	struct cw_conn conn;

	cw_facts_net(&conn, sock_net(sk));
	cw_facts_ends(&conn, sk);
	conn.cookie = cw_facts_cookie(sk);
	cw_late_note(&conn, cw_netns_payer(sock_net(sk), sk));
}

void cw_fate_mark(struct sock *sk, u32 mark)
{
	struct cw_ending *c;

	if (!cw_ending_concerns(sk))
		return;
	c = cw_ending_lock_asked(sk);
	if (!c)
		return;
	c->marks |= mark;
	cw_ending_unlock(c);
}

/* Zero window probes also give up after a number of them, even if
 * TCP_USER_TIMEOUT is set; retransmissions and keepalive do not.
 */
static bool cw_fate_user_timeout(const struct sock *sk)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	u32 elapsed = tcp_jiffies32 - icsk->icsk_probes_tstamp;

	if (!icsk->icsk_user_timeout)
		return false;
	return !icsk->icsk_probes_out ||
	       jiffies_to_msecs(elapsed) >= icsk->icsk_user_timeout;
}

static __always_inline void cw_fate_end_take(struct cw_end *end,
					     const struct sock *sk,
					     int old_state,
					     const struct cw_ending *c)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 left = tp->write_seq - tp->snd_una;
	u32 unsent = tp->write_seq - tp->snd_nxt;

	*end = (struct cw_end){
		.old_state = old_state,
		.dead = sock_flag(sk, SOCK_DEAD),
		.all_acked = !left,
		.user_timeout = cw_fate_user_timeout(sk),
		.linger2 = READ_ONCE(tp->linger2),
		.mptcp = sk_is_mptcp(sk),
	};
	if (tp->repair)
		end->marks = CW_MARK_REPAIR;
	/* By tcp_abort(), which can have waited for the socket's lock until now. */
	if (READ_ONCE(sk->sk_err) == ECONNABORTED)
		end->marks |= CW_MARK_ABORT;
	if (c) {
		end->marks |= c->marks;
		end->first = c->first;
		if (c->marks & CW_MARK_FIN && cw_ending_fin_lost(c, sk))
			end->marks |= CW_MARK_FIN_LOST;
	} else if (cw_ending_has_lost(sk)) {
		end->marks |= CW_MARK_UNTRACKED;
	}
	/* The tracepoint fires although kprobes do not, and leave no mark. */
	if (cw_canary_blind())
		end->marks |= CW_MARK_UNTRACKED;
	/* tcp_time_wait() found no memory, or too many of them. */
	if (end->marks & (CW_MARK_FIN_WAIT2 | CW_MARK_TIME_WAIT) &&
	    !(end->marks & CW_MARKS_TW_END & ~CW_MARK_TIME_WAIT) &&
	    !cw_facts_has_minisock(sk))
		end->marks |= CW_MARK_NO_MINISOCK;
	/* From here on the close itself does not end the connection. */
	if (end->dead)
		end->marks &= ~CW_MARK_IN_CLOSE;
	if (left && ((1 << old_state) &
		     (TCPF_FIN_WAIT1 | TCPF_CLOSING | TCPF_LAST_ACK)) &&
	    !(end->marks & CW_MARK_FIN_LOST)) {
		left--;
		unsent -= !!unsent;
	}
	end->lost_bytes = unsent;
	end->unacked = left - unsent;
}

/* The owner is the task that closed, not the work of the drain. */
static void cw_fate_facts(struct cw_conn *conn, struct cw_owner *owner,
			  struct sock *sk, const struct cw_ending *c,
			  const struct cw_end *end)
{
	bool drained = cw_drain_owner(sk, owner);

	if (!drained)
		*owner = c && c->has_owner ? c->owner : (struct cw_owner){ };
	cw_facts_take(conn, sk);
	conn->age_ns = cw_birth_age(conn->cookie);
	if (c && c->since) {
		u64 since = ktime_get_ns() - c->since;

		conn->since_sent_ns -= min(conn->since_sent_ns, since);
		conn->since_received_ns -= min(conn->since_received_ns, since);
	}
	/* Without the marks, a FIN that was never queued is taken as sent. */
	conn->unsent = end->lost_bytes;
	conn->unacked = end->unacked;
	/* Closed by its program, so nothing is left to read; but purging the
	 * queue does not reset the sequence numbers. A listener's child has no
	 * program, and what it holds is lost now.
	 */
	if (end->dead || drained ||
	    (end->marks & CW_MARK_IN_CLOSE && sk->sk_socket))
		conn->unread = 0;
}

/* A fate becomes known. */
static void cw_fate_decide(const struct net *net, struct cw_end *end,
			   const struct cw_ending *c)
{
	if (c && c->since)
		end->since_ns = ktime_get_ns() - c->since;
	cw_classify_end(end);
	cw_stats_fate(net, end, c && c->minisock);
}

/* Whether a minisock lives on, and nothing has ended it already. */
static bool cw_fate_goes_on(const struct cw_end *end)
{
	return (end->marks & CW_MARK_FIN_WAIT2) &&
	       !(end->marks & (CW_MARK_NO_MINISOCK | CW_MARKS_TW_END));
}

static void cw_fate_tw_facts(struct cw_ending *c, struct sock *sk)
{
	if (!(cw_hook_ask(&c->asked, sk) &
	      (1U << CLOSEWATCH_EVENT_TYPE_FATE |
	       1U << CLOSEWATCH_EVENT_TYPE_RESET)))
		return;
	cw_fate_facts(&c->conn, &c->owner, sk, c, &c->end);
	c->conn.state = c->end.old_state;
}

/* The entry of a minisock stays because the minisock can end at any time on
 * another CPU. A close in progress still needs its own facts.
 */
static void cw_fate_keep(struct cw_ending *c, struct sock *sk)
{
	c->minisock = true;
	if (!c->progress)
		cw_fate_tw_facts(c, sk);
}

static void cw_fate_tw_tell(struct cw_ending *c, const struct net *net)
{
	struct cw_event *ev;

	cw_fate_decide(net, &c->end, c);
	c->minisock = false;
	if (cw_fate_leaves_late(c->asked.types, &c->end))
		cw_late_note(&c->conn, cw_netns_payer(net, NULL));
	if (!cw_fate_wanted(c->asked.types, &c->end, c->owner.pid))
		return;
	ev = cw_notify_slot(CLOSEWATCH_EVENT_TYPE_FATE);
	ev->conn = c->conn;
	ev->owner = c->owner;
	ev->end = c->end;
	cw_notify_push(ev);
}

void cw_fate_close_over(struct cw_ending *c, struct sock *sk)
{
	if (!c->minisock)
		return;
	cw_fate_tw_facts(c, sk);
	if (c->tw_over)
		cw_fate_tw_tell(c, sock_net(sk));
}

static void cw_fate_tell(struct sock *sk, struct cw_end *end,
			 const struct cw_ending *c, u32 wanted)
{
	struct cw_event *ev;

	if (!(wanted & CW_HOOK_HEARD))
		return;
	cw_fate_decide(sock_net(sk), end, c);
	if (cw_fate_leaves_late(wanted, end))
		cw_fate_note_late(sk);
	if (cw_fate_leaves_open(wanted, sk, end, c))
		cw_gone_ended(sk, end->fate);
	if (!cw_fate_wanted(wanted, end, c && c->has_owner))
		return;
	ev = cw_notify_slot(CLOSEWATCH_EVENT_TYPE_FATE);
	cw_fate_facts(&ev->conn, &ev->owner, sk, c, end);
	ev->end = *end;
	cw_notify_push(ev);
}

static void cw_fate_known(struct sock *sk, int old_state, struct cw_ending *c,
			  u32 wanted)
{
	cw_fate_end_take(&c->end, sk, old_state, c);
	if (cw_fate_goes_on(&c->end))
		cw_fate_keep(c, sk);
	else
		cw_fate_tell(sk, &c->end, c, wanted);
}

/*
 * There is no entry: nothing was seen before, or it was evicted. What a task does
 * with a socket that it owns may have begun, and left no mark, long before
 * anybody asked; all else is over in a grace period (core/hook.h).
 */
static noinline void cw_fate_sudden(struct sock *sk, int old_state)
{
	u32 wanted = cw_hook_wanted(sk);
	struct cw_end end;

	if (!wanted)
		return;
	cw_fate_end_take(&end, sk, old_state, NULL);
	/* A timer that was put off meanwhile has left its error. */
	if (sock_owned_by_user_nocheck(sk) && !READ_ONCE(sk->sk_err))
		end.marks |= CW_MARK_UNSEEN;
	cw_fate_tell(sk, &end, NULL, wanted);
}

void cw_fate_gone(struct sock *sk, int old_state)
{
	struct cw_ending *c = cw_ending_lock(cw_facts_has_cookie(sk));
	struct cw_asked asked;

	if (c) {
		/* A close in progress has the answer for its own facts. */
		asked = c->asked;
		if (cw_ending_concerns(sk))
			cw_fate_known(sk, old_state, c,
				      cw_hook_ask(&asked, sk));
		cw_ending_settle(c);
	} else if (old_state == TCP_SYN_SENT) {
		cw_gone_failed(sk);
	} else if (cw_ending_concerns(sk)) {
		cw_fate_sudden(sk, old_state);
	}
}

/* If the full socket is not in CLOSE yet, cw_fate_gone() finds the mark; if its
 * close is not over, cw_fate_close_over() does.
 */
void cw_fate_tw_end(struct inet_timewait_sock *tw, u32 mark)
{
	struct cw_ending *c = cw_ending_lock(atomic64_read(&tw->tw_cookie));

	if (!c)
		return;
	if (!c->minisock) {
		c->marks |= mark | CW_MARK_MINISOCK;
		cw_ending_unlock(c);
		return;
	}
	c->end.marks |= mark;
	if (c->progress)
		c->tw_over = true;
	else
		cw_fate_tw_tell(c, twsk_net(tw));
	cw_ending_settle(c);
}

void cw_fate_tw_signed(u64 cookie)
{
	struct cw_ending *c = cw_ending_lock(cookie);

	if (!c)
		return;
	*(c->minisock ? &c->end.marks : &c->marks) |= CW_MARK_SIGNED;
	cw_ending_unlock(c);
}

void cw_fate_tw_kill(struct inet_timewait_sock *tw)
{
	cw_fate_tw_end(tw, check_net(twsk_net(tw)) ? 0 : CW_MARK_NET_DEAD);
}

void cw_fate_tw_rst(u64 cookie, bool processing)
{
	struct cw_ending *c = cw_ending_lock(cookie);
	u32 *marks;

	if (!c)
		return;
	/* As in cw_fate_tw_end(); what has ended a minisock stays. */
	marks = c->minisock ? &c->end.marks : &c->marks;
	if (processing)
		*marks |= CW_MARK_PEER_RST;
	else if (!(*marks & CW_MARK_MINISOCK))
		*marks &= ~CW_MARK_PEER_RST;
	cw_ending_unlock(c);
}
