// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family: requests become calls with plain structs, and
 * plain structs become attributes. The contract is
 * Documentation/netlink/specs/closewatch.yaml.
 *
 * Requests are serialised by the genl mutex and run in the context of the
 * requesting task. The family asks for CAP_NET_ADMIN in the user namespace
 * of the requester's network namespace (GENL_UNS_ADMIN_PERM in the op table).
 */
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "compat/compat.h"
#include "filter.h"
#include "inflight.h"
#include "netlink.h"
#include "netlink_gen.h"
#include "notify.h"
#include "probe.h"
#include "ring.h"
#include "stats.h"
#include "version.h"
#include "watch.h"

static struct genl_family cw_netlink_family;

void *cw_netlink_put_event(struct sk_buff *skb)
{
	return genlmsg_put(skb, 0, 0, &cw_netlink_family, 0,
			   CLOSEWATCH_CMD_EVENT);
}

static int cw_put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, CLOSEWATCH_A_EVENT_PAD);
}

static int cw_put_addresses(struct sk_buff *skb, const struct cw_conn *c)
{
	int len = c->family == AF_INET ? 4 : 16;

	if (nla_put_u16(skb, CLOSEWATCH_A_EVENT_FAMILY, c->family) ||
	    nla_put(skb, CLOSEWATCH_A_EVENT_LOCAL_ADDR, len, c->laddr) ||
	    nla_put_u16(skb, CLOSEWATCH_A_EVENT_LOCAL_PORT, c->lport))
		return -EMSGSIZE;
	if (!c->rport)
		return 0;
	if (nla_put(skb, CLOSEWATCH_A_EVENT_REMOTE_ADDR, len, c->raddr) ||
	    nla_put_u16(skb, CLOSEWATCH_A_EVENT_REMOTE_PORT, c->rport))
		return -EMSGSIZE;
	return 0;
}

/* What was under way; of a connection that is over nothing is, and its fate has
 * told what was not acknowledged.
 */
static int cw_put_under_way(struct sk_buff *skb, const struct cw_conn *c)
{
	if (c->state == TCP_CLOSE)
		return 0;
	if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_UNSENT, c->unsent) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_UNACKED, c->unacked) ||
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_ACKED, c->acked))
		return -EMSGSIZE;
	return 0;
}

static int cw_put_figures(struct sk_buff *skb, const struct cw_conn *c)
{
	if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_UNREAD, c->unread) ||
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_SENT, c->sent) ||
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_RETRANSMITTED,
		       c->retransmitted) ||
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_RECEIVED, c->received) ||
	    cw_put_under_way(skb, c))
		return -EMSGSIZE;
	if (c->age_ns && cw_put_u64(skb, CLOSEWATCH_A_EVENT_AGE_NS, c->age_ns))
		return -EMSGSIZE;
	return 0;
}

/* An RST without a socket has no cookie. */
static int cw_put_conn(struct sk_buff *skb, const struct cw_conn *c)
{
	if (cw_put_u64(skb, CLOSEWATCH_A_EVENT_NETNS, c->netns) ||
	    cw_put_addresses(skb, c) ||
	    nla_put_u8(skb, CLOSEWATCH_A_EVENT_STATE, c->state))
		return -EMSGSIZE;
	if (c->cookie &&
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_COOKIE, c->cookie))
		return -EMSGSIZE;
	if (c->ulp[0] && nla_put_string(skb, CLOSEWATCH_A_EVENT_ULP, c->ulp))
		return -EMSGSIZE;
	return 0;
}

static int cw_put_linger(struct sk_buff *skb, const struct cw_conn *c)
{
	if (nla_put_u8(skb, CLOSEWATCH_A_EVENT_LINGER_ON, c->linger_on))
		return -EMSGSIZE;
	if (c->linger_on && nla_put_u32(skb, CLOSEWATCH_A_EVENT_LINGER_SECONDS,
					c->linger_seconds))
		return -EMSGSIZE;
	return 0;
}

