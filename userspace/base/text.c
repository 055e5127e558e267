// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

void cw_say(struct cw_text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (t->used >= t->size)
		return;
	va_start(ap, fmt);
	n = vsnprintf(t->buf + t->used, t->size - t->used, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->used += n;
}

void cw_say_duration(struct cw_text *t, uint64_t ns)
{
	if (ns < 1000000)
		cw_say(t, "%.0f us", ns / 1e3);
	else if (ns < 1000000000)
		cw_say(t, "%.1f ms", ns / 1e6);
	else
		cw_say(t, "%.2f s", ns / 1e9);
}
