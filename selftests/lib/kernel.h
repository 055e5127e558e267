/* SPDX-License-Identifier: GPL-2.0 */
/* The running kernel, for what only newer ones have. */
#ifndef CLOSEWATCH_SELFTEST_KERNEL_H
#define CLOSEWATCH_SELFTEST_KERNEL_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/utsname.h>

static inline bool kernel_at_least(int major, int minor)
{
	struct utsname u;
	int a = 0, b = 0;

	if (uname(&u) < 0 || sscanf(u.release, "%d.%d", &a, &b) != 2)
		return false;
	return a > major || (a == major && b >= minor);
}

/* The kernel names the reason of each RST it sends: sk_rst_reason */
static inline bool kernel_names_reasons(void)
{
	return kernel_at_least(6, 12);
}

#endif
