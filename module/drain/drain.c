// SPDX-License-Identifier: GPL-2.0
/*
 * Each drain has one work item and one timer for its next deadline. The timer,
 * callbacks of the socket and those who tell the drain to leave kick it: the work
 * is queued, which acts owning the socket. If the connection ends while the
 * drain is idle, with nothing left to read, the callback ends it at once.
 * Whoever takes the drain from idle has it alone, so it ends exactly once.
 *
 * The socket keeps its reference to the network namespace, so a namespace that
 * is deleted exists until its last drain ends, at most drain_total_max later.
 */
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/timer.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "compat/compat.h"
#include "core/classify.h"
#include "core/drain_tag.h"
#include "core/facts.h"
#include "core/hook.h"
#include "core/netns.h"
#include "core/notify.h"
#include "core/stats.h"
#include "drain.h"
#include "eligible.h"
#include "limits.h"
#include "outcome.h"
#include "policy.h"

static unsigned int drain_total_max = 30;
module_param(drain_total_max, uint, 0644);
MODULE_PARM_DESC(drain_total_max,
		 "most seconds that a drain may take under any policy, 1 to 3600 (30)");

/* Whose turn a drain is. */
enum cw_drain_turn {
	CW_DRAIN_IDLE,
	CW_DRAIN_KICKED,	/* its work is queued, or a callback ends it */
	CW_DRAIN_RUNS,		/* its work has the socket */
};

/*
 * conn, tag.owner, limits, began and una_began are constant once the drain owns
 * the socket. place is protected as drain/limits.h says. Only its turn uses the
 * rest, owning or having locked the socket, except that a dump reads drained.
 *
 * sock and what cw_drain_construct() sets stay as they are when a drain is freed;
 * all else is set for each.
 */
struct cw_drain {
	struct socket_alloc sock;	/* owns sk */
	struct rcu_head rcu;
	struct work_struct work;
	struct timer_list timer;
	atomic_t turn;			/* enum cw_drain_turn */
	struct cw_drain_place place;
	struct cw_drain_tag tag;
	struct sock *sk;
	void (*data_ready)(struct sock *sk);
	void (*state_change)(struct sock *sk);
	struct cw_conn conn;
	struct cw_drained drained;
	struct cw_policy_limits limits;
	u64 began;
	u64 progress;			/* time of the last progress */
	u32 una_began;
	u32 una;			/* snd_una at that time */
	bool fin_lost;
	bool overfull;			/* received more than limits.bytes */
};

static struct kmem_cache *cw_drain_cache;
static struct workqueue_struct *cw_drain_wq;
static atomic64_t cw_drain_created = ATOMIC64_INIT(0);
static atomic64_t cw_drain_destroyed = ATOMIC64_INIT(0);

static struct cw_drain *cw_drain_of(const struct sock *sk)
{
	struct cw_drain_tag *t = cw_drain_tag_of(sk);

	return t ? container_of(t, struct cw_drain, tag) : NULL;
}

/* Caller owns the socket. */
static void cw_drain_event(struct cw_event *ev, u32 type, struct sock *sk)
{
	memset(ev, 0, sizeof(*ev));
	ev->type = type;
	cw_facts_take(&ev->conn, sk);
}

void cw_drain_refused(const struct sock *sk, struct cw_event *ev)
{
	struct net *net = sock_net(sk);

	ev->type = CLOSEWATCH_EVENT_TYPE_DRAIN_END;
	ev->drained.outcome = CLOSEWATCH_DRAIN_OUTCOME_REFUSED;
	/* Free memory of the payer's oldest drain instead. */
	if (ev->drained.refusal == CLOSEWATCH_REFUSAL_MEMORY_PRESSURE)
		cw_drain_limits_shed(cw_netns_payer(net, sk));
	cw_stats_drain_end(net, &ev->drained);
	cw_notify_event(ev);
}

