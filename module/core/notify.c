// SPDX-License-Identifier: GPL-2.0
/*
 * Loss is counted where it happens and reported as soon as possible: for each
 * cause, a listener has the number lost and the number reported. The
 * difference precedes its next event as a lost record; if no event comes, a
 * separate work retries, so that the worker, which serves all listeners, is
 * not delayed.
 *
 * Listeners are looked up by the network namespace of an event, so that a close
 * costs nothing for listeners in other namespaces.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/hashtable.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "canary.h"
#include "charge.h"
#include "encode.h"
#include "netns.h"
#include "notify.h"
#include "ring.h"

static unsigned int listeners_max_uid = 64;
module_param(listeners_max_uid, uint, 0644);
MODULE_PARM_DESC(listeners_max_uid, "most listeners of a user at a time (64)");

#define CW_NOTIFY_BITS	8
/* Bytes of attributes in a message: with its headers it fills an allocation, as
 * what is not used counts against the receive buffer too.
 */
#define CW_NOTIFY_MSG	(SKB_WITH_OVERHEAD(8192) - NLMSG_HDRLEN - GENL_HDRLEN)
#define CW_NOTIFY_BURST	4096	/* events in one run of the worker */
#define CW_NOTIFY_HOLD	64	/* events before the lock is dropped */
#define CW_NOTIFY_DELAY	1	/* jiffies in which events are batched */
#define CW_NOTIFY_RETRY	(HZ / 5)
#define CW_NOTIFY_SKIP	64	/* events not encoded after a failed send */
#define CW_NR_LOSSES	(CLOSEWATCH_LOSS_MAX + 1)

/*
 * The filter of a listener, on the chain of the namespace that it selects.
 * Replaced as a whole: handlers read it, and its listener, under RCU. One that is
 * announced asks already, but has no listener yet; see cw_hook_announce().
 */
struct cw_hook {
	struct hlist_node node;
	struct rcu_head rcu;
	struct cw_listener *listener;	/* set once */
	struct cw_filter filter;
};

/*
 * lost[] is written by handlers and the worker, dead by cw_notify_released();
 * net, portid and payer are constant. The notify lock protects the rest.
 */
struct cw_listener {
	struct list_head node;
	struct hlist_node by_port;
	struct rcu_head rcu;
	struct cw_hook *hook;
	struct net *net;
	u64 payer;
	const struct sock *sk;		/* only to compare */
	u32 portid;
	atomic64_t lost[CW_NR_LOSSES];
	u64 reported[CW_NR_LOSSES];
	u64 reporting[CW_NR_LOSSES];	/* reported[] after skb is delivered */
	u64 before[CW_NR_LOSSES];	/* shared losses when it started */
	u64 sent;
	struct sk_buff *skb;		/* the message being filled, or NULL */
	void *msg;
	unsigned int nr;		/* events in skb, lost records apart */
	unsigned int skip;		/* events to count but not encode */
	bool refilters;			/* a hook that replaces hook is announced */
	bool leaving;			/* asked for its figures: takes no more */
	bool dead;			/* portid may be reused already */
};

/* Protects the list and the tables against change, and the rings' consumer. */
static DEFINE_MUTEX(cw_notify_lock);
static LIST_HEAD(cw_notify_list);
static DEFINE_HASHTABLE(cw_notify_ports, CW_NOTIFY_BITS);
/* Of listeners to all namespaces, and to one, keyed by its number. */
static HLIST_HEAD(cw_notify_all);
static DEFINE_HASHTABLE(cw_notify_hooks, CW_NOTIFY_BITS);
static unsigned int cw_notify_nr;
static unsigned int cw_notify_nr_netns;	/* hooks of one namespace */
unsigned int cw_notify_nr_ports;	/* hooks with a port in the filter */
static unsigned int cw_notify_nr_announced;
u32 cw_notify_types;	/* that some filter lets through */
u32 cw_notify_generation = 1;	/* another when a hook comes or goes, never 0 */
static atomic64_t cw_notify_nr_ring = ATOMIC64_INIT(0);
static atomic64_t cw_notify_nr_socket = ATOMIC64_INIT(0);

static u64 (*cw_notify_missed)(void);

