// SPDX-License-Identifier: GPL-2.0
/*
 * No kretprobe on __tcp_close(): it would be held open for as long as
 * SO_LINGER waits, and its instances are few. Instead the two places are
 * probed of which every close passes one last: tcp_check_oom(), when the
 * connection lives on without its owner, or inet_csk_destroy_sock().
 *
 * A shutdown(2) is followed likewise, between the entry and the return of
 * inet_shutdown(), which does not wait. It learns of its socket's lock only
 * in tcp_shutdown(), so its entry is found by its task and not its socket.
 *
 * A child of an accept queue has an entry of its own that points to the
 * listener's, so that an RST for it is counted there.
 */
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "birth.h"
#include "classify.h"
#include "drain.h"
#include "drain_stats.h"
#include "facts.h"
#include "inflight.h"
#include "notify.h"
#include "stats.h"
#include "track.h"

#define CW_INFLIGHT_BITS	10

struct cw_inflight {
	struct hlist_node node;
	const void *key;		/* a close's socket, a shutdown's task */
	const struct sock *sk;
	struct cw_inflight *listener;	/* set in a child's entry only */
	bool facts_taken;
	bool drain;			/* the close ends a drain */
	u64 wait_start;
	u32 write_seq;
	struct cw_event ev;
};

/* lock protects the chain, not the entries on it. */
struct cw_inflight_bucket {
	raw_spinlock_t lock;
	struct hlist_head chain;
};

static struct cw_inflight_bucket cw_inflight_table[1 << CW_INFLIGHT_BITS];

static struct cw_inflight *cw_inflight_pool;
/* Protects the free list and the count; taken inside a bucket's lock never. */
static DEFINE_RAW_SPINLOCK(cw_inflight_free_lock);
static HLIST_HEAD(cw_inflight_free);
static unsigned int cw_inflight_used;
static atomic64_t cw_inflight_nr_full = ATOMIC64_INIT(0);

int cw_inflight_init(unsigned int slots)
{
	unsigned int i;

	cw_inflight_pool = kvcalloc(slots, sizeof(*cw_inflight_pool),
				    GFP_KERNEL);
	if (!cw_inflight_pool)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(cw_inflight_table); i++) {
		raw_spin_lock_init(&cw_inflight_table[i].lock);
		INIT_HLIST_HEAD(&cw_inflight_table[i].chain);
	}
	INIT_HLIST_HEAD(&cw_inflight_free);
	for (i = 0; i < slots; i++)
		hlist_add_head(&cw_inflight_pool[i].node, &cw_inflight_free);
	cw_inflight_used = 0;
	return 0;
}

void cw_inflight_exit(void)
{
	kvfree(cw_inflight_pool);
	cw_inflight_pool = NULL;
	cw_inflight_used = 0;
}

unsigned int cw_inflight_count(void)
{
	return READ_ONCE(cw_inflight_used);
}

u64 cw_inflight_full(void)
{
	return atomic64_read(&cw_inflight_nr_full);
}

static struct cw_inflight_bucket *cw_inflight_bucket(const void *key)
{
	return &cw_inflight_table[hash_ptr(key, CW_INFLIGHT_BITS)];
}

static struct cw_inflight *cw_inflight_find(const void *key)
{
	struct cw_inflight_bucket *b = cw_inflight_bucket(key);
	struct cw_inflight *f, *found = NULL;
	unsigned long flags;

	/* An entry of this key would have been put here by this task or under
	 * the lock that the caller holds: no need to lock for an empty chain.
	 */
	if (hlist_empty(&b->chain))
		return NULL;
	raw_spin_lock_irqsave(&b->lock, flags);
	hlist_for_each_entry(f, &b->chain, node) {
		if (f->key == key) {
			found = f;
			break;
		}
	}
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return found;
}

/* What is in progress for a socket, be it a close or this task's shutdown. */
static struct cw_inflight *cw_inflight_find_any(const struct sock *sk)
{
	struct cw_inflight *f = cw_inflight_find(sk);

	if (f)
		return f;
	f = cw_inflight_find(current);
	return f && f->sk == sk ? f : NULL;
}

