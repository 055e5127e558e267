// SPDX-License-Identifier: GPL-2.0
/*
 * For the selftests alone: while it is loaded, no probe fires that was armed before
 * it on the function @symbol, as if the compiler had inlined that function.
 */
#include <linux/errno.h>
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/ptrace.h>

static char *symbol;
module_param(symbol, charp, 0444);
MODULE_PARM_DESC(symbol, "function whose probes do not fire");

#ifdef CONFIG_KPROBES_ON_FTRACE
/*
 * The last one that is armed comes first, and says with 1 that it has changed the
 * address at which the function goes on: behind the call to ftrace, as without it.
 */
static int hit(struct kprobe *p, struct pt_regs *regs)
{
	instruction_pointer_set(regs,
				(unsigned long)p->addr + MCOUNT_INSN_SIZE);
	return 1;
}

static struct kprobe mute = {
	.pre_handler = hit,
};

static int __init closewatch_mute_init(void)
{
	mute.symbol_name = symbol;
	return register_kprobe(&mute);
}

static void __exit closewatch_mute_exit(void)
{
	unregister_kprobe(&mute);
}
#else
/* A breakpoint stands in place of an instruction, which would be left out. */
static int __init closewatch_mute_init(void)
{
	return -EOPNOTSUPP;
}

static void __exit closewatch_mute_exit(void)
{
}
#endif

module_init(closewatch_mute_init);
module_exit(closewatch_mute_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Silences probes for the selftests of closewatch");
