/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_CLASSIFY_H
#define CW_CLASSIFY_H

#include "event.h"

/**
 * cw_classify() - classify a finished close
 * @conn: facts at the entry of __tcp_close()
 * @why: enum closewatch_cause of the closer
 * @marks: what the probes saw until its end
 *
 * Pure: no kernel objects, no state, any context. A close that fits no known
 * branch is CLOSEWATCH_PATH_UNKNOWN, never a guess.
 */
struct cw_verdict cw_classify(const struct cw_conn *conn, u32 why,
			      const struct cw_marks *marks);

/**
 * cw_classify_drain() - classify a close that a drain took over
 * @marks: how the drain sent its FIN
 *
 * Pure, as cw_classify().
 */
struct cw_verdict cw_classify_drain(const struct cw_marks *marks);

/**
 * cw_classify_shutdown() - classify a finished shutdown
 * @conn: facts when it began
 * @how: enum closewatch_how
 * @marks: what the probes saw until its end
 *
 * Pure, as cw_classify().
 */
struct cw_verdict cw_classify_shutdown(const struct cw_conn *conn, u32 how,
				       const struct cw_marks *marks);

/**
 * cw_classify_end() - derive the fate of a connection and of its data
 * @end: fate, verdict and, if unknown, first are filled; the rest is set
 *
 * Pure, as cw_classify(). For a connection that became a FIN_WAIT2 minisock,
 * @end includes the marks of the minisock's end.
 */
void cw_classify_end(struct cw_end *end);

#endif
