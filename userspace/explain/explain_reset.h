/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_EXPLAIN_RESET_H
#define CLOSEWATCH_EXPLAIN_RESET_H

#include "base/text.h"
#include "explain/case.h"
#include "netlink/decode.h"

/* An RST outside of a close. */

/* NULL: a kind that is newer than this program. */
const struct cw_case *cw_reset_case(const struct cw_msg_event *ev);
void cw_say_reset(struct cw_text *t, const struct cw_msg_event *ev);

#endif
