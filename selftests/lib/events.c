// SPDX-License-Identifier: GPL-2.0
#include "events.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "wait.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

#define ROOMY	(8 << 20)	/* receive buffer: no loss unless a test wants it */

int events_open(struct events *e)
{
	int on = 1, size = ROOMY, fd;

	memset(e, 0, sizeof(*e));
	e->sk = nl_socket_alloc();
	if (!e->sk || genl_connect(e->sk) < 0)
		return -1;
	e->family = genl_ctrl_resolve(e->sk, CLOSEWATCH_FAMILY_NAME);
	if (e->family < 0)
		return -1;
	fd = nl_socket_get_fd(e->sk);
	if (setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)) < 0)
		return -1;
	/* Refused to the unprivileged, who have no events to lose */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return 0;
}

void events_close(struct events *e)
{
	if (e->sk)
		nl_socket_free(e->sk);
	free(e->list);
	free(e->drains);
	memset(e, 0, sizeof(*e));
}

static uint64_t number(const struct nlattr *a)
{
	switch (nla_len(a)) {
	case 1:
		return nla_get_u8(a);
	case 2:
		return nla_get_u16(a);
	case 4:
		return nla_get_u32(a);
	case 8:
		return nla_get_u64(a);
	default:
		return 0;
	}
}

static size_t copy(void *to, size_t size, const struct nlattr *a)
{
	size_t len = nla_len(a);

	if (len > size)
		return 0;
	memcpy(to, nla_data(a), len);
	return len;
}

static void decode_event(struct event *ev, struct nlattr *nest)
{
	struct nlattr *a;
	int left;

	memset(ev, 0, sizeof(*ev));
	nla_for_each_nested(a, nest, left) {
		int type = nla_type(a);

		if (type > CLOSEWATCH_A_EVENT_MAX)
			continue;
		ev->has |= 1ULL << type;
		switch (type) {
		case CLOSEWATCH_A_EVENT_LOCAL_ADDR:
			ev->local_len = copy(ev->local, sizeof(ev->local), a);
			break;
		case CLOSEWATCH_A_EVENT_REMOTE_ADDR:
			ev->remote_len = copy(ev->remote, sizeof(ev->remote), a);
			break;
		case CLOSEWATCH_A_EVENT_COMM:
			copy(ev->comm, sizeof(ev->comm) - 1, a);
			break;
		case CLOSEWATCH_A_EVENT_ULP:
			copy(ev->ulp, sizeof(ev->ulp) - 1, a);
			break;
		case CLOSEWATCH_A_EVENT_KERNEL_REASON:
			copy(ev->reason, sizeof(ev->reason) - 1, a);
			break;
		default:
			ev->num[type] = number(a);
		}
	}
}

static void add_event(struct event **list, size_t *n, size_t *room,
		      struct nlattr *nest)
{
	if (*n == *room) {
		*room = *room ? 2 * *room : 64;
		*list = realloc(*list, *room * sizeof(**list));
		if (!*list)
			abort();
	}
	decode_event(&(*list)[(*n)++], nest);
}

static uint64_t nested(struct nlattr **tb, int type)
{
	return tb[type] ? number(tb[type]) : 0;
}

static void take_figures(struct events *e, struct nlattr *nest)
{
	struct nlattr *tb[CLOSEWATCH_A_LISTENER_MAX + 1];

	if (nla_parse_nested(tb, CLOSEWATCH_A_LISTENER_MAX, nest, NULL) < 0)
		return;
	e->figures.sent = nested(tb, CLOSEWATCH_A_LISTENER_SENT);
	e->figures.lost = nested(tb, CLOSEWATCH_A_LISTENER_LOST);
}

static void take_info(struct events *e, struct nlattr *nest)
{
	struct nlattr *tb[CLOSEWATCH_A_INFO_MAX + 1];

	if (nla_parse_nested(tb, CLOSEWATCH_A_INFO_MAX, nest, NULL) < 0)
		return;
	e->info = (struct module_info){
		.listeners = nested(tb, CLOSEWATCH_A_INFO_LISTENERS),
		.probes = nested(tb, CLOSEWATCH_A_INFO_PROBES),
		.inflight = nested(tb, CLOSEWATCH_A_INFO_INFLIGHT),
		.events = nested(tb, CLOSEWATCH_A_INFO_EVENTS),
		.lost_ring = nested(tb, CLOSEWATCH_A_INFO_LOST_RING),
		.lost_socket = nested(tb, CLOSEWATCH_A_INFO_LOST_SOCKET),
		.missed = nested(tb, CLOSEWATCH_A_INFO_MISSED),
		.policies = nested(tb, CLOSEWATCH_A_INFO_POLICIES),
		.drains = nested(tb, CLOSEWATCH_A_INFO_DRAINS),
		.policy_armed = nested(tb, CLOSEWATCH_A_INFO_POLICY_ARMED),
		.blind = nested(tb, CLOSEWATCH_A_INFO_BLIND),
		.blind_seconds = nested(tb, CLOSEWATCH_A_INFO_BLIND_SECONDS),
	};
}

