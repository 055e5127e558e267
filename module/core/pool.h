/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A fixed number of entries, found by a 64-bit key, shared by all payers.
 *
 * When all are in use, the payer that holds the most loses one of its own. So
 * a payer that fills the table does not evict entries of others, a single payer
 * can use all of it, and stale entries that a missed probe hit left behind
 * count against their own payer only. One that is spared goes when no other of
 * that payer is near.
 *
 * Context of all but init and exit: interrupts off, not NMI.
 */
#ifndef CW_POOL_H
#define CW_POOL_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#define CW_POOL_SHARES	256	/* payers with the same hash share one */

struct cw_pool_cache;

struct cw_pool_bucket {
	raw_spinlock_t lock;
	struct hlist_head chain;
};

/**
 * struct cw_pool_entry - first member of an entry
 * @node: on its bucket's chain, or on a free list
 * @key: of the lookup
 * @bucket: constant while the entry is in use
 * @share: index of its payer's share
 * @fresh: just added: what follows this struct is left from an earlier use. The
 *	caller clears both.
 * @spared: the caller would rather lose another; false in one just added
 */
struct cw_pool_entry {
	struct hlist_node node;
	u64 key;
	struct cw_pool_bucket *bucket;
	u8 share;
	bool fresh;
	bool spared;
};

/**
 * struct cw_pool - define it static, with @size and @evict set
 * @size: of an entry
 * @bits: log2 of the number of buckets, set by cw_pool_init()
 * @evict: called for an entry that is evicted, its bucket locked; or NULL
 * @buckets: each with a lock that protects its chain and the entries on it; two
 *	of them never nest
 * @slots: the entries
 * @caches: free entries of each CPU
 * @most_cached: how many a CPU keeps before it returns half of them
 * @free_lock: protects @free; the innermost lock
 * @free: other entries not in use
 * @hand: where the next search for an entry to evict begins; racy
 * @held: number of entries of each share
 * @lost: shares that lost an entry, or got none, since cw_pool_init()
 * @evicted: entries evicted, or not available, since load
 */
struct cw_pool {
	size_t size;
	unsigned int bits;
	void (*evict)(struct cw_pool_entry *e);
	struct cw_pool_bucket *buckets;
	void *slots;
	struct cw_pool_cache __percpu *caches;
	unsigned int most_cached;
	raw_spinlock_t free_lock;
	struct hlist_node *free;
	unsigned int hand;
	atomic_t held[CW_POOL_SHARES];
	bool lost[CW_POOL_SHARES];
	atomic64_t evicted;
};

/**
 * cw_pool_init() - allocate the entries
 * @slots: number of entries, at least 8
 *
 * Context: process, may sleep. Return: 0 or -ENOMEM.
 */
int cw_pool_init(struct cw_pool *pool, unsigned int slots);

/** cw_pool_exit() - free them; no user may be left */
void cw_pool_exit(struct cw_pool *pool);

/*
 * Random and odd: the upper bits of a product with it are the hash. So users
 * cannot choose uids that fall into a given share, or sockets whose cookies fall
 * into one bucket, and make a long chain there.
 */
extern u64 cw_pool_factor;

static inline unsigned int cw_pool_hash(u64 key, unsigned int bits)
{
	return key * cw_pool_factor >> (64 - bits);
}

static inline struct cw_pool_bucket *cw_pool_bucket(struct cw_pool *pool,
						    u64 key)
{
	return &pool->buckets[cw_pool_hash(key, pool->bits)];
}

static inline struct cw_pool_entry *__cw_pool_lookup(struct cw_pool_bucket *b,
						     u64 key)
{
	struct cw_pool_entry *e;

	lockdep_assert_held(&b->lock);
	hlist_for_each_entry(e, &b->chain, node) {
		if (e->key == key)
			return e;
	}
	return NULL;
}

/**
 * cw_pool_lock() - find an entry and lock its bucket
 *
 * Return: the entry, or NULL with nothing locked.
 */
static inline struct cw_pool_entry *cw_pool_lock(struct cw_pool *pool, u64 key)
{
	struct cw_pool_bucket *b = cw_pool_bucket(pool, key);
	struct cw_pool_entry *e;

	lockdep_assert_irqs_disabled();
	/* Entries of this key are only added under a lock that the caller
	 * holds, so an empty chain need not be locked.
	 */
	if (hlist_empty(&b->chain))
		return NULL;
	raw_spin_lock(&b->lock);
	e = __cw_pool_lookup(b, key);
	if (!e)
		raw_spin_unlock(&b->lock);
	else
		__release(&b->lock);	/* for sparse: the caller unlocks */
	return e;
}

/**
 * cw_pool_lock_new() - find an entry or add one, and lock its bucket
 * @payer: charged for a new entry
 *
 * The caller has no bucket of this pool locked.
 *
 * Return: the entry, or NULL with nothing locked if none could be freed, which
 * counts as an eviction from @payer.
 */
struct cw_pool_entry *cw_pool_lock_new(struct cw_pool *pool, u64 key,
				       u64 payer);

/** cw_pool_unlock() - unlock the bucket of an entry */
static inline void cw_pool_unlock(struct cw_pool_entry *e)
{
	__acquire(&e->bucket->lock);	/* for sparse */
	raw_spin_unlock(&e->bucket->lock);
}

/** cw_pool_free() - free an entry and unlock its bucket */
void cw_pool_free(struct cw_pool *pool, struct cw_pool_entry *e);

/** cw_pool_share() - index of a payer's share; constant until unload */
u8 cw_pool_share(u64 payer);

/** cw_pool_has_lost() - may an entry of this payer have been evicted? */
bool cw_pool_has_lost(const struct cw_pool *pool, u64 payer);

/** cw_pool_evicted() - entries evicted, or not available, since load */
u64 cw_pool_evicted(const struct cw_pool *pool);

#endif
