// SPDX-License-Identifier: GPL-2.0
/*
 * There is no kretprobe on __tcp_close(), because a wait for SO_LINGER would
 * occupy one of its few instances. Instead, every close ends in one of two
 * probed functions: tcp_check_oom(), if the connection lives on as an orphan,
 * or inet_csk_destroy_sock().
 *
 * A shutdown(2) is followed from the entry of inet_shutdown() to its return; it
 * does not wait for the peer. At its entry the socket is not locked, so the
 * table is keyed by the task and not by the socket.
 *
 * A child of an accept queue has its own entry, which refers to that of the
 * listener, so that an RST for the child is counted there.
 */
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/ktime.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "core/classify.h"
#include "core/drain_tag.h"
#include "core/facts.h"
#include "core/netns.h"
#include "core/notify.h"
#include "core/pool.h"
#include "core/stats.h"
#include "birth.h"
#include "closing.h"
#include "fate.h"

struct cw_inflight {
	struct cw_pool_entry e;		/* key: a close's socket, or a task */
	const struct sock *sk;
	const void *listener;		/* key of its close, for a child only */
	u64 cookie;
	bool facts_taken;
	bool drain;			/* the close ends a drain */
	u64 wait_start;
	u32 write_seq;
	struct cw_event ev;
};

static void cw_inflight_evicted(struct cw_pool_entry *e);

static struct cw_pool cw_inflight_pool = {
	.size = sizeof(struct cw_inflight),
	.bits = 10,
	.evict = cw_inflight_evicted,
};

int cw_inflight_init(unsigned int slots)
{
	return cw_pool_init(&cw_inflight_pool, slots);
}

void cw_inflight_exit(void)
{
	cw_pool_exit(&cw_inflight_pool);
}

unsigned int cw_inflight_count(void)
{
	return cw_pool_count(&cw_inflight_pool);
}

u64 cw_inflight_full(void)
{
	return cw_pool_evicted(&cw_inflight_pool);
}

static struct cw_inflight *cw_inflight_of(struct cw_pool_entry *e)
{
	return e ? container_of(e, struct cw_inflight, e) : NULL;
}

static void cw_inflight_evicted(struct cw_pool_entry *e)
{
	struct cw_inflight *f = cw_inflight_of(e);

	if (f->listener)
		return;
	/* A wait for SO_LINGER has set the type to its own. */
	f->ev.type = f->e.key == (uintptr_t)f->sk ?
		     CLOSEWATCH_EVENT_TYPE_CLOSE : CLOSEWATCH_EVENT_TYPE_SHUTDOWN;
	cw_notify_lose(&f->ev);
}

static void cw_inflight_unlock(struct cw_inflight *f, unsigned long flags)
{
	cw_pool_unlock(&cw_inflight_pool, f->e.key, flags);
}

static void cw_inflight_free(struct cw_inflight *f, unsigned long flags)
{
	cw_pool_free(&cw_inflight_pool, &f->e, flags);
}

/* Ignores an entry that a missed hit left behind: its key may be reused. */
static struct cw_inflight *cw_inflight_lock_key(const void *key,
						const struct sock *sk,
						unsigned long *flags)
{
	struct cw_inflight *f;

	f = cw_inflight_of(cw_pool_lock(&cw_inflight_pool, (uintptr_t)key,
					flags));
	if (!f || (f->sk == sk && f->cookie == atomic64_read(&sk->sk_cookie)))
		return f;
	if (key == sk)
		cw_inflight_free(f, *flags);
	else
		cw_inflight_unlock(f, *flags);
	return NULL;
}

static struct cw_inflight *cw_inflight_lock(const struct sock *sk,
					    unsigned long *flags)
{
	return cw_inflight_lock_key(sk, sk, flags);
}

static struct cw_inflight *cw_inflight_lock_shut(const struct sock *sk,
						 unsigned long *flags)
{
	return cw_inflight_lock_key(current, sk, flags);
}

/* The close of a socket that is in progress, or else this task's shutdown. */
static struct cw_inflight *cw_inflight_lock_any(const struct sock *sk,
						unsigned long *flags)
{
	struct cw_inflight *f = cw_inflight_lock(sk, flags);

	return f ? f : cw_inflight_lock_shut(sk, flags);
}

/* A new entry is zeroed; one that a missed hit left behind is replaced. */
static struct cw_inflight *cw_inflight_lock_new(const void *key,
						struct sock *sk,
						unsigned long *flags)
{
	u64 payer = cw_netns_payer(sock_net(sk), sk);
	struct cw_inflight *f;

	f = cw_inflight_of(cw_pool_lock_new(&cw_inflight_pool, (uintptr_t)key,
					    payer, flags));
	if (!f)
		return NULL;
	if (f->sk)
		memset((u8 *)f + sizeof(f->e), 0, sizeof(*f) - sizeof(f->e));
	f->sk = sk;
	f->cookie = cw_facts_cookie(sk);
	cw_facts_net(&f->ev.conn, sock_net(sk));
	return f;
}