/* A full barrier: the work then sees what led to the kick. */
static void cw_drain_kick(struct cw_drain *d)
{
	if (atomic_xchg(&d->turn, CW_DRAIN_KICKED) == CW_DRAIN_IDLE)
		queue_work(cw_drain_wq, &d->work);
}

static void cw_drain_on_deadline(struct timer_list *timer)
{
	cw_drain_kick(container_of(timer, struct cw_drain, timer));
}

/* Caller holds cw_drain_limits_lock, which the drain needs to end. */
static void cw_drain_evict(struct cw_drain_place *p)
{
	cw_drain_kick(container_of(p, struct cw_drain, place));
}

static int cw_drain_actor(read_descriptor_t *desc, struct sk_buff *skb,
			  unsigned int offset, size_t len)
{
	struct cw_drain *d = desc->arg.data;
	u64 left = d->limits.bytes - d->drained.discarded;

	if (!left) {
		d->overfull = true;
		return 0;
	}
	len = min_t(u64, len, left);
	WRITE_ONCE(d->drained.discarded, d->drained.discarded + len);
	return len;
}

static void cw_drain_discard(struct cw_drain *d)
{
	read_descriptor_t desc = { .arg.data = d, .count = 1 };
	u64 before = d->drained.discarded;

	/* tcp_read_sock() would stop at urgent data, which is discarded too. */
	WRITE_ONCE(tcp_sk(d->sk)->urg_data, 0);
	tcp_read_sock(d->sk, &desc, cw_drain_actor);
	if (d->drained.discarded != before)
		d->progress = ktime_get_ns();
}

static u64 cw_drain_total_ns(const struct cw_drain *d)
{
	return (u64)min(d->limits.total_ms, cw_drain_total_max_ms()) *
	       NSEC_PER_MSEC;
}

/*
 * No callback runs for an acknowledgment, so snd_una is compared when the idle
 * timeout is due. The last one may have come long before; a tick is allowed for.
 */
static void cw_drain_take_acks(struct cw_drain *d, u64 now)
{
	const struct tcp_sock *tp = tcp_sk(d->sk);
	u64 ago = cw_facts_since_heard(d->sk);

	if (tp->snd_una == d->una)
		return;
	d->una = tp->snd_una;
	d->progress = max(d->progress, now - ago + min_t(u64, ago, TICK_NSEC));
}

/* Caller owns the socket. */
static void cw_drain_read(struct cw_drain *d, struct cw_drain_state *s)
{
	const struct tcp_sock *tp = tcp_sk(d->sk);

	*s = (struct cw_drain_state){
		.now = ktime_get_ns(),
		.began = d->began,
		/* Read once: the parameter may change at any time. */
		.total_ns = cw_drain_total_ns(d),
		.idle_ns = (u64)d->limits.idle_ms * NSEC_PER_MSEC,
		.err = READ_ONCE(d->sk->sk_err),
		.leave = READ_ONCE(d->place.leave),
		.closed = d->sk->sk_state == TCP_CLOSE,
		.delivered = !d->fin_lost && tp->snd_una == tp->write_seq,
		.peer_fin = sock_flag(d->sk, SOCK_DONE),
		.overfull = d->overfull,
	};
	if (s->now - d->progress >= s->idle_ns)
		cw_drain_take_acks(d, s->now);
	s->progress = d->progress;
	/* See cw_drain_state_change(). */
	if (!s->closed)
		sock_error(d->sk);
}

static u64 cw_drain_acked(const struct cw_drain *d)
{
	u32 acked = READ_ONCE(tcp_sk(d->sk)->snd_una) - d->una_began;

	/* snd_una also covers our FIN, which is not part of the response. */
	return min_t(u64, acked, d->drained.response);
}

static void cw_drain_sum_up(struct cw_drain *d, u32 outcome, u64 now)
{
	struct cw_drained *r = &d->drained;

	r->outcome = outcome;
	r->response_acked = cw_drain_acked(d);
	r->ns = now - d->began;
	r->saved = outcome == CLOSEWATCH_DRAIN_OUTCOME_DELIVERED &&
		   r->discarded && r->response;
}

