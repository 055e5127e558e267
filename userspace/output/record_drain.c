// SPDX-License-Identifier: GPL-2.0
#include <linux/closewatch.h>

#include "base/names_gen.h"
#include "base/text.h"
#include "output/record_drain.h"
#include "output/record_parts.h"

enum {
	COL_AGE, COL_PAIR, COL_DISCARDED, COL_RESPONSE, COL_POLICY,
	COL_PROCESS,
};

const struct cw_column cw_record_drain_layout[] = {
	[COL_AGE] = { "AGE", "-", 9, .right = true },
	[COL_PAIR] = { "LOCAL -> REMOTE", .width = 37, .limit = 97 },
	[COL_DISCARDED] = { "DISCARDED", "-", 10, .right = true },
	[COL_RESPONSE] = { "RESPONSE ACKED", "-", 21, .right = true },
	[COL_POLICY] = { "POLICY", "-", 6, .right = true },
	[COL_PROCESS] = { "PROCESS" },
	{ .title = NULL },
};

static const struct cw_place at_age = { .column = COL_AGE };
static const struct cw_place at_local = { .column = COL_PAIR };
static const struct cw_place at_remote = { .column = COL_PAIR, .before = " -> " };
static const struct cw_place at_discarded = { .column = COL_DISCARDED };
static const struct cw_place at_acked = { .column = COL_RESPONSE };
static const struct cw_place at_response = {
	.column = COL_RESPONSE, .before = " of ",
};

static const struct cw_place at_policy = { .column = COL_POLICY };
static const struct cw_place at_comm = { .column = COL_PROCESS };
static const struct cw_place at_pid = { COL_PROCESS, "[", "]" };

int cw_record_drain(struct cw_view *v, const struct cw_msg_event *drain,
		    uint32_t reading)
{
	struct cw_policy_places at = {
		.id = &at_policy, .discarded = &at_discarded,
	};
	char age[32];
	struct cw_text t = { .buf = age, .size = sizeof(age) };

	if (drain->response_bytes) {
		at.acked = &at_acked;
		at.response = &at_response;
	}
	cw_view_begin(v);
	if (reading)
		cw_view_number(v, "reading", NULL, reading);
	if (cw_event_has(drain, TIME))
		cw_view_time(v, "time", NULL, drain->time);
	cw_record_fact(v, drain, NETNS, NULL);
	if (cw_event_has(drain, DRAIN_NS)) {
		cw_say_duration(&t, drain->drain_ns);
		cw_view_text(v, &at_age, age);
	}
	cw_record_fact(v, drain, FAMILY, NULL);
	cw_record_local(v, drain, &at_local);
	cw_record_remote(v, drain, &at_remote);
	cw_record_fact(v, drain, COOKIE, NULL);
	cw_record_fact(v, drain, NEW_STATE, NULL);
	cw_record_policy_facts(v, drain, &at);
	/* Not "0 of 0": there may have been a response. */
	if (!drain->response_bytes && drain->sent)
		cw_view_text(v, &at_acked, "before the close");
	cw_record_owner(v, drain, &at_comm, &at_pid);
	return cw_view_end(v);
}
