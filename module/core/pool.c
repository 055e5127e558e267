// SPDX-License-Identifier: GPL-2.0
#include <linux/irqflags.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "pool.h"

/* Used by its CPU alone, with interrupts off. Free lists use only node.next. */
struct cw_pool_cache {
	struct hlist_node *free;
	unsigned int nr;
};

#define CW_POOL_CACHED	32
#define CW_POOL_CHAIN	4	/* entries of a bucket, where all are in use */
#define CW_POOL_SEARCH	512	/* buckets searched with interrupts off */
#define CW_POOL_SPARE	128	/* of these, the first in which some are spared */

u64 cw_pool_factor;

static void cw_pool_give(struct hlist_node **free, struct hlist_node *n)
{
	n->next = *free;
	*free = n;
}

static struct hlist_node *cw_pool_take(struct hlist_node **free)
{
	struct hlist_node *n = *free;

	*free = n->next;
	return n;
}

int cw_pool_init(struct cw_pool *pool, unsigned int slots)
{
	unsigned int i;

	if (!cw_pool_factor)
		cw_pool_factor = get_random_u64() | 1;
	pool->bits = ilog2(slots / CW_POOL_CHAIN);
	pool->slots = kvcalloc(slots, pool->size,
			       GFP_KERNEL | __GFP_NOWARN);
	pool->buckets = kvcalloc(1U << pool->bits, sizeof(*pool->buckets),
				 GFP_KERNEL);
	pool->caches = alloc_percpu(struct cw_pool_cache);
	if (!pool->slots || !pool->buckets || !pool->caches) {
		cw_pool_exit(pool);
		return -ENOMEM;
	}
	for (i = 0; i < 1U << pool->bits; i++)
		raw_spin_lock_init(&pool->buckets[i].lock);
	raw_spin_lock_init(&pool->free_lock);
	pool->free = NULL;
	for (i = 0; i < slots; i++) {
		struct cw_pool_entry *e = pool->slots + i * pool->size;

		cw_pool_give(&pool->free, &e->node);
	}
	/* What the caches keep is missing where it is needed. */
	pool->most_cached = min_t(unsigned int, CW_POOL_CACHED,
				  slots / (8 * num_possible_cpus()));
	memset(pool->held, 0, sizeof(pool->held));
	memset(pool->lost, 0, sizeof(pool->lost));
	return 0;
}

void cw_pool_exit(struct cw_pool *pool)
{
	free_percpu(pool->caches);
	kvfree(pool->buckets);
	kvfree(pool->slots);
	pool->caches = NULL;
	pool->buckets = NULL;
	pool->slots = NULL;
}

static void cw_pool_put(struct cw_pool *pool, struct cw_pool_entry *e)
{
	struct cw_pool_cache *c = this_cpu_ptr(pool->caches);

	cw_pool_give(&c->free, &e->node);
	if (++c->nr <= pool->most_cached)
		return;
	raw_spin_lock(&pool->free_lock);
	for (; c->nr > pool->most_cached / 2; c->nr--)
		cw_pool_give(&pool->free, cw_pool_take(&c->free));
	raw_spin_unlock(&pool->free_lock);
}

static struct cw_pool_entry *cw_pool_get(struct cw_pool *pool)
{
	struct cw_pool_cache *c = this_cpu_ptr(pool->caches);

	if (!c->nr) {
		raw_spin_lock(&pool->free_lock);
		for (; c->nr <= pool->most_cached / 2 && pool->free; c->nr++)
			cw_pool_give(&c->free, cw_pool_take(&pool->free));
		raw_spin_unlock(&pool->free_lock);
	}
	if (!c->nr)
		return NULL;
	c->nr--;
	return hlist_entry(cw_pool_take(&c->free), struct cw_pool_entry, node);
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
						unsigned int share, bool spare)
{
	struct cw_pool_entry *e, *found = NULL;

	raw_spin_lock(&b->lock);
	hlist_for_each_entry(e, &b->chain, node) {
		if (e->share == share && !(spare && e->spared))
			found = e;
	}
	if (found) {
		hlist_del(&found->node);
		if (pool->evict)
			pool->evict(found);
	}
	raw_spin_unlock(&b->lock);
	return found;
}

static void cw_pool_lose(struct cw_pool *pool, unsigned int share)
{
	WRITE_ONCE(pool->lost[share], true);
	atomic64_inc(&pool->evicted);
}

/*
 * pool->hand advances over all calls, so that buckets are searched in turn.
 * The heaviest share has at least one entry in 64 buckets on average, so the
 * search fails only by bad luck, or if the entries are freed meanwhile.
 */
static struct cw_pool_entry *cw_pool_evict(struct cw_pool *pool)
{
	unsigned int share = cw_pool_heaviest(pool), i;
	unsigned int mask = (1U << pool->bits) - 1;
	struct cw_pool_entry *e = NULL;

	for (i = 0; i < CW_POOL_SEARCH && !e; i++)
		e = cw_pool_evict_from(pool, &pool->buckets[pool->hand++ & mask],
				       share, i < CW_POOL_SPARE);
	if (!e)
		return NULL;
	atomic_dec(&pool->held[share]);
	cw_pool_lose(pool, share);
	return e;
}

static void __cw_pool_add(struct cw_pool *pool, struct cw_pool_bucket *b,
			  struct cw_pool_entry *e, u64 key, u8 share)
{
	lockdep_assert_held(&b->lock);
	e->key = key;
	e->bucket = b;
	e->share = share;
	e->fresh = true;
	e->spared = false;
	atomic_inc(&pool->held[share]);
	hlist_add_head(&e->node, &b->chain);
}

/* No entry is free. The bucket is locked on return only. */
static noinline struct cw_pool_entry *
cw_pool_lock_evicted(struct cw_pool *pool, struct cw_pool_bucket *b, u64 key,
		     u8 share)
{
	struct cw_pool_entry *fresh = cw_pool_evict(pool), *e;

	if (!fresh) {
		cw_pool_lose(pool, share);
		return NULL;
	}
	raw_spin_lock(&b->lock);
	__release(&b->lock);	/* for sparse: the caller unlocks */
	e = __cw_pool_lookup(b, key);
	if (e) {
		cw_pool_put(pool, fresh);
		return e;
	}
	__cw_pool_add(pool, b, fresh, key, share);
	return fresh;
}

struct cw_pool_entry *cw_pool_lock_new(struct cw_pool *pool, u64 key,
				       u64 payer)
{
	struct cw_pool_bucket *b = cw_pool_bucket(pool, key);
	u8 share = cw_pool_share(payer);
	struct cw_pool_entry *e;

	lockdep_assert_irqs_disabled();
	raw_spin_lock(&b->lock);
	e = __cw_pool_lookup(b, key);
	if (!e) {
		e = cw_pool_get(pool);
		if (!e) {
			raw_spin_unlock(&b->lock);
			return cw_pool_lock_evicted(pool, b, key, share);
		}
		__cw_pool_add(pool, b, e, key, share);
	}
	__release(&b->lock);	/* for sparse: the caller unlocks */
	return e;
}

void cw_pool_free(struct cw_pool *pool, struct cw_pool_entry *e)
{
	atomic_dec(&pool->held[e->share]);
	__hlist_del(&e->node);
	cw_pool_unlock(e);
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

u64 cw_pool_evicted(const struct cw_pool *pool)
{
	return atomic64_read(&pool->evicted);
}
