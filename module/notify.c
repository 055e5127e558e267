// SPDX-License-Identifier: GPL-2.0
/*
 * Loss is counted where it happens and told as soon as it can be: each
 * listener has, for each cause, what it has lost and what it has been told.
 * A difference is put before its next event as a lost record; while one
 * stands and nothing happens, the worker tries again by itself.
 */
#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "inflight.h"
#include "netlink.h"
#include "notify.h"
#include "probe.h"
#include "ring.h"

#define CW_NOTIFY_MSG	8000	/* bytes of attributes in a message */
#define CW_NOTIFY_BURST	4096	/* events taken before others get a turn */
#define CW_NOTIFY_DELAY	1	/* jiffies in which events gather */
#define CW_NOTIFY_RETRY	(HZ / 5)
#define CW_NR_LOSSES	(CLOSEWATCH_LOSS_MAX + 1)

/*
 * Read by handlers under RCU. filter is replaced as a whole; lost[] is
 * written by handlers and the worker; all else is the worker's and needs the
 * notify lock.
 */
struct cw_listener {
	struct list_head node;
	struct rcu_head rcu;
	struct cw_filter __rcu *filter;
	struct net *net;
	u32 portid;
	atomic64_t lost[CW_NR_LOSSES];
	u64 told[CW_NR_LOSSES];
	u64 telling[CW_NR_LOSSES];	/* as told[], once skb is delivered */
	u64 missed_before;		/* cw_notify_missed(), at the start */
	u64 full_before;
	u64 sent;
	struct sk_buff *skb;		/* the message being filled, or NULL */
	void *msg;
	unsigned int nr;		/* events in it, lost records excluded */
};

/* Protects the list against change, and all that only the worker uses. */
static DEFINE_MUTEX(cw_notify_lock);
static LIST_HEAD(cw_notify_list);
static unsigned int cw_notify_nr;
static atomic64_t cw_notify_nr_ring = ATOMIC64_INIT(0);
static atomic64_t cw_notify_nr_socket = ATOMIC64_INIT(0);
static struct cw_event cw_notify_ev;	/* the worker's copy */

static struct workqueue_struct *cw_notify_wq;
static void cw_notify_work_fn(struct work_struct *work);
static DECLARE_DELAYED_WORK(cw_notify_work, cw_notify_work_fn);

static bool cw_listener_wants(const struct cw_listener *l,
			      const struct cw_event *ev)
{
	return cw_filter_match(rcu_dereference_check(l->filter,
						     lockdep_is_held(&cw_notify_lock)),
			       ev);
}

static void cw_notify_count_ring(const struct cw_event *ev)
{
	struct cw_listener *l;

	atomic64_inc(&cw_notify_nr_ring);
	list_for_each_entry_rcu(l, &cw_notify_list, node) {
		if (cw_listener_wants(l, ev))
			atomic64_inc(&l->lost[CLOSEWATCH_LOSS_RING]);
	}
}

void cw_notify_event(struct cw_event *ev)
{
	struct cw_listener *l;
	bool wanted = false;

	rcu_read_lock();
	list_for_each_entry_rcu(l, &cw_notify_list, node) {
		if (cw_listener_wants(l, ev)) {
			wanted = true;
			break;
		}
	}
	if (wanted) {
		ev->time = ktime_get_real_ns();
		if (cw_ring_push(ev) < 0)
			cw_notify_count_ring(ev);
		queue_delayed_work(cw_notify_wq, &cw_notify_work,
				   CW_NOTIFY_DELAY);
	}
	rcu_read_unlock();
}

/* What concerns every listener, for nobody knows whose events they were. */
static void cw_listener_count_missed(struct cw_listener *l)
{
	atomic64_set(&l->lost[CLOSEWATCH_LOSS_PROBE],
		     cw_probe_missed() - l->missed_before);
	atomic64_set(&l->lost[CLOSEWATCH_LOSS_INFLIGHT],
		     cw_inflight_full() - l->full_before);
}

static void __cw_listener_send(struct cw_listener *l)
{
	int err;

	lockdep_assert_held(&cw_notify_lock);
	if (!l->skb)
		return;
	genlmsg_end(l->skb, l->msg);
	err = genlmsg_unicast(l->net, l->skb, l->portid);
	l->skb = NULL;
	if (err) {
		atomic64_add(l->nr, &l->lost[CLOSEWATCH_LOSS_SOCKET]);
		atomic64_add(l->nr, &cw_notify_nr_socket);
	} else {
		l->sent += l->nr;
		memcpy(l->told, l->telling, sizeof(l->told));
	}
	memcpy(l->telling, l->told, sizeof(l->telling));
	l->nr = 0;
}

