/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers that depend on a seed and an index and on nothing else. */
#ifndef CLOSEWATCH_SELFTEST_RANDOM_H
#define CLOSEWATCH_SELFTEST_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
	uint64_t state;
};

/* splitmix64 */
static inline uint64_t random_next(struct random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static inline struct random random_start(uint64_t seed, uint64_t index)
{
	struct random r = { seed * 0x9e3779b97f4a7c15ULL ^ index << 20 };

	random_next(&r);
	return r;
}

/* From 0 to @n - 1 */
static inline uint32_t random_below(struct random *r, uint32_t n)
{
	return (random_next(r) >> 16) % n;
}

static inline bool random_percent(struct random *r, uint32_t percent)
{
	return random_below(r, 100) < percent;
}

#endif
