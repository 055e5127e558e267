/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sets of a set-associative cache that payers share. It is not a table of all
 * there is: entries need no removal, and memory is bounded. From a full set the
 * oldest entry of the payer with the most entries is evicted; on a tie, of the
 * new entry's payer.
 */
#ifndef CW_WAY_H
#define CW_WAY_H

#include <linux/types.h>

#define CW_WAYS	4

/**
 * struct cw_way - first member of an entry
 * @key: of the lookup; 0 if the entry was never used
 * @when: the lower, the sooner it is evicted
 * @share: of its payer, see cw_pool_share()
 */
struct cw_way {
	u64 key;
	u64 when;
	u8 share;
};

static inline struct cw_way *cw_way_nth(void *set, size_t size, unsigned int n)
{
	return set + n * size;
}

/* The higher, the sooner @w is evicted. Twice the number of its payer's entries
 * in the set, so that the payer of the new entry only breaks a tie.
 */
static inline unsigned int cw_way_weight(void *set, size_t size,
					 const struct cw_way *w, u8 share)
{
	unsigned int i, weight = w->share == share;

	for (i = 0; i < CW_WAYS; i++)
		weight += 2 * (cw_way_nth(set, size, i)->share == w->share);
	return weight;
}

/**
 * cw_way_lookup() - the entry with @key; NULL if there is none
 * @set: CW_WAYS entries of @size
 */
static inline struct cw_way *cw_way_lookup(void *set, size_t size, u64 key)
{
	unsigned int i;

	for (i = 0; i < CW_WAYS; i++) {
		if (cw_way_nth(set, size, i)->key == key)
			return cw_way_nth(set, size, i);
	}
	return NULL;
}

/** cw_way_for() - that, or the one to be overwritten by an entry of @share */
static inline struct cw_way *cw_way_for(void *set, size_t size, u64 key,
					u8 share)
{
	struct cw_way *found = NULL;
	unsigned int most = 0, i;

	for (i = 0; i < CW_WAYS; i++) {
		struct cw_way *w = cw_way_nth(set, size, i);
		unsigned int weight;

		if (w->key == key || !w->key)
			return w;
		weight = cw_way_weight(set, size, w, share);
		if (!found || weight > most ||
		    (weight == most && w->when < found->when)) {
			found = w;
			most = weight;
		}
	}
	return found;
}

#endif
