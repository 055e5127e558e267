// SPDX-License-Identifier: GPL-2.0
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "pool.h"

struct cw_pool_bucket {
	raw_spinlock_t lock;
	struct hlist_head chain;
};

#define CW_POOL_SEARCH	512	/* buckets searched with interrupts off */

/*
 * Random and odd: the upper bits of a product with it are the hash. So users
 * cannot choose uids that fall into a given share, or sockets whose cookies fall
 * into one bucket, and make a long chain there.
 */
static u64 cw_pool_factor;

int cw_pool_init(struct cw_pool *pool, unsigned int slots)
{
	unsigned int i;

	if (!cw_pool_factor)
		cw_pool_factor = get_random_u64() | 1;
	pool->slots = kvcalloc(slots, pool->size,
			       GFP_KERNEL | __GFP_NOWARN);
	pool->buckets = kvcalloc(1U << pool->bits, sizeof(*pool->buckets),
				 GFP_KERNEL);
	if (!pool->slots || !pool->buckets) {
		cw_pool_exit(pool);
		return -ENOMEM;
	}
	for (i = 0; i < 1U << pool->bits; i++) {
		raw_spin_lock_init(&pool->buckets[i].lock);
		lockdep_set_class(&pool->buckets[i].lock, &pool->class);
	}
	raw_spin_lock_init(&pool->free_lock);
	INIT_HLIST_HEAD(&pool->free);
	for (i = 0; i < slots; i++) {
		struct cw_pool_entry *e = pool->slots + i * pool->size;

		hlist_add_head(&e->node, &pool->free);
	}
	memset(pool->held, 0, sizeof(pool->held));
	memset(pool->lost, 0, sizeof(pool->lost));
	pool->used = 0;
	return 0;
}

void cw_pool_exit(struct cw_pool *pool)
{
	kvfree(pool->buckets);
	kvfree(pool->slots);
	pool->buckets = NULL;
	pool->slots = NULL;
	pool->used = 0;
}

static unsigned int cw_pool_hash(u64 key, unsigned int bits)
{
	return key * cw_pool_factor >> (64 - bits);
}

static struct cw_pool_bucket *cw_pool_bucket(struct cw_pool *pool, u64 key)
{
	return &pool->buckets[cw_pool_hash(key, pool->bits)];
}

static struct cw_pool_entry *__cw_pool_lookup(struct cw_pool_bucket *b, u64 key)
{
	struct cw_pool_entry *e;

	lockdep_assert_held(&b->lock);
	hlist_for_each_entry(e, &b->chain, node) {
		if (e->key == key)
			return e;
	}
	return NULL;
}

struct cw_pool_entry *cw_pool_lock(struct cw_pool *pool, u64 key,
				   unsigned long *flags)
{
	struct cw_pool_bucket *b = cw_pool_bucket(pool, key);
	struct cw_pool_entry *e;

	/* Entries of this key are only added under a lock that the caller
	 * holds, so an empty chain need not be locked.
	 */
	if (hlist_empty(&b->chain))
		return NULL;
	raw_spin_lock_irqsave(&b->lock, *flags);
	e = __cw_pool_lookup(b, key);
	if (!e)
		raw_spin_unlock_irqrestore(&b->lock, *flags);
	else
		__release(&b->lock);	/* for sparse: the caller unlocks */
	return e;
}

void cw_pool_unlock(struct cw_pool *pool, u64 key, unsigned long flags)
{
	struct cw_pool_bucket *b = cw_pool_bucket(pool, key);

	__acquire(&b->lock);	/* for sparse */
	raw_spin_unlock_irqrestore(&b->lock, flags);
}

static void cw_pool_put(struct cw_pool *pool, struct cw_pool_entry *e)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&pool->free_lock, flags);
	hlist_add_head(&e->node, &pool->free);
	WRITE_ONCE(pool->used, pool->used - 1);
	raw_spin_unlock_irqrestore(&pool->free_lock, flags);
}

static struct cw_pool_entry *cw_pool_get(struct cw_pool *pool)
{
	struct cw_pool_entry *e = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&pool->free_lock, flags);
	if (!hlist_empty(&pool->free)) {
		e = hlist_entry(pool->free.first, struct cw_pool_entry, node);
		hlist_del(&e->node);
		WRITE_ONCE(pool->used, pool->used + 1);
	}
	raw_spin_unlock_irqrestore(&pool->free_lock, flags);
	return e;
}

