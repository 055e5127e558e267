// SPDX-License-Identifier: GPL-2.0
#include "explain/probes.h"

void cw_probes_judge(const struct cw_msg_info *info, struct cw_finding *f)
{
	if (info->blind)
		cw_find(f, CW_ILL,
			"sudo sysctl kernel.ftrace_enabled=1 && echo 1 | sudo tee /sys/kernel/debug/kprobes/enabled",
			"armed probes do not fire: closes go unseen and undrained");
	else if (info->probes_stuck)
		cw_find(f, CW_ILL, "sudo reboot",
			"the kernel could not remove %u probes: the module works, but cannot be unloaded before the next boot",
			info->probes_stuck);
	else
		cw_find(f, CW_HEALTHY, NULL,
			"%u of %u armed probes have fired; blind for %llu s since the module was loaded",
			info->probes_fired, info->probes,
			(unsigned long long)info->blind_seconds);
}