/* No entry was available, so the event of the current task is lost. */
static noinline void cw_inflight_lose(struct sock *sk, u32 type)
{
	struct cw_event ev = { .type = type };

	cw_facts_identity(&ev.conn, sk);
	cw_owner_take(&ev.owner, sk);
	cw_notify_lose(&ev);
}

void cw_inflight_begin(struct sock *sk, long timeout)
{
	struct cw_inflight *f;
	unsigned long flags;

	f = cw_inflight_lock_new(sk, sk, &flags);
	if (!f) {
		cw_inflight_lose(sk, CLOSEWATCH_EVENT_TYPE_CLOSE);
		return;
	}
	cw_facts_take(&f->ev.conn, sk);
	f->ev.conn.age_ns = cw_birth_age(f->ev.conn.cookie);
	/* A worker ends a drain; the owner is the task that closed before. */
	f->drain = cw_drain_owner(sk, &f->ev.owner);
	if (!f->drain)
		cw_owner_take(&f->ev.owner, sk);
	f->write_seq = tcp_sk(sk)->write_seq;
	cw_track_close(sk, &f->ev.owner);
	cw_inflight_unlock(f, flags);
}

void cw_inflight_fin(struct sock *sk)
{
	unsigned long flags;
	struct cw_inflight *f = cw_inflight_lock_any(sk, &flags);

	if (!f)
		return;
	f->ev.marks.fin_called = true;
	f->ev.marks.fin_behind = tcp_write_queue_tail(sk);
	cw_inflight_unlock(f, flags);
}

/* The listener's close is not serialised with the softirq of the child. */
static void cw_inflight_count_reset(const struct sock *listener)
{
	unsigned long flags;
	struct cw_inflight *f = cw_inflight_lock_any(listener, &flags);

	if (!f)
		return;
	f->ev.marks.children_reset++;
	cw_inflight_unlock(f, flags);
}

void cw_inflight_rst(struct sock *sk)
{
	unsigned long flags;
	struct cw_inflight *f = cw_inflight_lock(sk, &flags);
	const struct sock *listener;

	if (!f)
		return;
	listener = f->listener;
	/* A timer that fires during the linger wait holds the lock without
	 * owning the socket: its RST is not from the close.
	 */
	if (!listener && sock_owned_by_user_nocheck(sk))
		f->ev.marks.rst_sent = true;
	cw_inflight_unlock(f, flags);
	if (listener)
		cw_inflight_count_reset(listener);
}

void cw_inflight_reason(struct sock *sk, const char *reason)
{
	unsigned long flags;
	struct cw_inflight *f = cw_inflight_lock(sk, &flags);

	if (!f)
		return;
	if (f->ev.marks.rst_sent && !f->ev.extra.reason[0])
		strscpy(f->ev.extra.reason, reason,
			sizeof(f->ev.extra.reason));
	cw_inflight_unlock(f, flags);
}

static void __cw_inflight_shut_facts(struct cw_inflight *f, struct sock *sk)
{
	cw_facts_take(&f->ev.conn, sk);
	f->ev.conn.age_ns = cw_birth_age(f->ev.conn.cookie);
	f->write_seq = tcp_sk(sk)->write_seq;
	f->facts_taken = true;
}

void cw_inflight_disconnect(struct sock *sk)
{
	unsigned long flags;
	struct cw_inflight *f = cw_inflight_lock_any(sk, &flags);

	if (!f)
		return;
	f->ev.marks.disconnect = true;
	if (f->e.key != (uintptr_t)sk && !f->facts_taken)
		__cw_inflight_shut_facts(f, sk);
	cw_inflight_unlock(f, flags);
}

/* Runs before an acknowledgment of the new FIN can be processed. */
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

