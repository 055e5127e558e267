// SPDX-License-Identifier: GPL-2.0
/*
 * A connection whose entry was evicted is forgotten: its late segments find no
 * socket, and are told so.
 */
#include <linux/bits.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <net/tcp.h>

#include "core/hook.h"
#include "core/notify.h"
#include "core/pool.h"
#include "late.h"
#include "way.h"

#define CW_LATE_BITS	9
#define CW_LATE_SETS	BIT(CW_LATE_BITS)
#define CW_LATE_DELAY	HZ
/* The longest that TCP waits before it sends again. Later, a new connection may
 * have had the same ports.
 */
#define CW_LATE_NS	(120 * NSEC_PER_SEC)
/* Fewer than the smallest ring holds. */
#define CW_LATE_BATCH	32

/* As packets have it; without holes, because it is hashed. */
struct cw_late_ends {
	u64 netns;
	u32 netns_inum;
	u16 lport;
	u16 rport;
	u8 laddr[16];
	u8 raddr[16];
	u64 family;
};

/**
 * struct cw_late - a connection that has ended
 * @w: its key is a hash of @ends, @when the time of the end
 * @ends: of the connection
 * @cookie: of its socket
 * @first: time of the first RST that was not told yet
 * @count: how many were not
 */
struct cw_late {
	struct cw_way w;
	struct cw_late_ends ends;
	u64 cookie;
	u64 first;
	u32 count;
};

/* lock protects way[]; an entry of ending.h may be locked outside it. */
struct cw_late_set {
	raw_spinlock_t lock;
	struct cw_late way[CW_WAYS];
};

static void cw_late_work_fn(struct work_struct *work);
static DECLARE_DELAYED_WORK(cw_late_work, cw_late_work_fn);

static struct cw_late_set *cw_late_sets;
static siphash_key_t cw_late_secret;

int cw_late_init(void)
{
	unsigned int i;

	cw_late_sets = kvcalloc(CW_LATE_SETS, sizeof(*cw_late_sets),
				GFP_KERNEL);
	if (!cw_late_sets)
		return -ENOMEM;
	for (i = 0; i < CW_LATE_SETS; i++)
		raw_spin_lock_init(&cw_late_sets[i].lock);
	get_random_bytes(&cw_late_secret, sizeof(cw_late_secret));
	return 0;
}

void cw_late_exit(void)
{
	cancel_delayed_work_sync(&cw_late_work);
	kvfree(cw_late_sets);
	cw_late_sets = NULL;
}

/* A socket of IPv6 may have packets of IPv4. */
static void cw_late_ends(struct cw_late_ends *e, const struct cw_conn *conn)
{
	bool v4 = conn->v4mapped || conn->family == AF_INET;
	size_t at = conn->v4mapped ? 12 : 0, len = v4 ? 4 : 16;

	*e = (struct cw_late_ends){
		.netns = conn->netns,
		.netns_inum = conn->netns_inum,
		.lport = conn->lport,
		.rport = conn->rport,
		.family = v4 ? AF_INET : AF_INET6,
	};
	memcpy(e->laddr, conn->laddr + at, len);
	memcpy(e->raddr, conn->raddr + at, len);
}

/* Keyed, so that a peer cannot choose ports that fall into one set. Never 0. */
static u64 cw_late_key(const struct cw_late_ends *e)
{
	return siphash(e, sizeof(*e), &cw_late_secret) | 1;
}

static struct cw_late_set *cw_late_set(u64 key)
{
	return &cw_late_sets[key >> (64 - CW_LATE_BITS)];
}

/* The set is locked, a listener exists. */
static void cw_late_tell(struct cw_late *l)
{
	struct cw_event *ev = cw_notify_slot(CLOSEWATCH_EVENT_TYPE_RESET);

	ev->conn = (struct cw_conn){
		.cookie = l->cookie,
		.netns = l->ends.netns,
		.netns_inum = l->ends.netns_inum,
		.lport = l->ends.lport,
		.rport = l->ends.rport,
		.family = l->ends.family,
		.state = TCP_CLOSE,
	};
	memcpy(ev->conn.laddr, l->ends.laddr, sizeof(ev->conn.laddr));
	memcpy(ev->conn.raddr, l->ends.raddr, sizeof(ev->conn.raddr));
	ev->owner = (struct cw_owner){ };
	ev->marks.new_state = TCP_CLOSE;
	ev->end.since_ns = l->first - l->w.when;
	ev->extra.reset_kind = CLOSEWATCH_RESET_KIND_LATE_SEGMENT;
	ev->extra.resets = l->count;
	l->count = 0;
	cw_notify_push(ev);
}

void cw_late_note(const struct cw_conn *conn, u64 payer)
{
	u8 share = cw_pool_share(payer);
	struct cw_late_ends ends;
	struct cw_late_set *set;
	struct cw_late *l;
	u64 key;

	cw_late_ends(&ends, conn);
	key = cw_late_key(&ends);
	set = cw_late_set(key);
	raw_spin_lock(&set->lock);
	l = container_of(cw_way_for(set->way, sizeof(*l), key, share),
			 struct cw_late, w);
	if (l->count)
		cw_late_tell(l);
	*l = (struct cw_late){
		.w = { key, ktime_get_ns(), share },
		.ends = ends,
		.cookie = conn->cookie,
	};
	raw_spin_unlock(&set->lock);
}

bool cw_late_count(const struct cw_conn *conn)
{
	u64 key, now = ktime_get_ns();
	struct cw_late_ends ends;
	struct cw_late_set *set;
	struct cw_late *l;
	struct cw_way *w;
	bool found;

	cw_late_ends(&ends, conn);
	key = cw_late_key(&ends);
	set = cw_late_set(key);
	raw_spin_lock(&set->lock);
	w = cw_way_lookup(set->way, sizeof(*l), key);
	found = w && now - w->when < CW_LATE_NS;
	if (found) {
		l = container_of(w, struct cw_late, w);
		if (!l->count++)
			l->first = now;
	}
	raw_spin_unlock(&set->lock);
	if (found)
		queue_delayed_work(system_long_wq, &cw_late_work, CW_LATE_DELAY);
	return found;
}

static unsigned int cw_late_tell_set(struct cw_late_set *set)
{
	unsigned int i, told = 0;

	raw_spin_lock_irq(&set->lock);
	for (i = 0; i < CW_WAYS; i++) {
		struct cw_late *l = &set->way[i];

		if (!l->count)
			continue;
		if (cw_hook_wants(CLOSEWATCH_EVENT_TYPE_RESET))
			cw_late_tell(l);
		l->count = 0;
		told++;
	}
	raw_spin_unlock_irq(&set->lock);
	return told;
}

static void cw_late_work_fn(struct work_struct *work)
{
	unsigned int i, told = 0;

	for (i = 0; i < CW_LATE_SETS; i++) {
		told += cw_late_tell_set(&cw_late_sets[i]);
		if (told < CW_LATE_BATCH)
			continue;
		cw_notify_flush();
		told = 0;
	}
}

void cw_late_flush(void)
{
	flush_delayed_work(&cw_late_work);
}