static int __cw_listener_begin(struct cw_listener *l)
{
	if (l->skb)
		return 0;
	l->skb = genlmsg_new(CW_NOTIFY_MSG, GFP_KERNEL);
	if (!l->skb)
		return -ENOMEM;
	l->msg = cw_netlink_put_event(l->skb);
	if (WARN_ON_ONCE(!l->msg)) {
		nlmsg_free(l->skb);
		l->skb = NULL;
		return -EMSGSIZE;
	}
	return 0;
}

/* Add with @fill to the message begun, or else to a new one. */
static int __cw_listener_put(struct cw_listener *l, const struct cw_event *ev,
			     u64 count, u32 loss)
{
	int err, try;

	for (try = 0; try < 2; try++) {
		err = __cw_listener_begin(l);
		if (err)
			return err;
		err = ev ? cw_netlink_fill_event(l->skb, ev) :
			   cw_netlink_fill_lost(l->skb, count, loss);
		if (err != -EMSGSIZE)
			return err;
		__cw_listener_send(l);
	}
	return err;
}

static void __cw_listener_tell(struct cw_listener *l)
{
	u32 i;

	cw_listener_count_missed(l);
	for (i = 0; i < CW_NR_LOSSES; i++) {
		u64 lost = atomic64_read(&l->lost[i]);

		if (lost == l->telling[i])
			continue;
		if (__cw_listener_put(l, NULL, lost - l->telling[i], i))
			continue;
		l->telling[i] = lost;
	}
}

static bool __cw_listener_owed(struct cw_listener *l)
{
	u32 i;

	for (i = 0; i < CW_NR_LOSSES; i++) {
		if (atomic64_read(&l->lost[i]) != l->told[i])
			return true;
	}
	return false;
}

static void __cw_listener_event(struct cw_listener *l,
				const struct cw_event *ev)
{
	__cw_listener_tell(l);
	if (!__cw_listener_put(l, ev, 0, 0)) {
		l->nr++;
		return;
	}
	atomic64_inc(&l->lost[CLOSEWATCH_LOSS_SOCKET]);
	atomic64_inc(&cw_notify_nr_socket);
}

static void cw_notify_work_fn(struct work_struct *work)
{
	unsigned int burst = CW_NOTIFY_BURST;
	struct cw_listener *l;
	bool owed = false;

	mutex_lock(&cw_notify_lock);
	while (burst && cw_ring_pop(&cw_notify_ev)) {
		list_for_each_entry(l, &cw_notify_list, node) {
			if (cw_listener_wants(l, &cw_notify_ev))
				__cw_listener_event(l, &cw_notify_ev);
		}
		burst--;
	}
	list_for_each_entry(l, &cw_notify_list, node) {
		__cw_listener_tell(l);
		__cw_listener_send(l);
		owed |= __cw_listener_owed(l);
	}
	mutex_unlock(&cw_notify_lock);

	if (!burst)
		mod_delayed_work(cw_notify_wq, &cw_notify_work, 0);
	else if (owed)
		queue_delayed_work(cw_notify_wq, &cw_notify_work,
				   CW_NOTIFY_RETRY);
}

static struct cw_listener *__cw_notify_find(const struct net *net, u32 portid)
{
	struct cw_listener *l;

	lockdep_assert_held(&cw_notify_lock);
	list_for_each_entry(l, &cw_notify_list, node) {
		if (l->net == net && l->portid == portid)
			return l;
	}
	return NULL;
}

static struct cw_listener *cw_listener_alloc(const struct cw_filter *filter)
{
	struct cw_listener *l = kzalloc(sizeof(*l), GFP_KERNEL);
	struct cw_filter *f = kmemdup(filter, sizeof(*filter), GFP_KERNEL);

	if (!l || !f) {
		kfree(l);
		kfree(f);
		return NULL;
	}
	RCU_INIT_POINTER(l->filter, f);
	return l;
}

static void cw_listener_free_rcu(struct rcu_head *rcu)
{
	struct cw_listener *l = container_of(rcu, struct cw_listener, rcu);

	kfree(rcu_dereference_protected(l->filter, true));
	kfree(l);
}

