/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_EXPLAIN_FATE_H
#define CLOSEWATCH_EXPLAIN_FATE_H

#include "base/text.h"
#include "explain/case.h"
#include "netlink/decode.h"

/* How a connection ended. */

/* NULL: a fate that is newer than this program. */
/* How a connection ended, in words that stand before a time; never NULL. */
const char *cw_fate_words(uint32_t fate);

/* That of a fate of itself; NULL: newer than this program. */
const struct cw_case *cw_fate_row(uint32_t fate);

const struct cw_case *cw_fate_case(const struct cw_msg_event *ev);
void cw_say_fate(struct cw_text *t, const struct cw_msg_event *ev);
enum cw_tone cw_fate_tone(const struct cw_msg_event *ev);

#endif
