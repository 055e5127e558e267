// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/printk.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "tracer.h"

/* Protects the count, and that no work is queued but between init and exit. */
static DEFINE_SPINLOCK(cw_tracer_lock);
static unsigned int cw_tracer_users;
static bool cw_tracer_ready;

/* What keeps the probes from being armed, such as ftrace that is off, passes. */
#define CW_TRACER_RETRY	(5 * HZ)

/* The work's own. */
static bool cw_tracer_runs;
static int (*cw_tracer_start)(void);
static void (*cw_tracer_stop)(void);

static void cw_tracer_work_fn(struct work_struct *work);
static DECLARE_DELAYED_WORK(cw_tracer_work, cw_tracer_work_fn);

static void __cw_tracer_queue(unsigned long delay)
{
	lockdep_assert_held(&cw_tracer_lock);
	if (cw_tracer_ready)
		mod_delayed_work(system_long_wq, &cw_tracer_work, delay);
}

static void cw_tracer_try(void)
{
	int err = cw_tracer_start();

	cw_tracer_runs = !err;
	if (!err)
		return;
	pr_warn_ratelimited("closewatch: tracepoints stay silent: error %d\n",
			    -err);
	spin_lock(&cw_tracer_lock);
	__cw_tracer_queue(CW_TRACER_RETRY);
	spin_unlock(&cw_tracer_lock);
}

static void cw_tracer_work_fn(struct work_struct *work)
{
	bool wanted;

	spin_lock(&cw_tracer_lock);
	wanted = cw_tracer_users;
	spin_unlock(&cw_tracer_lock);
	if (wanted == cw_tracer_runs)
		return;
	if (wanted) {
		cw_tracer_try();
	} else {
		cw_tracer_stop();
		cw_tracer_runs = false;
	}
}

/* Before init, perf does not ask cw_trace_perm(). */
int cw_tracer_reg(void)
{
	int err = 0;

	spin_lock(&cw_tracer_lock);
	if (cw_tracer_ready || perfmon_capable())
		cw_tracer_users++;
	else
		err = -EACCES;
	__cw_tracer_queue(0);
	spin_unlock(&cw_tracer_lock);
	return err;
}

void cw_tracer_unreg(void)
{
	spin_lock(&cw_tracer_lock);
	cw_tracer_users--;
	__cw_tracer_queue(0);
	spin_unlock(&cw_tracer_lock);
}

void cw_tracer_init(int (*start)(void), void (*stop)(void))
{
	cw_tracer_start = start;
	cw_tracer_stop = stop;
	spin_lock(&cw_tracer_lock);
	cw_tracer_ready = true;
	if (cw_tracer_users)
		__cw_tracer_queue(0);
	spin_unlock(&cw_tracer_lock);
}

void cw_tracer_exit(void)
{
	spin_lock(&cw_tracer_lock);
	cw_tracer_ready = false;
	spin_unlock(&cw_tracer_lock);
	cancel_delayed_work_sync(&cw_tracer_work);
	if (cw_tracer_runs)
		cw_tracer_stop();
	cw_tracer_runs = false;
}
