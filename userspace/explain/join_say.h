/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_JOIN_SAY_H
#define CLOSEWATCH_JOIN_SAY_H

#include "base/names.h"
#include "base/text.h"
#include "explain/join.h"

/* What both ends of a connection say together. */

/* Who ended it, as both say; A and B are half[0] and half[1]. */
enum cw_first {
	CW_FIRST_UNKNOWN,
	CW_FIRST_A,
	CW_FIRST_B,
	CW_FIRST_BOTH,
	CW_FIRST_BETWEEN,
	CW_FIRSTS,
};

enum cw_first cw_join_first(const struct cw_join *j);
extern const struct cw_names cw_first_names;

/* Bytes of @from that its peer has not received; false if that is not known. */
bool cw_join_not_received(const struct cw_half *from, uint64_t *bytes);

/* In a sentence. */
void cw_join_say(struct cw_text *t, const struct cw_join *j);

#endif
