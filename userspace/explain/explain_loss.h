/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_EXPLAIN_LOSS_H
#define CLOSEWATCH_EXPLAIN_LOSS_H

#include "base/text.h"
#include "explain/case.h"
#include "netlink/decode.h"

/* Events that did not come. */

/* NULL: a loss that is newer than this program. */
const struct cw_case *cw_loss_case(const struct cw_msg_event *ev);
void cw_say_loss(struct cw_text *t, const struct cw_msg_event *ev);

#endif