static struct workqueue_struct *cw_notify_wq;
static void cw_notify_work_fn(struct work_struct *work);
static void cw_notify_retry_fn(struct work_struct *work);
static DECLARE_DELAYED_WORK(cw_notify_work, cw_notify_work_fn);
static DECLARE_DELAYED_WORK(cw_notify_retry, cw_notify_retry_fn);

/* Interrupts are off, which is an RCU read section, or the lock is held. */
#define cw_notify_readable() \
	(rcu_read_lock_any_held() || lockdep_is_held(&cw_notify_lock))

static struct hlist_head *cw_notify_hooks_of(u64 netns)
{
	return netns ? &cw_notify_hooks[hash_min(netns, CW_NOTIFY_BITS)] :
		       &cw_notify_all;
}

static bool cw_notify_chain(const struct hlist_head *chain,
			    const struct cw_event *ev, bool has_path,
			    bool (*fn)(struct cw_listener *l,
				       const struct cw_event *ev))
{
	struct cw_hook *h;

	hlist_for_each_entry_rcu(h, chain, node, cw_notify_readable()) {
		struct cw_listener *l = READ_ONCE(h->listener);

		if (l && (has_path ? cw_filter_match(&h->filter, ev) :
				     cw_filter_may_match(&h->filter, ev)) &&
		    fn(l, ev))
			return true;
	}
	return false;
}

/* Call @fn for each listener whose filter matches, until it returns true. */
static bool cw_notify_each(const struct cw_event *ev,
			   bool (*fn)(struct cw_listener *l,
				      const struct cw_event *ev))
{
	return cw_notify_chain(&cw_notify_all, ev, true, fn) ||
	       cw_notify_chain(cw_notify_hooks_of(ev->conn.netns), ev, true, fn);
}

static bool cw_listener_is_one(struct cw_listener *l, const struct cw_event *ev)
{
	return true;
}

static bool cw_listener_lost_ring(struct cw_listener *l,
				  const struct cw_event *ev)
{
	atomic64_inc(&l->lost[CLOSEWATCH_LOSS_RING]);
	return false;
}

static bool cw_listener_lost_inflight(struct cw_listener *l,
				      const struct cw_event *ev)
{
	atomic64_inc(&l->lost[CLOSEWATCH_LOSS_INFLIGHT]);
	return false;
}

void cw_notify_lose(const struct cw_event *ev)
{
	cw_notify_chain(&cw_notify_all, ev, false, cw_listener_lost_inflight);
	cw_notify_chain(cw_notify_hooks_of(ev->conn.netns), ev, false,
			cw_listener_lost_inflight);
}

static u32 cw_notify_types_of(const struct hlist_head *chain, u64 netns,
			      const struct sock *sk)
{
	struct cw_hook *h;
	u32 types = 0;

	hlist_for_each_entry_rcu(h, chain, node, cw_notify_readable()) {
		if (h->filter.netns != netns || !cw_filter_asks(&h->filter, sk))
			continue;
		types |= cw_filter_types(&h->filter);
		if (types && READ_ONCE(h->listener))
			types |= CW_NOTIFY_HEARD;
	}
	return types;
}

u32 __cw_notify_wanted(const struct sock *sk)
{
	u32 types = 0;
	u64 netns;

	if (!hlist_empty(&cw_notify_all))
		types = cw_notify_types_of(&cw_notify_all, 0, sk);
	if (!READ_ONCE(cw_notify_nr_netns))
		return types;
	netns = cw_netns_number(sock_net(sk));
	return types | cw_notify_types_of(cw_notify_hooks_of(netns), netns, sk);
}

/* No listener asks for a port: the answer is that of the namespace. */
u32 __cw_notify_wanted_keep(const struct sock *sk, u32 generation)
{
	u32 types = __cw_notify_wanted(sk);

	atomic64_set(&cw_netns_of(sock_net(sk))->asked,
		     (u64)generation << 32 | types);
	return types;
}

struct cw_event *cw_notify_slot(u32 type)
{
	struct cw_event *ev = cw_ring_slot();

	ev->type = type;
	ev->marks = (struct cw_marks){ };
	ev->verdict = (struct cw_verdict){ };
	ev->end = (struct cw_end){ };
	ev->extra = (struct cw_extra){ };
	ev->drained = (struct cw_drained){ };
	return ev;
}

