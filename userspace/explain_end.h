/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_EXPLAIN_END_H
#define CLOSEWATCH_EXPLAIN_END_H

#include "decode.h"
#include "text.h"

/* Parts of cw_explain() for what is neither a close nor a shutdown. */
void cw_say_fate(struct cw_text *t, const struct cw_event *ev);
void cw_say_reset(struct cw_text *t, const struct cw_event *ev);
void cw_say_shared(struct cw_text *t, const struct cw_event *ev);
void cw_say_write(struct cw_text *t, const struct cw_event *ev);

#endif
