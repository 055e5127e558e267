// SPDX-License-Identifier: GPL-2.0
#include "skip.h"

#include <stdio.h>
#include <unistd.h>

#define KSFT_SKIP	4	/* the harness takes it so from a test's process */

void skip_test(const char *reason)
{
	printf("# %s\n", reason);
	fflush(stdout);
	_exit(KSFT_SKIP);
}

void skip_without_userns(void)
{
	if (access("/proc/self/ns/user", F_OK))
		skip_test("this kernel has no user namespaces");
}
