// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "arm.h"

static atomic_t cw_arm_nr_stuck = ATOMIC_INIT(0);

static struct cw_arm *cw_arm_alloc(const char *symbol, const void *point)
{
	struct cw_arm *a = kzalloc(sizeof(*a), GFP_KERNEL);

	if (!a)
		return ERR_PTR(-ENOMEM);
	a->rp.kp.symbol_name = symbol;
	a->point = point;
	return a;
}

struct cw_arm *cw_arm_entry(const char *symbol, kprobe_pre_handler_t handler,
			    const void *point)
{
	struct cw_arm *a = cw_arm_alloc(symbol, point);
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

struct cw_arm *cw_arm_return(const struct kretprobe *like, const void *point)
{
	struct cw_arm *a = cw_arm_alloc(like->kp.symbol_name, point);
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

/* An address of NULL is how unregister_kprobe() says that it failed. */
static bool cw_arm_is_stuck(const struct cw_arm *a)
{
	return !a->rp.kp.addr;
}

/*
 * The kernel still has the probe on a list, where an address of NULL keeps it
 * from being found. It may be on the list of a probe that others have at the
 * same place, which asks for the flag and the handler.
 */
static void cw_arm_make_inert(struct cw_arm *a)
{
	struct kprobe *kp = &a->rp.kp;

	kp->flags |= KPROBE_FLAG_DISABLED;
	WRITE_ONCE(kp->pre_handler, NULL);
	kp->symbol_name = NULL;
	if (!atomic_fetch_inc(&cw_arm_nr_stuck))
		__module_get(THIS_MODULE);
	pr_warn_once("closewatch: the kernel could not disarm a probe; the module stays until the next boot\n");
}

void cw_arm_release(struct cw_arm **arms, unsigned int n)
{
	struct kretprobe *rps[CW_ARM_BATCH];
	struct kprobe *kps[CW_ARM_BATCH];
	unsigned int i, nr_rps = 0, nr_kps = 0;
	bool stuck = false;

	if (WARN_ON_ONCE(n > CW_ARM_BATCH))
		n = CW_ARM_BATCH;
	for (i = 0; i < n; i++) {
		if (IS_ERR_OR_NULL(arms[i]))
			continue;
		if (arms[i]->rp.handler)
			rps[nr_rps++] = &arms[i]->rp;
		else
			kps[nr_kps++] = &arms[i]->rp.kp;
	}
	unregister_kprobes(kps, nr_kps);
	unregister_kretprobes(rps, nr_rps);
	for (i = 0; i < n; i++) {
		if (IS_ERR_OR_NULL(arms[i]) || !cw_arm_is_stuck(arms[i]))
			continue;
		cw_arm_make_inert(arms[i]);
		stuck = true;
	}
	if (stuck)
		synchronize_rcu();
}

void cw_arm_free(struct cw_arm *a)
{
	if (!IS_ERR_OR_NULL(a) && !cw_arm_is_stuck(a))
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