void cw_notify_push(struct cw_event *ev)
{
	if (!cw_notify_each(ev, cw_listener_is_one))
		return;
	ev->time = ktime_get_real_ns();
	if (cw_ring_push(ev)) {
		atomic64_inc(&cw_notify_nr_ring);
		cw_notify_each(ev, cw_listener_lost_ring);
	}
	queue_delayed_work(cw_notify_wq, &cw_notify_work, CW_NOTIFY_DELAY);
}

void cw_notify_event(const struct cw_event *ev)
{
	unsigned long flags;

	local_irq_save(flags);
	if (cw_notify_wants(ev->type)) {
		struct cw_event *slot = cw_ring_slot();

		*slot = *ev;
		cw_notify_push(slot);
	}
	local_irq_restore(flags);
}

/* Losses that cannot be attributed: charged to every listener. */
static void cw_notify_shared_losses(u64 *lost)
{
	memset(lost, 0, CW_NR_LOSSES * sizeof(*lost));
	lost[CLOSEWATCH_LOSS_PROBE] = cw_notify_missed();
	lost[CLOSEWATCH_LOSS_BLIND] = cw_canary_blind_seconds();
}

static void __cw_listener_count_shared(struct cw_listener *l, const u64 *lost)
{
	static const u32 shared[] = {
		CLOSEWATCH_LOSS_PROBE,
		CLOSEWATCH_LOSS_BLIND,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(shared); i++)
		atomic64_set(&l->lost[shared[i]],
			     lost[shared[i]] - l->before[shared[i]]);
}

static void __cw_listener_send(struct cw_listener *l)
{
	int err;

	lockdep_assert_held(&cw_notify_lock);
	if (!l->skb)
		return;
	genlmsg_end(l->skb, l->msg);
	if (READ_ONCE(l->dead)) {
		nlmsg_free(l->skb);
		err = -ECONNREFUSED;
	} else {
		err = genlmsg_unicast(l->net, l->skb, l->portid);
	}
	l->skb = NULL;
	if (err) {
		atomic64_add(l->nr, &l->lost[CLOSEWATCH_LOSS_SOCKET]);
		atomic64_add(l->nr, &cw_notify_nr_socket);
		l->skip = CW_NOTIFY_SKIP;
	} else {
		l->sent += l->nr;
		l->skip = 0;
		memcpy(l->reported, l->reporting, sizeof(l->reported));
	}
	memcpy(l->reporting, l->reported, sizeof(l->reporting));
	l->nr = 0;
}

static int __cw_listener_begin(struct cw_listener *l)
{
	if (l->skb)
		return 0;
	l->skb = genlmsg_new(CW_NOTIFY_MSG, GFP_KERNEL);
	if (!l->skb)
		return -ENOMEM;
	l->msg = cw_encode_begin(l->skb);
	if (WARN_ON_ONCE(!l->msg)) {
		nlmsg_free(l->skb);
		l->skb = NULL;
		return -EMSGSIZE;
	}
	return 0;
}

/* Add @ev, or a lost record if NULL; a message that is full is sent first. */
static int __cw_listener_put(struct cw_listener *l, const struct cw_event *ev,
			     u64 count, u32 loss)
{
	int err, try;

	for (try = 0; try < 2; try++) {
		err = __cw_listener_begin(l);
		if (err)
			return err;
		err = ev ? cw_encode_event(l->skb, ev) :
			   cw_encode_lost(l->skb, count, loss);
		if (err != -EMSGSIZE)
			return err;
		__cw_listener_send(l);
	}
	return err;
}

static void __cw_listener_report(struct cw_listener *l)
{
	u32 i;

	for (i = 0; i < CW_NR_LOSSES; i++) {
		u64 n = atomic64_read(&l->lost[i]) - l->reporting[i];

		/* May send the full message; a failure resets reporting[]. */
		if (n && !__cw_listener_put(l, NULL, n, i))
			l->reporting[i] += n;
	}
}

static bool __cw_listener_unreported(struct cw_listener *l)
{
	u32 i;

	for (i = 0; i < CW_NR_LOSSES; i++) {
		if (atomic64_read(&l->lost[i]) != l->reported[i])
			return true;
	}
	return false;
}

static bool __cw_listener_event(struct cw_listener *l,
				const struct cw_event *ev)
{
	/* After a failed send it is unlikely to read: save the encoding. */
	if (l->leaving || (l->skip && l->skip--))
		goto lost;
	__cw_listener_report(l);
	if (!__cw_listener_put(l, ev, 0, 0)) {
		l->nr++;
		return false;
	}
lost:
	atomic64_inc(&l->lost[CLOSEWATCH_LOSS_SOCKET]);
	atomic64_inc(&cw_notify_nr_socket);
	return false;
}

