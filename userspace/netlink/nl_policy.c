// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>

#include <linux/closewatch.h>
#include <linux/genetlink.h>

#include "host/health.h"
#include "netlink/nl_policy.h"

/* 0 or a negative libnl error. */
static int put_policy(struct nl_msg *msg, int attr,
		      const struct cw_msg_policy *p)
{
	struct nlattr *nest = nla_nest_start(msg, attr | NLA_F_NESTED);
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

	if (msg && put_policy(msg, CLOSEWATCH_A_POLICY, p) < 0) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return cw_nl_exchange(nl, msg, want);
}

static void take_reply(void *to, const void *attrs, size_t len)
{
	cw_decode_policy(to, attrs, len);
}

#define TOTAL_MOST	3600U	/* of the module's parameter, in seconds */

bool cw_nl_total_too_long(const struct cw_msg_policy *p, const char *root,
			  struct cw_fail *fail)
{
	uint64_t wanted = ((uint64_t)p->total_ms + 999) / 1000;
	uint32_t limit;
	char fix[128] = "";

	if (!cw_policy_has(p, TOTAL_MS) ||
	    !cw_health_parameter(root, "drain_total_max", &limit))
		return false;
	/* As the module takes it. */
	limit = limit < 1 ? 1 : limit > TOTAL_MOST ? TOTAL_MOST : limit;
	if (wanted <= limit)
		return false;
	if (wanted <= TOTAL_MOST)
		snprintf(fix, sizeof(fix),
			 "echo %u | sudo tee /sys/module/closewatch/parameters/drain_total_max",
			 (unsigned int)wanted);
	cw_fail(fail, fix,
		"--total is %g s, and the module's parameter drain_total_max allows %u s%s",
		p->total_ms / 1e3, limit,
		limit == TOTAL_MOST ? ", the most that it can" : "");
	return true;
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
	if (err == -ERANGE && cw_nl_total_too_long(policy, "", fail))
		return CW_FAILED;
	if (err)
		return cw_nl_fail(nl, err, "adding the policy", fail);
	if (!cw_has(added, CLOSEWATCH_A_POLICY_ID))
		return cw_fail(fail, "closewatch list",
			       "the module added the policy and did not tell its id");
	return CW_OK;
}

#define RULE_ROOM	256	/* more than all attributes of a rule need */

static const struct cw_field change_fields[CLOSEWATCH_A_CHANGE_MAX + 1] = {
	[CLOSEWATCH_A_CHANGE_ID] = CW_FIELD(cw_msg_change, id, NUMBER),
	[CLOSEWATCH_A_CHANGE_ADDED] = CW_FIELD(cw_msg_change, added, FLAG),
	[CLOSEWATCH_A_CHANGE_REMOVED] = CW_FIELD(cw_msg_change, removed, FLAG),
};

struct changes {
	cw_change_fn *fn;
	void *arg;
};

static void take_change(void *to, const void *attrs, size_t len)
{
	const struct changes *c = to;
	struct cw_msg_change change = { 0 };

	cw_attr_decode(change_fields, CLOSEWATCH_A_CHANGE_MAX, attrs, len,
		       &change, &change.present);
	c->fn(c->arg, &change);
}

static int put_set(struct nl_msg *msg, const struct cw_msg_policy *rules,
		   size_t n, bool dry_run)
{
	const struct cw_msg_policy how = {
		.dry_run = true, .present = 1ULL << CLOSEWATCH_A_POLICY_DRY_RUN,
	};
	int err = 0;
	size_t i;

	for (i = 0; i < n && !err; i++)
		err = put_policy(msg, CLOSEWATCH_A_SET, &rules[i]);
	return err || !dry_run ? err : put_policy(msg, CLOSEWATCH_A_POLICY, &how);
}

/* The rule at @offset of the message, and which of its attributes begins there. */
static void find_refused(struct nl_msg *msg, uint32_t offset,
			 struct cw_nl_refusal *r)
{
	const char *start = (const char *)nlmsg_hdr(msg);
	struct nlattr *a, *of;
	int rem, rest;

	nlmsg_for_each_attr(a, nlmsg_hdr(msg), GENL_HDRLEN, rem) {
		const char *end = (const char *)a + nla_len(a) + NLA_HDRLEN;

		if (nla_type(a) != CLOSEWATCH_A_SET)
			return;
		if (start + offset < end) {
			nla_for_each_nested(of, a, rest)
				if ((const char *)of == start + offset)
					r->attr = nla_type(of);
			return;
		}
		r->rule++;
	}
}

int cw_nl_policy_set(struct cw_nl *nl, const struct cw_msg_policy *rules,
		     size_t n, bool dry_run, cw_change_fn *fn, void *arg,
		     struct cw_nl_refusal *refusal, struct cw_fail *fail)
{
	struct changes changes = { .fn = fn, .arg = arg };
	const struct cw_nl_want want = {
		.attr = CLOSEWATCH_A_CHANGE, .take = take_change, .to = &changes,
	};
	struct nl_msg *msg = cw_nl_request_sized(nl, CLOSEWATCH_CMD_POLICY_SET,
						 0, (n + 1) * RULE_ROOM);
	int err;

	*refusal = (struct cw_nl_refusal){ .rule = n };
	if (!msg || put_set(msg, rules, n, dry_run)) {
		nlmsg_free(msg);
		return cw_fail(fail, NULL, "out of memory");
	}
	/* Sending it gives up one reference. */
	nlmsg_get(msg);
	err = cw_nl_exchange(nl, msg, &want);
	if (err && cw_nl_refused(nl)) {
		refusal->rule = 0;
		find_refused(msg, cw_nl_refused(nl), refusal);
	}
	nlmsg_free(msg);
	return err ? cw_nl_fail(nl, err, "the set of policies", fail) : CW_OK;
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
