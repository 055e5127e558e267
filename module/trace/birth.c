// SPDX-License-Identifier: GPL-2.0
/*
 * When connections were established. A socket does not store that time, so the
 * change to ESTABLISHED is recorded here while probes are armed.
 *
 * A connection whose entry was evicted has no age, see way.h.
 */
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>

#include "core/pool.h"
#include "birth.h"
#include "way.h"

#define CW_BIRTH_BITS	13

/* lock protects way[], whose keys are cookies. */
struct cw_birth_set {
	raw_spinlock_t lock;
	struct cw_way way[CW_WAYS];
};

static struct cw_birth_set *cw_birth_sets;

int cw_birth_init(void)
{
	unsigned int i;

	cw_birth_sets = kvcalloc(1 << CW_BIRTH_BITS, sizeof(*cw_birth_sets),
				 GFP_KERNEL);
	if (!cw_birth_sets)
		return -ENOMEM;
	for (i = 0; i < 1 << CW_BIRTH_BITS; i++)
		raw_spin_lock_init(&cw_birth_sets[i].lock);
	return 0;
}

void cw_birth_exit(void)
{
	kvfree(cw_birth_sets);
	cw_birth_sets = NULL;
}

static struct cw_birth_set *cw_birth_set(u64 cookie)
{
	return &cw_birth_sets[hash_64(cookie, CW_BIRTH_BITS)];
}

void cw_birth_note(u64 cookie, u64 payer)
{
	struct cw_birth_set *set = cw_birth_set(cookie);
	u8 share = cw_pool_share(payer);
	struct cw_way *b;
	unsigned long flags;

	raw_spin_lock_irqsave(&set->lock, flags);
	b = cw_way_for(set->way, sizeof(*b), cookie, share);
	*b = (struct cw_way){ cookie, ktime_get_ns(), share };
	raw_spin_unlock_irqrestore(&set->lock, flags);
}

u64 cw_birth_age(u64 cookie)
{
	struct cw_birth_set *set = cw_birth_set(cookie);
	struct cw_way *b;
	unsigned long flags;
	u64 age = 0;

	raw_spin_lock_irqsave(&set->lock, flags);
	b = cw_way_lookup(set->way, sizeof(*b), cookie);
	if (b)
		age = ktime_get_ns() - b->when;
	raw_spin_unlock_irqrestore(&set->lock, flags);
	return age;
}