/* Send what is due, and retry later what could not be sent. */
static void __cw_notify_settle(void)
{
	u64 shared[CW_NR_LOSSES];
	struct cw_listener *l;
	bool unreported = false;

	lockdep_assert_held(&cw_notify_lock);
	cw_notify_shared_losses(shared);
	list_for_each_entry(l, &cw_notify_list, node) {
		if (l->leaving)
			continue;
		__cw_listener_count_shared(l, shared);
		__cw_listener_report(l);
		__cw_listener_send(l);
		unreported |= __cw_listener_unreported(l);
	}
	if (unreported)
		queue_delayed_work(cw_notify_wq, &cw_notify_retry,
				   CW_NOTIFY_RETRY);
}

/* Returns whether there may be more. */
static bool cw_notify_batch(void)
{
	unsigned int n;

	mutex_lock(&cw_notify_lock);
	/* The rings exist while there is a listener; then they may be freed. */
	for (n = 0; n < CW_NOTIFY_HOLD; n++) {
		const struct cw_event *ev = NULL;
		unsigned int from;

		if (cw_notify_nr)
			ev = cw_ring_first(&from);
		if (!ev)
			break;
		cw_notify_each(ev, __cw_listener_event);
		cw_ring_drop(from);
	}
	mutex_unlock(&cw_notify_lock);
	return n == CW_NOTIFY_HOLD;
}

/* The lock is dropped between batches so that requests can take it. */
static void cw_notify_work_fn(struct work_struct *work)
{
	unsigned int n = 0;

	while (n < CW_NOTIFY_BURST && cw_notify_batch())
		n += CW_NOTIFY_HOLD;
	mutex_lock(&cw_notify_lock);
	__cw_notify_settle();
	mutex_unlock(&cw_notify_lock);
	if (n >= CW_NOTIFY_BURST)
		mod_delayed_work(cw_notify_wq, &cw_notify_work, 0);
}

static void cw_notify_retry_fn(struct work_struct *work)
{
	mutex_lock(&cw_notify_lock);
	__cw_notify_settle();
	mutex_unlock(&cw_notify_lock);
}

void cw_notify_kick(void)
{
	mod_delayed_work(cw_notify_wq, &cw_notify_retry, 0);
}

/* Caller is in an RCU read section or holds the notify lock. */
static struct cw_listener *cw_notify_find(const struct net *net, u32 portid)
{
	struct cw_listener *l;

	hash_for_each_possible_rcu(cw_notify_ports, l, by_port, portid,
				   lockdep_is_held(&cw_notify_lock)) {
		if (l->net == net && l->portid == portid)
			return l;
	}
	return NULL;
}

static struct cw_hook *cw_hook_alloc(const struct cw_filter *filter)
{
	struct cw_hook *h = kzalloc(sizeof(*h), GFP_KERNEL_ACCOUNT);

	if (h)
		h->filter = *filter;
	return h;
}

/* Those that ask from now on see the chains as they are. */
static void __cw_hook_changed(void)
{
	lockdep_assert_held(&cw_notify_lock);
	/* Pairs with the acquires in cw_notify_wanted() and cw_notify_ask(). */
	smp_store_release(&cw_notify_generation, cw_notify_generation + 1 ?: 1);
}

static void __cw_hook_unlink(struct cw_hook *h)
{
	hlist_del_rcu(&h->node);
	WRITE_ONCE(cw_notify_nr_netns,
		   cw_notify_nr_netns - !!h->filter.netns);
	__cw_hook_changed();
	/* Last: who sees none sees that generation, of which nothing is kept. */
	smp_store_release(&cw_notify_nr_ports,
			  cw_notify_nr_ports - cw_filter_has_port(&h->filter));
}

/* After a hook is gone. Those that remain are in the list. */
static void __cw_notify_narrow(void)
{
	struct cw_listener *l;
	u32 types = 0;

	lockdep_assert_held(&cw_notify_lock);
	/* They are not in the list yet. */
	if (cw_notify_nr_announced)
		return;
	list_for_each_entry(l, &cw_notify_list, node)
		types |= cw_filter_types(&l->hook->filter);
	WRITE_ONCE(cw_notify_types, types);
}

