// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>

#include "base/fail.h"
#include "base/wrap.h"

void cw_fail_print(const char *what, const char *fix)
{
	cw_wrap_print(stderr, "closewatch", what);
	if (fix && *fix)
		cw_wrap_print(stderr, "  hint", fix);
}

static void fail_set(struct cw_fail *fail, const char *fix, const char *fmt,
		     va_list ap)
{
	vsnprintf(fail->what, sizeof(fail->what), fmt, ap);
	snprintf(fail->fix, sizeof(fail->fix), "%s", fix ? fix : "");
}

int cw_fail(struct cw_fail *fail, const char *fix, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fail_set(fail, fix, fmt, ap);
	va_end(ap);
	return CW_FAILED;
}

int cw_fail_usage(struct cw_fail *fail, const char *fix, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fail_set(fail, fix, fmt, ap);
	va_end(ap);
	return CW_USAGE;
}
