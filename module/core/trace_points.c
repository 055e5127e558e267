// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/perf_event.h>

#define CREATE_TRACE_POINTS
#include "trace_points.h"

#ifdef CONFIG_PERF_EVENTS
/*
 * perf lets any user count the hits of a tracepoint in his own tasks, for which it
 * enables it: that would arm our probes. Of an inherited event the parent was asked.
 */
static int cw_trace_perm(struct trace_event_call *call,
			 struct perf_event *event)
{
	return event->parent || perfmon_capable() ? 0 : -EACCES;
}

void __init cw_trace_points_init(void)
{
	event_close.perf_perm = cw_trace_perm;
	event_fate.perf_perm = cw_trace_perm;
	event_drain.perf_perm = cw_trace_perm;
}
#else
void __init cw_trace_points_init(void) { }
#endif

void cw_trace_event(const struct cw_event *ev)
{
	switch (ev->type) {
	case CLOSEWATCH_EVENT_TYPE_CLOSE:
		trace_close(ev);
		break;
	case CLOSEWATCH_EVENT_TYPE_FATE:
		trace_fate(ev);
		break;
	case CLOSEWATCH_EVENT_TYPE_DRAIN_BEGIN:
	case CLOSEWATCH_EVENT_TYPE_DRAIN_END:
		trace_drain(ev);
		break;
	}
}
