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
#include "core/netns.h"
#include "core/notify.h"
#include "core/pool.h"
#include "core/stats.h"
#include "birth.h"
#include "fate.h"

struct cw_track {
	struct cw_pool_entry e;	/* key: the socket's cookie */
	u64 since;
	u32 marks;
	u32 first;
	bool minisock;		/* in FIN_WAIT2; conn and end are set */
	struct cw_owner owner;
	struct cw_conn conn;
	struct cw_end end;
};

/* A minisock in FIN_WAIT2 is hashed before its full socket is in CLOSE, so one
 * of these may already have ended it.
 */
#define CW_MARKS_TW_END	(CW_MARK_LATE_DATA | CW_MARK_TIME_WAIT | \
			 CW_MARK_PEER_RST | CW_MARK_ABORT | CW_MARK_NET_DEAD)

static struct cw_pool cw_track_pool = {
	.size = sizeof(struct cw_track),
	.bits = 12,
};

int cw_track_init(unsigned int slots)
{
	return cw_pool_init(&cw_track_pool, slots);
}

void cw_track_exit(void)
{
	cw_pool_exit(&cw_track_pool);
}

unsigned int cw_track_count(void)
{
	return cw_pool_count(&cw_track_pool);
}

u64 cw_track_evicted(void)
{
	return cw_pool_evicted(&cw_track_pool);
}

static struct cw_track *cw_track_of(struct cw_pool_entry *e)
{
	return e ? container_of(e, struct cw_track, e) : NULL;
}

static struct cw_track *cw_track_lock(u64 cookie, unsigned long *flags)
{
	return cw_track_of(cw_pool_lock(&cw_track_pool, cookie, flags));
}

static struct cw_track *cw_track_lock_new(struct sock *sk, unsigned long *flags)
{
	return cw_track_of(cw_pool_lock_new(&cw_track_pool, cw_facts_cookie(sk),
					    cw_netns_payer(sock_net(sk), sk),
					    flags));
}

static void cw_track_unlock(struct cw_track *t, unsigned long flags)
{
	cw_pool_unlock(&cw_track_pool, t->e.key, flags);
}

/* Only states from which CLOSE has a fate need an entry. */
static bool cw_track_concerns(const struct sock *sk)
{
	return !((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN |
					TCPF_SYN_SENT | TCPF_SYN_RECV |
					TCPF_TIME_WAIT | TCPF_NEW_SYN_RECV));
}

void cw_track_mark(struct sock *sk, u32 mark)
{
	unsigned long flags;
	struct cw_track *t;

	if (!cw_track_concerns(sk))
		return;
	t = cw_track_lock_new(sk, &flags);
	if (!t)
		return;
	t->marks |= mark;
	cw_track_unlock(t, flags);
}

void cw_track_unmark(struct sock *sk, u32 mark)
{
	unsigned long flags;
	struct cw_track *t = cw_track_lock(cw_facts_cookie(sk), &flags);

	if (!t)
		return;
	t->marks &= ~mark;
	cw_track_unlock(t, flags);
}

void cw_track_fin(struct sock *sk)
{
	unsigned long flags;
	struct cw_track *t = cw_track_lock_new(sk, &flags);

	if (!t)
		return;
	t->marks |= CW_MARK_FIN;
	t->first = sk->sk_state == TCP_LAST_ACK ? CLOSEWATCH_SIDE_PEER :
						  CLOSEWATCH_SIDE_LOCAL;
	if (!t->since)
		t->since = ktime_get_ns();
	cw_track_unlock(t, flags);
}

void cw_track_close(struct sock *sk, const struct cw_owner *owner)
{
	unsigned long flags;
	struct cw_track *t;

	/* In SYN_RECV, after a fast open, a FIN and then a fate may follow. */
	if (!cw_track_concerns(sk) && sk->sk_state != TCP_SYN_RECV)
		return;
	t = cw_track_lock_new(sk, &flags);
	if (!t)
		return;
	t->marks |= CW_MARK_IN_CLOSE;
	t->owner = *owner;
	if (!t->since)
		t->since = ktime_get_ns();
	cw_track_unlock(t, flags);
}

/* Zero window probes also give up after a number of them, even if
 * TCP_USER_TIMEOUT is set; retransmissions and keepalive do not.
 */
static bool cw_track_user_timeout(const struct sock *sk)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	u32 elapsed = tcp_jiffies32 - icsk->icsk_probes_tstamp;

	if (!icsk->icsk_user_timeout)
		return false;
	return !icsk->icsk_probes_out ||
	       jiffies_to_msecs(elapsed) >= icsk->icsk_user_timeout;
}

