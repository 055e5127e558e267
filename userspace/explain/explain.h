/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_EXPLAIN_H
#define CLOSEWATCH_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/tone.h"
#include "netlink/decode.h"

/*
 * Facts in plain words. Pure functions over one event; they say only what
 * the event proves.
 */

/* What the peer saw and what was lost, in one short sentence. */
void cw_explain(const struct cw_msg_event *ev, char *buf, size_t size);

/* How bad it is. */
enum cw_tone cw_explain_tone(const struct cw_msg_event *ev);

/* One sentence: why it came to this. False if there is none. */
bool cw_explain_cause(const struct cw_msg_event *ev, char *buf, size_t size);

/*
 * One sentence: what changes it, with the command where closewatch itself can and
 * @offer; a drain that was refused is not offered again. False if there is none.
 */
bool cw_explain_remedy(const struct cw_msg_event *ev, bool offer, char *buf,
		       size_t size);

#endif
