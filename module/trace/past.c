// SPDX-License-Identifier: GPL-2.0
#include <linux/bits.h>
#include <linux/hash.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "core/pool.h"
#include "past.h"
#include "way.h"

#define CW_PAST_BITS	10
#define CW_PAST_SETS	BIT(CW_PAST_BITS)

/* The key is the cookie, @when the time of the end. */
struct cw_past {
	struct cw_way w;
	u32 fate;
};

/* lock protects way[]; an entry of ending.h may be locked outside it. */
struct cw_past_set {
	raw_spinlock_t lock;
	struct cw_past way[CW_WAYS];
};

static struct cw_past_set *cw_past_sets;

int cw_past_init(void)
{
	unsigned int i;

	cw_past_sets = kvcalloc(CW_PAST_SETS, sizeof(*cw_past_sets),
				GFP_KERNEL);
	if (!cw_past_sets)
		return -ENOMEM;
	for (i = 0; i < CW_PAST_SETS; i++)
		raw_spin_lock_init(&cw_past_sets[i].lock);
	return 0;
}

void cw_past_exit(void)
{
	kvfree(cw_past_sets);
	cw_past_sets = NULL;
}

static struct cw_past_set *cw_past_set(u64 cookie)
{
	return &cw_past_sets[hash_64(cookie, CW_PAST_BITS)];
}

void cw_past_note(u64 cookie, u32 fate, u64 payer)
{
	struct cw_past_set *set = cw_past_set(cookie);
	u8 share = cw_pool_share(payer);
	struct cw_past *p;

	raw_spin_lock(&set->lock);
	p = container_of(cw_way_for(set->way, sizeof(*p), cookie, share),
			 struct cw_past, w);
	*p = (struct cw_past){ { cookie, ktime_get_ns(), share }, fate };
	raw_spin_unlock(&set->lock);
}

u64 cw_past_since(u64 cookie, u32 *fate)
{
	struct cw_past_set *set = cw_past_set(cookie);
	struct cw_past *p;
	struct cw_way *w;
	u64 since = 0;

	raw_spin_lock(&set->lock);
	w = cw_way_lookup(set->way, sizeof(*p), cookie);
	if (w) {
		p = container_of(w, struct cw_past, w);
		*fate = p->fate;
		/* 0 means that it is not known. */
		since = ktime_get_ns() - w->when ?: 1;
	}
	raw_spin_unlock(&set->lock);
	return since;
}