static int cw_put_owner(struct sk_buff *skb, const struct cw_owner *o)
{
	/* Nobody, or a program that let go before the probes were armed. */
	if (!o->pid)
		return 0;
	if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_WHY, o->why) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_PID, o->pid) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_TID, o->tid) ||
	    nla_put_string(skb, CLOSEWATCH_A_EVENT_COMM, o->comm) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_UID, o->uid))
		return -EMSGSIZE;
	if (o->cgroup && cw_put_u64(skb, CLOSEWATCH_A_EVENT_CGROUP, o->cgroup))
		return -EMSGSIZE;
	return 0;
}

static int cw_put_children(struct sk_buff *skb, const struct cw_event *ev)
{
	const struct cw_marks *m = &ev->marks;
	u32 backlog = ev->conn.backlog;

	if (!m->listen_stop)
		return 0;
	if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_CHILDREN, m->children) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_CHILDREN_RESET,
			m->children_reset) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_CHILDREN_MIGRATED,
			backlog > m->children ? backlog - m->children : 0) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_SYN_QUEUE, ev->conn.syn_queue))
		return -EMSGSIZE;
	return 0;
}

static int cw_put_path(struct sk_buff *skb, const struct cw_event *ev)
{
	if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_PATH, ev->verdict.path) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_FIN, ev->verdict.fin))
		return -EMSGSIZE;
	return cw_put_children(skb, ev);
}

static int cw_put_reason(struct sk_buff *skb, const struct cw_event *ev)
{
	if (!ev->extra.reason[0])
		return 0;
	return nla_put_string(skb, CLOSEWATCH_A_EVENT_KERNEL_REASON,
			      ev->extra.reason);
}

static int cw_put_close(struct sk_buff *skb, const struct cw_event *ev)
{
	const struct cw_marks *m = &ev->marks;
	u32 outcome = ev->verdict.linger;

	if (cw_put_path(skb, ev) || cw_put_reason(skb, ev))
		return -EMSGSIZE;
	if (outcome != CLOSEWATCH_LINGER_OUTCOME_NONE &&
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_LINGER_OUTCOME, outcome))
		return -EMSGSIZE;
	if (m->waited &&
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_LINGER_WAITED_NS, m->wait_ns))
		return -EMSGSIZE;
	return 0;
}

static int cw_put_fate(struct sk_buff *skb, const struct cw_end *end)
{
	if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_FATE, end->fate) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_VERDICT, end->verdict) ||
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_LOST_BYTES, end->lost_bytes) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_CLOSED_FIRST, end->first))
		return -EMSGSIZE;
	if (end->since_ns &&
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_SINCE_CLOSE_NS, end->since_ns))
		return -EMSGSIZE;
	return 0;
}

/* What is told besides the connection, by kind of event. */
static int cw_put_kind(struct sk_buff *skb, const struct cw_event *ev)
{
	switch (ev->type) {
	case CLOSEWATCH_EVENT_TYPE_CLOSE:
		return cw_put_close(skb, ev);
	case CLOSEWATCH_EVENT_TYPE_SHUTDOWN:
		if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_HOW, ev->extra.how))
			return -EMSGSIZE;
		return cw_put_path(skb, ev);
	case CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE:
		return nla_put_u32(skb, CLOSEWATCH_A_EVENT_REFERENCES,
				   ev->extra.references);
	case CLOSEWATCH_EVENT_TYPE_WRITE_AFTER_SHUTDOWN:
		return nla_put_u8(skb, CLOSEWATCH_A_EVENT_SIGPIPE,
				  ev->extra.sigpipe);
	case CLOSEWATCH_EVENT_TYPE_FATE:
		return cw_put_fate(skb, &ev->end);
	case CLOSEWATCH_EVENT_TYPE_RESET:
		if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_RESET_KIND,
				ev->extra.reset_kind))
			return -EMSGSIZE;
		return cw_put_reason(skb, ev);
	}
	return 0;
}

