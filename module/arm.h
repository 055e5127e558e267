/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arming of kprobes: the one engine behind watch and policies.
 *
 * unregister_kprobe() can fail, for want of memory, and says so only by
 * clearing the address of a probe that the kernel still has on its lists. So
 * each arming has memory of its own that is freed only once the kernel has let
 * go of it; one that it did not is made inert, kept, and pins the module.
 */
#ifndef CW_ARM_H
#define CW_ARM_H

#include <linux/kprobes.h>

/**
 * struct cw_arm - an armed probe
 * @rp: an entry probe uses its kp only
 * @point: what the caller gave, for its handler
 * @fired: set by handlers with cw_arm_fire()
 */
struct cw_arm {
	struct kretprobe rp;
	const void *point;
	bool fired;
};

/** cw_arm_of() - the arming that a kprobe's handler is called for */
static inline struct cw_arm *cw_arm_of(struct kprobe *kp)
{
	return container_of(kp, struct cw_arm, rp.kp);
}

/** cw_arm_fire() - note that a probe was seen to fire; any context */
static inline void cw_arm_fire(struct cw_arm *a)
{
	if (!READ_ONCE(a->fired))
		WRITE_ONCE(a->fired, true);
}

/**
 * cw_arm_entry() - probe the entry of a function
 * @symbol: its name; outlives the probe
 * @handler: called with preemption off
 * @point: kept in the result
 *
 * Context: process, may sleep. Return: the probe, or an ERR_PTR().
 */
struct cw_arm *cw_arm_entry(const char *symbol, kprobe_pre_handler_t handler,
			    const void *point);

/**
 * cw_arm_return() - probe the entry and the return of a function
 * @like: kp.symbol_name, handlers, data_size and maxactive are taken from it
 * @point: kept in the result
 *
 * Context and return: as cw_arm_entry().
 */
struct cw_arm *cw_arm_return(const struct kretprobe *like, const void *point);

#define CW_ARM_BATCH	32	/* the most that one release can take */

/**
 * cw_arm_release() - disarm probes
 * @arms: those probes; NULL and ERR_PTR() entries are skipped
 * @n: up to CW_ARM_BATCH
 *
 * When it returns no handler of theirs runs, and none will, whether or not the
 * kernel could disarm them. One grace period serves all. The caller frees them
 * with cw_arm_free() when nothing reads their figures.
 *
 * Context: process, may sleep.
 */
void cw_arm_release(struct cw_arm **arms, unsigned int n);

/** cw_arm_free() - free what was released; a probe that is stuck stays */
void cw_arm_free(struct cw_arm *a);

/** cw_arm_missed() - hits that no handler saw; may be NULL or ERR_PTR() */
u64 cw_arm_missed(const struct cw_arm *a);

/** cw_arm_stuck() - probes since load that the kernel did not disarm */
unsigned int cw_arm_stuck(void);

#endif
