// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "arm.h"
#include "canary.h"

#define CW_CANARY_PERIOD	HZ
#define CW_CANARY_TRIES		3	/* a hit inside a handler is missed */

/* Protects everything below except atomics; is_blind is also read without. */
static DEFINE_MUTEX(cw_canary_lock);
static struct cw_arm *cw_canary_arm;
static unsigned int cw_canary_users;
static bool cw_canary_is_blind;
static bool cw_canary_pins;		/* holds a reference to the module */
static atomic64_t cw_canary_nr_blind = ATOMIC64_INIT(0);
static atomic_t cw_canary_heard = ATOMIC_INIT(0);
static void (*cw_canary_silent)(void);

static void cw_canary_work_fn(struct work_struct *work);
static DECLARE_DELAYED_WORK(cw_canary_work, cw_canary_work_fn);

/* The probed function. Not static, so that it keeps its symbol. */
noinline void cw_canary_sing(void);
noinline void cw_canary_sing(void)
{
	barrier();
}

static int cw_canary_on_sing(struct kprobe *kp, struct pt_regs *regs)
{
	cw_arm_fire(cw_arm_of(kp));
	atomic_inc(&cw_canary_heard);
	return 0;
}

static bool cw_canary_fires(void)
{
	int before = atomic_read(&cw_canary_heard), try;

	for (try = 0; try < CW_CANARY_TRIES; try++) {
		cw_canary_sing();
		if (atomic_read(&cw_canary_heard) != before)
			return true;
	}
	return false;
}

static void __cw_canary_set_blind(bool blind)
{
	lockdep_assert_held(&cw_canary_lock);
	WRITE_ONCE(cw_canary_is_blind, blind);
	/* Fails during module exit, when it is too late to pin. */
	if (blind && !cw_canary_pins)
		cw_canary_pins = try_module_get(THIS_MODULE);
	if (!blind && cw_canary_pins) {
		cw_canary_pins = false;
		module_put(THIS_MODULE);
	}
}

/* It fires: what is said of blindness is over, if anything is. */
static void __cw_canary_see(void)
{
	if (!cw_canary_is_blind)
		return;
	cw_canary_silent();
	/* What ends a connection may have begun while no probe fired. */
	synchronize_rcu();
	__cw_canary_set_blind(false);
}

static void __cw_canary_poll(void)
{
	lockdep_assert_held(&cw_canary_lock);
	if (cw_canary_fires()) {
		__cw_canary_see();
		return;
	}
	atomic64_inc(&cw_canary_nr_blind);
	cw_canary_silent();
	__cw_canary_set_blind(true);
}

static void cw_canary_work_fn(struct work_struct *work)
{
	mutex_lock(&cw_canary_lock);
	if (cw_canary_users) {
		__cw_canary_poll();
		queue_delayed_work(system_wq, &cw_canary_work,
				   CW_CANARY_PERIOD);
	}
	mutex_unlock(&cw_canary_lock);
}

static int __cw_canary_check(struct netlink_ext_ack *extack)
{
	if (cw_canary_fires())
		return 0;
	NL_SET_ERR_MSG(extack, CW_ARM_SILENT);
	return -EOPNOTSUPP;
}

static int __cw_canary_start(struct netlink_ext_ack *extack)
{
	struct cw_arm *a;
	int err;

	a = cw_arm_entry("closewatch:cw_canary_sing", cw_canary_on_sing);
	if (IS_ERR(a)) {
		NL_SET_ERR_MSG(extack,
			       "the kernel refused a kprobe on a function of this module; see the kernel log");
		return PTR_ERR(a);
	}
	err = __cw_canary_check(extack);
	if (err) {
		cw_arm_release(&a, 1);
		cw_arm_free(a);
		return err;
	}
	cw_canary_arm = a;
	return 0;
}

int cw_canary_get(struct netlink_ext_ack *extack)
{
	int err;

	mutex_lock(&cw_canary_lock);
	if (cw_canary_users)
		err = __cw_canary_check(extack);
	else
		err = __cw_canary_start(extack);
	if (!err && !cw_canary_users++)
		queue_delayed_work(system_wq, &cw_canary_work,
				   CW_CANARY_PERIOD);
	mutex_unlock(&cw_canary_lock);
	return err;
}

void cw_canary_put(void)
{
	bool last;

	mutex_lock(&cw_canary_lock);
	last = !WARN_ON_ONCE(!cw_canary_users) && !--cw_canary_users;
	if (last) {
		cw_arm_release(&cw_canary_arm, 1);
		cw_arm_free(cw_canary_arm);
		cw_canary_arm = NULL;
		__cw_canary_set_blind(false);
	}
	mutex_unlock(&cw_canary_lock);
}

int cw_canary_check(struct netlink_ext_ack *extack)
{
	int err = 0;

	mutex_lock(&cw_canary_lock);
	if (cw_canary_users)
		err = __cw_canary_check(extack);
	/* Who was just told that it fires asks next whether it is blind. */
	if (cw_canary_users && !err)
		__cw_canary_see();
	mutex_unlock(&cw_canary_lock);
	return err;
}

bool cw_canary_blind(void)
{
	return READ_ONCE(cw_canary_is_blind);
}

u64 cw_canary_blind_seconds(void)
{
	return atomic64_read(&cw_canary_nr_blind);
}

void cw_canary_init(void (*silent)(void))
{
	cw_canary_silent = silent;
}

void cw_canary_exit(void)
{
	cancel_delayed_work_sync(&cw_canary_work);
}
