/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_QUIET_H
#define CW_QUIET_H

#include "event.h"

/**
 * cw_quiet() - did it end well, or does another event report it?
 * @ev: complete but for time, cpu and seq
 *
 * A listener gets quiet events only if its filter asks for them: most ends are
 * quiet. Pure; any context.
 */
bool cw_quiet(const struct cw_event *ev);

/**
 * cw_quiet_fate() - cw_quiet() for a fate, before its event is made
 * @has_owner: a task closed the socket
 */
bool cw_quiet_fate(const struct cw_end *end, bool has_owner);

#endif