static void take_tally(struct stats *s, struct nlattr *nest)
{
	struct nlattr *tb[CLOSEWATCH_A_TALLY_MAX + 1];
	uint64_t events, path, fate;

	if (nla_parse_nested(tb, CLOSEWATCH_A_TALLY_MAX, nest, NULL) < 0)
		return;
	events = nested(tb, CLOSEWATCH_A_TALLY_EVENTS);
	path = nested(tb, CLOSEWATCH_A_TALLY_PATH);
	fate = nested(tb, CLOSEWATCH_A_TALLY_FATE);
	if (tb[CLOSEWATCH_A_TALLY_PATH] && path <= CLOSEWATCH_PATH_MAX) {
		s->closes[path] = events;
		s->unread_bytes[path] =
			nested(tb, CLOSEWATCH_A_TALLY_UNREAD_BYTES);
	}
	if (tb[CLOSEWATCH_A_TALLY_FATE] && fate <= CLOSEWATCH_FATE_MAX) {
		s->fates[fate] = events;
		s->lost_bytes[fate] =
			nested(tb, CLOSEWATCH_A_TALLY_LOST_BYTES);
		s->minisocks[fate] = nested(tb, CLOSEWATCH_A_TALLY_MINISOCKS);
	}
}

static void take_bucket(uint64_t *histogram, struct nlattr *nest)
{
	struct nlattr *tb[CLOSEWATCH_A_BUCKET_MAX + 1];
	uint64_t n;

	if (nla_parse_nested(tb, CLOSEWATCH_A_BUCKET_MAX, nest, NULL) < 0)
		return;
	n = nested(tb, CLOSEWATCH_A_BUCKET_LOG2);
	if (n < STATS_BUCKETS)
		histogram[n] = nested(tb, CLOSEWATCH_A_BUCKET_COUNT);
}

/* Both lists are as long as their numbers are many */
static void take_drain_tally(struct drain_tally *list, unsigned int max,
			     int by, struct nlattr *nest)
{
	struct nlattr *tb[CLOSEWATCH_A_DRAIN_TALLY_MAX + 1];
	uint64_t i;

	if (nla_parse_nested(tb, CLOSEWATCH_A_DRAIN_TALLY_MAX, nest, NULL) < 0)
		return;
	i = nested(tb, by);
	if (!tb[by] || i > max)
		return;
	list[i] = (struct drain_tally){
		.events = nested(tb, CLOSEWATCH_A_DRAIN_TALLY_EVENTS),
		.discarded = nested(tb, CLOSEWATCH_A_DRAIN_TALLY_DISCARDED),
		.response = nested(tb, CLOSEWATCH_A_DRAIN_TALLY_RESPONSE_BYTES),
		.acked = nested(tb, CLOSEWATCH_A_DRAIN_TALLY_RESPONSE_ACKED),
	};
}

static void take_drain_close(struct stats *s, struct nlattr *nest)
{
	struct nlattr *tb[CLOSEWATCH_A_TALLY_MAX + 1];
	uint64_t path;

	if (nla_parse_nested(tb, CLOSEWATCH_A_TALLY_MAX, nest, NULL) < 0)
		return;
	path = nested(tb, CLOSEWATCH_A_TALLY_PATH);
	if (path <= CLOSEWATCH_PATH_MAX)
		s->drain_closes[path] = nested(tb, CLOSEWATCH_A_TALLY_EVENTS);
}

static void take_drain_stats(struct stats *s, struct nlattr *a)
{
	switch (nla_type(a)) {
	case CLOSEWATCH_A_STATS_DRAIN:
		take_drain_tally(s->ended, CLOSEWATCH_DRAIN_OUTCOME_MAX,
				 CLOSEWATCH_A_DRAIN_TALLY_OUTCOME, a);
		break;
	case CLOSEWATCH_A_STATS_REFUSED:
		take_drain_tally(s->refused, CLOSEWATCH_REFUSAL_MAX,
				 CLOSEWATCH_A_DRAIN_TALLY_REFUSAL, a);
		break;
	case CLOSEWATCH_A_STATS_DRAIN_CLOSE:
		take_drain_close(s, a);
		break;
	case CLOSEWATCH_A_STATS_SAVED:
		s->saved = number(a);
		break;
	case CLOSEWATCH_A_STATS_SAVED_BYTES:
		s->saved_bytes = number(a);
		break;
	case CLOSEWATCH_A_STATS_DRAINS:
		s->drains = number(a);
		break;
	}
}