/* Are the figures of the connection known, with the lock held? */
static bool cw_has_figures(const struct cw_event *ev)
{
	if (ev->conn.state == TCP_LISTEN)
		return false;
	if (ev->type == CLOSEWATCH_EVENT_TYPE_RESET)
		return ev->extra.reset_kind == CLOSEWATCH_RESET_KIND_RECEIVED;
	return ev->type != CLOSEWATCH_EVENT_TYPE_SHARED_CLOSE;
}

/* A fate is an end, and the states that led to it need no new one. */
static int cw_put_new_state(struct sk_buff *skb, const struct cw_event *ev)
{
	if (!ev->marks.new_state)
		return 0;
	return nla_put_u8(skb, CLOSEWATCH_A_EVENT_NEW_STATE,
			  ev->marks.new_state);
}

static int cw_put_event(struct sk_buff *skb, const struct cw_event *ev)
{
	if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_TYPE, ev->type) ||
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_TIME, ev->time) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_CPU, ev->cpu) ||
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_SEQ, ev->seq) ||
	    cw_put_conn(skb, &ev->conn) ||
	    cw_put_new_state(skb, ev))
		return -EMSGSIZE;
	if (cw_has_figures(ev) && (cw_put_figures(skb, &ev->conn) ||
				   cw_put_linger(skb, &ev->conn)))
		return -EMSGSIZE;
	if (ev->conn.state == TCP_LISTEN && cw_put_linger(skb, &ev->conn))
		return -EMSGSIZE;
	if (cw_put_owner(skb, &ev->owner))
		return -EMSGSIZE;
	return cw_put_kind(skb, ev);
}