static void __cw_hook_link(struct cw_hook *h)
{
	lockdep_assert_held(&cw_notify_lock);
	WRITE_ONCE(cw_notify_types, cw_notify_types | cw_filter_types(&h->filter));
	WRITE_ONCE(cw_notify_nr_ports,
		   cw_notify_nr_ports + cw_filter_has_port(&h->filter));
	WRITE_ONCE(cw_notify_nr_netns,
		   cw_notify_nr_netns + !!h->filter.netns);
	hlist_add_head_rcu(&h->node, cw_notify_hooks_of(h->filter.netns));
	__cw_hook_changed();
}

/*
 * What ends a connection leaves its mark only where somebody asks, and an end
 * without a mark is taken for a timer's. So a hook asks a grace period before
 * its listener gets the first event: what had begun without a mark is over then,
 * except in a task that owns the socket, see cw_fate_sudden(). Drops the lock.
 */
static void __cw_hook_announce(struct cw_hook *h)
{
	__cw_hook_link(h);
	cw_notify_nr_announced++;
	mutex_unlock(&cw_notify_lock);
	synchronize_rcu();
	mutex_lock(&cw_notify_lock);
	cw_notify_nr_announced--;
}

static void __cw_hook_assign(struct cw_hook *h, struct cw_listener *l)
{
	l->hook = h;
	/* Pairs with the dependency in cw_notify_chain(). */
	smp_store_release(&h->listener, l);
	__cw_hook_changed();
}

static void __cw_listener_link(struct cw_listener *l)
{
	unsigned int from;

	lockdep_assert_held(&cw_notify_lock);
	/* Events on the rings are older than this, the first listener. */
	while (!cw_notify_nr && cw_ring_first(&from))
		cw_ring_drop(from);
	cw_notify_shared_losses(l->before);
	list_add_tail(&l->node, &cw_notify_list);
	hash_add_rcu(cw_notify_ports, &l->by_port, l->portid);
	WRITE_ONCE(cw_notify_nr, cw_notify_nr + 1);
}

/* On failure @h may be on a chain still, for the rest of a grace period. */
static int __cw_notify_add(struct cw_listener *l, struct cw_hook *h)
{
	int err;

	if (cw_notify_find(l->net, l->portid))
		return -EEXIST;
	err = cw_charge(l->payer, CW_CHARGE_LISTENER,
			READ_ONCE(listeners_max_uid));
	if (err)
		return err;
	__cw_hook_announce(h);
	if (cw_notify_find(l->net, l->portid)) {
		__cw_hook_unlink(h);
		cw_uncharge(l->payer, CW_CHARGE_LISTENER);
		err = -EEXIST;
	} else {
		__cw_listener_link(l);
		__cw_hook_assign(h, l);
	}
	__cw_notify_narrow();
	return err;
}

int cw_notify_add(struct net *net, u32 portid, const struct sock *sk,
		  u64 payer, const struct cw_filter *filter)
{
	struct cw_listener *l = kzalloc(sizeof(*l), GFP_KERNEL_ACCOUNT);
	struct cw_hook *h = cw_hook_alloc(filter);
	int err = -ENOMEM;

	if (l && h) {
		l->net = net;
		l->portid = portid;
		l->sk = sk;
		l->payer = payer;
		mutex_lock(&cw_notify_lock);
		err = __cw_notify_add(l, h);
		mutex_unlock(&cw_notify_lock);
	}
	if (err) {
		if (h)
			kfree_rcu(h, rcu);
		kfree(l);
	}
	return err;
}

/* The listener that this socket is, if it does not wait for a filter already. */
static struct cw_listener *__cw_notify_find_own(struct net *net, u32 portid,
						const struct sock *sk)
{
	struct cw_listener *l = cw_notify_find(net, portid);

	if (!l)
		return ERR_PTR(-ENOENT);
	return l->sk != sk || l->refilters ? ERR_PTR(-EBUSY) : l;
}

/*
 * Until the new filter has a listener, events are for the old one. A handler that
 * has passed the first without one and comes to the second when it is gone takes
 * an event for nobody's; one that finds both counts a loss twice.
 */
