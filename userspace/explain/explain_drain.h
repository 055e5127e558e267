/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_EXPLAIN_DRAIN_H
#define CLOSEWATCH_EXPLAIN_DRAIN_H

#include "base/text.h"
#include "explain/case.h"
#include "netlink/decode.h"

/* What policies do. */

/* How a drain ended, or why there was none; NULL: newer than this program. */
const struct cw_case *cw_drain_case(const struct cw_msg_event *ev);
const char *cw_drain_refusal_words(const struct cw_msg_event *ev);
void cw_say_drain_begin(struct cw_text *t, const struct cw_msg_event *ev);
void cw_say_drain_end(struct cw_text *t, const struct cw_msg_event *ev);
void cw_say_policy(struct cw_text *t, const struct cw_msg_event *ev);

#endif