static void take_stats(struct events *e, struct nlattr *nest)
{
	struct stats *s = &e->stats;
	struct nlattr *a;
	int left;

	memset(s, 0, sizeof(*s));
	nla_for_each_nested(a, nest, left) {
		switch (nla_type(a)) {
		case CLOSEWATCH_A_STATS_NETNS:
			s->netns = number(a);
			break;
		case CLOSEWATCH_A_STATS_CLOSE:
		case CLOSEWATCH_A_STATS_FATE:
			take_tally(s, a);
			break;
		case CLOSEWATCH_A_STATS_LINGER_WAIT:
			take_bucket(s->linger_wait, a);
			break;
		case CLOSEWATCH_A_STATS_FATE_TIME:
			take_bucket(s->fate_time, a);
			break;
		case CLOSEWATCH_A_STATS_UNREAD:
			take_bucket(s->unread, a);
			break;
		default:
			take_drain_stats(s, a);
		}
	}
}

static void take_policy(struct events *e, struct nlattr *nest)
{
	struct nlattr *tb[CLOSEWATCH_A_POLICY_MAX + 1];

	e->n_policies++;
	if (!nla_parse_nested(tb, CLOSEWATCH_A_POLICY_MAX, nest, NULL))
		e->policy_id = nested(tb, CLOSEWATCH_A_POLICY_ID);
}

static void take_message(struct events *e, struct nlmsghdr *h)
{
	struct nlattr *a;
	int left;

	nla_for_each_attr(a, genlmsg_attrdata(nlmsg_data(h), 0),
			  genlmsg_attrlen(nlmsg_data(h), 0), left) {
		switch (nla_type(a)) {
		case CLOSEWATCH_A_EVENT:
			add_event(&e->list, &e->n, &e->room, a);
			break;
		case CLOSEWATCH_A_LISTENER:
			take_figures(e, a);
			break;
		case CLOSEWATCH_A_INFO:
			take_info(e, a);
			break;
		case CLOSEWATCH_A_STATS:
			take_stats(e, a);
			break;
		case CLOSEWATCH_A_POLICY:
			take_policy(e, a);
			break;
		case CLOSEWATCH_A_DRAIN:
			add_event(&e->drains, &e->n_drains, &e->drains_room, a);
			break;
		}
	}
}

/* The text sits behind the error and, without NETLINK_CAP_ACK, the request */
static void take_extack(struct events *e, struct nlmsghdr *h)
{
	struct nlmsgerr *err = nlmsg_data(h);
	int skip = sizeof(*err);
	struct nlattr *msg;

	e->extack[0] = '\0';
	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(h->nlmsg_flags & NLM_F_CAPPED))
		skip += err->msg.nlmsg_len - sizeof(err->msg);
	msg = nla_find((void *)((char *)err + skip), nlmsg_datalen(h) - skip,
		       NLMSGERR_ATTR_MSG);
	if (msg)
		nla_strlcpy(e->extack, msg, sizeof(e->extack));
}

/* One datagram. 1: the answer to @seq has come, in *err; 0: not yet */
static int receive(struct events *e, uint32_t seq, int *err, int flags)
{
	static char buf[1 << 17] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t len = recv(nl_socket_get_fd(e->sk), buf, sizeof(buf), flags);
	int left = len;

	if (len < 0)
		return errno == ENOBUFS ? 0 : -errno;
	for (struct nlmsghdr *h = (void *)buf; nlmsg_ok(h, left);
	     h = nlmsg_next(h, &left)) {
		if (h->nlmsg_type == e->family) {
			take_message(e, h);
		} else if (h->nlmsg_type == NLMSG_DONE && h->nlmsg_seq == seq) {
			*err = *(int *)nlmsg_data(h);
			return 1;
		} else if (h->nlmsg_type == NLMSG_ERROR && h->nlmsg_seq == seq) {
			*err = ((struct nlmsgerr *)nlmsg_data(h))->error;
			take_extack(e, h);
			return 1;
		}
	}
	return 0;
}

