// SPDX-License-Identifier: GPL-2.0
/*
 * Starts the pipeline from sink to source, and stops it in reverse. Without a
 * listener no probe is armed and only a count is kept.
 */
#include <linux/lockdep.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/workqueue.h>

#include "core/arm.h"
#include "core/canary.h"
#include "core/hook.h"
#include "core/notify.h"
#include "core/ring.h"
#include "birth.h"
#include "ending.h"
#include "gone.h"
#include "late.h"
#include "probe.h"
#include "watch.h"

static unsigned int ring_slots = 1024;
module_param(ring_slots, uint, 0444);
MODULE_PARM_DESC(ring_slots,
		 "events that each CPU's ring holds, rounded up to a power of two, 64 to 65536 (1024)");

static unsigned int track_slots = 16384;
module_param(track_slots, uint, 0444);
MODULE_PARM_DESC(track_slots,
		 "most connections that are ending at a time, 64 to 1048576 (16384)");

/*
 * Arming and disarming patch kernel code and wait for grace periods. So the
 * probes stay armed for this time after the last listener: short-lived
 * listeners cost the host at most one cycle in it, and do not wait for the
 * disarming.
 */
#define CW_WATCH_DELAY	HZ

/* Protects the count and the pipeline. Never taken inside another lock of ours:
 * stopping waits for the worker, which takes cw_hook_lock.
 */
static DEFINE_MUTEX(cw_watch_lock);
static unsigned int cw_watch_users;
static unsigned int cw_watch_wideners;	/* between widen and settle */
static bool cw_watch_runs;

static void cw_watch_work_fn(struct work_struct *work);
static DECLARE_DELAYED_WORK(cw_watch_work, cw_watch_work_fn);

unsigned int cw_watch_ring_slots(void)
{
	return roundup_pow_of_two(clamp(ring_slots, 64U, 65536U));
}

static int __cw_watch_start(struct netlink_ext_ack *extack)
{
	unsigned int track = clamp(track_slots, 64U, 1U << 20);
	int err;

	lockdep_assert_held(&cw_watch_lock);
	err = cw_arm_hold(extack);
	if (err)
		return err;
	err = cw_ring_init(cw_watch_ring_slots());
	if (err)
		goto err_out;
	err = cw_birth_init();
	if (err)
		goto err_ring;
	err = cw_late_init();
	if (err)
		goto err_birth;
	err = cw_gone_init();
	if (err)
		goto err_late;
	err = cw_ending_init(track);
	if (err)
		goto err_gone;
	err = cw_canary_get(extack);
	if (err)
		goto err_ending;
	err = cw_probe_arm(extack);
	if (err)
		goto err_canary;
	cw_watch_runs = true;
	cw_arm_let_go();
	return 0;

err_canary:
	cw_canary_put();
err_ending:
	cw_notify_cancel();
	cw_ending_exit();
err_gone:
	cw_gone_exit();
err_late:
	cw_late_exit();
err_birth:
	cw_birth_exit();
err_ring:
	cw_ring_exit();
err_out:
	cw_arm_let_go();
	if (err == -ENOMEM)
		NL_SET_ERR_MSG(extack,
			       "no memory for rings and tables; load the module with smaller ring_slots or track_slots");
	return err;
}

static void __cw_watch_stop(void)
{
	lockdep_assert_held(&cw_watch_lock);
	if (cw_watch_users || !cw_watch_runs)
		return;
	cw_watch_runs = false;
	cw_probe_disarm();
	cw_canary_put();
	cw_late_exit();
	cw_notify_cancel();
	cw_ending_exit();
	cw_gone_exit();
	cw_birth_exit();
	cw_ring_exit();
}

/* What no listener needs any more. */
static void __cw_watch_narrow(void)
{
	lockdep_assert_held(&cw_watch_lock);
	if (!cw_watch_users)
		__cw_watch_stop();
	else
		cw_probe_disarm_shared();
}

static bool __cw_watch_is_wide(void)
{
	lockdep_assert_held(&cw_watch_lock);
	if (!cw_watch_runs)
		return false;
	return !cw_watch_users ||
	       (cw_probe_has_shared() && !cw_watch_wideners &&
		!cw_hook_wants(CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE));
}

/* Retries while ftrace is off (core/arm.h), not to wait with the lock held. */
static void cw_watch_work_fn(struct work_struct *work)
{
	mutex_lock(&cw_watch_lock);
	if (!__cw_watch_is_wide())
		goto out;
	if (cw_arm_hold(NULL)) {
		queue_delayed_work(system_long_wq, &cw_watch_work,
				   CW_WATCH_DELAY);
	} else {
		__cw_watch_narrow();
		cw_arm_let_go();
	}
out:
	mutex_unlock(&cw_watch_lock);
}

int cw_watch_get(struct netlink_ext_ack *extack)
{
	int err;

	mutex_lock(&cw_watch_lock);
	err = cw_watch_runs ? cw_canary_check(extack) : __cw_watch_start(extack);
	if (!err)
		cw_watch_users++;
	mutex_unlock(&cw_watch_lock);
	return err;
}

int cw_watch_widen(u32 types, struct netlink_ext_ack *extack)
{
	int err = 0;

	if (!(types & BIT(CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE)))
		return 0;
	mutex_lock(&cw_watch_lock);
	if (!cw_probe_has_shared()) {
		err = cw_arm_hold(extack);
		if (!err) {
			err = cw_probe_arm_shared(extack);
			cw_arm_let_go();
		}
	}
	if (!err)
		cw_watch_wideners++;
	mutex_unlock(&cw_watch_lock);
	return err;
}

/* The last listener may have left, or a filter want less than before. */
static void __cw_watch_reconsider(void)
{
	if (__cw_watch_is_wide())
		mod_delayed_work(system_long_wq, &cw_watch_work,
				 CW_WATCH_DELAY);
}

void cw_watch_settle(u32 types)
{
	mutex_lock(&cw_watch_lock);
	if (types & BIT(CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE))
		cw_watch_wideners--;
	__cw_watch_reconsider();
	mutex_unlock(&cw_watch_lock);
}

void cw_watch_put(void)
{
	mutex_lock(&cw_watch_lock);
	if (!WARN_ON_ONCE(!cw_watch_users))
		cw_watch_users--;
	__cw_watch_reconsider();
	mutex_unlock(&cw_watch_lock);
}

void cw_watch_exit(void)
{
	cancel_delayed_work_sync(&cw_watch_work);
	mutex_lock(&cw_watch_lock);
	__cw_watch_stop();
	mutex_unlock(&cw_watch_lock);
}

int cw_watch_trace(void)
{
	static const struct cw_filter filter = {
		.events = BIT(CLOSEWATCH_EVENT_TYPE_CLOSE) |
			  BIT(CLOSEWATCH_EVENT_TYPE_FATE) |
			  BIT(CLOSEWATCH_EVENT_TYPE_DRAIN_BEGIN) |
			  BIT(CLOSEWATCH_EVENT_TYPE_DRAIN_END),
		.quiet = true,
	};
	int err = cw_watch_get(NULL);

	if (err)
		return err;
	err = cw_notify_trace(&filter);
	if (err)
		cw_watch_put();
	return err;
}

void cw_watch_untrace(void)
{
	cw_notify_untrace();
	cw_watch_put();
}
