// SPDX-License-Identifier: GPL-2.0
#include "quiet.h"

bool cw_quiet_fate(const struct cw_end *end, bool has_owner)
{
	switch (end->fate) {
	case CLOSEWATCH_FATE_TIME_WAIT:
	case CLOSEWATCH_FATE_ACKED:
		return end->verdict == CLOSEWATCH_VERDICT_DELIVERED;
	case CLOSEWATCH_FATE_ABORTED:
		/* A child of a listener has no owner and no close event. */
		return has_owner || !(end->lost_bytes || end->unacked);
	case CLOSEWATCH_FATE_PEER_RESET:
		/* Still open in the program: a reset event reports it. */
		return !end->since_ns;
	default:
		return false;
	}
}

/* For an ordinary shutdown the close event is enough. */
static bool cw_quiet_shutdown(const struct cw_event *ev)
{
	switch (ev->verdict.path) {
	case CLOSEWATCH_PATH_FIN:
	case CLOSEWATCH_PATH_FIN_BEHIND_DATA:
	case CLOSEWATCH_PATH_FLAG_ONLY:
	case CLOSEWATCH_PATH_DEFERRED:
	case CLOSEWATCH_PATH_NONE:
		return true;
	default:
		return false;
	}
}

/* The fate event reports these too, with the data. */
static bool cw_quiet_reset(const struct cw_event *ev)
{
	return ev->extra.reset_kind == CLOSEWATCH_RESET_KIND_LATE_DATA ||
	       ev->extra.reset_kind == CLOSEWATCH_RESET_KIND_TIME_WAIT;
}

bool cw_quiet(const struct cw_event *ev)
{
	switch (ev->type) {
	case CLOSEWATCH_EVENT_TYPE_FATE:
		return cw_quiet_fate(&ev->end, ev->owner.pid);
	case CLOSEWATCH_EVENT_TYPE_SHUTDOWN:
		return cw_quiet_shutdown(ev);
	case CLOSEWATCH_EVENT_TYPE_RESET:
		return cw_quiet_reset(ev);
	case CLOSEWATCH_EVENT_TYPE_DRAIN_BEGIN:
		/* It follows a close event with path drain. */
		return true;
	case CLOSEWATCH_EVENT_TYPE_POLICY:
		/* A policy that leaves closes alone acts on every one of them. */
		return ev->drained.action == CLOSEWATCH_ACTION_LEAVE &&
		       !ev->drained.dry_run;
	default:
		return false;
	}
}