int cw_netlink_fill_event(struct sk_buff *skb, const struct cw_event *ev)
{
	struct nlattr *nest = nla_nest_start(skb, CLOSEWATCH_A_EVENT);

	if (!nest)
		return -EMSGSIZE;
	if (cw_put_event(skb, ev)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

int cw_netlink_fill_lost(struct sk_buff *skb, u64 count, u32 loss)
{
	struct nlattr *nest = nla_nest_start(skb, CLOSEWATCH_A_EVENT);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, CLOSEWATCH_A_EVENT_TYPE,
			CLOSEWATCH_EVENT_TYPE_LOST) ||
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_TIME, ktime_get_real_ns()) ||
	    cw_put_u64(skb, CLOSEWATCH_A_EVENT_COUNT, count) ||
	    nla_put_u32(skb, CLOSEWATCH_A_EVENT_LOSS, loss)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* A mask with bits that this version does not know would silently never
 * match: refuse it.
 */
static int cw_parse_masks(struct cw_filter *f, struct nlattr **tb,
			  struct netlink_ext_ack *extack)
{
	struct nlattr *a = tb[CLOSEWATCH_A_FILTER_EVENTS];

	if (a) {
		f->events = nla_get_u32(a);
		if (f->events >> (CLOSEWATCH_EVENT_TYPE_MAX + 1)) {
			NL_SET_ERR_MSG_ATTR(extack, a,
					    "unknown event type in mask; use those of enum closewatch_event_type");
			return -EINVAL;
		}
	}
	a = tb[CLOSEWATCH_A_FILTER_PATHS];
	if (a) {
		f->paths = nla_get_u64(a);
		if (f->paths >> (CLOSEWATCH_PATH_MAX + 1)) {
			NL_SET_ERR_MSG_ATTR(extack, a,
					    "unknown path in mask; use those of enum closewatch_path");
			return -EINVAL;
		}
	}
	return 0;
}

static int cw_parse_conn(struct cw_filter *f, struct nlattr **tb,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *a = tb[CLOSEWATCH_A_FILTER_FAMILY];

	if (a) {
		f->family = nla_get_u16(a);
		if (f->family != AF_INET && f->family != AF_INET6) {
			NL_SET_ERR_MSG_ATTR(extack, a,
					    "family must be AF_INET or AF_INET6");
			return -EINVAL;
		}
	}
	if (tb[CLOSEWATCH_A_FILTER_PORT])
		f->port = nla_get_u16(tb[CLOSEWATCH_A_FILTER_PORT]);
	if (tb[CLOSEWATCH_A_FILTER_LOCAL_PORT])
		f->lport = nla_get_u16(tb[CLOSEWATCH_A_FILTER_LOCAL_PORT]);
	if (tb[CLOSEWATCH_A_FILTER_REMOTE_PORT])
		f->rport = nla_get_u16(tb[CLOSEWATCH_A_FILTER_REMOTE_PORT]);
	return 0;
}

static int cw_parse_owner(struct cw_filter *f, struct nlattr **tb,
			  struct netlink_ext_ack *extack)
{
	struct nlattr *a = tb[CLOSEWATCH_A_FILTER_COMM];

	if (tb[CLOSEWATCH_A_FILTER_PID])
		f->pid = nla_get_u32(tb[CLOSEWATCH_A_FILTER_PID]);
	if (tb[CLOSEWATCH_A_FILTER_UID]) {
		f->uid = nla_get_u32(tb[CLOSEWATCH_A_FILTER_UID]);
		f->has_uid = true;
	}
	if (tb[CLOSEWATCH_A_FILTER_CGROUP])
		f->cgroup = nla_get_u64(tb[CLOSEWATCH_A_FILTER_CGROUP]);
	if (a) {
		nla_strscpy(f->comm, a, sizeof(f->comm));
		if (!f->comm[0]) {
			NL_SET_ERR_MSG_ATTR(extack, a,
					    "comm is empty; leave it out to match any");
			return -EINVAL;
		}
	}
	return 0;
}

static int cw_parse_other_netns(struct cw_filter *f, struct sk_buff *skb,
				struct nlattr *fd,
				struct netlink_ext_ack *extack)
{
	struct net *net = get_net_ns_by_fd(nla_get_u32(fd));
	int err = 0;

	if (IS_ERR(net)) {
		NL_SET_ERR_MSG_ATTR(extack, fd,
				    "netns-fd is not a network namespace; open one below /run/netns or /proc/PID/ns/net");
		return PTR_ERR(net);
	}
	if (netlink_ns_capable(skb, net->user_ns, CAP_NET_ADMIN)) {
		f->netns = net->ns.inum;
	} else {
		NL_SET_ERR_MSG_ATTR(extack, fd,
				    "listening to that network namespace needs CAP_NET_ADMIN in it");
		err = -EPERM;
	}
	put_net(net);
	return err;
}

static int cw_parse_netns(struct cw_filter *f, struct nlattr **tb,
			  struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *fd = tb[CLOSEWATCH_A_FILTER_NETNS_FD];
	struct nlattr *all = tb[CLOSEWATCH_A_FILTER_ALL_NETNS];

	f->netns = genl_info_net(info)->ns.inum;
	if (fd && all) {
		NL_SET_ERR_MSG_ATTR(info->extack, fd,
				    "netns-fd and all-netns exclude each other");
		return -EINVAL;
	}
	if (fd)
		return cw_parse_other_netns(f, skb, fd, info->extack);
	if (all && !netlink_capable(skb, CAP_NET_ADMIN)) {
		NL_SET_ERR_MSG_ATTR(info->extack, all,
				    "listening to all network namespaces needs CAP_NET_ADMIN in the initial user namespace");
		return -EPERM;
	}
	f->all_netns = all;
	return 0;
}

static int cw_parse_filter(struct cw_filter *f, struct sk_buff *skb,
			   struct genl_info *info)
{
	struct nlattr *tb[CLOSEWATCH_A_FILTER_MAX + 1] = {};
	struct nlattr *nest = info->attrs[CLOSEWATCH_A_FILTER];
	int err;

	memset(f, 0, sizeof(*f));
	if (nest) {
		err = nla_parse_nested(tb, CLOSEWATCH_A_FILTER_MAX, nest,
				       closewatch_filter_nl_policy,
				       info->extack);
		if (err)
			return err;
	}
	err = cw_parse_masks(f, tb, info->extack);
	if (!err)
		err = cw_parse_conn(f, tb, info->extack);
	if (!err)
		err = cw_parse_owner(f, tb, info->extack);
	if (!err)
		err = cw_parse_netns(f, tb, skb, info);
	return err;
}

int closewatch_nl_subscribe_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct net *net = genl_info_net(info);
	struct cw_filter filter;
	int err;

	err = cw_parse_filter(&filter, skb, info);
	if (err)
		return err;
	err = cw_notify_refilter(net, info->snd_portid, &filter);
	if (err != -ENOENT)
		return err;
	err = cw_watch_get(info->extack);
	if (err)
		return err;
	err = cw_notify_add(net, info->snd_portid, &filter);
	if (err)
		cw_watch_put();
	return err;
}

