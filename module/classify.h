/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_CLASSIFY_H
#define CW_CLASSIFY_H

#include "event.h"

/**
 * cw_classify() - name what a finished close did
 * @conn: facts at the begin of __tcp_close()
 * @why: enum closewatch_cause of the closer
 * @marks: what the probes saw until its end
 *
 * Pure: no kernel objects, no state, any context. What fits no known branch
 * is CLOSEWATCH_PATH_UNKNOWN, never a guess.
 */
struct cw_verdict cw_classify(const struct cw_conn *conn, u32 why,
			      const struct cw_marks *marks);

#endif