/* At a limit a drain ends with an RST, as SO_LINGER with 0 seconds does. */
static bool cw_drain_ends_by_rst(u32 outcome)
{
	return outcome == CLOSEWATCH_DRAIN_OUTCOME_IDLE_TIMEOUT ||
	       outcome == CLOSEWATCH_DRAIN_OUTCOME_TOTAL_TIMEOUT ||
	       outcome == CLOSEWATCH_DRAIN_OUTCOME_BYTE_LIMIT;
}

/* Caller owns the socket. No callback runs after this. */
static void cw_drain_detach(struct cw_drain *d)
{
	struct sock *sk = d->sk;

	write_lock_bh(&sk->sk_callback_lock);
	sk->sk_data_ready = d->data_ready;
	sk->sk_state_change = d->state_change;
	rcu_assign_sk_user_data(sk, NULL);
	write_unlock_bh(&sk->sk_callback_lock);
	if (cw_drain_ends_by_rst(d->drained.outcome)) {
		sock_set_flag(sk, SOCK_LINGER);
		WRITE_ONCE(sk->sk_lingertime, 0);
	}
}

/*
 * Not inet_release(), which would run the cgroup's BPF programs for the release
 * of a socket a second time. A probe on the end of this close looks up the
 * drain, so its tag is on the list meanwhile.
 */
static void cw_drain_close(struct cw_drain *d)
{
	cw_drain_tag_close_begin(&d->tag, d->sk);
	tcp_close(d->sk, 0);
	cw_drain_tag_close_end(&d->tag);
}

static bool cw_drain_watched(const struct sock *sk)
{
	bool watched;

	rcu_read_lock();
	watched = cw_hook_wanted(sk);
	rcu_read_unlock();
	return watched;
}

/*
 * As tcp_done() ends an orphan, in the same place: our callback is called there
 * because the socket is no orphan. There is no close that a probe could see.
 */
static void cw_drain_destroy(struct cw_drain *d)
{
	struct sock *sk = d->sk;

	if (cw_drain_watched(sk)) {
		d->tag.path = CLOSEWATCH_PATH_ALREADY_CLOSED;
		d->tag.has_path = true;
		cw_stats_drain_close(d->place.net, d->tag.path);
	}
	sock_orphan(sk);
	cw_destroy_sock(sk);
}

static void cw_drain_report_end(struct cw_drain *d, struct cw_event *ev)
{
	ev->owner = d->tag.owner;
	ev->drained = d->drained;
	ev->drained.has_path = d->tag.has_path;
	ev->marks.new_state = d->sk->sk_state;
	if (d->tag.has_path)
		ev->verdict.path = d->tag.path;
	cw_notify_event(ev);
}

static void cw_drain_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(cw_drain_cache, container_of(rcu, struct cw_drain, rcu));
}

/*
 * Called by the work, which owns the socket and has it released here, or @at_once
 * by the callback, which has locked it. Caller holds a reference to the socket.
 */
static void cw_drain_end(struct cw_drain *d, u32 outcome, u64 now, bool at_once)
{
	bool wanted = cw_hook_wants(CLOSEWATCH_EVENT_TYPE_DRAIN_END);
	struct sock *sk = d->sk;
	struct cw_event ev;

	if (wanted)
		cw_drain_event(&ev, CLOSEWATCH_EVENT_TYPE_DRAIN_END, sk);
	cw_drain_sum_up(d, outcome, now);
	cw_drain_detach(d);
	/* After these two nothing kicks the drain again. */
	cw_drain_limits_retire(&d->place);
	timer_delete_sync(&d->timer);
	if (at_once) {
		cw_drain_destroy(d);
	} else {
		release_sock(sk);
		cw_drain_close(d);
	}
	cw_stats_drain_end(d->place.net, &d->drained);
	if (wanted)
		cw_drain_report_end(d, &ev);
	cw_drain_limits_gone(&d->place);
	atomic64_inc(&cw_drain_destroyed);
	/* sk_wq and sk_socket are also read under RCU. */
	call_rcu(&d->rcu, cw_drain_free_rcu);
}

