// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "compat/compat.h"
#include "arm.h"

#define CW_ARM_AWAIT_MS	100

static atomic_t cw_arm_nr_stuck = ATOMIC_INIT(0);

/* Protects cw_arm_holds and cw_arm_ops; only ftrace's locks nest inside. */
static DEFINE_MUTEX(cw_arm_hold_lock);
static unsigned int cw_arm_holds;

#ifdef CONFIG_KPROBES_ON_FTRACE
/* Never called: cw_arm_ops has to trace some function, and traces this one. */
noinline void cw_arm_ground(void);
noinline void cw_arm_ground(void)
{
	barrier();
}

static void notrace cw_arm_ignore(unsigned long ip, unsigned long parent,
				  struct ftrace_ops *ops,
				  struct CW_FTRACE_REGS *regs)
{
}

static struct ftrace_ops cw_arm_ops = {
	.func = cw_arm_ignore,
	.flags = FTRACE_OPS_FL_PERMANENT,
};

/* An empty filter means every function, so it is set before registration. */
static int __cw_arm_take(void)
{
	unsigned long ip = (unsigned long)cw_arm_ground;
	int err;

	lockdep_assert_held(&cw_arm_hold_lock);
	err = ftrace_set_filter_ip(&cw_arm_ops, ip, 0, 0);
	if (err)
		return err;
	err = register_ftrace_function(&cw_arm_ops);
	if (err)
		ftrace_set_filter_ip(&cw_arm_ops, ip, 1, 0);
	return err;
}

static void __cw_arm_give(void)
{
	lockdep_assert_held(&cw_arm_hold_lock);
	/* An ftrace that disabled itself meanwhile keeps the ops on its list. In
	 * the module's exit this does not help any more.
	 */
	if (unregister_ftrace_function(&cw_arm_ops)) {
		__module_get(THIS_MODULE);
		pr_warn_once("closewatch: ftrace has disabled itself; the module stays until the next boot\n");
	}
	ftrace_set_filter_ip(&cw_arm_ops, (unsigned long)cw_arm_ground, 1, 0);
}
#else
static int __cw_arm_take(void)
{
	return 0;
}

static void __cw_arm_give(void)
{
}
#endif

static int cw_arm_try_hold(void)
{
	int err = 0;

	mutex_lock(&cw_arm_hold_lock);
	if (!cw_arm_holds)
		err = __cw_arm_take();
	if (!err)
		cw_arm_holds++;
	mutex_unlock(&cw_arm_hold_lock);
	return err;
}

int cw_arm_hold(struct netlink_ext_ack *extack)
{
	int err = cw_arm_try_hold();

	switch (err) {
	case -EBUSY:
		NL_SET_ERR_MSG(extack, CW_ARM_SILENT);
		return -EOPNOTSUPP;
	case -ENODEV:
		NL_SET_ERR_MSG(extack,
			       "the kernel's ftrace has disabled itself until the next boot, and kprobes with it; see the kernel log");
		return -EOPNOTSUPP;
	default:
		return err;
	}
}

void cw_arm_let_go(void)
{
	mutex_lock(&cw_arm_hold_lock);
	if (!--cw_arm_holds)
		__cw_arm_give();
	mutex_unlock(&cw_arm_hold_lock);
}

bool cw_arm_await_hold(void)
{
	int err;

	for (;;) {
		err = cw_arm_try_hold();
		if (!err || err == -ENODEV)
			return !err;
		pr_warn_once("closewatch: disarming waits for ftrace (error %d); kernel.ftrace_enabled must be 1\n",
			     -err);
		msleep(CW_ARM_AWAIT_MS);
	}
}

static struct cw_arm *cw_arm_alloc(const char *symbol)
{
	struct cw_arm *a = kzalloc(sizeof(*a), GFP_KERNEL);

	if (!a)
		return ERR_PTR(-ENOMEM);
	a->rp.kp.symbol_name = symbol;
	return a;
}

struct cw_arm *cw_arm_entry(const char *symbol, kprobe_pre_handler_t handler)
{
	struct cw_arm *a = cw_arm_alloc(symbol);
	int err;

	if (IS_ERR(a))
		return a;
	a->rp.kp.pre_handler = handler;
	err = register_kprobe(&a->rp.kp);
	if (!err)
		return a;
	kfree(a);
	return ERR_PTR(err);
}

struct cw_arm *cw_arm_return(const struct kretprobe *like)
{
	struct cw_arm *a = cw_arm_alloc(like->kp.symbol_name);
	int err;

	if (IS_ERR(a))
		return a;
	a->rp.entry_handler = like->entry_handler;
	a->rp.handler = like->handler;
	a->rp.data_size = like->data_size;
	a->rp.maxactive = like->maxactive;
	err = register_kretprobe(&a->rp);
	if (!err)
		return a;
	kfree(a);
	return ERR_PTR(err);
}

static int cw_arm_no_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return 0;
}

/*
 * The kernel could not disarm this one, and still has it on its lists. It checks
 * the flag on each hit. A function that was entered before may return much later,
 * so the return handler is replaced. The name is of the module, and may go with
 * it; see cw_arm_release().
 */
static void cw_arm_make_inert(struct cw_arm *a)
{
	a->stuck = true;
	a->rp.kp.flags |= KPROBE_FLAG_DISABLED;
	a->rp.kp.symbol_name = NULL;
	if (a->rp.handler)
		WRITE_ONCE(a->rp.handler, cw_arm_no_return);
	if (!atomic_fetch_inc(&cw_arm_nr_stuck))
		__module_get(THIS_MODULE);
}

/* disable_kprobe() says when it fails, which unregister_kprobe() does not; what
 * is disabled is unregistered without fail.
 */
static bool cw_arm_disable(struct cw_arm *a)
{
	if (!disable_kprobe(&a->rp.kp))
		return true;
	cw_arm_make_inert(a);
	return false;
}

void cw_arm_release(struct cw_arm **arms, unsigned int n)
{
	struct kretprobe *rps[CW_ARM_BATCH];
	struct kprobe *kps[CW_ARM_BATCH];
	unsigned int i, nr_rps = 0, nr_kps = 0;
	bool stuck = false, held;

	if (WARN_ON_ONCE(n > CW_ARM_BATCH))
		n = CW_ARM_BATCH;
	held = cw_arm_await_hold();
	for (i = 0; i < n; i++) {
		if (IS_ERR_OR_NULL(arms[i]))
			continue;
		if (!cw_arm_disable(arms[i]))
			stuck = true;
		else if (arms[i]->rp.handler)
			rps[nr_rps++] = &arms[i]->rp;
		else
			kps[nr_kps++] = &arms[i]->rp.kp;
	}
	unregister_kprobes(kps, nr_kps);
	unregister_kretprobes(rps, nr_rps);
	if (held)
		cw_arm_let_go();
	if (!stuck)
		return;
	synchronize_rcu();
	pr_warn_once("closewatch: the kernel could not disarm a probe; the module stays until the next boot\n");
}

void cw_arm_free(struct cw_arm *a)
{
	if (!IS_ERR_OR_NULL(a) && !a->stuck)
		kfree(a);
}

u64 cw_arm_missed(const struct cw_arm *a)
{
	if (IS_ERR_OR_NULL(a))
		return 0;
	return a->rp.nmissed + a->rp.kp.nmissed;
}

unsigned int cw_arm_stuck(void)
{
	return atomic_read(&cw_arm_nr_stuck);
}
