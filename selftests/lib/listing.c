// SPDX-License-Identifier: GPL-2.0
#include "listing.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int listing_open(struct listing *l)
{
	memset(l, 0, sizeof(*l));
	l->sk = nl_socket_alloc();
	if (!l->sk || genl_connect(l->sk) < 0)
		return -1;
	l->family = genl_ctrl_resolve(l->sk, CLOSEWATCH_FAMILY_NAME);
	return l->family < 0 ? -1 : 0;
}

void listing_close(struct listing *l)
{
	if (l->sk)
		nl_socket_free(l->sk);
	free(l->list);
	memset(l, 0, sizeof(*l));
}

static uint64_t number(const struct nlattr *a)
{
	uint64_t n = 0;

	if (nla_len(a) <= (int)sizeof(n))
		memcpy(&n, nla_data(a), nla_len(a));
	return n;
}

static void decode(struct listed *p, struct nlattr *nest)
{
	struct nlattr *a;
	int left;

	memset(p, 0, sizeof(*p));
	nla_for_each_nested(a, nest, left) {
		int type = nla_type(a);

		if (type > CLOSEWATCH_A_POLICY_MAX)
			continue;
		p->has |= 1ULL << type;
		p->num[type] = number(a);
		if (type == CLOSEWATCH_A_POLICY_COMM)
			nla_strlcpy(p->comm, a, sizeof(p->comm));
		if (type != CLOSEWATCH_A_POLICY_REMOTE_ADDR)
			continue;
		p->addr_len = nla_len(a);
		if (p->addr_len <= sizeof(p->addr))
			memcpy(p->addr, nla_data(a), p->addr_len);
	}
}

static void add(struct listing *l, struct nlmsghdr *h)
{
	struct nlattr *nest;

	nest = nla_find(genlmsg_attrdata(nlmsg_data(h), 0),
			genlmsg_attrlen(nlmsg_data(h), 0), CLOSEWATCH_A_POLICY);
	if (!nest)
		return;
	if (l->n == l->room) {
		l->room = l->room ? 2 * l->room : 64;
		l->list = realloc(l->list, l->room * sizeof(*l->list));
		if (!l->list)
			abort();
	}
	decode(&l->list[l->n++], nest);
}

int listing_ask(struct listing *l, listing_fill fill, const void *arg)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlattr *nest;
	int ret;

	if (!msg)
		abort();
	l->n = 0;
	l->err = 0;
	l->inconsistent = false;
	genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, l->family, 0,
		    NLM_F_REQUEST | NLM_F_DUMP, CLOSEWATCH_CMD_POLICY_GET,
		    CLOSEWATCH_FAMILY_VERSION);
	if (fill) {
		nest = nla_nest_start(msg, CLOSEWATCH_A_POLICY | NLA_F_NESTED);
		if (!nest || fill(msg, arg) < 0)
			abort();
		nla_nest_end(msg, nest);
	}
	nl_complete_msg(l->sk, msg);
	ret = nl_send(l->sk, msg);
	nlmsg_free(msg);
	return ret < 0 ? -EIO : 0;
}

static bool take(struct listing *l, struct nlmsghdr *h)
{
	if (h->nlmsg_flags & NLM_F_DUMP_INTR)
		l->inconsistent = true;
	if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR) {
		l->err = *(int *)nlmsg_data(h);
		return false;
	}
	if (h->nlmsg_type == l->family)
		add(l, h);
	return true;
}

bool listing_more(struct listing *l)
{
	static char buf[1 << 16] __attribute__((aligned(8)));
	int left = recv(nl_socket_get_fd(l->sk), buf, sizeof(buf), 0);
	struct nlmsghdr *h;

	if (left < 0) {
		l->err = -errno;
		return false;
	}
	for (h = (void *)buf; nlmsg_ok(h, left); h = nlmsg_next(h, &left)) {
		if (!take(l, h))
			return false;
	}
	return true;
}

int listing_get(struct listing *l, listing_fill fill, const void *arg)
{
	int err = listing_ask(l, fill, arg);

	while (!err && listing_more(l))
		;
	return err ? err : l->err;
}

const struct listed *listing_find(const struct listing *l, uint64_t id)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (LISTED_NUM(&l->list[i], ID) == id)
			return &l->list[i];
	}
	return NULL;
}
