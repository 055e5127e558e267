/* SPDX-License-Identifier: GPL-2.0 */
/* Tests that a kernel lacks something for, known below their own functions. */
#ifndef CLOSEWATCH_SELFTEST_SKIP_H
#define CLOSEWATCH_SELFTEST_SKIP_H

/* Ends the process of a test; what it holds goes with it */
void skip_test(const char *reason) __attribute__((__noreturn__));

/* Without user namespaces it does so */
void skip_without_userns(void);

#endif