/* Caller owns the socket. */
static u32 cw_drain_look(struct cw_drain *d, struct cw_drain_state *state)
{
	cw_drain_discard(d);
	cw_drain_read(d, state);
	return cw_drain_outcome(state);
}

static void cw_drain_go_on(struct cw_drain *d,
			   const struct cw_drain_state *state)
{
	mod_timer(&d->timer,
		  jiffies + nsecs_to_jiffies(cw_drain_wait_ns(state)) + 1);
}

static void cw_drain_work_fn(struct work_struct *work)
{
	struct cw_drain *d = container_of(work, struct cw_drain, work);
	struct cw_drain_state state;
	struct sock *sk = d->sk;
	u32 outcome;

	/* The drain may end, here or once it is idle and the socket released. */
	sock_hold(sk);
	lock_sock(sk);
	/* Before the socket is read: pairs with that in cw_drain_kick(). */
	atomic_xchg(&d->turn, CW_DRAIN_RUNS);
	outcome = cw_drain_look(d, &state);
	if (outcome != CW_DRAIN_GOES_ON) {
		cw_drain_end(d, outcome, state.now, false);
		goto out;
	}
	cw_drain_go_on(d, &state);
	/* Kicked meanwhile? */
	if (atomic_cmpxchg(&d->turn, CW_DRAIN_RUNS, CW_DRAIN_IDLE) !=
	    CW_DRAIN_RUNS)
		queue_work(cw_drain_wq, &d->work);
	release_sock(sk);
out:
	sock_put(sk);
}

/*
 * Not while a task owns the socket, which goes on using it, and not with data,
 * which is read to be counted.
 */
static bool cw_drain_end_at_once(struct cw_drain *d)
{
	struct cw_drain_state state;
	struct sock *sk = d->sk;

	if (!CW_HAVE_DESTROY_SOCK || sock_owned_by_user(sk) ||
	    cw_facts_close_aborts(sk) ||
	    atomic_cmpxchg(&d->turn, CW_DRAIN_IDLE, CW_DRAIN_KICKED) !=
	    CW_DRAIN_IDLE)
		return false;
	sock_hold(sk);
	cw_drain_read(d, &state);
	cw_drain_end(d, cw_drain_outcome(&state), state.now, true);
	sock_put(sk);
	return true;
}

/*
 * TCP calls these with the socket's spinlock held or owning the socket, so not
 * while the work owns it, and not after cw_drain_detach(). One kick is enough
 * until the work begins, because the work checks everything.
 *
 * sk_error_report is not replaced: it is also called without a lock, and TCP
 * never ends a connection without a change of its state.
 */
static void cw_drain_data_ready(struct sock *sk)
{
	struct cw_drain *d = cw_drain_of(sk);

	if (d)
		cw_drain_kick(d);
}

/* In any other state there is nothing to do, except for an error that did not
 * end the connection, such as an ICMP error with IP_RECVERR: it must not be taken
 * for the reason of a later end.
 */
static void cw_drain_state_change(struct sock *sk)
{
	struct cw_drain *d = cw_drain_of(sk);

	if (sk->sk_state != TCP_CLOSE)
		sock_error(sk);
	else if (d && !cw_drain_end_at_once(d))
		cw_drain_kick(d);
}

/* The inode is never used but for its owner: no file has the socket. */
static void cw_drain_construct(void *object)
{
	struct cw_drain *d = object;
	struct socket *so = &d->sock.socket;

	memset(&d->sock, 0, sizeof(d->sock));
	init_waitqueue_head(&so->wq.wait);
	so->state = SS_CONNECTED;
	so->type = SOCK_STREAM;
	cw_drain_tag_set(&d->tag, so);
}