static void cw_track_end_take(struct cw_end *end, struct sock *sk,
			      int old_state, const struct cw_track *t)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 left = tp->write_seq - tp->snd_una;

	memset(end, 0, sizeof(*end));
	end->old_state = old_state;
	end->dead = sock_flag(sk, SOCK_DEAD);
	end->all_acked = !left;
	end->user_timeout = cw_track_user_timeout(sk);
	if (tp->repair)
		end->marks = CW_MARK_REPAIR;
	if (t) {
		end->marks |= t->marks;
		end->first = t->first;
	} else if (cw_pool_has_lost(&cw_track_pool,
				    cw_netns_payer(sock_net(sk), sk))) {
		end->marks |= CW_MARK_UNTRACKED;
	}
	/* The tracepoint fires although kprobes do not, and leave no mark. */
	if (cw_canary_blind())
		end->marks |= CW_MARK_UNTRACKED;
	if (left && ((1 << old_state) &
		     (TCPF_FIN_WAIT1 | TCPF_CLOSING | TCPF_LAST_ACK)) &&
	    !(end->marks & CW_MARK_FIN_LOST))
		left--;
	end->lost_bytes = left;
}

static noinline void cw_track_notify(const struct cw_conn *conn,
				     const struct cw_owner *owner,
				     const struct cw_end *end)
{
	struct cw_event ev = {
		.type = CLOSEWATCH_EVENT_TYPE_FATE,
		.conn = *conn,
		.owner = *owner,
		.end = *end,
	};

	cw_notify_event(&ev);
}

static void cw_track_emit(struct net *net, const struct cw_conn *conn,
			  const struct cw_owner *owner, struct cw_end *end,
			  const struct cw_track *t)
{
	if (t && t->since)
		end->since_ns = ktime_get_ns() - t->since;
	cw_classify_end(end, conn);
	cw_stats_fate(net, end, t && t->minisock);
	if (cw_notify_wants(CLOSEWATCH_EVENT_TYPE_FATE))
		cw_track_notify(conn, owner, end);
}

/* Whether a minisock lives on, and nothing has ended it already. */
static bool cw_track_goes_on(const struct cw_track *t, const struct cw_end *end)
{
	return t && (end->marks & CW_MARK_FIN_WAIT2) &&
	       !(end->marks & (CW_MARK_NO_MINISOCK | CW_MARKS_TW_END));
}

/* @t: the socket's entry, its bucket locked, or NULL. True if it is to stay. */
static bool __cw_track_gone(struct sock *sk, int old_state, struct cw_track *t)
{
	struct cw_owner owner = { };
	struct cw_conn conn;
	struct cw_end end;
	bool drained;

	cw_track_end_take(&end, sk, old_state, t);
	cw_facts_take(&conn, sk);
	conn.age_ns = cw_birth_age(conn.cookie);
	/* The owner is the task that closed, not the work of the drain. */
	drained = cw_drain_owner(sk, &owner);
	if (t && !drained)
		owner = t->owner;
	/* Closed by its program, so nothing is left to read; but purging the
	 * queue does not reset the sequence numbers.
	 */
	if (end.dead || drained || end.marks & CW_MARK_IN_CLOSE)
		conn.unread = 0;
	if (!cw_track_goes_on(t, &end)) {
		cw_track_emit(sock_net(sk), &conn, &owner, &end, t);
		return false;
	}
	t->conn = conn;
	t->owner = owner;
	t->end = end;
	t->minisock = true;
	return true;
}

/* The entry of a minisock stays hashed because the minisock can end at any time
 * on another CPU.
 */
void cw_track_gone(struct sock *sk, int old_state)
{
	unsigned long flags;
	struct cw_track *t = cw_track_lock(cw_facts_cookie(sk), &flags);
	bool kept = false;

	if (cw_track_concerns(sk))
		kept = __cw_track_gone(sk, old_state, t);
	if (kept)
		cw_track_unlock(t, flags);
	else if (t)
		cw_pool_free(&cw_track_pool, &t->e, flags);
}

/* If the full socket is not in CLOSE yet, cw_track_gone() finds the mark. */
void cw_track_tw_end(struct inet_timewait_sock *tw, u32 mark)
{
	unsigned long flags;
	struct cw_track *t = cw_track_lock(atomic64_read(&tw->tw_cookie),
					   &flags);

	if (!t)
		return;
	if (!t->minisock) {
		t->marks |= mark;
		cw_track_unlock(t, flags);
		return;
	}
	t->end.marks |= mark;
	cw_track_emit(twsk_net(tw), &t->conn, &t->owner, &t->end, t);
	cw_pool_free(&cw_track_pool, &t->e, flags);
}

void cw_track_tw_kill(struct inet_timewait_sock *tw)
{
	cw_track_tw_end(tw, check_net(twsk_net(tw)) ? 0 : CW_MARK_NET_DEAD);
}

void cw_track_tw_rst(u64 cookie, bool processing)
{
	unsigned long flags;
	struct cw_track *t = cw_track_lock(cookie, &flags);

	if (!t)
		return;
	if (processing)
		t->end.marks |= CW_MARK_PEER_RST;
	else
		t->end.marks &= ~CW_MARK_PEER_RST;
	cw_track_unlock(t, flags);
}
