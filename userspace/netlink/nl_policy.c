// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>

#include <linux/closewatch.h>

#include "netlink/nl_policy.h"

/* 0 or a negative libnl error. */
static int put_policy(struct nl_msg *msg, const struct cw_msg_policy *p)
{
	struct nlattr *nest = nla_nest_start(msg, CLOSEWATCH_A_POLICY |
						  NLA_F_NESTED);
	unsigned int type;
	const void *data;
	size_t len;
	int err = nest ? 0 : -NLE_NOMEM;

	for (type = 0; type <= CLOSEWATCH_A_POLICY_MAX && !err; type++)
		if (cw_policy_attr(p, type, &data, &len))
			err = nla_put(msg, type, len, data);
	if (!err)
		nla_nest_end(msg, nest);
	return err;
}

/* 0 or a negative errno. */
static int ask(struct cw_nl *nl, int cmd, int flags,
	       const struct cw_msg_policy *p, const struct cw_nl_want *want)
{
	struct nl_msg *msg = cw_nl_request(nl, cmd, flags);

	if (msg && put_policy(msg, p) < 0) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return cw_nl_exchange(nl, msg, want);
}

static void take_reply(void *to, const void *attrs, size_t len)
{
	cw_decode_policy(to, attrs, len);
}

int cw_nl_policy_add(struct cw_nl *nl, const struct cw_msg_policy *policy,
		     struct cw_msg_policy *added, struct cw_fail *fail)
{
	const struct cw_nl_want want = {
		.attr = CLOSEWATCH_A_POLICY, .take = take_reply, .to = added,
	};
	int err;

	memset(added, 0, sizeof(*added));
	err = ask(nl, CLOSEWATCH_CMD_POLICY_ADD, 0, policy, &want);
	if (err)
		return cw_nl_fail(nl, err, "adding the policy", fail);
	if (!cw_has(added, CLOSEWATCH_A_POLICY_ID))
		return cw_fail(fail, "closewatch list",
			       "the module added the policy and did not tell its id");
	return CW_OK;
}

int cw_nl_policy_del(struct cw_nl *nl, uint32_t id, struct cw_fail *fail)
{
	const struct cw_msg_policy policy = {
		.id = id, .present = 1ULL << CLOSEWATCH_A_POLICY_ID,
	};
	int err = ask(nl, CLOSEWATCH_CMD_POLICY_DEL, NLM_F_ACK, &policy, NULL);
	char what[48];

	if (err == -ENOENT)
		return cw_fail(fail, "closewatch list --all-netns",
			       "there is no policy %u that you may remove",
			       id);
	snprintf(what, sizeof(what), "removing policy %u", id);
	return err ? cw_nl_fail(nl, err, what, fail) : CW_OK;
}

int cw_nl_policy_flush(struct cw_nl *nl, const struct cw_msg_policy *of,
		       struct cw_fail *fail)
{
	int err = ask(nl, CLOSEWATCH_CMD_POLICY_FLUSH, NLM_F_ACK, of, NULL);

	return err ? cw_nl_fail(nl, err, "removing the policies", fail) :
		     CW_OK;
}

int cw_nl_drain_off(struct cw_nl *nl, const struct cw_msg_policy *of,
		    struct cw_fail *fail)
{
	int err = ask(nl, CLOSEWATCH_CMD_DRAIN_OFF, NLM_F_ACK, of, NULL);

	return err ? cw_nl_fail(nl, err, "switching drains off", fail) : CW_OK;
}

struct sink {
	cw_policy_fn *policy;
	cw_drain_fn *drain;
	void *arg;
};

static void take_policy(void *to, const void *attrs, size_t len)
{
	const struct sink *sink = to;
	struct cw_msg_policy policy;

	cw_decode_policy(&policy, attrs, len);
	sink->policy(sink->arg, &policy);
}

static void take_drain(void *to, const void *attrs, size_t len)
{
	const struct sink *sink = to;
	struct cw_msg_event drain;

	cw_decode_event(&drain, attrs, len);
	sink->drain(sink->arg, &drain);
}

int cw_nl_policies(struct cw_nl *nl, const struct cw_msg_policy *of,
		   cw_policy_fn *fn, void *arg, struct cw_fail *fail)
{
	struct sink sink = { .policy = fn, .arg = arg };
	const struct cw_nl_want want = {
		.attr = CLOSEWATCH_A_POLICY, .take = take_policy, .to = &sink,
	};
	int err = ask(nl, CLOSEWATCH_CMD_POLICY_GET, NLM_F_DUMP, of, &want);

	return err ? cw_nl_fail(nl, err, "listing the policies", fail) : CW_OK;
}

int cw_nl_drains(struct cw_nl *nl, const struct cw_msg_policy *of,
		 cw_drain_fn *fn, void *arg, struct cw_fail *fail)
{
	struct sink sink = { .drain = fn, .arg = arg };
	const struct cw_nl_want want = {
		.attr = CLOSEWATCH_A_DRAIN, .take = take_drain, .to = &sink,
	};
	int err = ask(nl, CLOSEWATCH_CMD_DRAIN_GET, NLM_F_DUMP, of, &want);

	return err ? cw_nl_fail(nl, err, "listing the drains", fail) : CW_OK;
}