static struct cw_drain *cw_drain_alloc(struct sock *sk, gfp_t gfp)
{
	struct cw_drain *d = kmem_cache_alloc(cw_drain_cache, gfp);

	if (!d)
		return NULL;
	if (cw_drain_limits_prepare(&d->place, sock_net(sk),
				    cw_netns_payer(sock_net(sk), sk), gfp)) {
		kmem_cache_free(cw_drain_cache, d);
		return NULL;
	}
	INIT_WORK(&d->work, cw_drain_work_fn);
	timer_setup(&d->timer, cw_drain_on_deadline, 0);
	atomic_set(&d->turn, CW_DRAIN_IDLE);
	d->tag.has_path = false;
	d->sk = sk;
	d->fin_lost = false;
	d->overfull = false;
	return d;
}

/*
 * Not sock_graft(), which would set the socket's owner and security label to
 * those of the closing task; both stay those of its creator.
 */
static void cw_drain_graft(struct cw_drain *d, struct sock *sk)
{
	struct socket *so = &d->sock.socket;

	d->sock.vfs_inode.i_uid = READ_ONCE(sk->sk_uid);
	so->flags = 0;
	so->sk = sk;
	write_lock_bh(&sk->sk_callback_lock);
	rcu_assign_pointer(sk->sk_wq, &so->wq);
	sk_set_socket(sk, so);
	d->data_ready = sk->sk_data_ready;
	d->state_change = sk->sk_state_change;
	sk->sk_data_ready = cw_drain_data_ready;
	sk->sk_state_change = cw_drain_state_change;
	/* Keeps other users away, such as a sockmap. */
	rcu_assign_sk_user_data(sk, d);
	write_unlock_bh(&sk->sk_callback_lock);
	/* The program may have set SO_RCVLOWAT, which delays the callback. */
	WRITE_ONCE(sk->sk_rcvlowat, 1);
	/* It may have shut down its read side; then late data gets an RST. */
	if (!sock_flag(sk, SOCK_DONE))
		WRITE_ONCE(sk->sk_shutdown, sk->sk_shutdown & ~RCV_SHUTDOWN);
}

/* Does what inet_shutdown() does, which is probed as a program's shutdown. */
static void cw_drain_send_fin(struct sock *sk, struct cw_marks *m)
{
	u32 seq = tcp_sk(sk)->write_seq;

	if (!((1 << sk->sk_state) & (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT)))
		return;
	m->fin_called = true;
	m->fin_behind = tcp_write_queue_tail(sk);
	WRITE_ONCE(sk->sk_shutdown, sk->sk_shutdown | SEND_SHUTDOWN);
	sk->sk_prot->shutdown(sk, SEND_SHUTDOWN);
	m->fin_queued = tcp_sk(sk)->write_seq != seq;
	m->fin_shared = cw_facts_fin_shared(sk, false);
}

/* Caller owns the socket, so the begin is reported before the end. */
static noinline void cw_drain_report_begin(const struct cw_drain *d,
					   const struct cw_marks *m)
{
	struct cw_event ev = {
		.type = CLOSEWATCH_EVENT_TYPE_CLOSE,
		.conn = d->conn,
		.owner = d->tag.owner,
		.drained = d->drained,
		.marks = *m,
		.verdict = cw_classify_drain(m),
	};

	cw_stats_close(d->place.net, ev.verdict.path, ev.conn.unread, m);
	cw_notify_event(&ev);
	ev.type = CLOSEWATCH_EVENT_TYPE_DRAIN_BEGIN;
	cw_notify_event(&ev);
}

/* Sets all that others can read after cw_drain_limits_join(). */
static void cw_drain_fill(struct cw_drain *d, struct sock *sk,
			  const struct cw_policy *p)
{
	cw_facts_take(&d->conn, sk);
	cw_owner_take(&d->tag.owner, sk);
	d->drained = (struct cw_drained){
		.response = d->conn.unsent + d->conn.unacked,
		.policy_id = p->id,
		.action = p->action,
	};
	d->limits = p->limits;
	d->began = ktime_get_ns();
	d->progress = d->began;
	d->una_began = tcp_sk(sk)->snd_una;
	d->una = d->una_began;
}