static int cw_put_listener(struct sk_buff *skb,
			   const struct cw_notify_stats *stats)
{
	struct nlattr *nest = nla_nest_start(skb, CLOSEWATCH_A_LISTENER);

	if (!nest ||
	    nla_put_u64_64bit(skb, CLOSEWATCH_A_LISTENER_SENT, stats->sent,
			      CLOSEWATCH_A_LISTENER_PAD) ||
	    nla_put_u64_64bit(skb, CLOSEWATCH_A_LISTENER_LOST, stats->lost,
			      CLOSEWATCH_A_LISTENER_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static struct sk_buff *cw_reply_new(struct genl_info *info, u8 cmd,
				    size_t size, void **msg)
{
	struct sk_buff *skb = genlmsg_new(size, GFP_KERNEL);

	if (!skb)
		return NULL;
	*msg = genlmsg_put_reply(skb, info, &cw_netlink_family, 0, cmd);
	if (!*msg) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

int closewatch_nl_unsubscribe_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct net *net = genl_info_net(info);
	struct cw_notify_stats stats;
	struct sk_buff *reply;
	void *msg;

	if (cw_notify_get_stats(net, info->snd_portid, &stats)) {
		NL_SET_ERR_MSG(info->extack,
			       "this socket is not subscribed; send subscribe first");
		return -ENOENT;
	}
	reply = cw_reply_new(info, CLOSEWATCH_CMD_UNSUBSCRIBE,
			     NLMSG_DEFAULT_SIZE, &msg);
	if (!reply)
		return -ENOMEM;
	cw_notify_flush();
	/* Of two requests and the socket's release only one finds it. */
	if (cw_notify_del(net, info->snd_portid, &stats)) {
		nlmsg_free(reply);
		return -ENOENT;
	}
	cw_watch_put();
	if (cw_put_listener(reply, &stats)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, msg);
	return genlmsg_reply(reply, info);
}

static int cw_put_info_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, CLOSEWATCH_A_INFO_PAD);
}

static int cw_put_info(struct sk_buff *skb)
{
	struct nlattr *nest = nla_nest_start(skb, CLOSEWATCH_A_INFO);

	if (!nest ||
	    nla_put_string(skb, CLOSEWATCH_A_INFO_VERSION, CW_VERSION) ||
	    nla_put_u32(skb, CLOSEWATCH_A_INFO_LISTENERS,
			cw_notify_listeners()) ||
	    nla_put_u32(skb, CLOSEWATCH_A_INFO_PROBES, cw_probe_armed()) ||
	    cw_put_info_u64(skb, CLOSEWATCH_A_INFO_EVENTS,
			    cw_ring_recorded()) ||
	    cw_put_info_u64(skb, CLOSEWATCH_A_INFO_LOST_RING,
			    cw_notify_lost_ring()) ||
	    cw_put_info_u64(skb, CLOSEWATCH_A_INFO_LOST_SOCKET,
			    cw_notify_lost_socket()) ||
	    cw_put_info_u64(skb, CLOSEWATCH_A_INFO_MISSED,
			    cw_probe_missed()) ||
	    cw_put_info_u64(skb, CLOSEWATCH_A_INFO_INFLIGHT_FULL,
			    cw_inflight_full()) ||
	    nla_put_u32(skb, CLOSEWATCH_A_INFO_INFLIGHT,
			cw_inflight_count()) ||
	    nla_put_u32(skb, CLOSEWATCH_A_INFO_RING_SLOTS,
			cw_watch_ring_slots()))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int closewatch_nl_info_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct cw_notify_stats stats;
	struct sk_buff *reply;
	void *msg;
	int err;

	reply = cw_reply_new(info, CLOSEWATCH_CMD_INFO,
			     NLMSG_DEFAULT_SIZE, &msg);
	if (!reply)
		return -ENOMEM;
	err = cw_put_info(reply);
	if (!err && !cw_notify_get_stats(genl_info_net(info), info->snd_portid,
					 &stats))
		err = cw_put_listener(reply, &stats);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, msg);
	return genlmsg_reply(reply, info);
}

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