int cw_notify_add(struct net *net, u32 portid, const struct cw_filter *filter)
{
	struct cw_listener *l = cw_listener_alloc(filter);
	int err = -EEXIST;

	if (!l)
		return -ENOMEM;
	l->net = net;
	l->portid = portid;
	l->missed_before = cw_probe_missed();
	l->full_before = cw_inflight_full();

	mutex_lock(&cw_notify_lock);
	if (!__cw_notify_find(net, portid)) {
		list_add_tail_rcu(&l->node, &cw_notify_list);
		WRITE_ONCE(cw_notify_nr, cw_notify_nr + 1);
		err = 0;
	}
	mutex_unlock(&cw_notify_lock);
	if (err)
		cw_listener_free_rcu(&l->rcu);
	return err;
}

int cw_notify_refilter(struct net *net, u32 portid,
		       const struct cw_filter *filter)
{
	struct cw_filter *f = kmemdup(filter, sizeof(*filter), GFP_KERNEL);
	struct cw_listener *l;

	if (!f)
		return -ENOMEM;
	mutex_lock(&cw_notify_lock);
	l = __cw_notify_find(net, portid);
	if (l)
		f = rcu_replace_pointer(l->filter, f,
					lockdep_is_held(&cw_notify_lock));
	mutex_unlock(&cw_notify_lock);
	if (l)
		synchronize_rcu();
	kfree(f);
	return l ? 0 : -ENOENT;
}

static void __cw_listener_stats(struct cw_listener *l,
				struct cw_notify_stats *stats)
{
	u32 i;

	cw_listener_count_missed(l);
	stats->sent = l->sent;
	stats->lost = 0;
	for (i = 0; i < CW_NR_LOSSES; i++)
		stats->lost += atomic64_read(&l->lost[i]);
}

static void __cw_notify_unlink(struct cw_listener *l)
{
	lockdep_assert_held(&cw_notify_lock);
	list_del_rcu(&l->node);
	WRITE_ONCE(cw_notify_nr, cw_notify_nr - 1);
	nlmsg_free(l->skb);
	call_rcu(&l->rcu, cw_listener_free_rcu);
}

int cw_notify_del(struct net *net, u32 portid, struct cw_notify_stats *stats)
{
	struct cw_listener *l;

	mutex_lock(&cw_notify_lock);
	l = __cw_notify_find(net, portid);
	if (l) {
		if (stats)
			__cw_listener_stats(l, stats);
		__cw_notify_unlink(l);
	}
	mutex_unlock(&cw_notify_lock);
	return l ? 0 : -ENOENT;
}

bool cw_notify_del_any(void)
{
	struct cw_listener *l;

	mutex_lock(&cw_notify_lock);
	l = list_first_entry_or_null(&cw_notify_list, struct cw_listener, node);
	if (l)
		__cw_notify_unlink(l);
	mutex_unlock(&cw_notify_lock);
	return l;
}

int cw_notify_get_stats(struct net *net, u32 portid,
			struct cw_notify_stats *stats)
{
	struct cw_listener *l;

	mutex_lock(&cw_notify_lock);
	l = __cw_notify_find(net, portid);
	if (l)
		__cw_listener_stats(l, stats);
	mutex_unlock(&cw_notify_lock);
	return l ? 0 : -ENOENT;
}

void cw_notify_flush(void)
{
	unsigned int rounds = 1 + cw_ring_capacity() / CW_NOTIFY_BURST;

	while (rounds--) {
		mod_delayed_work(cw_notify_wq, &cw_notify_work, 0);
		flush_delayed_work(&cw_notify_work);
	}
}

void cw_notify_cancel(void)
{
	/* Drains tell their events without a probe: pairs with the read section
	 * of cw_notify_event().
	 */
	synchronize_rcu();
	cancel_delayed_work_sync(&cw_notify_work);
}

unsigned int cw_notify_listeners(void)
{
	return READ_ONCE(cw_notify_nr);
}

u64 cw_notify_lost_ring(void)
{
	return atomic64_read(&cw_notify_nr_ring);
}

u64 cw_notify_lost_socket(void)
{
	return atomic64_read(&cw_notify_nr_socket);
}

int cw_notify_init(void)
{
	cw_notify_wq = alloc_workqueue("closewatch", WQ_UNBOUND, 1);
	return cw_notify_wq ? 0 : -ENOMEM;
}

void cw_notify_exit(void)
{
	destroy_workqueue(cw_notify_wq);
	/* Listeners are freed by call_rcu() with a function of this module. */
	rcu_barrier();
}