/* The first look is here, which saves the work one if the peer ends well. */
static void cw_drain_start(struct cw_drain *d, struct sock *sk)
{
	struct cw_drain_state state;
	struct cw_marks marks = { };

	atomic64_inc(&cw_drain_created);
	sk->sk_err = 0;
	cw_drain_graft(d, sk);
	cw_drain_send_fin(sk, &marks);
	d->fin_lost = marks.fin_called && !marks.fin_queued;
	marks.new_state = sk->sk_state;
	if (cw_drain_watched(sk))
		cw_drain_report_begin(d, &marks);
	if (cw_drain_look(d, &state) == CW_DRAIN_GOES_ON)
		cw_drain_go_on(d, &state);
	else
		cw_drain_kick(d);
}

enum cw_drain_answer {
	CW_DRAIN_REFUSED,
	CW_DRAIN_NEEDLESS,
	CW_DRAIN_STARVED,	/* @d is NULL, and would be used */
	CW_DRAIN_WANTED,
};

/*
 * Second lookup, exact under the socket's lock. @last: no other follows. The
 * lookup and the join are in one RCU read section, so after a flush of policies
 * and a grace period cw_drain_flush() finds every drain that they caused.
 */
static enum cw_drain_answer cw_drain_decide(struct cw_drain *d, bool last,
					    struct sock *sk,
					    struct cw_drained *r)
{
	enum cw_drain_answer answer = CW_DRAIN_REFUSED;
	const struct cw_policy *p;

	rcu_read_lock();
	p = cw_policy_lookup(sk, false);
	r->refusal = CLOSEWATCH_REFUSAL_SWITCHED_OFF;
	if (!p || p->action != CLOSEWATCH_ACTION_DRAIN || p->dry_run)
		goto out;
	r->policy_id = p->id;
	if (cw_eligible_needless(sk)) {
		answer = CW_DRAIN_NEEDLESS;
		goto out;
	}
	if (cw_eligible_refusal(sk, p, &r->refusal))
		goto out;
	if (!d) {
		answer = CW_DRAIN_STARVED;
		r->refusal = CLOSEWATCH_REFUSAL_NO_MEMORY;
		goto out;
	}
	cw_drain_fill(d, sk, p);
	r->refusal = CLOSEWATCH_REFUSAL_LIMIT;
	if (cw_drain_limits_join(&d->place))
		answer = CW_DRAIN_WANTED;
out:
	if (p && (last || answer != CW_DRAIN_STARVED))
		cw_policy_used(p);
	rcu_read_unlock();
	return answer;
}

/* Caller owns the socket; releases it. */
static noinline void cw_drain_refuse(struct sock *sk,
				     const struct cw_drained *r)
{
	struct cw_event ev;

	cw_drain_event(&ev, CLOSEWATCH_EVENT_TYPE_DRAIN_END, sk);
	cw_owner_take(&ev.owner, sk);
	ev.drained = *r;
	ev.drained.response = ev.conn.unsent + ev.conn.unacked;
	release_sock(sk);
	cw_drain_refused(sk, &ev);
}

/* Without waiting for memory first, so that a refused close never waits. */
static enum cw_drain_answer cw_drain_try(struct cw_drain **d, struct sock *sk,
					 struct cw_drained *r)
{
	enum cw_drain_answer answer;

	*d = cw_drain_alloc(sk, GFP_NOWAIT | __GFP_NOWARN);
	answer = cw_drain_decide(*d, false, sk, r);
	if (answer == CW_DRAIN_STARVED) {
		*d = cw_drain_alloc(sk, GFP_KERNEL);
		answer = cw_drain_decide(*d, true, sk, r);
	}
	return answer;
}

