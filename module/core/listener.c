// SPDX-License-Identifier: GPL-2.0
/*
 * Loss is counted where it happens and reported as soon as possible: for each
 * cause, a listener has the number lost and the number reported. The
 * difference precedes its next event as a lost record.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/hashtable.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "canary.h"
#include "charge.h"
#include "encode.h"
#include "hook.h"
#include "listener.h"
#include "ring.h"

static unsigned int listeners_max_uid = 64;
module_param(listeners_max_uid, uint, 0644);
MODULE_PARM_DESC(listeners_max_uid, "most listeners of a user at a time (64)");

#define CW_LISTENER_BITS	8
/* Bytes of attributes in a message: with its headers it fills an allocation, as
 * what is not used counts against the receive buffer too.
 */
#define CW_LISTENER_MSG	(SKB_WITH_OVERHEAD(8192) - NLMSG_HDRLEN - GENL_HDRLEN)
#define CW_LISTENER_SKIP	64	/* events not encoded after a failed send */
#define CW_NR_LOSSES	(CLOSEWATCH_LOSS_MAX + 1)

/*
 * lost[] is written by handlers and the worker; net, payer, sk, inode and portid are
 * constant. cw_hook_lock protects the rest. The release of the socket waits for that
 * lock to remove the listener, so the socket and its inode are there meanwhile.
 */
struct cw_listener {
	struct list_head node;
	struct hlist_node by_port;
	struct rcu_head rcu;
	struct cw_hook *hook;
	struct cw_hook *next;		/* announced, to replace hook; or NULL */
	struct cw_hook *last;		/* replaced, for handlers on their way; or NULL */
	struct net *net;
	u64 payer;
	const struct sock *sk;
	struct inode *inode;		/* of the socket */
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
	bool leaving;			/* asked for its figures: takes no more */
};

static LIST_HEAD(cw_listener_list);
static DEFINE_HASHTABLE(cw_listener_ports, CW_LISTENER_BITS);
static unsigned int cw_listener_nr;
static atomic64_t cw_listener_nr_lost = ATOMIC64_INIT(0);
static u64 (*cw_listener_missed)(void);

void cw_listener_lose(struct cw_listener *l, u32 loss)
{
	atomic64_inc(&l->lost[loss]);
}

