// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>

#include <linux/closewatch.h>

#include "cmd/args.h"
#include "cmd/cmd_info.h"
#include "cmd/session.h"
#include "explain/probes.h"
#include "host/health.h"
#include "netlink/nl_ask.h"
#include "output/view.h"

struct info_args {
	struct cw_args args;
	bool json;
};

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "one JSON object", 0 },
	CW_ARGS_HELP,
	CW_ARGS_USAGE,
	CW_ARGS_VERSION,
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct info_args *info = state->input;

	if (key != 'j')
		return cw_args_default(key, arg, state);
	info->json = true;
	return 0;
}

static const struct argp info_argp = {
	.help_filter = cw_args_help_filter,
	.options = options, .parser = parse,
	.doc = "Show the state of the closewatch module.",
};

static const struct cw_place in_list;

static int show(struct cw_view *v, const struct cw_msg_info *i)
{
#define BIG(ATTR, member)						\
	do {								\
		if (cw_has(i, CLOSEWATCH_A_INFO_##ATTR))		\
			cw_view_big(v, #member, &in_list, i->member);	\
	} while (0)
#define NUMBER(ATTR, member)						\
	do {								\
		if (cw_has(i, CLOSEWATCH_A_INFO_##ATTR))		\
			cw_view_number(v, #member, &in_list, i->member);\
	} while (0)
#define FLAG(ATTR, member)						\
	do {								\
		if (cw_has(i, CLOSEWATCH_A_INFO_##ATTR))		\
			cw_view_bool(v, #member, &in_list, i->member);	\
	} while (0)

	cw_view_begin(v);
	if (cw_has(i, CLOSEWATCH_A_INFO_VERSION))
		cw_view_bytes(v, "version", &in_list, i->version.b,
			      i->version.len);
	NUMBER(LISTENERS, listeners);
	NUMBER(PROBES, probes);
	BIG(EVENTS, events);
	BIG(LOST_RING, lost_ring);
	BIG(LOST_SOCKET, lost_socket);
	BIG(MISSED, missed);
	BIG(INFLIGHT_FULL, inflight_full);
	NUMBER(INFLIGHT, inflight);
	NUMBER(RING_SLOTS, ring_slots);
	NUMBER(POLICIES, policies);
	NUMBER(DRAINS, drains);
	FLAG(POLICY_ARMED, policy_armed);
	FLAG(BLIND, blind);
	BIG(BLIND_SECONDS, blind_seconds);
	NUMBER(PROBES_FIRED, probes_fired);
	NUMBER(PROBES_STUCK, probes_stuck);
	BIG(EVICTED, evicted);
	FLAG(USERNS, userns);
	return cw_view_end(v);
#undef BIG
#undef NUMBER
#undef FLAG
}

int cw_cmd_info(int argc, char **argv, struct cw_fail *fail)
{
	struct info_args args = { .args.fail = fail };
	struct cw_session s = CW_SESSION_INIT(fail);
	struct cw_view_options opt = { 0 };
	struct cw_finding finding;
	struct cw_msg_info info;
	int ret = cw_args_parse(&info_argp, argc, argv, &args.args);

	if (ret || args.args.done)
		return ret;
	opt.json = args.json;
	ret = cw_session_open(&s, &opt, NULL, NULL);
	if (!ret)
		ret = cw_nl_info(s.nl, &info, fail);
	if (!ret) {
		cw_session_shown(&s, show(s.view, &info));
		cw_probes_judge(&info, &finding);
		cw_health_warn(&finding);
	}
	return cw_session_close(&s, ret);
}
