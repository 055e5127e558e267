/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_FAIL_H
#define CLOSEWATCH_FAIL_H

#include "base/util.h"

/* Exit codes; also what every helper that can fail returns. */
enum cw_exit {
	CW_OK,		/* done */
	CW_FAILED,	/* the machine, the kernel or the output refused */
	CW_USAGE,	/* the command line is wrong; nothing was tried */
};

/*
 * Why something failed and the way out. Helpers fill it in and return;
 * only main() prints it, so that every failure reads the same.
 */
struct cw_fail {
	char what[768];
	char fix[512];
};

/* On standard error, as every failure and warning is told. @fix may be NULL. */
void cw_fail_print(const char *what, const char *fix);

/* Both return the exit code that they stand for. @fix may be NULL. */
__printf(3, 4)
int cw_fail(struct cw_fail *fail, const char *fix, const char *fmt, ...);
__printf(3, 4)
int cw_fail_usage(struct cw_fail *fail, const char *fix, const char *fmt, ...);

#endif