/* Losses that cannot be attributed: charged to every listener. */
static void cw_listener_shared_losses(u64 *lost)
{
	memset(lost, 0, CW_NR_LOSSES * sizeof(*lost));
	lost[CLOSEWATCH_LOSS_PROBE] = cw_listener_missed();
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

/*
 * A message goes to whoever has the port, which anybody may bind as soon as the
 * socket's release has left it, long before we hear of that. The release locks the
 * inode first, and waits for us with it; so it is tried only. fchown() locks it,
 * too: then the message is lost, and counted.
 */
static int __cw_listener_deliver(struct cw_listener *l)
{
	int err;

	if (!inode_trylock(l->inode)) {
		nlmsg_free(l->skb);
		return -ECONNREFUSED;
	}
	err = genlmsg_unicast(l->net, l->skb, l->portid);
	inode_unlock(l->inode);
	return err;
}

static void __cw_listener_send(struct cw_listener *l)
{
	int err;

	lockdep_assert_held(&cw_hook_lock);
	if (!l->skb)
		return;
	genlmsg_end(l->skb, l->msg);
	err = __cw_listener_deliver(l);
	l->skb = NULL;
	if (err) {
		atomic64_add(l->nr, &l->lost[CLOSEWATCH_LOSS_SOCKET]);
		atomic64_add(l->nr, &cw_listener_nr_lost);
		l->skip = CW_LISTENER_SKIP;
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
	l->skb = genlmsg_new(CW_LISTENER_MSG, GFP_KERNEL);
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

bool cw_listener_event(struct cw_hook *h, const struct cw_event *ev)
{
	struct cw_listener *l = h->listener;

	if (l->hook != h)
		return false;
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
	atomic64_inc(&cw_listener_nr_lost);
	return false;
}

bool cw_listener_settle(void)
{
	u64 shared[CW_NR_LOSSES];
	struct cw_listener *l;
	bool unreported = false;

	lockdep_assert_held(&cw_hook_lock);
	cw_listener_shared_losses(shared);
	list_for_each_entry(l, &cw_listener_list, node) {
		if (l->leaving)
			continue;
		__cw_listener_count_shared(l, shared);
		__cw_listener_report(l);
		__cw_listener_send(l);
		unreported |= __cw_listener_unreported(l);
	}
	return unreported;
}

/* Caller is in an RCU read section or holds cw_hook_lock. */
static struct cw_listener *cw_listener_find(const struct net *net, u32 portid)
{
	struct cw_listener *l;

	hash_for_each_possible_rcu(cw_listener_ports, l, by_port, portid,
				   lockdep_is_held(&cw_hook_lock)) {
		if (l->net == net && l->portid == portid)
			return l;
	}
	return NULL;
}

/* The one that had the port before may not be gone yet. */
static struct cw_listener *__cw_listener_find_own(const struct net *net,
						  u32 portid,
						  const struct sock *sk)
{
	struct cw_listener *l = cw_listener_find(net, portid);

	lockdep_assert_held(&cw_hook_lock);
	return l && l->sk == sk ? l : NULL;
}

static void __cw_listener_link(struct cw_listener *l)
{
	unsigned int from;

	lockdep_assert_held(&cw_hook_lock);
	/* Events on the rings are older than this, the first listener. */
	while (!cw_listener_nr && cw_ring_first(&from))
		cw_ring_drop(from);
	cw_listener_shared_losses(l->before);
	list_add_tail(&l->node, &cw_listener_list);
	hash_add_rcu(cw_listener_ports, &l->by_port, l->portid);
	WRITE_ONCE(cw_listener_nr, cw_listener_nr + 1);
}

/* On failure l->hook is freed, too. */
static int __cw_listener_add(struct cw_listener *l)
{
	int err = -EEXIST;

	if (!cw_listener_find(l->net, l->portid))
		err = cw_charge(l->payer, CW_CHARGE_LISTENER,
				READ_ONCE(listeners_max_uid));
	if (err) {
		kfree(l->hook);
		return err;
	}
	cw_hook_announce(l->hook);
	if (cw_listener_find(l->net, l->portid)) {
		cw_hook_remove(l->hook);
		cw_uncharge(l->payer, CW_CHARGE_LISTENER);
		return -EEXIST;
	}
	__cw_listener_link(l);
	cw_hook_assign(l->hook, l);
	return 0;
}

int cw_listener_add(struct net *net, u32 portid, const struct sock *sk,
		    u64 payer, const struct cw_filter *filter)
{
	struct cw_listener *l;
	int err = -ENOMEM;

	/* The release of another does not lock the inode. */
	if (!sk->sk_socket->file)
		return -EINVAL;
	l = kzalloc(sizeof(*l), GFP_KERNEL_ACCOUNT);
	if (!l)
		return -ENOMEM;
	l->net = net;
	l->portid = portid;
	l->sk = sk;
	l->inode = SOCK_INODE(sk->sk_socket);
	l->payer = payer;
	l->hook = cw_hook_alloc(filter);
	if (l->hook) {
		mutex_lock(&cw_hook_lock);
		err = __cw_listener_add(l);
		mutex_unlock(&cw_hook_lock);
	}
	if (err)
		kfree(l);
	return err;
}

/* The listener that this socket is, if it does not wait for a filter already. */
static struct cw_listener *__cw_listener_find_ready(struct net *net, u32 portid,
						    const struct sock *sk)
{
	struct cw_listener *l = cw_listener_find(net, portid);

	if (!l)
		return ERR_PTR(-ENOENT);
	return l->sk != sk || l->next || l->last ? ERR_PTR(-EBUSY) : l;
}

static void __cw_listener_forget_last(struct cw_listener *l)
{
	if (l->last)
		cw_hook_remove(l->last);
	l->last = NULL;
}

/*
 * Until the new hook has a listener, events are for the old one. A handler that has
 * passed the first by then may come to the second only now, so that stays for a
 * grace period; the worker asks the new one only. In it a loss that both match
 * counts twice, one that the old one alone matches counts too, and events that
 * this one let onto the ring are dropped. Whoever leaves meanwhile takes the hooks
 * that it has along. On failure @h is freed.
 */
static int __cw_listener_refilter(struct net *net, u32 portid,
				  const struct sock *sk, struct cw_hook *h)
{
	struct cw_listener *l = __cw_listener_find_ready(net, portid, sk);

	if (IS_ERR(l)) {
		kfree(h);
		return PTR_ERR(l);
	}
	l->next = h;
	cw_hook_announce(h);
	l = cw_listener_find(net, portid);
	if (!l || l->next != h) {
		cw_hook_remove(h);
		return -ENOENT;
	}
	l->next = NULL;
	l->leaving = false;
	l->last = l->hook;
	l->hook = h;
	cw_hook_assign(h, l);
	mutex_unlock(&cw_hook_lock);
	synchronize_rcu();
	mutex_lock(&cw_hook_lock);
	l = cw_listener_find(net, portid);
	if (l && l->hook == h)
		__cw_listener_forget_last(l);
	return 0;
}

int cw_listener_refilter(struct net *net, u32 portid, const struct sock *sk,
			 const struct cw_filter *filter)
{
	struct cw_hook *h = cw_hook_alloc(filter);
	int err;

	if (!h)
		return -ENOMEM;
	mutex_lock(&cw_hook_lock);
	err = __cw_listener_refilter(net, portid, sk, h);
	mutex_unlock(&cw_hook_lock);
	return err;
}

static void __cw_listener_stats(struct cw_listener *l,
				struct cw_listener_stats *stats)
{
	u64 shared[CW_NR_LOSSES];
	u32 i;

	cw_listener_shared_losses(shared);
	__cw_listener_count_shared(l, shared);
	stats->sent = l->sent;
	stats->lost = 0;
	for (i = 0; i < CW_NR_LOSSES; i++) {
		if (i != CLOSEWATCH_LOSS_BLIND)
			stats->lost += atomic64_read(&l->lost[i]);
	}
}

static void __cw_listener_unlink(struct cw_listener *l)
{
	lockdep_assert_held(&cw_hook_lock);
	__cw_listener_forget_last(l);
	cw_hook_remove(l->hook);
	list_del(&l->node);
	hash_del_rcu(&l->by_port);
	WRITE_ONCE(cw_listener_nr, cw_listener_nr - 1);
	nlmsg_free(l->skb);
	cw_uncharge(l->payer, CW_CHARGE_LISTENER);
	kfree_rcu(l, rcu);
}

int cw_listener_leave(struct net *net, u32 portid, const struct sock *sk,
		      struct cw_listener_stats *stats)
{
	struct cw_listener *l;

	mutex_lock(&cw_hook_lock);
	l = __cw_listener_find_own(net, portid, sk);
	if (l) {
		__cw_listener_send(l);
		l->leaving = true;
		__cw_listener_stats(l, stats);
	}
	mutex_unlock(&cw_hook_lock);
	return l ? 0 : -ENOENT;
}

int cw_listener_del(struct net *net, u32 portid, const struct sock *sk)
{
	struct cw_listener *l;
	int err = -ENOENT;

	mutex_lock(&cw_hook_lock);
	l = __cw_listener_find_own(net, portid, sk);
	if (l && l->leaving) {
		__cw_listener_unlink(l);
		err = 0;
	}
	mutex_unlock(&cw_hook_lock);
	return err;
}

static int cw_listener_del_dead(struct net *net, u32 portid)
{
	struct cw_listener *l;
	int err = -ENOENT;

	mutex_lock(&cw_hook_lock);
	l = cw_listener_find(net, portid);
	if (l && sock_flag(l->sk, SOCK_DEAD)) {
		__cw_listener_unlink(l);
		err = 0;
	}
	mutex_unlock(&cw_hook_lock);
	return err;
}

/*
 * The port may have another socket by now, which listens; only one that is released
 * is dead. The lookup takes no lock because this runs for each netlink socket that is
 * closed.
 */
int cw_listener_released(struct net *net, u32 portid)
{
	struct cw_listener *l;
	bool is_dead;

	rcu_read_lock();
	l = cw_listener_find(net, portid);
	is_dead = l && sock_flag(l->sk, SOCK_DEAD);
	rcu_read_unlock();
	return is_dead ? cw_listener_del_dead(net, portid) : -ENOENT;
}

bool cw_listener_del_any(void)
{
	struct cw_listener *l;

	mutex_lock(&cw_hook_lock);
	l = list_first_entry_or_null(&cw_listener_list, struct cw_listener, node);
	if (l)
		__cw_listener_unlink(l);
	mutex_unlock(&cw_hook_lock);
	return l;
}

int cw_listener_get_stats(struct net *net, u32 portid, const struct sock *sk,
			  struct cw_listener_stats *stats)
{
	struct cw_listener *l;

	mutex_lock(&cw_hook_lock);
	l = __cw_listener_find_own(net, portid, sk);
	if (l)
		__cw_listener_stats(l, stats);
	mutex_unlock(&cw_hook_lock);
	return l ? 0 : -ENOENT;
}

unsigned int cw_listeners(void)
{
	return READ_ONCE(cw_listener_nr);
}

u64 cw_listener_lost(void)
{
	return atomic64_read(&cw_listener_nr_lost);
}

void cw_listener_init(u64 (*missed)(void))
{
	cw_listener_missed = missed;
}