static void __cw_inflight_wait(struct cw_inflight *f, struct sock *sk,
			       long timeout)
{
	struct cw_marks *m = &f->ev.marks;

	/* sk_stream_wait_close() always follows tcp_send_fin(). */
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

void cw_inflight_wait(struct sock *sk, long timeout)
{
	unsigned long flags;
	struct cw_inflight *f = cw_inflight_lock(sk, &flags);

	if (!f)
		return;
	__cw_inflight_wait(f, sk, timeout);
	cw_inflight_unlock(f, flags);
}

void cw_inflight_listen_stop(struct sock *sk)
{
	unsigned long flags;
	struct cw_inflight *f = cw_inflight_lock_any(sk, &flags);

	if (!f)
		return;
	f->ev.marks.listen_stop = true;
	cw_inflight_unlock(f, flags);
}

/* Also called in softirq, for a connection that arrives during the close. */
void cw_inflight_child(struct sock *sk, struct sock *child)
{
	unsigned long flags;
	struct cw_inflight *f = cw_inflight_lock_any(sk, &flags);

	cw_track_mark(child, CW_MARK_IN_CLOSE);
	if (!f)
		return;
	f->ev.marks.children++;
	cw_inflight_unlock(f, flags);
	f = cw_inflight_lock_new(child, child, &flags);
	if (!f)
		return;
	f->listener = sk;
	cw_inflight_unlock(f, flags);
}

void cw_inflight_time_wait(struct sock *sk, int state)
{
	unsigned long flags;
	struct cw_inflight *f = cw_inflight_lock(sk, &flags);

	if (!f)
		return;
	f->ev.marks.new_state = state;
	cw_inflight_unlock(f, flags);
}

/* Unlocks and frees the entry. */
static void cw_inflight_end(struct cw_inflight *f, struct sock *sk,
			    unsigned long flags)
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
	/* The program's close was reported when the drain began. */
	if (f->drain) {
		cw_stats_drain_close(sock_net(sk), ev->verdict.path);
		cw_drain_closed(sk, ev->verdict.path);
	} else {
		cw_stats_close(sock_net(sk), ev);
		cw_notify_event(ev);
	}
	cw_inflight_free(f, flags);
}

void cw_inflight_oom(struct sock *sk, bool oom)
{
	unsigned long flags;
	struct cw_inflight *f;

	/* Also called by timers; during a wait for SO_LINGER the socket is not
	 * SOCK_DEAD yet.
	 */
	if (!sock_flag(sk, SOCK_DEAD))
		return;
	f = cw_inflight_lock(sk, &flags);
	if (!f)
		return;
	f->ev.marks.survived = true;
	f->ev.marks.oom = oom;
	f->ev.marks.net_dead = !oom && !check_net(sock_net(sk));
	/* In these two cases inet_csk_destroy_sock() follows. */
	if (oom || f->ev.marks.net_dead)
		cw_inflight_unlock(f, flags);
	else
		cw_inflight_end(f, sk, flags);
}

void cw_inflight_destroy(struct sock *sk)
{
	unsigned long flags;
	struct cw_inflight *f = cw_inflight_lock(sk, &flags);

	if (!f)
		return;
	if (f->listener)
		cw_inflight_free(f, flags);
	else
		cw_inflight_end(f, sk, flags);
}

void cw_inflight_shut_begin(struct sock *sk, int how)
{
	unsigned long flags;
	struct cw_inflight *f = cw_inflight_lock_new(current, sk, &flags);

	if (!f) {
		cw_inflight_lose(sk, CLOSEWATCH_EVENT_TYPE_SHUTDOWN);
		return;
	}
	cw_owner_take(&f->ev.owner, sk);
	f->ev.extra.how = how;
	cw_inflight_unlock(f, flags);
}

void cw_inflight_shut_locked(struct sock *sk)
{
	unsigned long flags;
	struct cw_inflight *f = cw_inflight_lock_shut(sk, &flags);

	if (!f)
		return;
	__cw_inflight_shut_facts(f, sk);
	cw_inflight_unlock(f, flags);
}

void cw_inflight_shut_done(struct sock *sk)
{
	unsigned long flags;
	struct cw_inflight *f = cw_inflight_lock_shut(sk, &flags);

	if (!f)
		return;
	cw_inflight_see_fin(f, sk);
	f->ev.marks.new_state = sk->sk_state;
	cw_inflight_unlock(f, flags);
}

/* If neither tcp_shutdown() nor tcp_disconnect() ran, a listener's write side
 * was shut down: without the lock, only what cannot change is read.
 */
void cw_inflight_shut_end(struct sock *sk)
{
	unsigned long flags;
	struct cw_inflight *f = cw_inflight_lock_shut(sk, &flags);
	struct cw_event *ev;

	if (!f)
		return;
	ev = &f->ev;
	if (!f->facts_taken)
		cw_facts_identity(&ev->conn, sk);
	if (!ev->marks.new_state)
		ev->marks.new_state = sk->sk_state;
	ev->type = CLOSEWATCH_EVENT_TYPE_SHUTDOWN;
	ev->verdict = cw_classify_shutdown(&ev->conn, ev->extra.how,
					   &ev->marks);
	cw_notify_event(ev);
	cw_inflight_free(f, flags);
}
