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
#include <unistd.h>
#include <sys/socket.h>

#include "wait.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

#define ROOMY	(8 << 20)	/* receive buffer: no loss unless a test wants it */

static int connect_at(struct nl_sock *sk, uint32_t port)
{
	if (port)
		nl_socket_set_local_port(sk, port);
	return genl_connect(sk);
}

int events_open(struct events *e)
{
	return events_open_at(e, 0);
}

int events_open_at(struct events *e, uint32_t port)
{
	int on = 1, size = ROOMY, fd;

	memset(e, 0, sizeof(*e));
	e->sk = nl_socket_alloc();
	if (!e->sk || connect_at(e->sk, port) < 0)
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
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	return 0;
}

void events_close(struct events *e)
{
	if (e->sk)
		nl_socket_free(e->sk);
	free(e->list);
	free(e->drains);
	free(e->policies);
	memset(e, 0, sizeof(*e));
}

/* Room for one more of @size bytes in a list of @n */
static void *grow(void *list, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return list;
	*room = *room ? 2 * *room : 64;
	list = realloc(list, *room * size);
	if (!list)
		abort();
	return list;
}

static void add_event(struct event **list, size_t *n, size_t *room,
		      struct nlattr *nest)
{
	*list = grow(*list, *n, room, sizeof(**list));
	decode_event(&(*list)[(*n)++], nest);
}

static void add_policy(struct events *e, struct nlattr *nest)
{
	e->policies = grow(e->policies, e->n_policies, &e->policies_room,
			   sizeof(*e->policies));
	decode_listed(&e->policies[e->n_policies], nest);
	e->policy_id = LISTED_NUM(&e->policies[e->n_policies++], ID);
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
			decode_figures(&e->figures, a);
			break;
		case CLOSEWATCH_A_INFO:
			decode_info(&e->info, a);
			break;
		case CLOSEWATCH_A_STATS:
			decode_stats(&e->stats, a);
			break;
		case CLOSEWATCH_A_POLICY:
			add_policy(e, a);
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

/* One datagram. 1: the answer to the last request has come; 0: not yet */
static int receive(struct events *e, int flags)
{
	static char buf[1 << 17] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t len = recv(nl_socket_get_fd(e->sk), buf, sizeof(buf), flags);
	int left = len;

	if (len < 0)
		return errno == ENOBUFS ? 0 : -errno;
	for (struct nlmsghdr *h = (void *)buf; nlmsg_ok(h, left);
	     h = nlmsg_next(h, &left)) {
		e->inconsistent |= h->nlmsg_flags & NLM_F_DUMP_INTR;
		if (h->nlmsg_type == e->family) {
			take_message(e, h);
		} else if (h->nlmsg_type == NLMSG_DONE && h->nlmsg_seq == e->seq) {
			e->err = *(int *)nlmsg_data(h);
			return 1;
		} else if (h->nlmsg_type == NLMSG_ERROR && h->nlmsg_seq == e->seq) {
			e->err = ((struct nlmsgerr *)nlmsg_data(h))->error;
			take_extack(e, h);
			return 1;
		}
	}
	return 0;
}

static int ask(struct events *e, struct nl_msg *msg)
{
	int ret;

	nl_complete_msg(e->sk, msg);
	if (!(nlmsg_hdr(msg)->nlmsg_flags & NLM_F_DUMP))
		nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_ACK;
	e->seq = nlmsg_hdr(msg)->nlmsg_seq;
	ret = nl_send(e->sk, msg);
	nlmsg_free(msg);
	return ret < 0 ? -EIO : 0;
}

static int await_answer(struct events *e)
{
	int64_t end = now_ns() + WAIT_LIMIT_NS;
	int ret;

	do {
		ret = receive(e, MSG_DONTWAIT);
		if (ret == -EAGAIN)
			poll(NULL, 0, 1);
		else if (ret < 0)
			return ret;
	} while (ret != 1 && now_ns() < end);
	return ret == 1 ? e->err : -ETIMEDOUT;
}

static int transact(struct events *e, struct nl_msg *msg)
{
	return ask(e, msg) ?: await_answer(e);
}

static struct nl_msg *request_sized(struct events *e, uint8_t cmd, size_t size)
{
	struct nl_msg *msg = nlmsg_alloc_size(size);

	if (!msg)
		abort();
	genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, e->family, 0, NLM_F_REQUEST,
		    cmd, CLOSEWATCH_FAMILY_VERSION);
	return msg;
}

static struct nl_msg *request(struct events *e, uint8_t cmd)
{
	return request_sized(e, cmd, getpagesize());
}

int events_subscribe(struct events *e, filter_fill fill, const void *arg)
{
	struct nl_msg *msg = request(e, CLOSEWATCH_CMD_SUBSCRIBE);
	struct nlattr *nest;

	nest = nla_nest_start(msg, CLOSEWATCH_A_FILTER | NLA_F_NESTED);
	if (!nest || (fill && fill(msg, arg) < 0) ||
	    (!e->loud && nla_put_flag(msg, CLOSEWATCH_A_FILTER_QUIET) < 0)) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	nla_nest_end(msg, nest);
	return transact(e, msg);
}

static int fill_all_netns(struct nl_msg *msg, const void *unused)
{
	return nla_put_flag(msg, CLOSEWATCH_A_FILTER_ALL_NETNS);
}

int events_subscribe_all(struct events *e)
{
	return events_subscribe(e, fill_all_netns, NULL);
}

static int ask_filled(struct events *e, struct nl_msg *msg, filter_fill fill,
		      const void *arg)
{
	if (fill && fill(msg, arg) < 0) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	return ask(e, msg);
}

int events_request(struct events *e, uint8_t cmd, filter_fill fill,
		   const void *arg)
{
	return events_request_sized(e, cmd, getpagesize(), fill, arg);
}

int events_request_sized(struct events *e, uint8_t cmd, size_t size,
			 filter_fill fill, const void *arg)
{
	return ask_filled(e, request_sized(e, cmd, size), fill, arg) ?:
	       await_answer(e);
}

int events_dump_ask(struct events *e, uint8_t cmd, filter_fill fill,
		    const void *arg)
{
	struct nl_msg *msg = request(e, cmd);

	e->n_drains = 0;
	e->n_policies = 0;
	e->inconsistent = false;
	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_DUMP;
	return ask_filled(e, msg, fill, arg);
}

bool events_dump_more(struct events *e)
{
	int ret = receive(e, 0);

	if (ret < 0)
		e->err = ret;
	return !ret;
}

int events_dump(struct events *e, uint8_t cmd, filter_fill fill,
		const void *arg)
{
	return events_dump_ask(e, cmd, fill, arg) ?: await_answer(e);
}

/* The answer is there when the request has been sent, or the socket was full */
int events_unsubscribe(struct events *e)
{
	int try, ret = 0;

	for (try = 0; try < 2 && ret != 1; try++) {
		if (ask(e, request(e, CLOSEWATCH_CMD_UNSUBSCRIBE)))
			return -EIO;
		do
			ret = receive(e, MSG_DONTWAIT);
		while (!ret);
	}
	return ret == 1 ? e->err : -ETIMEDOUT;
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
	return receive(e, MSG_DONTWAIT) >= 0;
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