static struct cw_inflight *cw_inflight_get(const void *key,
					   const struct sock *sk)
{
	struct cw_inflight_bucket *b = cw_inflight_bucket(key);
	struct cw_inflight *f = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&cw_inflight_free_lock, flags);
	if (!hlist_empty(&cw_inflight_free)) {
		f = hlist_entry(cw_inflight_free.first, struct cw_inflight,
				node);
		hlist_del(&f->node);
		WRITE_ONCE(cw_inflight_used, cw_inflight_used + 1);
	}
	raw_spin_unlock_irqrestore(&cw_inflight_free_lock, flags);
	if (!f) {
		atomic64_inc(&cw_inflight_nr_full);
		return NULL;
	}
	memset(f, 0, sizeof(*f));
	f->key = key;
	f->sk = sk;
	raw_spin_lock_irqsave(&b->lock, flags);
	hlist_add_head(&f->node, &b->chain);
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return f;
}

static void cw_inflight_put(struct cw_inflight *f)
{
	struct cw_inflight_bucket *b = cw_inflight_bucket(f->key);
	unsigned long flags;

	raw_spin_lock_irqsave(&b->lock, flags);
	hlist_del(&f->node);
	raw_spin_unlock_irqrestore(&b->lock, flags);

	raw_spin_lock_irqsave(&cw_inflight_free_lock, flags);
	hlist_add_head(&f->node, &cw_inflight_free);
	WRITE_ONCE(cw_inflight_used, cw_inflight_used - 1);
	raw_spin_unlock_irqrestore(&cw_inflight_free_lock, flags);
}

void cw_inflight_begin(struct sock *sk, long timeout)
{
	struct cw_inflight *f = cw_inflight_find(sk);

	/* Left behind by a close whose last probe was missed. */
	if (f)
		cw_inflight_put(f);
	f = cw_inflight_get(sk, sk);
	if (!f)
		return;
	cw_facts_take(&f->ev.conn, sk);
	f->ev.conn.age_ns = cw_birth_age(f->ev.conn.cookie);
	/* A worker closes what a program had closed before. */
	f->drain = cw_drain_owner(sk, &f->ev.owner);
	if (!f->drain)
		cw_owner_take(&f->ev.owner, sk);
	f->write_seq = tcp_sk(sk)->write_seq;
	cw_track_close(sk, &f->ev.owner);
}

void cw_inflight_fin(struct sock *sk)
{
	struct cw_inflight *f = cw_inflight_find_any(sk);

	if (!f)
		return;
	f->ev.marks.fin_called = true;
	f->ev.marks.fin_behind = tcp_write_queue_tail(sk);
}

void cw_inflight_rst(struct sock *sk)
{
	struct cw_inflight *f = cw_inflight_find(sk);

	if (!f)
		return;
	if (f->listener)
		f->listener->ev.marks.children_reset++;
	/* A timer that fires during the linger wait holds the lock, but does
	 * not own the socket: its RST is not the close's.
	 */
	else if (sock_owned_by_user_nocheck(sk))
		f->ev.marks.rst_sent = true;
}

void cw_inflight_reason(struct sock *sk, const char *reason)
{
	struct cw_inflight *f = cw_inflight_find(sk);

	if (f && f->ev.marks.rst_sent && !f->ev.extra.reason[0])
		strscpy(f->ev.extra.reason, reason,
			sizeof(f->ev.extra.reason));
}

void cw_inflight_disconnect(struct sock *sk)
{
	struct cw_inflight *f = cw_inflight_find_any(sk);

	if (!f)
		return;
	f->ev.marks.disconnect = true;
	if (f->key != sk && !f->facts_taken)
		cw_inflight_shut_locked(sk);
}

/* Called before any acknowledgment of a new FIN can be processed. */
static void cw_inflight_see_fin(struct cw_inflight *f, struct sock *sk)
{
	struct cw_marks *m = &f->ev.marks;

	if (!m->fin_called)
		return;
	m->fin_queued = tcp_sk(sk)->write_seq != f->write_seq;
	m->fin_shared = cw_facts_fin_shared(sk);
	if (!m->fin_queued)
		cw_track_mark(sk, CW_MARK_FIN_LOST);
}

void cw_inflight_wait(struct sock *sk, long timeout)
{
	struct cw_inflight *f = cw_inflight_find(sk);
	struct cw_marks *m;

	if (!f)
		return;
	m = &f->ev.marks;
	/* Called always after tcp_send_fin(). */
	cw_inflight_see_fin(f, sk);
	if (!timeout || !((1 << sk->sk_state) &
			  (TCPF_FIN_WAIT1 | TCPF_CLOSING | TCPF_LAST_ACK)))
		return;
	m->waited = true;
	m->timeout_ns = jiffies64_to_nsecs(min_t(u64, timeout,
						 (u64)INT_MAX * HZ));
	m->new_state = sk->sk_state;
	f->wait_start = ktime_get_ns();
	f->ev.type = CLOSEWATCH_EVENT_TYPE_LINGER_WAIT;
	cw_notify_event(&f->ev);
	m->new_state = 0;
}

