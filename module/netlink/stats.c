// SPDX-License-Identifier: GPL-2.0
/* Counters as attributes; those that are 0 are absent. */
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "core/stats.h"
#include "drain/drain.h"
#include "family.h"
#include "gen.h"

static int cw_put_tally_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, CLOSEWATCH_A_TALLY_PAD);
}

static int cw_put_close_tally(struct sk_buff *skb, const struct cw_stats *s,
			      u32 path)
{
	struct nlattr *nest = nla_nest_start(skb, CLOSEWATCH_A_STATS_CLOSE);

	if (!nest || nla_put_u32(skb, CLOSEWATCH_A_TALLY_PATH, path) ||
	    cw_put_tally_u64(skb, CLOSEWATCH_A_TALLY_EVENTS, s->close[path]) ||
	    cw_put_tally_u64(skb, CLOSEWATCH_A_TALLY_UNREAD_BYTES,
			     s->close_unread[path]))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int cw_put_fate_tally(struct sk_buff *skb, const struct cw_stats *s,
			     u32 fate)
{
	struct nlattr *nest = nla_nest_start(skb, CLOSEWATCH_A_STATS_FATE);

	if (!nest || nla_put_u32(skb, CLOSEWATCH_A_TALLY_FATE, fate) ||
	    cw_put_tally_u64(skb, CLOSEWATCH_A_TALLY_EVENTS, s->fate[fate]) ||
	    cw_put_tally_u64(skb, CLOSEWATCH_A_TALLY_LOST_BYTES,
			     s->fate_lost[fate]) ||
	    cw_put_tally_u64(skb, CLOSEWATCH_A_TALLY_MINISOCKS,
			     s->fate_minisock[fate]))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int cw_put_histogram(struct sk_buff *skb, int type, const u64 *count)
{
	struct nlattr *nest;
	u32 i;

	for (i = 0; i < CW_STATS_BUCKETS; i++) {
		if (!count[i])
			continue;
		nest = nla_nest_start(skb, type);
		if (!nest || nla_put_u32(skb, CLOSEWATCH_A_BUCKET_LOG2, i) ||
		    nla_put_u64_64bit(skb, CLOSEWATCH_A_BUCKET_COUNT, count[i],
				      CLOSEWATCH_A_BUCKET_PAD))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int cw_put_tallies(struct sk_buff *skb, const struct cw_stats *s)
{
	u32 i;

	for (i = 0; i <= CLOSEWATCH_PATH_MAX; i++) {
		if (s->close[i] && cw_put_close_tally(skb, s, i))
			return -EMSGSIZE;
	}
	for (i = 0; i <= CLOSEWATCH_FATE_MAX; i++) {
		if (s->fate[i] && cw_put_fate_tally(skb, s, i))
			return -EMSGSIZE;
	}
	return 0;
}

static int cw_put_tally_bytes(struct sk_buff *skb, u64 discarded, u64 response,
			      u64 acked)
{
	if (nla_put_u64_64bit(skb, CLOSEWATCH_A_DRAIN_TALLY_DISCARDED,
			      discarded, CLOSEWATCH_A_DRAIN_TALLY_PAD) ||
	    nla_put_u64_64bit(skb, CLOSEWATCH_A_DRAIN_TALLY_RESPONSE_BYTES,
			      response, CLOSEWATCH_A_DRAIN_TALLY_PAD) ||
	    nla_put_u64_64bit(skb, CLOSEWATCH_A_DRAIN_TALLY_RESPONSE_ACKED,
			      acked, CLOSEWATCH_A_DRAIN_TALLY_PAD))
		return -EMSGSIZE;
	return 0;
}

static int cw_put_drain_tally(struct sk_buff *skb,
			      const struct cw_drain_stats *d, u32 outcome)
{
	struct nlattr *nest = nla_nest_start(skb, CLOSEWATCH_A_STATS_DRAIN);

	if (!nest ||
	    nla_put_u32(skb, CLOSEWATCH_A_DRAIN_TALLY_OUTCOME, outcome) ||
	    nla_put_u64_64bit(skb, CLOSEWATCH_A_DRAIN_TALLY_EVENTS,
			      d->ended[outcome],
			      CLOSEWATCH_A_DRAIN_TALLY_PAD) ||
	    cw_put_tally_bytes(skb, d->discarded[outcome],
			       d->response[outcome],
			       d->response_acked[outcome]))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int cw_put_refused_tally(struct sk_buff *skb,
				const struct cw_drain_stats *d, u32 refusal)
{
	struct nlattr *nest = nla_nest_start(skb, CLOSEWATCH_A_STATS_REFUSED);

	if (!nest ||
	    nla_put_u32(skb, CLOSEWATCH_A_DRAIN_TALLY_REFUSAL, refusal) ||
	    nla_put_u64_64bit(skb, CLOSEWATCH_A_DRAIN_TALLY_EVENTS,
			      d->refused[refusal],
			      CLOSEWATCH_A_DRAIN_TALLY_PAD) ||
	    nla_put_u64_64bit(skb, CLOSEWATCH_A_DRAIN_TALLY_RESPONSE_BYTES,
			      d->refused_response[refusal],
			      CLOSEWATCH_A_DRAIN_TALLY_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int cw_put_drain_close(struct sk_buff *skb,
			      const struct cw_drain_stats *d, u32 path)
{
	struct nlattr *nest = nla_nest_start(skb,
					     CLOSEWATCH_A_STATS_DRAIN_CLOSE);

	if (!nest || nla_put_u32(skb, CLOSEWATCH_A_TALLY_PATH, path) ||
	    cw_put_tally_u64(skb, CLOSEWATCH_A_TALLY_EVENTS, d->close[path]))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int cw_put_drain_tallies(struct sk_buff *skb,
				const struct cw_drain_stats *d)
{
	u32 i;

	for (i = 0; i <= CLOSEWATCH_DRAIN_OUTCOME_MAX; i++) {
		if (d->ended[i] && cw_put_drain_tally(skb, d, i))
			return -EMSGSIZE;
	}
	for (i = 0; i <= CLOSEWATCH_REFUSAL_MAX; i++) {
		if (d->refused[i] && cw_put_refused_tally(skb, d, i))
			return -EMSGSIZE;
	}
	for (i = 0; i <= CLOSEWATCH_PATH_MAX; i++) {
		if (d->close[i] && cw_put_drain_close(skb, d, i))
			return -EMSGSIZE;
	}
	return 0;
}

static int cw_put_drains(struct sk_buff *skb, struct net *net,
			 const struct cw_drain_stats *d)
{
	if (cw_put_drain_tallies(skb, d) ||
	    nla_put_u64_64bit(skb, CLOSEWATCH_A_STATS_SAVED, d->saved,
			      CLOSEWATCH_A_STATS_PAD) ||
	    nla_put_u64_64bit(skb, CLOSEWATCH_A_STATS_SAVED_BYTES,
			      d->saved_bytes, CLOSEWATCH_A_STATS_PAD) ||
	    nla_put_u64_64bit(skb, CLOSEWATCH_A_STATS_NOTHING_TO_DRAIN,
			      d->needless, CLOSEWATCH_A_STATS_PAD) ||
	    nla_put_u32(skb, CLOSEWATCH_A_STATS_DRAINS,
			cw_drain_count_net(net)))
		return -EMSGSIZE;
	return 0;
}

static int cw_put_stats(struct sk_buff *skb, struct net *net,
			const struct cw_stats *s)
{
	struct nlattr *nest = nla_nest_start(skb, CLOSEWATCH_A_STATS);

	if (!nest ||
	    nla_put_u64_64bit(skb, CLOSEWATCH_A_STATS_NETNS, net->ns.inum,
			      CLOSEWATCH_A_STATS_PAD) ||
	    cw_put_tallies(skb, s) ||
	    cw_put_histogram(skb, CLOSEWATCH_A_STATS_LINGER_WAIT, s->wait) ||
	    nla_put_u64_64bit(skb, CLOSEWATCH_A_STATS_LINGER_WAIT_NS,
			      s->wait_ns, CLOSEWATCH_A_STATS_PAD) ||
	    cw_put_histogram(skb, CLOSEWATCH_A_STATS_FATE_TIME, s->since) ||
	    cw_put_histogram(skb, CLOSEWATCH_A_STATS_UNREAD, s->unread) ||
	    cw_put_drains(skb, net, &s->drain))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* Enough for all counters with all histograms full. */
#define CW_STATS_MSG	16384

int closewatch_nl_stats_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct cw_stats *stats;	/* too large for the stack */
	struct sk_buff *reply;
	void *msg;
	int err = -ENOMEM;

	stats = kmalloc(sizeof(*stats), GFP_KERNEL);
	reply = cw_netlink_reply(info, CLOSEWATCH_CMD_STATS, CW_STATS_MSG, &msg);
	if (!stats || !reply)
		goto err_free;
	cw_stats_read(genl_info_net(info), stats);
	err = cw_put_stats(reply, genl_info_net(info), stats);
	if (err)
		goto err_free;
	kfree(stats);
	genlmsg_end(reply, msg);
	return genlmsg_reply(reply, info);

err_free:
	nlmsg_free(reply);
	kfree(stats);
	return err;
}
