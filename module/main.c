// SPDX-License-Identifier: GPL-2.0
/*
 * closewatch: how TCP connections end, told over generic netlink.
 *
 * No MODULE_ALIAS_GENL_FAMILY: with it any user's lookup of the family would
 * load this module.
 */
#include <linux/module.h>

#include "netlink.h"
#include "notify.h"
#include "stats.h"
#include "version.h"

static int __init cw_init(void)
{
	int err;

	err = cw_notify_init();
	if (err)
		return err;
	err = cw_stats_init();
	if (err)
		goto err_notify;
	err = cw_netlink_init();
	if (err)
		goto err_stats;
	return 0;

err_stats:
	cw_stats_exit();
err_notify:
	cw_notify_exit();
	return err;
}

static void __exit cw_exit(void)
{
	cw_netlink_exit();
	cw_stats_exit();
	cw_notify_exit();
}

module_init(cw_init);
module_exit(cw_exit);

MODULE_DESCRIPTION("Traces every way a TCP connection is closed");
MODULE_AUTHOR("The closewatch authors");
MODULE_VERSION(CW_VERSION);
MODULE_LICENSE("GPL");
