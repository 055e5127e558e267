// SPDX-License-Identifier: GPL-2.0
/*
 * Loss that no event follows is reported by a work of its own, so that the
 * worker, which serves all listeners, is not delayed.
 */
#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "hook.h"
#include "listener.h"
#include "notify.h"
#include "ring.h"
#include "trace_points.h"

#define CW_NOTIFY_BURST	4096	/* events in one run of the worker */
#define CW_NOTIFY_HOLD	64	/* events before the lock is dropped */
#define CW_NOTIFY_DELAY	1	/* jiffies in which events are batched */
#define CW_NOTIFY_RETRY	(HZ / 5)

static atomic64_t cw_notify_nr_ring = ATOMIC64_INIT(0);
static struct workqueue_struct *cw_notify_wq;
static void cw_notify_work_fn(struct work_struct *work);
static void cw_notify_retry_fn(struct work_struct *work);
static DECLARE_DELAYED_WORK(cw_notify_work, cw_notify_work_fn);
static DECLARE_DELAYED_WORK(cw_notify_retry, cw_notify_retry_fn);

static bool cw_notify_is_for(struct cw_hook *h, const struct cw_event *ev)
{
	return true;
}

static bool cw_notify_lost_on_ring(struct cw_hook *h, const struct cw_event *ev)
{
	cw_listener_lose(h->listener, CLOSEWATCH_LOSS_RING);
	return false;
}

static bool cw_notify_lost_inflight(struct cw_hook *h,
				    const struct cw_event *ev)
{
	cw_listener_lose(h->listener, CLOSEWATCH_LOSS_INFLIGHT);
	return false;
}

void cw_notify_lose(const struct cw_event *ev)
{
	cw_hook_each_may(ev, cw_notify_lost_inflight);
}

struct cw_event *cw_notify_slot(u32 type)
{
	struct cw_event *ev = cw_ring_slot();

	ev->type = type;
	ev->marks = (struct cw_marks){ };
	ev->verdict = (struct cw_verdict){ };
	ev->end = (struct cw_end){ };
	ev->extra = (struct cw_extra){ };
	ev->drained = (struct cw_drained){ };
	return ev;
}

void cw_notify_push(struct cw_event *ev)
{
	if (READ_ONCE(cw_hook_tracer))
		cw_trace_event(ev);
	if (!cw_hook_each(ev, cw_notify_is_for))
		return;
	ev->time = ktime_get_real_ns();
	if (cw_ring_push(ev)) {
		atomic64_inc(&cw_notify_nr_ring);
		cw_hook_each(ev, cw_notify_lost_on_ring);
	}
	queue_delayed_work(cw_notify_wq, &cw_notify_work, CW_NOTIFY_DELAY);
}

void cw_notify_event(const struct cw_event *ev)
{
	unsigned long flags;

	local_irq_save(flags);
	if (cw_hook_wants(ev->type)) {
		struct cw_event *slot = cw_ring_slot();

		*slot = *ev;
		cw_notify_push(slot);
	}
	local_irq_restore(flags);
}

int cw_notify_trace(const struct cw_filter *filter)
{
	struct cw_hook *h = cw_hook_alloc(filter);

	if (!h)
		return -ENOMEM;
	mutex_lock(&cw_hook_lock);
	cw_hook_announce(h);
	cw_hook_assign_tracer(h);
	mutex_unlock(&cw_hook_lock);
	return 0;
}

void cw_notify_untrace(void)
{
	struct cw_hook *h = cw_hook_tracer;

	mutex_lock(&cw_hook_lock);
	cw_hook_assign_tracer(NULL);
	cw_hook_remove(h);
	mutex_unlock(&cw_hook_lock);
}

/* Returns whether there may be more. */
static bool cw_notify_batch(void)
{
	unsigned int n;

	mutex_lock(&cw_hook_lock);
	/* The rings exist while there is a listener; then they may be freed. */
	for (n = 0; n < CW_NOTIFY_HOLD; n++) {
		const struct cw_event *ev = NULL;
		unsigned int from;

		if (cw_listeners())
			ev = cw_ring_first(&from);
		if (!ev)
			break;
		cw_hook_each(ev, cw_listener_event);
		cw_ring_drop(from);
	}
	mutex_unlock(&cw_hook_lock);
	return n == CW_NOTIFY_HOLD;
}

/* Send what is due, and retry later what could not be sent. */
static void cw_notify_settle(void)
{
	bool unreported;

	mutex_lock(&cw_hook_lock);
	unreported = cw_listener_settle();
	mutex_unlock(&cw_hook_lock);
	if (unreported)
		queue_delayed_work(cw_notify_wq, &cw_notify_retry,
				   CW_NOTIFY_RETRY);
}

/* The lock is dropped between batches so that requests can take it. */
static void cw_notify_work_fn(struct work_struct *work)
{
	unsigned int n = 0;

	while (n < CW_NOTIFY_BURST && cw_notify_batch())
		n += CW_NOTIFY_HOLD;
	cw_notify_settle();
	if (n >= CW_NOTIFY_BURST)
		mod_delayed_work(cw_notify_wq, &cw_notify_work, 0);
}

static void cw_notify_retry_fn(struct work_struct *work)
{
	cw_notify_settle();
}

void cw_notify_kick(void)
{
	mod_delayed_work(cw_notify_wq, &cw_notify_retry, 0);
}

void cw_notify_flush(void)
{
	unsigned int rounds = 1 + cw_ring_capacity() / CW_NOTIFY_BURST;

	while (rounds--) {
		mod_delayed_work(cw_notify_wq, &cw_notify_work, 0);
		flush_delayed_work(&cw_notify_work);
	}
}

void cw_notify_cancel(void)
{
	/* Pairs with the read section of cw_notify_event(): drains report
	 * events without a probe, so disarming does not wait for them.
	 */
	synchronize_rcu();
	cancel_delayed_work_sync(&cw_notify_work);
	cancel_delayed_work_sync(&cw_notify_retry);
}

unsigned int cw_notify_listeners(void)
{
	return cw_listeners() + !!READ_ONCE(cw_hook_tracer);
}

u64 cw_notify_lost_ring(void)
{
	return atomic64_read(&cw_notify_nr_ring);
}

int cw_notify_init(void)
{
	cw_notify_wq = alloc_workqueue("closewatch", WQ_UNBOUND | WQ_HIGHPRI, 1);
	return cw_notify_wq ? 0 : -ENOMEM;
}

void cw_notify_exit(void)
{
	destroy_workqueue(cw_notify_wq);
}
