// SPDX-License-Identifier: GPL-2.0
/*
 * closewatch: reports over generic netlink how TCP connections end.
 *
 * No MODULE_ALIAS_GENL_FAMILY: with it any user's lookup of the family would
 * load this module.
 */
#include <linux/module.h>

#include "core/arm.h"
#include "core/canary.h"
#include "core/listener.h"
#include "core/netns.h"
#include "core/notify.h"
#include "core/stats.h"
#include "core/trace_points.h"
#include "core/tracer.h"
#include "core/version.h"
#include "drain/adopt.h"
#include "drain/drain.h"
#include "drain/policy.h"
#include "netlink/family.h"
#include "trace/probe.h"
#include "trace/watch.h"

/* Per-netns state, needed by everything below. */
static int __init cw_init_nets(void)
{
	int err;

	err = cw_netns_init();
	if (err)
		return err;
	err = cw_stats_init();
	if (err)
		cw_netns_exit();
	return err;
}

static void cw_exit_nets(void)
{
	cw_stats_exit();
	cw_netns_exit();
}

/* All that a swapped close uses; no close is swapped before requests run. */
static int __init cw_init_drains(void)
{
	int err;

	cw_adopt_init();
	err = cw_policy_init(&cw_adopt_policy_probe);
	if (err)
		return err;
	err = cw_drain_init();
	if (err)
		cw_policy_exit();
	return err;
}

static int __init cw_init(void)
{
	int err;

	cw_trace_points_init();
	cw_listener_init(cw_probe_missed);
	err = cw_notify_init();
	if (err)
		return err;
	cw_canary_init(cw_notify_kick);
	err = cw_init_nets();
	if (err)
		goto err_notify;
	err = cw_init_drains();
	if (err)
		goto err_nets;
	err = cw_netlink_init();
	if (err)
		goto err_drains;
	cw_tracer_init(cw_watch_trace, cw_watch_untrace);
	return 0;

err_drains:
	cw_adopt_exit();
	cw_drain_exit();
	cw_policy_exit();
err_nets:
	cw_exit_nets();
err_notify:
	cw_canary_exit();
	cw_notify_exit();
	return err;
}

/*
 * Disarm, wait, free. Each step depends on those before it, and memory is freed
 * after the last step that waits for its readers.
 */
static void __exit cw_exit(void)
{
	bool held;

	/* 0. Tracepoints that are enabled are silent, and need no probe. */
	cw_tracer_exit();
	/* 1. ftrace cannot be turned off, so no step waits for it with a lock
	 *    that others need.
	 */
	held = cw_arm_await_hold();
	/* 2. No request runs or begins. No listener is left, no probe of
	 *    watch.c is armed and no event of a probe is pending.
	 */
	cw_netlink_exit();
	/* 3. No policy is installed, the probe on inet_release() is disarmed
	 *    and its handler does not run: no more closes are swapped.
	 */
	cw_policy_stop();
	if (held)
		cw_arm_let_go();
	/* 4. No task is in our close: no policy is looked up, and no drain
	 *    begins.
	 */
	cw_adopt_exit();
	/* 5. No drain runs: no work of a drain, no callback of a socket, and
	 *    no event.
	 */
	cw_drain_exit();
	/* 6. Works of the policies have ended, their tables are freed. */
	cw_policy_exit();
	/* 7. No counter changes; per-netns state is freed. */
	cw_exit_nets();
	/* 8. The canary's work has ended: nothing kicks the worker any more. */
	cw_canary_exit();
	/* 9. The worker does not run in our text. */
	cw_notify_exit();
}

module_init(cw_init);
module_exit(cw_exit);

MODULE_DESCRIPTION("Traces every way a TCP connection is closed");
MODULE_AUTHOR("The closewatch authors");
MODULE_VERSION(CW_VERSION);
MODULE_LICENSE("GPL");
