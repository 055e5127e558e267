/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_OURS_H
#define CLOSEWATCH_OURS_H

#include "base/text.h"
#include "netlink/decode.h"

/*
 * Bytes of ours at the end of a connection. What was never sent is lost; what was
 * sent and not acknowledged may have arrived.
 */

/* In words, with @sep before the first and "; " between them. */
void cw_say_ours(struct cw_text *t, const struct cw_msg_event *ev,
		 const char *sep);

#endif
