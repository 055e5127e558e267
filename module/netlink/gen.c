// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/closewatch.yaml */
/* YNL-GEN kernel source */
/* To regenerate run: make spec */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "gen.h"

#include <uapi/linux/closewatch.h>

/* Common nested types */
const struct nla_policy closewatch_filter_nl_policy[CLOSEWATCH_A_FILTER_BY_INODE + 1] = {
	[CLOSEWATCH_A_FILTER_EVENTS] = NLA_POLICY_MIN(NLA_U32, 1),
	[CLOSEWATCH_A_FILTER_PATHS] = NLA_POLICY_MIN(NLA_U64, 1),
	[CLOSEWATCH_A_FILTER_FAMILY] = { .type = NLA_U16, },
	[CLOSEWATCH_A_FILTER_PID] = NLA_POLICY_MIN(NLA_U32, 1),
	[CLOSEWATCH_A_FILTER_UID] = { .type = NLA_U32, },
	[CLOSEWATCH_A_FILTER_COMM] = { .type = NLA_NUL_STRING, .len = CLOSEWATCH_COMM_MAX, },
	[CLOSEWATCH_A_FILTER_CGROUP] = { .type = NLA_U64, },
	[CLOSEWATCH_A_FILTER_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[CLOSEWATCH_A_FILTER_LOCAL_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[CLOSEWATCH_A_FILTER_REMOTE_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[CLOSEWATCH_A_FILTER_NETNS_FD] = { .type = NLA_U32, },
	[CLOSEWATCH_A_FILTER_ALL_NETNS] = { .type = NLA_FLAG, },
	[CLOSEWATCH_A_FILTER_QUIET] = { .type = NLA_FLAG, },
	[CLOSEWATCH_A_FILTER_BY_INODE] = { .type = NLA_FLAG, },
};

const struct nla_policy closewatch_policy_nl_policy[CLOSEWATCH_A_POLICY_EVEN_OOM + 1] = {
	[CLOSEWATCH_A_POLICY_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[CLOSEWATCH_A_POLICY_ACTION] = NLA_POLICY_MAX(NLA_U32, 3),
	[CLOSEWATCH_A_POLICY_SOCKET_FD] = { .type = NLA_U32, },
	[CLOSEWATCH_A_POLICY_COOKIE] = NLA_POLICY_MIN(NLA_U64, 1),
	[CLOSEWATCH_A_POLICY_FAMILY] = { .type = NLA_U16, },
	[CLOSEWATCH_A_POLICY_LOCAL_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[CLOSEWATCH_A_POLICY_LOCAL_PORT_LAST] = NLA_POLICY_MIN(NLA_U16, 1),
	[CLOSEWATCH_A_POLICY_REMOTE_ADDR] = { .type = NLA_BINARY, },
	[CLOSEWATCH_A_POLICY_REMOTE_PREFIX] = NLA_POLICY_MAX(NLA_U8, 128),
	[CLOSEWATCH_A_POLICY_COMM] = { .type = NLA_NUL_STRING, .len = CLOSEWATCH_COMM_MAX, },
	[CLOSEWATCH_A_POLICY_UID] = { .type = NLA_U32, },
	[CLOSEWATCH_A_POLICY_CGROUP] = NLA_POLICY_MIN(NLA_U64, 1),
	[CLOSEWATCH_A_POLICY_NETNS_FD] = { .type = NLA_U32, },
	[CLOSEWATCH_A_POLICY_ALL_NETNS] = { .type = NLA_FLAG, },
	[CLOSEWATCH_A_POLICY_NETNS] = { .type = NLA_U64, },
	[CLOSEWATCH_A_POLICY_PRIORITY] = { .type = NLA_U32, },
	[CLOSEWATCH_A_POLICY_EXPIRES_MS] = NLA_POLICY_MIN(NLA_U64, 1),
	[CLOSEWATCH_A_POLICY_IDLE_MS] = NLA_POLICY_MIN(NLA_U32, 1),
	[CLOSEWATCH_A_POLICY_TOTAL_MS] = NLA_POLICY_MIN(NLA_U32, 1),
	[CLOSEWATCH_A_POLICY_BYTES] = NLA_POLICY_MIN(NLA_U64, 1),
	[CLOSEWATCH_A_POLICY_LINGER_SECONDS] = NLA_POLICY_RANGE(NLA_U32, 1, 3600),
	[CLOSEWATCH_A_POLICY_DRY_RUN] = { .type = NLA_FLAG, },
	[CLOSEWATCH_A_POLICY_FORCE] = { .type = NLA_FLAG, },
	[CLOSEWATCH_A_POLICY_EVEN_LINGER0] = { .type = NLA_FLAG, },
	[CLOSEWATCH_A_POLICY_HITS] = { .type = NLA_U64, },
	[CLOSEWATCH_A_POLICY_EVEN_OOM] = { .type = NLA_FLAG, },
};

/* Global operation policy for closewatch */
const struct nla_policy closewatch_message_nl_policy[CLOSEWATCH_A_SET + 1] = {
	[CLOSEWATCH_A_FILTER] = NLA_POLICY_NESTED(closewatch_filter_nl_policy),
	[CLOSEWATCH_A_POLICY] = NLA_POLICY_NESTED(closewatch_policy_nl_policy),
	[CLOSEWATCH_A_SET] = NLA_POLICY_NESTED(closewatch_policy_nl_policy),
};

/* Ops table for closewatch */
const struct genl_small_ops closewatch_nl_ops[11] = {
	{
		.cmd	= CLOSEWATCH_CMD_SUBSCRIBE,
		.doit	= closewatch_nl_subscribe_doit,
		.flags	= GENL_ADMIN_PERM,
	},
	{
		.cmd	= CLOSEWATCH_CMD_UNSUBSCRIBE,
		.doit	= closewatch_nl_unsubscribe_doit,
		.flags	= GENL_ADMIN_PERM,
	},
	{
		.cmd	= CLOSEWATCH_CMD_INFO,
		.doit	= closewatch_nl_info_doit,
		.flags	= GENL_ADMIN_PERM,
	},
	{
		.cmd	= CLOSEWATCH_CMD_STATS,
		.doit	= closewatch_nl_stats_doit,
		.flags	= GENL_ADMIN_PERM,
	},
	{
		.cmd	= CLOSEWATCH_CMD_POLICY_ADD,
		.doit	= closewatch_nl_policy_add_doit,
		.flags	= GENL_ADMIN_PERM,
	},
	{
		.cmd	= CLOSEWATCH_CMD_POLICY_DEL,
		.doit	= closewatch_nl_policy_del_doit,
		.flags	= GENL_ADMIN_PERM,
	},
	{
		.cmd	= CLOSEWATCH_CMD_POLICY_GET,
		.dumpit	= closewatch_nl_policy_get_dumpit,
		.flags	= GENL_ADMIN_PERM,
	},
	{
		.cmd	= CLOSEWATCH_CMD_POLICY_FLUSH,
		.doit	= closewatch_nl_policy_flush_doit,
		.flags	= GENL_ADMIN_PERM,
	},
	{
		.cmd	= CLOSEWATCH_CMD_DRAIN_GET,
		.dumpit	= closewatch_nl_drain_get_dumpit,
		.flags	= GENL_ADMIN_PERM,
	},
	{
		.cmd	= CLOSEWATCH_CMD_DRAIN_OFF,
		.doit	= closewatch_nl_drain_off_doit,
		.flags	= GENL_ADMIN_PERM,
	},
	{
		.cmd	= CLOSEWATCH_CMD_POLICY_SET,
		.doit	= closewatch_nl_policy_set_doit,
		.flags	= GENL_ADMIN_PERM,
	},
};
