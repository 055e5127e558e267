// SPDX-License-Identifier: GPL-2.0
/*
 * When connections were established. A socket does not store that time, so the
 * change to ESTABLISHED is recorded here while probes are armed.
 *
 * This is a set-associative cache, not a table of all connections: entries need
 * no removal, and memory is bounded. From a full set the oldest entry of the
 * payer with the most entries is evicted; on a tie, of the new entry's payer. A
 * connection whose entry was evicted has no age.
 */
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>

#include "core/pool.h"
#include "birth.h"

#define CW_BIRTH_BITS	13
#define CW_BIRTH_WAYS	4

struct cw_birth {
	u64 cookie;
	u64 when;
	u8 share;
};

/* lock protects way[]. */
struct cw_birth_set {
	raw_spinlock_t lock;
	struct cw_birth way[CW_BIRTH_WAYS];
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

/* The higher, the sooner @b is evicted. Twice the number of its payer's entries
 * in the set, so that the payer of the new entry only breaks a tie.
 */
static unsigned int cw_birth_weight(const struct cw_birth_set *set,
				    const struct cw_birth *b, u8 share)
{
	unsigned int i, weight = b->share == share;

	for (i = 0; i < CW_BIRTH_WAYS; i++)
		weight += 2 * (set->way[i].share == b->share);
	return weight;
}

static struct cw_birth *cw_birth_way(struct cw_birth_set *set, u64 cookie,
				     u8 share)
{
	struct cw_birth *way, *found = NULL;
	unsigned int most = 0;

	for (way = set->way; way < set->way + CW_BIRTH_WAYS; way++) {
		unsigned int weight;

		if (way->cookie == cookie || !way->cookie)
			return way;
		weight = cw_birth_weight(set, way, share);
		if (!found || weight > most ||
		    (weight == most && way->when < found->when)) {
			found = way;
			most = weight;
		}
	}
	return found;
}

void cw_birth_note(u64 cookie, u64 payer)
{
	struct cw_birth_set *set = &cw_birth_sets[hash_64(cookie, CW_BIRTH_BITS)];
	u8 share = cw_pool_share(payer);
	struct cw_birth *b;
	unsigned long flags;

	raw_spin_lock_irqsave(&set->lock, flags);
	b = cw_birth_way(set, cookie, share);
	b->cookie = cookie;
	b->when = ktime_get_ns();
	b->share = share;
	raw_spin_unlock_irqrestore(&set->lock, flags);
}

u64 cw_birth_age(u64 cookie)
{
	struct cw_birth_set *set = &cw_birth_sets[hash_64(cookie, CW_BIRTH_BITS)];
	unsigned long flags;
	u64 age = 0;
	int i;

	raw_spin_lock_irqsave(&set->lock, flags);
	for (i = 0; i < CW_BIRTH_WAYS; i++) {
		if (set->way[i].cookie == cookie)
			age = ktime_get_ns() - set->way[i].when;
	}
	raw_spin_unlock_irqrestore(&set->lock, flags);
	return age;
}
