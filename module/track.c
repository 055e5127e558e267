// SPDX-License-Identifier: GPL-2.0
/*
 * What ends a connection is told by the functions that ran just before its
 * state became CLOSE; each leaves a mark here, and the change of state draws
 * the conclusion. Timers leave none: an end without a mark is theirs.
 */
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <net/inet_timewait_sock.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "birth.h"
#include "classify.h"
#include "drain.h"
#include "facts.h"
#include "notify.h"
#include "stats.h"
#include "track.h"

#define CW_TRACK_BITS	12

struct cw_track {
	struct hlist_node node;
	u64 cookie;
	u64 since;
	u32 marks;
	u32 first;
	bool minisock;		/* all that is left; then conn and end are set */
	struct cw_owner owner;
	struct cw_conn conn;
	struct cw_end end;
};

/* What a minisock in FIN_WAIT2 can meet with while its full socket is still on
 * its way to CLOSE: it is hashed first.
 */
#define CW_MARKS_TW_END	(CW_MARK_LATE_DATA | CW_MARK_TIME_WAIT | \
			 CW_MARK_PEER_RST | CW_MARK_ABORT | CW_MARK_NET_DEAD)

/* lock protects the chain, not the entries on it. */
struct cw_track_bucket {
	raw_spinlock_t lock;
	struct hlist_head chain;
};

static struct cw_track_bucket cw_track_table[1 << CW_TRACK_BITS];
static struct cw_track *cw_track_pool;
/* Protects the free list and the count. */
static DEFINE_RAW_SPINLOCK(cw_track_free_lock);
static HLIST_HEAD(cw_track_free);
static unsigned int cw_track_used;
static unsigned int cw_track_slots;

int cw_track_init(unsigned int slots)
{
	unsigned int i;

	cw_track_pool = kvcalloc(slots, sizeof(*cw_track_pool), GFP_KERNEL);
	if (!cw_track_pool)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(cw_track_table); i++) {
		raw_spin_lock_init(&cw_track_table[i].lock);
		INIT_HLIST_HEAD(&cw_track_table[i].chain);
	}
	INIT_HLIST_HEAD(&cw_track_free);
	for (i = 0; i < slots; i++)
		hlist_add_head(&cw_track_pool[i].node, &cw_track_free);
	cw_track_used = 0;
	cw_track_slots = slots;
	return 0;
}

void cw_track_exit(void)
{
	kvfree(cw_track_pool);
	cw_track_pool = NULL;
	cw_track_used = 0;
}

unsigned int cw_track_count(void)
{
	return READ_ONCE(cw_track_used);
}

static struct cw_track_bucket *cw_track_bucket(u64 cookie)
{
	return &cw_track_table[hash_64(cookie, CW_TRACK_BITS)];
}

static struct cw_track *__cw_track_lookup(struct cw_track_bucket *b, u64 cookie)
{
	struct cw_track *t;

	lockdep_assert_held(&b->lock);
	hlist_for_each_entry(t, &b->chain, node) {
		if (t->cookie == cookie)
			return t;
	}
	return NULL;
}

static struct cw_track *cw_track_find(u64 cookie)
{
	struct cw_track_bucket *b = cw_track_bucket(cookie);
	struct cw_track *t;
	unsigned long flags;

	raw_spin_lock_irqsave(&b->lock, flags);
	t = __cw_track_lookup(b, cookie);
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return t;
}

/* Unhash an entry: whoever gets it is the only one to have it. */
static struct cw_track *cw_track_take(u64 cookie)
{
	struct cw_track_bucket *b = cw_track_bucket(cookie);
	struct cw_track *t;
	unsigned long flags;

	raw_spin_lock_irqsave(&b->lock, flags);
	t = __cw_track_lookup(b, cookie);
	if (t)
		hlist_del(&t->node);
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return t;
}

static void cw_track_hash(struct cw_track *t)
{
	struct cw_track_bucket *b = cw_track_bucket(t->cookie);
	unsigned long flags;

	raw_spin_lock_irqsave(&b->lock, flags);
	hlist_add_head(&t->node, &b->chain);
	raw_spin_unlock_irqrestore(&b->lock, flags);
}

static void cw_track_put(struct cw_track *t)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&cw_track_free_lock, flags);
	hlist_add_head(&t->node, &cw_track_free);
	WRITE_ONCE(cw_track_used, cw_track_used - 1);
	raw_spin_unlock_irqrestore(&cw_track_free_lock, flags);
}

static struct cw_track *cw_track_get(struct sock *sk)
{
	u64 cookie = cw_facts_cookie(sk);
	struct cw_track *t = cw_track_find(cookie);
	unsigned long flags;

	if (t)
		return t;
	raw_spin_lock_irqsave(&cw_track_free_lock, flags);
	if (!hlist_empty(&cw_track_free)) {
		t = hlist_entry(cw_track_free.first, struct cw_track, node);
		hlist_del(&t->node);
		WRITE_ONCE(cw_track_used, cw_track_used + 1);
	}
	raw_spin_unlock_irqrestore(&cw_track_free_lock, flags);
	if (!t)
		return NULL;
	memset(t, 0, sizeof(*t));
	t->cookie = cookie;
	cw_track_hash(t);
	return t;
}

/* Only what can come to CLOSE with a fate has an entry. */
static bool cw_track_concerns(const struct sock *sk)
{
	return !((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN |
					TCPF_SYN_SENT | TCPF_SYN_RECV |
					TCPF_TIME_WAIT | TCPF_NEW_SYN_RECV));
}