static int __cw_notify_refilter(struct net *net, u32 portid,
				const struct sock *sk, struct cw_hook *h)
{
	struct cw_listener *l = __cw_notify_find_own(net, portid, sk);
	struct cw_hook *old = h;

	if (IS_ERR(l))
		return PTR_ERR(l);
	l->refilters = true;
	__cw_hook_announce(h);
	/* Whoever left meanwhile may have come back. */
	l = cw_notify_find(net, portid);
	if (l && l->sk == sk) {
		l->refilters = false;
		l->leaving = false;
		old = l->hook;
		__cw_hook_assign(h, l);
	}
	__cw_hook_unlink(old);
	__cw_notify_narrow();
	if (old == h)
		return -ENOENT;
	kfree_rcu(old, rcu);
	return 0;
}

int cw_notify_refilter(struct net *net, u32 portid, const struct sock *sk,
		       const struct cw_filter *filter)
{
	struct cw_hook *h = cw_hook_alloc(filter);
	int err;

	if (!h)
		return -ENOMEM;
	mutex_lock(&cw_notify_lock);
	err = __cw_notify_refilter(net, portid, sk, h);
	mutex_unlock(&cw_notify_lock);
	if (err)
		kfree_rcu(h, rcu);
	return err;
}

static void __cw_listener_stats(struct cw_listener *l,
				struct cw_notify_stats *stats)
{
	u64 shared[CW_NR_LOSSES];
	u32 i;

	cw_notify_shared_losses(shared);
	__cw_listener_count_shared(l, shared);
	stats->sent = l->sent;
	stats->lost = 0;
	for (i = 0; i < CW_NR_LOSSES; i++) {
		if (i != CLOSEWATCH_LOSS_BLIND)
			stats->lost += atomic64_read(&l->lost[i]);
	}
}

static void __cw_notify_unlink(struct cw_listener *l)
{
	lockdep_assert_held(&cw_notify_lock);
	__cw_hook_unlink(l->hook);
	list_del(&l->node);
	hash_del_rcu(&l->by_port);
	__cw_notify_narrow();
	WRITE_ONCE(cw_notify_nr, cw_notify_nr - 1);
	nlmsg_free(l->skb);
	cw_uncharge(l->payer, CW_CHARGE_LISTENER);
	kfree_rcu(l->hook, rcu);
	kfree_rcu(l, rcu);
}

int cw_notify_leave(struct net *net, u32 portid, struct cw_notify_stats *stats)
{
	struct cw_listener *l;

	mutex_lock(&cw_notify_lock);
	l = cw_notify_find(net, portid);
	if (l) {
		__cw_listener_send(l);
		l->leaving = true;
		__cw_listener_stats(l, stats);
	}
	mutex_unlock(&cw_notify_lock);
	return l ? 0 : -ENOENT;
}

int cw_notify_del(struct net *net, u32 portid)
{
	struct cw_listener *l;
	int err = -ENOENT;

	mutex_lock(&cw_notify_lock);
	l = cw_notify_find(net, portid);
	if (l && (l->leaving || l->dead)) {
		__cw_notify_unlink(l);
		err = 0;
	}
	mutex_unlock(&cw_notify_lock);
	return err;
}

/*
 * The port id can be reused at once by a socket that is no listener, so dead is
 * set before waiting for the lock: the worker sends nothing more. The lookup
 * takes no lock because this runs for each netlink socket that is closed.
 */
int cw_notify_released(struct net *net, u32 portid)
{
	struct cw_listener *l;

	rcu_read_lock();
	l = cw_notify_find(net, portid);
	if (l)
		WRITE_ONCE(l->dead, true);
	rcu_read_unlock();
	return l ? cw_notify_del(net, portid) : -ENOENT;
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
	l = cw_notify_find(net, portid);
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
	/* Pairs with the read section of cw_notify_event(): drains report
	 * events without a probe, so disarming does not wait for them.
	 */
	synchronize_rcu();
	cancel_delayed_work_sync(&cw_notify_work);
	cancel_delayed_work_sync(&cw_notify_retry);
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

int cw_notify_init(u64 (*missed)(void))
{
	cw_notify_missed = missed;
	cw_notify_wq = alloc_workqueue("closewatch", WQ_UNBOUND | WQ_HIGHPRI, 1);
	return cw_notify_wq ? 0 : -ENOMEM;
}

void cw_notify_exit(void)
{
	destroy_workqueue(cw_notify_wq);
}