static int cw_put_stats(struct sk_buff *skb, const struct net *net,
			const struct cw_stats *s)
{
	struct nlattr *nest = nla_nest_start(skb, CLOSEWATCH_A_STATS);

	if (!nest ||
	    nla_put_u64_64bit(skb, CLOSEWATCH_A_STATS_NETNS, net->ns.inum,
			      CLOSEWATCH_A_STATS_PAD) ||
	    cw_put_tallies(skb, s) ||
	    cw_put_histogram(skb, CLOSEWATCH_A_STATS_LINGER_WAIT, s->wait) ||
	    cw_put_histogram(skb, CLOSEWATCH_A_STATS_FATE_TIME, s->since) ||
	    cw_put_histogram(skb, CLOSEWATCH_A_STATS_UNREAD, s->unread))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* All counters and full histograms at their widest take less than this. */
#define CW_STATS_MSG	16384

int closewatch_nl_stats_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct cw_stats *stats;
	struct sk_buff *reply;
	void *msg;
	int err = -ENOMEM;

	stats = kmalloc(sizeof(*stats), GFP_KERNEL);
	reply = cw_reply_new(info, CLOSEWATCH_CMD_STATS, CW_STATS_MSG, &msg);
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

static struct genl_family cw_netlink_family __ro_after_init = {
	.name		= CLOSEWATCH_FAMILY_NAME,
	.version	= CLOSEWATCH_FAMILY_VERSION,
	.module		= THIS_MODULE,
	.netnsok	= true,
	.policy		= closewatch_message_nl_policy,
	.maxattr	= ARRAY_SIZE(closewatch_message_nl_policy) - 1,
	.small_ops	= closewatch_nl_ops,
	.n_small_ops	= ARRAY_SIZE(closewatch_nl_ops),
	CW_GENL_RESV_START_OP(__CLOSEWATCH_CMD_MAX)
};

/*
 * The socket of a listener is gone, be it closed or its owner dead. Blocking
 * notifier: process context, may sleep. Called for other families' sockets
 * too, which are listeners never.
 */
static int cw_netlink_released(struct notifier_block *nb, unsigned long event,
			       void *data)
{
	struct netlink_notify *n = data;

	if (event == NETLINK_URELEASE && n->protocol == NETLINK_GENERIC &&
	    !cw_notify_del(n->net, n->portid, NULL))
		cw_watch_put();
	return NOTIFY_DONE;
}

static struct notifier_block cw_netlink_notifier = {
	.notifier_call = cw_netlink_released,
};

int __init cw_netlink_init(void)
{
	int err;

	/* Before the family, or a listener could go unnoticed. */
	err = netlink_register_notifier(&cw_netlink_notifier);
	if (err)
		return err;
	err = genl_register_family(&cw_netlink_family);
	if (err)
		netlink_unregister_notifier(&cw_netlink_notifier);
	return err;
}

void cw_netlink_exit(void)
{
	genl_unregister_family(&cw_netlink_family);
	netlink_unregister_notifier(&cw_netlink_notifier);
	while (cw_notify_del_any())
		cw_watch_put();
}
