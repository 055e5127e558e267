/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_ADVICE_H
#define CLOSEWATCH_ADVICE_H

#include "decode.h"

/* One sentence each: why it came to this, and what changes it. */
struct cw_advice {
	const char *cause;
	const char *remedy;
};

/* For the end of a drain; NULL for one that is newer than this program. */
const struct cw_advice *cw_advice_drain(const struct cw_event *ev);

#endif
