/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kselftest's harness, for programs that skip with a reason what they cannot do
 * here: all of it, or a test.
 */
#ifndef CLOSEWATCH_SELFTEST_HARNESS_H
#define CLOSEWATCH_SELFTEST_HARNESS_H

#include <kselftest_harness.h>

#include "kmod.h"
#include "needs.h"

/* Half a minute a test is short for an emulated machine with a debug kernel */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 240

/* For a test or its setup that loads closewatch.ko anew; SKIP's @statement */
#define NEED_MODULE_FILE(statement)					\
do {									\
	if (!kmod_path(MODULE))						\
		SKIP(statement, NO_MODULE_FILE);			\
} while (0)

#define NEED_HELPER(statement, name)					\
do {									\
	if (!kmod_path(name))						\
		SKIP(statement, name ".ko is not here");		\
} while (0)

static pid_t harness_pid;

static void __attribute__((constructor)) harness_begins(void)
{
	harness_pid = getpid();
	needs_root_and_module();
}

/* The harness's exit status for a program that has skipped all its tests is 0 */
static void __attribute__((destructor)) harness_ends(void)
{
	if (getpid() != harness_pid || !ksft_cnt.ksft_xskip ||
	    ksft_cnt.ksft_xskip != ksft_test_num())
		return;
	fflush(NULL);
	_exit(KSFT_SKIP);
}

#endif
