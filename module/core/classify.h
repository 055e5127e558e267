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

/**
 * cw_classify_drain() - name what a drain did when it took over a close
 * @marks: how it sent its FIN
 *
 * Pure, as cw_classify().
 */
struct cw_verdict cw_classify_drain(const struct cw_marks *marks);

/**
 * cw_classify_shutdown() - name what a finished shutdown did
 * @conn: facts when it began
 * @how: enum closewatch_how
 * @marks: what the probes saw until its end
 *
 * Pure, as cw_classify().
 */
struct cw_verdict cw_classify_shutdown(const struct cw_conn *conn, u32 how,
				       const struct cw_marks *marks);

/**
 * cw_classify_end() - name what ended a connection and what became of its data
 * @end: all but fate, verdict and first is set; those are filled
 * @conn: facts at the end; linger2 and mptcp matter
 *
 * Pure, as cw_classify(). Of a connection in a FIN_WAIT2 minisock, @end has
 * the marks of the minisock's end too.
 */
void cw_classify_end(struct cw_end *end, const struct cw_conn *conn);

#endif