static int transact(struct events *e, struct nl_msg *msg)
{
	bool dump = nlmsg_hdr(msg)->nlmsg_flags & NLM_F_DUMP;
	int64_t end = now_ns() + WAIT_LIMIT_NS;
	int ret, err = -ETIMEDOUT;
	uint32_t seq;

	nl_complete_msg(e->sk, msg);
	if (!dump)
		nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_ACK;
	seq = nlmsg_hdr(msg)->nlmsg_seq;
	if (nl_send(e->sk, msg) < 0) {
		nlmsg_free(msg);
		return -EIO;
	}
	nlmsg_free(msg);
	do {
		ret = receive(e, seq, &err, MSG_DONTWAIT);
		if (ret == -EAGAIN)
			poll(NULL, 0, 1);
		else if (ret < 0)
			return ret;
	} while (ret != 1 && now_ns() < end);
	return err;
}

static struct nl_msg *request(struct events *e, uint8_t cmd)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (!msg)
		abort();
	genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, e->family, 0, NLM_F_REQUEST,
		    cmd, CLOSEWATCH_FAMILY_VERSION);
	return msg;
}

int events_subscribe(struct events *e, filter_fill fill, const void *arg)
{
	struct nl_msg *msg = request(e, CLOSEWATCH_CMD_SUBSCRIBE);
	struct nlattr *nest;

	if (fill) {
		nest = nla_nest_start(msg, CLOSEWATCH_A_FILTER | NLA_F_NESTED);
		if (!nest || fill(msg, arg) < 0) {
			nlmsg_free(msg);
			return -EMSGSIZE;
		}
		nla_nest_end(msg, nest);
	}
	return transact(e, msg);
}

static int send_filled(struct events *e, struct nl_msg *msg, filter_fill fill,
		       const void *arg)
{
	if (fill && fill(msg, arg) < 0) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	return transact(e, msg);
}

int events_request(struct events *e, uint8_t cmd, filter_fill fill,
		   const void *arg)
{
	return send_filled(e, request(e, cmd), fill, arg);
}

int events_dump(struct events *e, uint8_t cmd, filter_fill fill,
		const void *arg)
{
	struct nl_msg *msg = request(e, cmd);

	e->n_drains = 0;
	e->n_policies = 0;
	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_DUMP;
	return send_filled(e, msg, fill, arg);
}

int events_unsubscribe(struct events *e)
{
	return transact(e, request(e, CLOSEWATCH_CMD_UNSUBSCRIBE));
}

int events_info(struct events *e)
{
	return transact(e, request(e, CLOSEWATCH_CMD_INFO));
}

int events_stats(struct events *e)
{
	return transact(e, request(e, CLOSEWATCH_CMD_STATS));
}

int events_raw(struct events *e, uint8_t cmd, const void *attrs, size_t len)
{
	struct nl_msg *msg = request(e, cmd);

	if (len && nlmsg_append(msg, (void *)attrs, len, 0) < 0) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	return transact(e, msg);
}

int events_headless(struct events *e)
{
	struct nl_msg *msg = nlmsg_alloc_simple(e->family, NLM_F_REQUEST);

	return msg ? transact(e, msg) : -ENOMEM;
}

bool events_poll(struct events *e)
{
	int err;

	return receive(e, 0, &err, MSG_DONTWAIT) >= 0;
}

const struct event *events_nth(const struct events *e, unsigned int type,
			       uint64_t cookie, size_t nth)
{
	for (size_t i = 0; i < e->n; i++) {
		const struct event *ev = &e->list[i];

		if (EVENT_NUM(ev, TYPE) != type ||
		    (cookie && EVENT_NUM(ev, COOKIE) != cookie))
			continue;
		if (!nth--)
			return ev;
	}
	return NULL;
}

size_t events_count(const struct events *e, unsigned int type, uint64_t cookie)
{
	size_t n = 0;

	while (events_nth(e, type, cookie, n))
		n++;
	return n;
}

uint64_t events_lost_by(const struct events *e, unsigned int cause)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < e->n; i++) {
		const struct event *ev = &e->list[i];

		if (EVENT_NUM(ev, TYPE) == CLOSEWATCH_EVENT_TYPE_LOST &&
		    EVENT_NUM(ev, LOSS) == cause)
			lost += EVENT_NUM(ev, COUNT);
	}
	return lost;
}

uint64_t events_lost(const struct events *e)
{
	return events_lost_by(e, CLOSEWATCH_LOSS_RING) +
	       events_lost_by(e, CLOSEWATCH_LOSS_SOCKET) +
	       events_lost_by(e, CLOSEWATCH_LOSS_INFLIGHT);
}

const struct event *events_await(struct events *e, unsigned int type,
				 uint64_t cookie)
{
	const struct event *ev = NULL;

	return WAIT_FOR((ev = events_nth(e, type, cookie, 0)) ||
			(events_poll(e), (ev = events_nth(e, type, cookie, 0)))) ?
	       ev : NULL;
}
