/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arming of kprobes: the one engine behind watch and policies.
 *
 * unregister_kprobe() can fail, for want of memory, and says so only by
 * clearing the address of a probe that the kernel still has on its lists. So
 * each arming has memory of its own that is freed only once the kernel has let
 * go of it; one that it did not is made inert, kept, and pins the module.
 *
 * A probe that was armed while kernel.ftrace_enabled was 1 must not be disarmed
 * while it is 0: ftrace then keeps flags of it, finds them at a later time, warns
 * and disables itself until the next boot (ftrace_shutdown() of 6.1). While the
 * state of ftrace is held it cannot be turned off, as livepatch has it.
 */
#ifndef CW_ARM_H
#define CW_ARM_H

#include <linux/kprobes.h>

struct netlink_ext_ack;

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

/* To a requester, of an ftrace that is off and of a canary that is silent */
#define CW_ARM_SILENT	"the kernel's probes do not fire: set kernel.ftrace_enabled to 1 with sysctl, or write 1 to kprobes/enabled in debugfs"

/**
 * cw_arm_hold() - keep ftrace on
 * @extack: says what is wrong; may be NULL
 *
 * Before anything is armed, and before cw_arm_release() where it shall not wait.
 * Holds nest.
 *
 * Context: process, may sleep, waits for grace periods. Return: 0, then
 * cw_arm_let_go() is due; -EOPNOTSUPP if ftrace is off; or -ENOMEM.
 */
int cw_arm_hold(struct netlink_ext_ack *extack);

/** cw_arm_let_go() - undo one cw_arm_hold() */
void cw_arm_let_go(void);

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
 * Context: process, may sleep; waits for as long as ftrace is off, unless the
 * caller has cw_arm_hold().
 */
void cw_arm_release(struct cw_arm **arms, unsigned int n);

/** cw_arm_free() - free what was released; a probe that is stuck stays */
void cw_arm_free(struct cw_arm *a);

/** cw_arm_missed() - hits that no handler saw; may be NULL or ERR_PTR() */
u64 cw_arm_missed(const struct cw_arm *a);

/** cw_arm_stuck() - probes since load that the kernel did not disarm */
unsigned int cw_arm_stuck(void);

#endif
