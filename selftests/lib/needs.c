// SPDX-License-Identifier: GPL-2.0
#include "needs.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kmod.h"

#define KSFT_SKIP	4
#define INITIAL_USERNS	0xeffffffd	/* include/linux/proc_ns.h */

static void skip(const char *reason)
{
	printf("TAP version 13\n1..0 # SKIP %s\n", reason);
	exit(KSFT_SKIP);
}

void needs_root_and_module(void)
{
	struct stat ns;

	if (geteuid() || stat("/proc/self/ns/user", &ns) ||
	    ns.st_ino != INITIAL_USERNS)
		skip("needs root of the initial user namespace");
	if (!kmod_loaded(MODULE))
		skip("closewatch.ko is not loaded");
}
