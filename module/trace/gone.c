// SPDX-License-Identifier: GPL-2.0
#include <linux/bits.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>

#include "core/facts.h"
#include "core/hook.h"
#include "core/netns.h"
#include "core/pool.h"
#include "gone.h"
#include "way.h"

#define CW_GONE_BITS	10

struct cw_gone_entry {
	struct cw_way w;	/* its key is the cookie */
	struct cw_gone gone;
};

/* lock protects way[]; an entry of ending.h may be locked outside it. */
struct cw_gone_set {
	raw_spinlock_t lock;
	struct cw_gone_entry way[CW_WAYS];
};

static struct cw_gone_set *cw_gone_sets;

int cw_gone_init(void)
{
	unsigned int i;

	cw_gone_sets = kvcalloc(BIT(CW_GONE_BITS), sizeof(*cw_gone_sets),
				GFP_KERNEL);
	if (!cw_gone_sets)
		return -ENOMEM;
	for (i = 0; i < BIT(CW_GONE_BITS); i++)
		raw_spin_lock_init(&cw_gone_sets[i].lock);
	return 0;
}

void cw_gone_exit(void)
{
	kvfree(cw_gone_sets);
	cw_gone_sets = NULL;
}

static struct cw_gone_set *cw_gone_set(u64 cookie)
{
	return &cw_gone_sets[hash_64(cookie, CW_GONE_BITS)];
}

/* An entry, its set locked; added if there is none. */
static struct cw_gone *cw_gone_lock(struct sock *sk, struct cw_gone_set **set)
{
	u64 cookie = cw_facts_cookie(sk);
	u8 share = cw_pool_share(cw_netns_payer(sock_net(sk), sk));
	struct cw_gone_entry *e;

	*set = cw_gone_set(cookie);
	raw_spin_lock(&(*set)->lock);
	e = container_of(cw_way_for((*set)->way, sizeof(*e), cookie, share),
			 struct cw_gone_entry, w);
	if (e->w.key != cookie)
		e->gone = (struct cw_gone){ };
	e->w = (struct cw_way){ cookie, ktime_get_ns(), share };
	__release(&(*set)->lock);	/* for sparse: cw_gone_unlock() does */
	return &e->gone;
}

static void cw_gone_unlock(struct cw_gone_set *set)
{
	__acquire(&set->lock);	/* for sparse */
	raw_spin_unlock(&set->lock);
}

void cw_gone_ended(struct sock *sk, u32 fate)
{
	struct cw_gone_set *set;
	struct cw_gone *g = cw_gone_lock(sk, &set);

	*g = (struct cw_gone){
		.fate = fate, .ended_at = ktime_get_ns(), .told = g->told,
	};
	cw_gone_unlock(set);
}

void cw_gone_refused(struct sock *sk)
{
	struct cw_gone_set *set;
	struct cw_gone *g;

	if (!(cw_hook_wanted(sk) & 1U << CLOSEWATCH_EVENT_TYPE_CLOSE))
		return;
	g = cw_gone_lock(sk, &set);
	*g = (struct cw_gone){ .rst = true };
	cw_gone_unlock(set);
}

/* Without an error it was the program that gave up. An RST of an attempt before
 * this one has left an error.
 */
void cw_gone_failed(struct sock *sk)
{
	int error = READ_ONCE(sk->sk_err);
	struct cw_gone_set *set;
	struct cw_gone *g;

	if (!error ||
	    !(cw_hook_wanted(sk) & 1U << CLOSEWATCH_EVENT_TYPE_CLOSE))
		return;
	g = cw_gone_lock(sk, &set);
	*g = (struct cw_gone){ .error = error, .rst = g->rst && !g->error };
	cw_gone_unlock(set);
}

void cw_gone_write(struct sock *sk, struct cw_gone *before)
{
	struct cw_gone_set *set;
	struct cw_gone *g = cw_gone_lock(sk, &set);

	*before = *g;
	g->told = true;
	cw_gone_unlock(set);
}

struct cw_gone cw_gone_of(u64 cookie)
{
	struct cw_gone_set *set = cw_gone_set(cookie);
	struct cw_gone g = { };
	struct cw_way *w;

	raw_spin_lock(&set->lock);
	w = cw_way_lookup(set->way, sizeof(struct cw_gone_entry), cookie);
	if (w)
		g = container_of(w, struct cw_gone_entry, w)->gone;
	raw_spin_unlock(&set->lock);
	return g;
}
