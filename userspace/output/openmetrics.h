/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_OPENMETRICS_H
#define CLOSEWATCH_OPENMETRICS_H

#include <stdbool.h>
#include <stdio.h>

#include "netlink/decode.h"
#include "netlink/decode_stats.h"

/*
 * Writes counters as OpenMetrics 1.0, or with @text as Prometheus' text format, in
 * which the names of counters end in _total everywhere. Every word that this program
 * has for a label is there, so that a rate begins at 0. A label never names a process,
 * a port or an address.
 */
void cw_openmetrics(FILE *out, bool text, const struct cw_msg_info *info,
		    const struct cw_msg_stats *stats);

#endif
