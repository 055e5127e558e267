/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_EXPLAIN_PATH_H
#define CLOSEWATCH_EXPLAIN_PATH_H

#include "base/text.h"
#include "explain/case.h"
#include "netlink/decode.h"

/* What a close or a shutdown did. */

/* NULL: a path that is newer than this program. */
const struct cw_case *cw_path_case(const struct cw_msg_event *ev);
void cw_say_path(struct cw_text *t, const struct cw_msg_event *ev);

#endif
