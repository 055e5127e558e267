// SPDX-License-Identifier: GPL-2.0
/*
 * Preallocated rings, one per CPU. The producer of a ring is its CPU with
 * interrupts off, so a handler that interrupts another one finds the ring
 * consistent. The only consumer is the notify worker.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/slab.h>

#include "ring.h"

/* head: next slot to fill, written by the producer; tail: next slot to read,
 * written by the consumer. Both wrap freely and are masked on use.
 */
struct cw_ring {
	struct cw_event *slot;
	unsigned int head;
	unsigned int tail;
	u64 seq;
};

static DEFINE_PER_CPU(struct cw_ring, cw_rings);
static unsigned int cw_ring_mask;

int cw_ring_init(unsigned int slots)
{
	int cpu;

	if (WARN_ON_ONCE(!is_power_of_2(slots)))
		return -EINVAL;
	cw_ring_mask = slots - 1;
	for_each_possible_cpu(cpu) {
		struct cw_ring *r = per_cpu_ptr(&cw_rings, cpu);

		r->slot = kvcalloc(slots, sizeof(*r->slot), GFP_KERNEL);
		if (!r->slot) {
			cw_ring_exit();
			return -ENOMEM;
		}
		r->head = 0;
		r->tail = 0;
	}
	return 0;
}

void cw_ring_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct cw_ring *r = per_cpu_ptr(&cw_rings, cpu);

		kvfree(r->slot);
		r->slot = NULL;
	}
}

int cw_ring_push(struct cw_event *ev)
{
	unsigned int used;
	struct cw_ring *r;
	unsigned long flags;
	int ret = -ENOBUFS;

	local_irq_save(flags);
	r = this_cpu_ptr(&cw_rings);
	ev->cpu = smp_processor_id();
	ev->seq = ++r->seq;
	/* Pairs with the release in cw_ring_pop(): the slot has been read. */
	used = r->head - smp_load_acquire(&r->tail);
	if (used <= cw_ring_mask) {
		r->slot[r->head & cw_ring_mask] = *ev;
		/* Pairs with the acquire in cw_ring_peek(). */
		smp_store_release(&r->head, r->head + 1);
		ret = used + 1;
	}
	local_irq_restore(flags);
	return ret;
}

static const struct cw_event *cw_ring_peek(struct cw_ring *r)
{
	/* Pairs with the release in cw_ring_push(): the slot is filled. */
	if (smp_load_acquire(&r->head) == r->tail)
		return NULL;
	return &r->slot[r->tail & cw_ring_mask];
}

bool cw_ring_pop(struct cw_event *ev)
{
	const struct cw_event *first = NULL;
	struct cw_ring *from = NULL;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct cw_ring *r = per_cpu_ptr(&cw_rings, cpu);
		const struct cw_event *e = cw_ring_peek(r);

		if (e && (!first || e->time < first->time)) {
			first = e;
			from = r;
		}
	}
	if (!first)
		return false;
	*ev = *first;
	/* Pairs with the acquire in cw_ring_push(): the slot may be reused. */
	smp_store_release(&from->tail, from->tail + 1);
	return true;
}

unsigned int cw_ring_capacity(void)
{
	return (cw_ring_mask + 1) * num_possible_cpus();
}

u64 cw_ring_recorded(void)
{
	u64 n = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		n += READ_ONCE(per_cpu_ptr(&cw_rings, cpu)->seq);
	return n;
}
