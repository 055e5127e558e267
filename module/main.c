// SPDX-License-Identifier: GPL-2.0
/*
 * closewatch: how TCP connections end, told over generic netlink.
 *
 * No MODULE_ALIAS_GENL_FAMILY: with it any user's lookup of the family would
 * load this module.
 */
#include <linux/module.h>

#include "adopt.h"
#include "drain.h"
#include "drain_stats.h"
#include "netlink.h"
#include "netns.h"
#include "notify.h"
#include "policy.h"
#include "stats.h"
#include "version.h"

/* Counters and names of network namespaces: what all the rest leans on. */
static int __init cw_init_nets(void)
{
	int err;

	err = cw_stats_init();
	if (err)
		return err;
	err = cw_drain_stats_init();
	if (err)
		goto err_stats;
	err = cw_netns_init();
	if (err)
		goto err_drain_stats;
	return 0;

err_drain_stats:
	cw_drain_stats_exit();
err_stats:
	cw_stats_exit();
	return err;
}

static void cw_exit_nets(void)
{
	cw_netns_exit();
	cw_drain_stats_exit();
	cw_stats_exit();
}

/* From the drain to those who decide which closes go there. */
static int __init cw_init_drains(void)
{
	int err;

	err = cw_drain_init();
	if (err)
		return err;
	err = cw_adopt_init();
	if (err)
		goto err_drain;
	err = cw_policy_init();
	if (err)
		goto err_adopt;
	return 0;

err_adopt:
	cw_adopt_exit();
err_drain:
	cw_drain_exit();
	return err;
}

static void cw_exit_drains(void)
{
	cw_policy_exit();
	cw_adopt_exit();
	cw_drain_exit();
}

static int __init cw_init(void)
{
	int err;

	err = cw_notify_init();
	if (err)
		return err;
	err = cw_init_nets();
	if (err)
		goto err_notify;
	err = cw_init_drains();
	if (err)
		goto err_nets;
	err = cw_netlink_init();
	if (err)
		goto err_drains;
	return 0;

err_drains:
	cw_exit_drains();
err_nets:
	cw_exit_nets();
err_notify:
	cw_notify_exit();
	return err;
}

static void __exit cw_exit(void)
{
	cw_netlink_exit();
	cw_exit_drains();
	cw_exit_nets();
	cw_notify_exit();
}

module_init(cw_init);
module_exit(cw_exit);

MODULE_DESCRIPTION("Traces every way a TCP connection is closed");
MODULE_AUTHOR("The closewatch authors");
MODULE_VERSION(CW_VERSION);
MODULE_LICENSE("GPL");
