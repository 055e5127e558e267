// SPDX-License-Identifier: GPL-2.0
/*
 * For the selftests alone: a family of closewatch's name and of another version, which
 * knows no request, in place of the module.
 */
#include <linux/module.h>
#include <net/genetlink.h>

static unsigned int version;
module_param(version, uint, 0444);
MODULE_PARM_DESC(version, "version of the family");

static struct genl_family other_family __ro_after_init = {
	.name	 = "closewatch",
	.module	 = THIS_MODULE,
	.netnsok = true,
};

static int __init closewatch_version_init(void)
{
	other_family.version = version;
	return genl_register_family(&other_family);
}

static void __exit closewatch_version_exit(void)
{
	genl_unregister_family(&other_family);
}

module_init(closewatch_version_init);
module_exit(closewatch_version_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Another version of closewatch's family, for its selftests");
