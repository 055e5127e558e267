// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>

#include <linux/closewatch.h>

#include "netlink/nl_ask.h"

#define GOODBYE_MS	100
#define GOODBYE_TRIES	2

/* Conditions that are not set are not sent. 0 or a negative libnl error. */
static int put_filter(struct nl_msg *msg, const struct cw_msg_filter *f)
{
	struct nlattr *nest = nla_nest_start(msg, CLOSEWATCH_A_FILTER |
						  NLA_F_NESTED);
	int err = nest ? 0 : -NLE_NOMEM;

#define PUT(type, set, attr, value)					\
	do {								\
		if (!err && (set))					\
			err = nla_put_##type(msg,			\
				CLOSEWATCH_A_FILTER_##attr, value);	\
	} while (0)

	PUT(u32, f->events, EVENTS, f->events);
	PUT(u64, f->paths, PATHS, f->paths);
	PUT(u16, f->family, FAMILY, f->family);
	PUT(u32, f->pid, PID, f->pid);
	PUT(u32, f->uid >= 0, UID, f->uid);
	PUT(string, f->comm[0], COMM, f->comm);
	PUT(u64, f->cgroup, CGROUP, f->cgroup);
	PUT(u16, f->port, PORT, f->port);
	PUT(u16, f->local_port, LOCAL_PORT, f->local_port);
	PUT(u16, f->remote_port, REMOTE_PORT, f->remote_port);
	PUT(u32, f->netns_fd >= 0, NETNS_FD, f->netns_fd);
#undef PUT
	if (!err && f->all_netns)
		err = nla_put_flag(msg, CLOSEWATCH_A_FILTER_ALL_NETNS);
	if (!err && f->quiet)
		err = nla_put_flag(msg, CLOSEWATCH_A_FILTER_QUIET);
	if (!err && f->by_inode)
		err = nla_put_flag(msg, CLOSEWATCH_A_FILTER_BY_INODE);
	if (!err)
		nla_nest_end(msg, nest);
	return err;
}

int cw_nl_subscribe(struct cw_nl *nl, const struct cw_msg_filter *f,
		    struct cw_fail *fail)
{
	struct nl_msg *msg = cw_nl_request(nl, CLOSEWATCH_CMD_SUBSCRIBE,
					   NLM_F_ACK);
	int err;

	if (msg && put_filter(msg, f) < 0) {
		nlmsg_free(msg);
		msg = NULL;
	}
	err = cw_nl_exchange(nl, msg, NULL);
	return err ? cw_nl_fail(nl, err, "watching closes", fail) : CW_OK;
}

static void take_listener(void *to, const void *attrs, size_t len)
{
	cw_decode_listener(to, attrs, len);
}

static void take_info(void *to, const void *attrs, size_t len)
{
	cw_decode_info(to, attrs, len);
}

static void take_stats(void *to, const void *attrs, size_t len)
{
	cw_decode_stats(to, attrs, len);
}

void cw_nl_unsubscribe(struct cw_nl *nl, struct cw_msg_listener *figures)
{
	const struct cw_nl_want want = {
		.attr = CLOSEWATCH_A_LISTENER, .take = take_listener, .to = figures,
		.silence_ms = GOODBYE_MS,
	};
	int i, err = -ETIMEDOUT;

	memset(figures, 0, sizeof(*figures));
	/*
	 * The module answers before the request's send() returns, so silence is
	 * a full receive buffer, which dropped the answer. Now it was read empty,
	 * and the module puts no more events there.
	 */
	for (i = 0; i < GOODBYE_TRIES && err == -ETIMEDOUT; i++)
		err = cw_nl_exchange(nl, cw_nl_request(nl,
						       CLOSEWATCH_CMD_UNSUBSCRIBE,
						       0), &want);
}

int cw_nl_info(struct cw_nl *nl, struct cw_msg_info *info, struct cw_fail *fail)
{
	const struct cw_nl_want want = {
		.attr = CLOSEWATCH_A_INFO, .take = take_info, .to = info,
	};
	int err;

	memset(info, 0, sizeof(*info));
	err = cw_nl_exchange(nl, cw_nl_request(nl, CLOSEWATCH_CMD_INFO, 0),
			     &want);
	return err ? cw_nl_fail(nl, err, "asking the module", fail) : CW_OK;
}

int cw_nl_stats(struct cw_nl *nl, struct cw_msg_stats *stats,
		struct cw_fail *fail)
{
	const struct cw_nl_want want = {
		.attr = CLOSEWATCH_A_STATS, .take = take_stats, .to = stats,
	};
	int err;

	memset(stats, 0, sizeof(*stats));
	err = cw_nl_exchange(nl, cw_nl_request(nl, CLOSEWATCH_CMD_STATS, 0),
			     &want);
	return err ? cw_nl_fail(nl, err, "asking for the counters", fail) :
		     CW_OK;
}
