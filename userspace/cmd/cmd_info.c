// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>

#include <linux/closewatch.h>

#include "cmd/args.h"
#include "cmd/cmd_info.h"
#include "cmd/session.h"
#include "explain/probes.h"
#include "host/health.h"
#include "netlink/nl_ask.h"
#include "output/record_parts.h"

struct info_args {
	struct cw_args args;
	bool json;
};

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "one JSON object", 0 },
	CW_ARGS_COMMON,
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

static int show(struct cw_view *v, const struct cw_msg_info *i)
{
	static const uint8_t order[] = {
		CLOSEWATCH_A_INFO_VERSION, CLOSEWATCH_A_INFO_LISTENERS,
		CLOSEWATCH_A_INFO_PROBES, CLOSEWATCH_A_INFO_EVENTS,
		CLOSEWATCH_A_INFO_LOST_RING, CLOSEWATCH_A_INFO_LOST_SOCKET,
		CLOSEWATCH_A_INFO_MISSED, CLOSEWATCH_A_INFO_INFLIGHT_FULL,
		CLOSEWATCH_A_INFO_INFLIGHT, CLOSEWATCH_A_INFO_RING_SLOTS,
		CLOSEWATCH_A_INFO_POLICIES, CLOSEWATCH_A_INFO_DRAINS,
		CLOSEWATCH_A_INFO_POLICY_ARMED, CLOSEWATCH_A_INFO_BLIND,
		CLOSEWATCH_A_INFO_BLIND_SECONDS, CLOSEWATCH_A_INFO_PROBES_FIRED,
		CLOSEWATCH_A_INFO_PROBES_STUCK, CLOSEWATCH_A_INFO_EVICTED,
		CLOSEWATCH_A_INFO_USERNS,
	};
	static const struct cw_place in_list;
	size_t n;

	cw_view_begin(v);
	for (n = 0; n < ARRAY_SIZE(order); n++)
		cw_record_attr(v, cw_info_fields, i, order[n], &in_list);
	return cw_view_end(v);
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
		cw_probes_judge(&info, false, &finding);
		cw_health_warn(&finding);
	}
	return cw_session_close(&s, ret);
}
