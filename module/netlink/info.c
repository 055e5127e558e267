// SPDX-License-Identifier: GPL-2.0
/* State and health of the module. */
#include <net/genetlink.h>

#include "core/arm.h"
#include "core/canary.h"
#include "core/listener.h"
#include "core/notify.h"
#include "core/ring.h"
#include "core/version.h"
#include "drain/adopt.h"
#include "drain/drain.h"
#include "drain/policy.h"
#include "trace/ending.h"
#include "trace/probe.h"
#include "trace/watch.h"
#include "family.h"
#include "gen.h"
#include "subscribe.h"

static int cw_put_info_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, CLOSEWATCH_A_INFO_PAD);
}

static int cw_put_probes(struct sk_buff *skb)
{
	struct cw_probe_count count;

	cw_probe_count(&count);
	if (nla_put_u32(skb, CLOSEWATCH_A_INFO_LISTENERS,
			cw_notify_listeners()) ||
	    nla_put_u32(skb, CLOSEWATCH_A_INFO_PROBES, count.armed) ||
	    cw_put_info_u64(skb, CLOSEWATCH_A_INFO_EVENTS,
			    cw_ring_recorded()) ||
	    cw_put_info_u64(skb, CLOSEWATCH_A_INFO_LOST_RING,
			    cw_notify_lost_ring()) ||
	    cw_put_info_u64(skb, CLOSEWATCH_A_INFO_LOST_SOCKET,
			    cw_listener_lost()) ||
	    cw_put_info_u64(skb, CLOSEWATCH_A_INFO_MISSED,
			    count.missed + cw_adopt_missed()) ||
	    cw_put_info_u64(skb, CLOSEWATCH_A_INFO_INFLIGHT_FULL,
			    cw_ending_given_up()) ||
	    nla_put_u32(skb, CLOSEWATCH_A_INFO_INFLIGHT,
			cw_ending_closes()) ||
	    nla_put_u32(skb, CLOSEWATCH_A_INFO_RING_SLOTS,
			cw_watch_ring_slots()))
		return -EMSGSIZE;
	return 0;
}

/* Whether armed probes fire, and whether the family is open. */
static int cw_put_health(struct sk_buff *skb)
{
	struct cw_probe_count count;

	cw_probe_count(&count);
	if (nla_put_u8(skb, CLOSEWATCH_A_INFO_BLIND, cw_canary_blind()) ||
	    cw_put_info_u64(skb, CLOSEWATCH_A_INFO_BLIND_SECONDS,
			    cw_canary_blind_seconds()) ||
	    nla_put_u32(skb, CLOSEWATCH_A_INFO_PROBES_STUCK, cw_arm_stuck()) ||
	    nla_put_u32(skb, CLOSEWATCH_A_INFO_PROBES_FIRED, count.fired) ||
	    cw_put_info_u64(skb, CLOSEWATCH_A_INFO_EVICTED,
			    cw_ending_evicted()) ||
	    nla_put_u8(skb, CLOSEWATCH_A_INFO_USERNS,
		       cw_netlink_userns()))
		return -EMSGSIZE;
	return 0;
}

static int cw_put_probe(struct sk_buff *skb, const struct cw_probe_state *p)
{
	struct nlattr *nest;

	if (!p->armed)
		return 0;
	nest = nla_nest_start(skb, CLOSEWATCH_A_INFO_PROBE);
	if (!nest || nla_put_string(skb, CLOSEWATCH_A_PROBE_NAME, p->name) ||
	    nla_put_u8(skb, CLOSEWATCH_A_PROBE_AT_RETURN, p->at_return) ||
	    nla_put_u8(skb, CLOSEWATCH_A_PROBE_FIRED, p->fired))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int cw_put_each_probe(struct sk_buff *skb)
{
	struct cw_probe_state p = {
		.name = "inet_release", .armed = cw_adopt_armed(),
		.fired = cw_adopt_fired(),
	};
	int err = cw_put_probe(skb, &p);
	unsigned int i;

	for (i = 0; !err && cw_probe_get(i, &p); i++)
		err = cw_put_probe(skb, &p);
	return err;
}

static int cw_put_info(struct sk_buff *skb)
{
	struct nlattr *nest = nla_nest_start(skb, CLOSEWATCH_A_INFO);

	if (!nest ||
	    nla_put_string(skb, CLOSEWATCH_A_INFO_VERSION, CW_VERSION) ||
	    cw_put_probes(skb) || cw_put_health(skb) ||
	    nla_put_u32(skb, CLOSEWATCH_A_INFO_POLICIES, cw_policy_count()) ||
	    nla_put_u32(skb, CLOSEWATCH_A_INFO_DRAINS, cw_drain_count()) ||
	    nla_put_u8(skb, CLOSEWATCH_A_INFO_POLICY_ARMED, cw_adopt_armed()) ||
	    cw_put_each_probe(skb))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int closewatch_nl_info_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct cw_listener_stats stats;
	struct sk_buff *reply;
	void *msg;
	int err;

	reply = cw_netlink_reply(info, CLOSEWATCH_CMD_INFO,
				 NLMSG_DEFAULT_SIZE, &msg);
	if (!reply)
		return -ENOMEM;
	err = cw_put_info(reply);
	if (!err && !cw_listener_get_stats(genl_info_net(info),
					   info->snd_portid,
					   NETLINK_CB(skb).sk, &stats))
		err = cw_netlink_put_listener(reply, &stats);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, msg);
	return genlmsg_reply(reply, info);
}

