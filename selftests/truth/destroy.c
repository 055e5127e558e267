// SPDX-License-Identifier: GPL-2.0
#include "destroy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pair.h"

struct request {
	struct nlmsghdr h;
	struct inet_diag_req_v2 r;
};

static int request_make(struct request *q, int fd, uint64_t cookie)
{
	struct address local, remote;

	if (address_of(fd, false, &local) || address_of(fd, true, &remote))
		return errno;
	memset(q, 0, sizeof(*q));
	q->h.nlmsg_len = sizeof(*q);
	q->h.nlmsg_type = SOCK_DESTROY;
	q->h.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	q->r.sdiag_family = local.family;
	q->r.sdiag_protocol = IPPROTO_TCP;
	q->r.idiag_states = ~0U;
	q->r.id.idiag_sport = htons(local.port);
	q->r.id.idiag_dport = htons(remote.port);
	memcpy(q->r.id.idiag_src, local.bytes, local.len);
	memcpy(q->r.id.idiag_dst, remote.bytes, remote.len);
	q->r.id.idiag_cookie[0] = cookie;
	q->r.id.idiag_cookie[1] = cookie >> 32;
	return 0;
}

int destroy_socket(int fd, uint64_t cookie)
{
	struct {
		struct nlmsghdr h;
		struct nlmsgerr e;
		char rest[256];
	} answer;
	struct request q;
	int nl, err = request_make(&q, fd, cookie);

	if (err)
		return err;
	nl = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (nl < 0)
		return errno;
	if (send(nl, &q, sizeof(q), 0) != sizeof(q) ||
	    recv(nl, &answer, sizeof(answer), 0) < (int)sizeof(answer.h))
		err = errno;
	else
		err = -answer.e.error;
	close(nl);
	return err;
}
