/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_TEXT_H
#define CLOSEWATCH_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/util.h"

/* Text that grows piece by piece and is cut, never overrun. */
struct cw_text {
	char *buf;
	size_t size;
	size_t used;
};

__printf(2, 3)
void cw_say(struct cw_text *t, const char *fmt, ...);

/* With the unit that suits it, such as "1.2 ms". */
void cw_say_duration(struct cw_text *t, uint64_t ns);

#endif
