// SPDX-License-Identifier: GPL-2.0
/*
 * Preallocated rings, one per CPU. The producer of a ring is its CPU with
 * interrupts off, and makes its event in the slot itself. The only consumer is
 * the notify worker, which reads it there.
 */
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/slab.h>

#include "ring.h"

/* head: next slot to fill, written by the producer; tail: next slot to read,
 * written by the consumer. Both wrap freely and are masked on use. One more slot
 * than that is the spare.
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

		r->slot = kvcalloc(slots + 1, sizeof(*r->slot), GFP_KERNEL);
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

struct cw_event *cw_ring_slot(void)
{
	struct cw_ring *r = this_cpu_ptr(&cw_rings);

	lockdep_assert_irqs_disabled();
	/* Pairs with the release in cw_ring_drop(): the slot has been read. */
	if (r->head - smp_load_acquire(&r->tail) > cw_ring_mask)
		return &r->slot[cw_ring_mask + 1];
	return &r->slot[r->head & cw_ring_mask];
}

int cw_ring_push(struct cw_event *ev)
{
	struct cw_ring *r = this_cpu_ptr(&cw_rings);

	lockdep_assert_irqs_disabled();
	ev->cpu = smp_processor_id();
	ev->seq = ++r->seq;
	if (ev == &r->slot[cw_ring_mask + 1])
		return -ENOBUFS;
	/* Pairs with the acquire in cw_ring_peek(). */
	smp_store_release(&r->head, r->head + 1);
	return 0;
}

static const struct cw_event *cw_ring_peek(struct cw_ring *r)
{
	/* Pairs with the release in cw_ring_push(): the slot is filled. */
	if (smp_load_acquire(&r->head) == r->tail)
		return NULL;
	return &r->slot[r->tail & cw_ring_mask];
}

const struct cw_event *cw_ring_first(unsigned int *from)
{
	const struct cw_event *first = NULL;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct cw_event *e;

		e = cw_ring_peek(per_cpu_ptr(&cw_rings, cpu));
		if (e && (!first || e->time < first->time)) {
			first = e;
			*from = cpu;
		}
	}
	return first;
}

void cw_ring_drop(unsigned int from)
{
	struct cw_ring *r = per_cpu_ptr(&cw_rings, from);

	/* Pairs with the acquire in cw_ring_slot(): the slot may be reused. */
	smp_store_release(&r->tail, r->tail + 1);
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
