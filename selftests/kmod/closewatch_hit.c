// SPDX-License-Identifier: GPL-2.0
/*
 * What a hit of an empty probe costs: logs the time of a call without one, with a
 * kprobe and with a kretprobe. On a machine that runs an instruction a nanosecond,
 * selftests/bench/hit, these are instructions.
 */
#include <linux/irqflags.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>

#define CW_HITS	1000

/* Not static: what nothing calls from outside could be inlined or cloned. */
noinline void cw_hit_target(void);
noinline void cw_hit_target(void)
{
	barrier();
}

static int cw_hit_entry(struct kprobe *kp, struct pt_regs *regs)
{
	return 0;
}

static int cw_hit_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return 0;
}

static struct kprobe cw_hit_kprobe = {
	.symbol_name = "cw_hit_target",
	.pre_handler = cw_hit_entry,
};

static struct kretprobe cw_hit_kretprobe = {
	.kp.symbol_name = "cw_hit_target",
	.handler = cw_hit_return,
};

static u64 cw_hit_time(void)
{
	unsigned long flags;
	unsigned int i;
	u64 start;

	local_irq_save(flags);
	start = ktime_get_ns();
	for (i = 0; i < CW_HITS; i++)
		cw_hit_target();
	start = ktime_get_ns() - start;
	local_irq_restore(flags);
	return div_u64(start, CW_HITS);
}

static int __init cw_hit_init(void)
{
	u64 none = cw_hit_time(), entry;
	int err;

	err = register_kprobe(&cw_hit_kprobe);
	if (err)
		return err;
	entry = cw_hit_time();
	unregister_kprobe(&cw_hit_kprobe);
	err = register_kretprobe(&cw_hit_kretprobe);
	if (err)
		return err;
	pr_info("closewatch_hit: call %llu kprobe %llu kretprobe %llu\n", none, entry,
		cw_hit_time());
	unregister_kretprobe(&cw_hit_kretprobe);
	return 0;
}
module_init(cw_hit_init);

static void __exit cw_hit_exit(void)
{
}
module_exit(cw_hit_exit);

MODULE_DESCRIPTION("Cost of an empty probe");
MODULE_LICENSE("GPL");
