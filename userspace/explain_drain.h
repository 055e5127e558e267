/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_EXPLAIN_DRAIN_H
#define CLOSEWATCH_EXPLAIN_DRAIN_H

#include "decode.h"
#include "text.h"

/* Parts of cw_explain() for what policies do. */
void cw_say_drain_begin(struct cw_text *t, const struct cw_event *ev);
void cw_say_drain_end(struct cw_text *t, const struct cw_event *ev);
void cw_say_policy(struct cw_text *t, const struct cw_event *ev);

#endif