bool cw_drain_begin(struct sock *sk)
{
	struct cw_drained r = { .action = CLOSEWATCH_ACTION_DRAIN };
	struct cw_drain *d;

	lock_sock(sk);
	switch (cw_drain_try(&d, sk, &r)) {
	case CW_DRAIN_WANTED:
		/* The drain may end as soon as the socket is released. */
		sock_hold(sk);
		cw_drain_start(d, sk);
		release_sock(sk);
		sock_put(sk);
		return true;
	case CW_DRAIN_NEEDLESS:
		release_sock(sk);
		cw_stats_drain_needless(sock_net(sk));
		break;
	case CW_DRAIN_STARVED:
	case CW_DRAIN_REFUSED:
		cw_drain_refuse(sk, &r);
		break;
	}
	if (d) {
		cw_drain_limits_forget(&d->place);
		kmem_cache_free(cw_drain_cache, d);
	}
	return false;
}

unsigned int cw_drain_count(void)
{
	return cw_drain_limits_count(NULL);
}

unsigned int cw_drain_count_net(struct net *net)
{
	return cw_drain_limits_count(net);
}

u32 cw_drain_total_max_ms(void)
{
	return clamp(READ_ONCE(drain_total_max), 1U, 3600U) * MSEC_PER_SEC;
}

/* The socket is held until cw_drain_limits_gone(). The figures may be of
 * different moments, but each is right.
 */
static void cw_drain_snapshot(struct cw_drain_place *p, void *arg)
{
	struct cw_drain *d = container_of(p, struct cw_drain, place);
	struct cw_event *ev = arg;

	memset(ev, 0, sizeof(*ev));
	ev->type = CLOSEWATCH_EVENT_TYPE_DRAIN_BEGIN;
	ev->time = ktime_get_real_ns();
	ev->conn = d->conn;
	ev->owner = d->tag.owner;
	ev->marks.new_state = READ_ONCE(d->sk->sk_state);
	ev->drained = d->drained;
	ev->drained.response_acked = cw_drain_acked(d);
	ev->drained.ns = ktime_get_ns() - d->began;
}

bool cw_drain_next(const struct net *net, u64 *cursor, struct cw_event *ev)
{
	u64 seq = cw_drain_limits_next(net, *cursor, cw_drain_snapshot, ev);

	if (seq)
		*cursor = seq;
	return seq;
}

void cw_drain_flush(struct net *net)
{
	cw_drain_limits_flush(net);
}

int cw_drain_init(void)
{
	int err = -ENOMEM;

	cw_drain_cache = kmem_cache_create("closewatch_drain",
					   sizeof(struct cw_drain), 0,
					   SLAB_ACCOUNT, cw_drain_construct);
	if (!cw_drain_cache)
		return -ENOMEM;
	/* Unbound: a drain needs no given CPU, and may wait for a lock. */
	cw_drain_wq = alloc_workqueue("closewatch_drain", WQ_UNBOUND, 0);
	if (!cw_drain_wq)
		goto err_cache;
	err = cw_drain_limits_init(cw_drain_evict);
	if (err)
		goto err_wq;
	return 0;

err_wq:
	destroy_workqueue(cw_drain_wq);
err_cache:
	kmem_cache_destroy(cw_drain_cache);
	return err;
}

void cw_drain_exit(void)
{
	cw_drain_flush(NULL);
	/* Waits until no work function runs. */
	destroy_workqueue(cw_drain_wq);
	/* Grace periods are long on a busy host: only where there was a drain. */
	if (atomic64_read(&cw_drain_created)) {
		/* One that ended in softirq may still be in cw_drain_end(). */
		synchronize_rcu();
		/* Each has called call_rcu(). */
		rcu_barrier();
	}
	WARN_ON_ONCE(atomic64_read(&cw_drain_created) !=
		     atomic64_read(&cw_drain_destroyed));
	cw_drain_limits_exit();
	kmem_cache_destroy(cw_drain_cache);
}