static unsigned int cw_pool_heaviest(struct cw_pool *pool)
{
	unsigned int i, heaviest = 0;
	int most = 0;

	for (i = 0; i < CW_POOL_SHARES; i++) {
		int held = atomic_read(&pool->held[i]);

		if (held > most) {
			most = held;
			heaviest = i;
		}
	}
	return heaviest;
}

/* Entries are added at the head, so the last one of a share is its oldest. */
static struct cw_pool_entry *cw_pool_evict_from(struct cw_pool *pool,
						struct cw_pool_bucket *b,
						unsigned int share)
{
	struct cw_pool_entry *e, *found = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&b->lock, flags);
	hlist_for_each_entry(e, &b->chain, node) {
		if (e->share == share)
			found = e;
	}
	if (found) {
		hlist_del(&found->node);
		if (pool->evict)
			pool->evict(found);
	}
	raw_spin_unlock_irqrestore(&b->lock, flags);
	return found;
}

static void cw_pool_lose(struct cw_pool *pool, unsigned int share)
{
	WRITE_ONCE(pool->lost[share], true);
	atomic64_inc(&pool->evicted);
}

/*
 * pool->hand advances over all calls, so that buckets are searched in turn.
 * With the default number of slots the heaviest share has at least one entry in
 * 64 buckets on average, so the search fails only by bad luck, or if the
 * entries are freed meanwhile.
 */
static struct cw_pool_entry *cw_pool_evict(struct cw_pool *pool)
{
	unsigned int share = cw_pool_heaviest(pool), i;
	unsigned int mask = (1U << pool->bits) - 1;
	struct cw_pool_entry *e = NULL;

	for (i = 0; i < CW_POOL_SEARCH && !e; i++)
		e = cw_pool_evict_from(pool, &pool->buckets[pool->hand++ & mask],
				       share);
	if (!e)
		return NULL;
	atomic_dec(&pool->held[share]);
	cw_pool_lose(pool, share);
	return e;
}

static struct cw_pool_entry *cw_pool_make(struct cw_pool *pool, u64 key,
					  u64 payer)
{
	struct cw_pool_entry *e = cw_pool_get(pool);
	u8 share = cw_pool_share(payer);

	if (!e)
		e = cw_pool_evict(pool);
	if (!e) {
		cw_pool_lose(pool, share);
		return NULL;
	}
	memset(e, 0, pool->size);
	e->key = key;
	e->share = share;
	return e;
}

struct cw_pool_entry *cw_pool_lock_new(struct cw_pool *pool, u64 key,
				       u64 payer, unsigned long *flags)
{
	struct cw_pool_entry *e = cw_pool_lock(pool, key, flags), *fresh;
	struct cw_pool_bucket *b = cw_pool_bucket(pool, key);

	if (e)
		return e;
	fresh = cw_pool_make(pool, key, payer);
	if (!fresh)
		return NULL;
	raw_spin_lock_irqsave(&b->lock, *flags);
	__release(&b->lock);	/* for sparse: the caller unlocks */
	e = __cw_pool_lookup(b, key);
	if (e) {
		cw_pool_put(pool, fresh);
		return e;
	}
	atomic_inc(&pool->held[fresh->share]);
	hlist_add_head(&fresh->node, &b->chain);
	return fresh;
}

void cw_pool_free(struct cw_pool *pool, struct cw_pool_entry *e,
		  unsigned long flags)
{
	atomic_dec(&pool->held[e->share]);
	hlist_del(&e->node);
	cw_pool_unlock(pool, e->key, flags);
	cw_pool_put(pool, e);
}

u8 cw_pool_share(u64 payer)
{
	return cw_pool_hash(payer, ilog2(CW_POOL_SHARES));
}

bool cw_pool_has_lost(const struct cw_pool *pool, u64 payer)
{
	return READ_ONCE(pool->lost[cw_pool_share(payer)]);
}

unsigned int cw_pool_count(const struct cw_pool *pool)
{
	return READ_ONCE(pool->used);
}

u64 cw_pool_evicted(const struct cw_pool *pool)
{
	return atomic64_read(&pool->evicted);
}
