// SPDX-License-Identifier: GPL-2.0
#include "policy.h"

#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "wait.h"

#define ATTR(name)	CLOSEWATCH_A_POLICY_##name

static int fill_whom(struct nl_msg *msg, const struct policy *p)
{
	if ((p->cookie && nla_put_u64(msg, ATTR(COOKIE), p->cookie)) ||
	    (p->fd && nla_put_u32(msg, ATTR(SOCKET_FD), *p->fd)) ||
	    (p->netns_fd && nla_put_u32(msg, ATTR(NETNS_FD), *p->netns_fd)) ||
	    (p->family && nla_put_u16(msg, ATTR(FAMILY), p->family)) ||
	    (p->local_port &&
	     nla_put_u16(msg, ATTR(LOCAL_PORT), p->local_port)) ||
	    (p->local_port_last &&
	     nla_put_u16(msg, ATTR(LOCAL_PORT_LAST), p->local_port_last)) ||
	    (p->comm && nla_put_string(msg, ATTR(COMM), p->comm)) ||
	    (p->uid && nla_put_u32(msg, ATTR(UID), *p->uid)) ||
	    (p->all_netns && nla_put_flag(msg, ATTR(ALL_NETNS))) ||
	    (p->priority && nla_put_u32(msg, ATTR(PRIORITY), p->priority)))
		return -EMSGSIZE;
	return 0;
}

static int fill_what(struct nl_msg *msg, const struct policy *p)
{
	if (nla_put_u32(msg, ATTR(ACTION), p->action) ||
	    (p->idle_ms && nla_put_u32(msg, ATTR(IDLE_MS), p->idle_ms)) ||
	    (p->total_ms && nla_put_u32(msg, ATTR(TOTAL_MS), p->total_ms)) ||
	    (p->bytes && nla_put_u64(msg, ATTR(BYTES), p->bytes)) ||
	    (p->expires_ms &&
	     nla_put_u64(msg, ATTR(EXPIRES_MS), p->expires_ms)) ||
	    (p->linger_seconds &&
	     nla_put_u32(msg, ATTR(LINGER_SECONDS), p->linger_seconds)) ||
	    (p->force && nla_put_flag(msg, ATTR(FORCE))) ||
	    (p->dry_run && nla_put_flag(msg, ATTR(DRY_RUN))) ||
	    (p->even_linger0 && nla_put_flag(msg, ATTR(EVEN_LINGER0))) ||
	    (p->even_oom && nla_put_flag(msg, ATTR(EVEN_OOM))))
		return -EMSGSIZE;
	return 0;
}

static int fill_nest(struct nl_msg *msg, int type, const struct policy *p)
{
	struct nlattr *nest = nla_nest_start(msg, type | NLA_F_NESTED);

	if (!nest || fill_what(msg, p) || fill_whom(msg, p))
		return -EMSGSIZE;
	return nla_nest_end(msg, nest);
}

static int fill_policy(struct nl_msg *msg, const void *arg)
{
	return fill_nest(msg, CLOSEWATCH_A_POLICY, arg);
}

int policy_add(struct events *e, const struct policy *p)
{
	int err = events_request(e, CLOSEWATCH_CMD_POLICY_ADD, fill_policy, p);

	return err ?: (int)e->policy_id;
}

static int fill_set(struct nl_msg *msg, const void *arg)
{
	const struct rules *set = arg;
	struct nlattr *nest;

	for (size_t i = 0; i < set->n; i++) {
		if (fill_nest(msg, CLOSEWATCH_A_SET, &set->rule[i]))
			return -EMSGSIZE;
	}
	nest = nla_nest_start(msg, CLOSEWATCH_A_POLICY | NLA_F_NESTED);
	if (!nest || (set->dry_run && nla_put_flag(msg, ATTR(DRY_RUN))))
		return -EMSGSIZE;
	return nla_nest_end(msg, nest);
}

#define RULE_SIZE	128	/* more than all of its attributes need */

int policy_set(struct events *e, const struct rules *set)
{
	return events_request_sized(e, CLOSEWATCH_CMD_POLICY_SET,
				    (set->n + 1) * RULE_SIZE, fill_set, set);
}

static int fill_id(struct nl_msg *msg, const void *arg)
{
	const unsigned int *id = arg;
	struct nlattr *nest;

	nest = nla_nest_start(msg, CLOSEWATCH_A_POLICY | NLA_F_NESTED);
	if (!nest || nla_put_u32(msg, ATTR(ID), *id))
		return -EMSGSIZE;
	return nla_nest_end(msg, nest);
}

int policy_del(struct events *e, unsigned int id)
{
	return events_request(e, CLOSEWATCH_CMD_POLICY_DEL, fill_id, &id);
}

int policy_flush(struct events *e)
{
	return events_request(e, CLOSEWATCH_CMD_POLICY_FLUSH, NULL, NULL);
}

int drain_off(struct events *e)
{
	return events_request(e, CLOSEWATCH_CMD_DRAIN_OFF, NULL, NULL);
}

static int fill_everywhere(struct nl_msg *msg, const void *unused)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, CLOSEWATCH_A_POLICY | NLA_F_NESTED);
	if (!nest || nla_put_flag(msg, ATTR(ALL_NETNS)))
		return -EMSGSIZE;
	return nla_nest_end(msg, nest);
}

int drain_off_everywhere(struct events *e)
{
	return events_request(e, CLOSEWATCH_CMD_DRAIN_OFF, fill_everywhere,
			      NULL);
}

int policies_count(struct events *e)
{
	return events_dump(e, CLOSEWATCH_CMD_POLICY_GET, NULL, NULL) ?:
	       (int)e->n_policies;
}

const struct listed *policy_find(const struct events *e, uint64_t id)
{
	for (size_t i = 0; i < e->n_policies; i++) {
		if (LISTED_NUM(&e->policies[i], ID) == id)
			return &e->policies[i];
	}
	return NULL;
}

int drains_get(struct events *e)
{
	return events_dump(e, CLOSEWATCH_CMD_DRAIN_GET, NULL, NULL);
}

int drains_await_none(struct events *e)
{
	return WAIT_FOR(!events_stats(e) && !e->stats.drains) ? 0 : -ETIMEDOUT;
}
