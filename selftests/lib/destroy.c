// SPDX-License-Identifier: GPL-2.0
#include "destroy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <string.h>
#include <unistd.h>

struct request {
	struct nlmsghdr head;
	struct inet_diag_req_v2 diag;
};

static void fill(struct request *r, const struct address *local,
		 const struct address *remote, uint16_t type)
{
	memset(r, 0, sizeof(*r));
	r->head.nlmsg_len = sizeof(*r);
	r->head.nlmsg_type = type;
	r->head.nlmsg_flags = NLM_F_REQUEST |
			      (type == SOCK_DESTROY ? NLM_F_ACK : 0);
	r->diag.sdiag_family = local->family;
	r->diag.sdiag_protocol = IPPROTO_TCP;
	r->diag.idiag_states = -1;
	r->diag.id.idiag_sport = htons(local->port);
	r->diag.id.idiag_dport = htons(remote->port);
	memcpy(r->diag.id.idiag_src, local->bytes, local->len);
	memcpy(r->diag.id.idiag_dst, remote->bytes, remote->len);
	r->diag.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
	r->diag.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
}

/* The answer is an error, zero included, or the socket's description */
static int ask(const struct request *r)
{
	char buf[4096] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *h = (const void *)buf;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	int ret = -EIO;

	if (fd < 0)
		return -errno;
	if (send(fd, r, sizeof(*r), 0) == sizeof(*r) &&
	    recv(fd, buf, sizeof(buf), 0) >= (ssize_t)sizeof(*h))
		ret = h->nlmsg_type == NLMSG_ERROR ?
			((const struct nlmsgerr *)NLMSG_DATA(h))->error :
			((const struct inet_diag_msg *)NLMSG_DATA(h))->idiag_state;
	close(fd);
	return ret;
}

int destroy(const struct address *local, const struct address *remote)
{
	struct request r;

	fill(&r, local, remote, SOCK_DESTROY);
	return ask(&r);
}

int state_by_address(const struct address *local, const struct address *remote)
{
	struct request r;

	fill(&r, local, remote, SOCK_DIAG_BY_FAMILY);
	return ask(&r);
}