void cw_inflight_listen_stop(struct sock *sk)
{
	struct cw_inflight *f = cw_inflight_find_any(sk);

	if (f)
		f->ev.marks.listen_stop = true;
}

void cw_inflight_child(struct sock *sk, struct sock *child)
{
	struct cw_inflight *f = cw_inflight_find_any(sk);
	struct cw_inflight *c;

	cw_track_mark(child, CW_MARK_IN_CLOSE);
	if (!f)
		return;
	f->ev.marks.children++;
	c = cw_inflight_get(child, child);
	if (c)
		c->listener = f;
}

void cw_inflight_time_wait(struct sock *sk, int state)
{
	struct cw_inflight *f = cw_inflight_find(sk);

	if (f)
		f->ev.marks.new_state = state;
}

static void cw_inflight_end(struct cw_inflight *f, struct sock *sk)
{
	struct cw_event *ev = &f->ev;
	struct cw_marks *m = &ev->marks;

	if (!m->new_state)
		m->new_state = sk->sk_state;
	m->all_acked = tcp_sk(sk)->snd_una == tcp_sk(sk)->write_seq;
	if (m->waited) {
		m->wait_ns = ktime_get_ns() - f->wait_start;
		m->signal = signal_pending(current);
	}
	ev->type = CLOSEWATCH_EVENT_TYPE_CLOSE;
	ev->verdict = cw_classify(&ev->conn, ev->owner.why, m);
	/* The program's close has been told when the drain began. */
	if (f->drain) {
		cw_drain_stats_close(sock_net(sk), ev->verdict.path);
		cw_drain_closed(sk, ev->verdict.path);
	} else {
		cw_stats_close(sock_net(sk), ev);
		cw_notify_event(ev);
	}
	cw_inflight_put(f);
}

void cw_inflight_oom(struct sock *sk, bool oom)
{
	struct cw_inflight *f = cw_inflight_find(sk);

	/* A timer that asks during the linger wait finds an owner still. */
	if (!f || !sock_flag(sk, SOCK_DEAD))
		return;
	f->ev.marks.survived = true;
	f->ev.marks.oom = oom;
	f->ev.marks.net_dead = !oom && !check_net(sock_net(sk));
	/* In these two cases inet_csk_destroy_sock() follows. */
	if (!oom && !f->ev.marks.net_dead)
		cw_inflight_end(f, sk);
}

void cw_inflight_destroy(struct sock *sk)
{
	struct cw_inflight *f = cw_inflight_find(sk);

	if (!f)
		return;
	if (f->listener)
		cw_inflight_put(f);
	else
		cw_inflight_end(f, sk);
}

void cw_inflight_shut_begin(struct sock *sk, int how)
{
	struct cw_inflight *f = cw_inflight_find(current);

	if (f)
		cw_inflight_put(f);
	f = cw_inflight_get(current, sk);
	if (f)
		f->ev.extra.how = how;
}

void cw_inflight_shut_locked(struct sock *sk)
{
	struct cw_inflight *f = cw_inflight_find(current);

	if (!f || f->sk != sk)
		return;
	cw_facts_take(&f->ev.conn, sk);
	f->ev.conn.age_ns = cw_birth_age(f->ev.conn.cookie);
	f->write_seq = tcp_sk(sk)->write_seq;
	f->facts_taken = true;
}

void cw_inflight_shut_done(struct sock *sk)
{
	struct cw_inflight *f = cw_inflight_find(current);

	if (!f || f->sk != sk)
		return;
	cw_inflight_see_fin(f, sk);
	f->ev.marks.new_state = sk->sk_state;
}

/* Neither tcp_shutdown() nor tcp_disconnect() ran: a listener whose write side
 * was shut, of which nothing is read that could change.
 */
void cw_inflight_shut_end(struct sock *sk)
{
	struct cw_inflight *f = cw_inflight_find(current);
	struct cw_event *ev;

	if (!f)
		return;
	ev = &f->ev;
	if (!f->facts_taken)
		cw_facts_identity(&ev->conn, sk);
	if (!ev->marks.new_state)
		ev->marks.new_state = sk->sk_state;
	cw_owner_take(&ev->owner, sk);
	ev->type = CLOSEWATCH_EVENT_TYPE_SHUTDOWN;
	ev->verdict = cw_classify_shutdown(&ev->conn, ev->extra.how,
					   &ev->marks);
	cw_notify_event(ev);
	cw_inflight_put(f);
}
