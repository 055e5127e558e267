// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <linux/closewatch.h>

#include "base/names.h"
#include "base/names_gen.h"
#include "request/pick.h"

#define ALL ((1U << (CLOSEWATCH_EVENT_TYPE_MAX + 1)) - 1)

uint32_t cw_pick_all(void)
{
	return ALL;
}

/* A server that forks makes a shared close for each connection it accepts. */
uint32_t cw_pick_default(void)
{
	return ALL & ~(1U << CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE);
}

int cw_pick_events(uint32_t *events, const char *words, struct cw_fail *fail)
{
	char all[256];

	for (;;) {
		size_t len = strcspn(words, ",");
		int type = cw_names_value(&cw_event_type_names, words, len);

		if (type < 0) {
			cw_names_list(&cw_event_type_names, all, sizeof(all));
			return cw_fail_usage(fail, NULL,
					     "'%.*s' is no event; the events are: %s",
					     (int)len, words, all);
		}
		*events |= 1U << type;
		if (!words[len])
			return CW_OK;
		words += len + 1;
	}
}

static bool fate_quiet(const struct cw_msg_event *ev)
{
	switch ((enum closewatch_fate)ev->fate) {
	case CLOSEWATCH_FATE_TIME_WAIT:
	case CLOSEWATCH_FATE_ACKED:
		return ev->verdict == CLOSEWATCH_VERDICT_DELIVERED;
	case CLOSEWATCH_FATE_ABORTED:
		/* A child of a listener has no owner and no close event. */
		return cw_event_has(ev, PID) || !ev->lost_bytes;
	case CLOSEWATCH_FATE_PEER_RESET:
		/* Still open in the program: a reset event reports it. */
		return !cw_event_has(ev, SINCE_CLOSE_NS);
	default:
		return false;
	}
}

/* For an ordinary shutdown the close event is enough. */
static bool shutdown_quiet(const struct cw_msg_event *ev)
{
	switch ((enum closewatch_path)ev->path) {
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

/* A policy that leaves closes alone acts on every one of them. */
static bool policy_quiet(const struct cw_msg_event *ev)
{
	return ev->action == CLOSEWATCH_ACTION_LEAVE && !ev->dry_run;
}

bool cw_pick_quiet(const struct cw_msg_event *ev)
{
	switch ((enum closewatch_event_type)ev->type) {
	case CLOSEWATCH_EVENT_TYPE_SHUTDOWN:
		return shutdown_quiet(ev);
	case CLOSEWATCH_EVENT_TYPE_FATE:
		return fate_quiet(ev);
	case CLOSEWATCH_EVENT_TYPE_RESET:
		/* The fate event reports these too, with the data. */
		return ev->reset_kind == CLOSEWATCH_RESET_KIND_LATE_DATA ||
		       ev->reset_kind == CLOSEWATCH_RESET_KIND_TIME_WAIT;
	case CLOSEWATCH_EVENT_TYPE_DRAIN_BEGIN:
		/* It follows a close event with path drain. */
		return true;
	case CLOSEWATCH_EVENT_TYPE_POLICY:
		return policy_quiet(ev);
	default:
		return false;
	}
}