void cw_track_mark(struct sock *sk, u32 mark)
{
	struct cw_track *t;

	if (!cw_track_concerns(sk))
		return;
	t = cw_track_get(sk);
	if (t)
		t->marks |= mark;
}

void cw_track_unmark(struct sock *sk, u32 mark)
{
	struct cw_track *t = cw_track_find(cw_facts_cookie(sk));

	if (t)
		t->marks &= ~mark;
}

void cw_track_fin(struct sock *sk)
{
	struct cw_track *t = cw_track_get(sk);

	if (!t)
		return;
	t->marks |= CW_MARK_FIN;
	t->first = sk->sk_state == TCP_LAST_ACK ? CLOSEWATCH_SIDE_PEER :
						  CLOSEWATCH_SIDE_LOCAL;
	if (!t->since)
		t->since = ktime_get_ns();
}

void cw_track_close(struct sock *sk, const struct cw_owner *owner)
{
	struct cw_track *t;

	/* In SYN_RECV, after a fast open, a FIN may follow and then a fate. */
	if (!cw_track_concerns(sk) && sk->sk_state != TCP_SYN_RECV)
		return;
	t = cw_track_get(sk);
	if (!t)
		return;
	t->marks |= CW_MARK_IN_CLOSE;
	t->owner = *owner;
	if (!t->since)
		t->since = ktime_get_ns();
}

/* Probes of a shut window give up by their number too, be TCP_USER_TIMEOUT set
 * or not; retransmissions and keepalive do not.
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
	} else if (cw_track_count() == cw_track_slots) {
		end->marks |= CW_MARK_UNTRACKED;
	}
	if (left && ((1 << old_state) &
		     (TCPF_FIN_WAIT1 | TCPF_CLOSING | TCPF_LAST_ACK)) &&
	    !(end->marks & CW_MARK_FIN_LOST))
		left--;
	end->lost_bytes = left;
}

/* Takes the entry, if there is one, out of use. */
static void cw_track_emit(struct net *net, const struct cw_conn *conn,
			  const struct cw_owner *owner, struct cw_end *end,
			  struct cw_track *t)
{
	struct cw_event ev = {
		.type = CLOSEWATCH_EVENT_TYPE_FATE,
		.conn = *conn,
		.owner = *owner,
	};

	if (t && t->since)
		end->since_ns = ktime_get_ns() - t->since;
	cw_classify_end(end, conn->linger2);
	ev.end = *end;
	cw_stats_fate(net, end, t && t->minisock);
	if (t)
		cw_track_put(t);
	cw_notify_event(&ev);
}

void cw_track_gone(struct sock *sk, int old_state)
{
	struct cw_owner owner = { };
	struct cw_conn conn;
	struct cw_track *t;
	struct cw_end end;
	bool drained;

	t = cw_track_take(cw_facts_cookie(sk));
	if (!cw_track_concerns(sk)) {
		if (t)
			cw_track_put(t);
		return;
	}
	cw_track_end_take(&end, sk, old_state, t);
	cw_facts_take(&conn, sk);
	conn.age_ns = cw_birth_age(conn.cookie);
	/* Its program has closed what a drain owns, and reads no more of it. */
	drained = cw_drain_owner(sk, &owner);
	if (t && !drained)
		owner = t->owner;
	/* The purge of an orphan's queue leaves the numbers that it counts by. */
	if (end.dead || drained || end.marks & CW_MARK_IN_CLOSE)
		conn.unread = 0;
	if (t && (end.marks & CW_MARK_FIN_WAIT2) &&
	    !(end.marks & (CW_MARK_NO_MINISOCK | CW_MARKS_TW_END))) {
		t->conn = conn;
		t->owner = owner;
		t->end = end;
		t->minisock = true;
		cw_track_hash(t);
		return;
	}
	cw_track_emit(sock_net(sk), &conn, &owner, &end, t);
}

/* Unhash the entry of a minisock, or leave a mark for its full socket. */
static struct cw_track *cw_track_tw_take(u64 cookie, u32 mark)
{
	struct cw_track_bucket *b = cw_track_bucket(cookie);
	struct cw_track *t;
	unsigned long flags;

	raw_spin_lock_irqsave(&b->lock, flags);
	t = __cw_track_lookup(b, cookie);
	if (t && t->minisock) {
		hlist_del(&t->node);
	} else if (t) {
		t->marks |= mark;
		t = NULL;
	}
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return t;
}

void cw_track_tw_end(struct inet_timewait_sock *tw, u32 mark)
{
	struct cw_track *t = cw_track_tw_take(atomic64_read(&tw->tw_cookie),
					      mark);
	struct cw_owner owner;
	struct cw_conn conn;
	struct cw_end end;

	if (!t)
		return;
	conn = t->conn;
	end = t->end;
	end.marks |= mark;
	owner = t->owner;
	cw_track_emit(twsk_net(tw), &conn, &owner, &end, t);
}

void cw_track_tw_kill(struct inet_timewait_sock *tw)
{
	cw_track_tw_end(tw, check_net(twsk_net(tw)) ? 0 : CW_MARK_NET_DEAD);
}

void cw_track_tw_rst(u64 cookie, bool looking)
{
	struct cw_track_bucket *b = cw_track_bucket(cookie);
	struct cw_track *t;
	unsigned long flags;

	raw_spin_lock_irqsave(&b->lock, flags);
	t = __cw_track_lookup(b, cookie);
	if (t && looking)
		t->end.marks |= CW_MARK_PEER_RST;
	else if (t)
		t->end.marks &= ~CW_MARK_PEER_RST;
	raw_spin_unlock_irqrestore(&b->lock, flags);
}
