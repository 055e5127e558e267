/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arming of kprobes, for trace/watch.c and drain/adopt.c.
 *
 * unregister_kprobe() can fail when memory is short; the kernel then keeps the
 * probe on its lists. So each probe is allocated separately and freed only
 * after the kernel has released it. A probe that could not be disarmed is made
 * inert, kept, and pins the module.
 *
 * A probe armed while kernel.ftrace_enabled was 1 must not be disarmed while it
 * is 0: ftrace keeps stale flags for it, finds them later, warns and disables
 * itself until the next boot (ftrace_shutdown() in 6.1). So ftrace is held on
 * while probes are armed or disarmed, by a permanent ftrace_ops as livepatch
 * uses.
 */
#ifndef CW_ARM_H
#define CW_ARM_H

#include <linux/kprobes.h>

struct netlink_ext_ack;

/**
 * struct cw_arm - an armed probe
 * @rp: an entry probe uses only its kp
 * @fired: set by handlers with cw_arm_fire()
 * @stuck: the kernel could not disarm it, and still has it
 */
struct cw_arm {
	struct kretprobe rp;
	bool fired;
	bool stuck;
};

/** cw_arm_of() - the probe that a handler is called for */
static inline struct cw_arm *cw_arm_of(struct kprobe *kp)
{
	return container_of(kp, struct cw_arm, rp.kp);
}

/** cw_arm_fire() - record that a probe fires; any context */
static inline void cw_arm_fire(struct cw_arm *a)
{
	if (!READ_ONCE(a->fired))
		WRITE_ONCE(a->fired, true);
}

/**
 * cw_arm_entry() - probe the entry of a function
 * @symbol: its name; must outlive the probe
 * @handler: called with preemption off
 *
 * Context: process, may sleep. Return: the probe, or an ERR_PTR().
 */
struct cw_arm *cw_arm_entry(const char *symbol, kprobe_pre_handler_t handler);

/**
 * cw_arm_return() - probe the entry and the return of a function
 * @like: kp.symbol_name, handlers, data_size and maxactive are copied from it
 *
 * Context and return: as cw_arm_entry().
 */
struct cw_arm *cw_arm_return(const struct kretprobe *like);

/* extack message when ftrace is off, or the canary does not fire */
#define CW_ARM_SILENT	"the kernel's probes do not fire: set kernel.ftrace_enabled to 1 with sysctl, or write 1 to kprobes/enabled in debugfs"

/**
 * cw_arm_hold() - keep ftrace on
 * @extack: says what is wrong; may be NULL
 *
 * Required before arming, and before a cw_arm_release() that must not wait for
 * ftrace. Holds nest.
 *
 * Context: process, may sleep, waits for grace periods.
 * Return: 0, and the caller must call cw_arm_let_go(); -EOPNOTSUPP if ftrace is
 * off; or another negative errno.
 */
int cw_arm_hold(struct netlink_ext_ack *extack);

/**
 * cw_arm_await_hold() - cw_arm_hold(), which waits until ftrace is on
 *
 * Context: process, may sleep. Return: true, and the caller must call
 * cw_arm_let_go(); or false if ftrace has disabled itself until the next boot.
 */
bool cw_arm_await_hold(void);

/** cw_arm_let_go() - release one cw_arm_hold() */
void cw_arm_let_go(void);

#define CW_ARM_BATCH	32	/* most probes in one cw_arm_release() */

/**
 * cw_arm_release() - disarm probes
 * @arms: the probes; NULL and ERR_PTR() entries are skipped
 * @n: at most CW_ARM_BATCH
 *
 * On return no handler of theirs runs, and none will, whether or not the kernel
 * could disarm them. Grace periods are waited for once for all of a kind. The
 * caller frees them with cw_arm_free() once their counters are no longer read.
 *
 * Context: process, may sleep; waits as long as ftrace is off, unless the
 * caller holds it with cw_arm_hold().
 */
void cw_arm_release(struct cw_arm **arms, unsigned int n);

/** cw_arm_free() - free a released probe, unless it could not be disarmed */
void cw_arm_free(struct cw_arm *a);

/** cw_arm_missed() - hits without a handler; @a may be NULL or ERR_PTR() */
u64 cw_arm_missed(const struct cw_arm *a);

/** cw_arm_stuck() - probes since load that could not be disarmed */
unsigned int cw_arm_stuck(void);

#endif
