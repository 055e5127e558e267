// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>

#include "base/attr.h"
#include "base/util.h"
#include "netlink/diag.h"
#include "netlink/diag_dump.h"

/* The kernel fills datagrams of at most 32 KiB. */
#define ROOM	(64 << 10)

static void decode_info(struct cw_socket *s, const void *data, size_t len)
{
	struct tcp_info info = { 0 };

	/* An older or newer kernel's is shorter or longer. */
	memcpy(&info, data, len < sizeof(info) ? len : sizeof(info));
	s->full = len >= offsetof(struct tcp_info, tcpi_notsent_bytes) +
			 sizeof(info.tcpi_notsent_bytes);
	if (!s->full)
		return;
	s->backoff = info.tcpi_backoff;
	s->notsent = info.tcpi_notsent_bytes;
	s->rto_us = info.tcpi_rto;
	s->last_ack_ms = info.tcpi_last_ack_recv;
	s->last_data_ms = info.tcpi_last_data_recv;
}

static void decode_attrs(struct cw_socket *s, const void *attrs, size_t len)
{
	const void *data;
	size_t n;

	if (cw_attr_find(attrs, len, INET_DIAG_INFO, &data, &n))
		decode_info(s, data, n);
	if (cw_attr_find(attrs, len, INET_DIAG_CGROUP_ID, &data, &n) &&
	    n == sizeof(s->cgroup))
		memcpy(&s->cgroup, data, n);
}

static void decode_end(struct cw_bytes *addr, const void *from, uint8_t family)
{
	addr->len = family == AF_INET ? 4 : 16;
	memcpy(addr->b, from, addr->len);
	cw_address_unmap(addr);
}

static void decode_socket(struct cw_socket *s, const struct inet_diag_msg *m)
{
	memset(s, 0, sizeof(*s));
	s->cookie = m->id.idiag_cookie[0] |
		    (uint64_t)m->id.idiag_cookie[1] << 32;
	decode_end(&s->ends.local, m->id.idiag_src, m->idiag_family);
	decode_end(&s->ends.remote, m->id.idiag_dst, m->idiag_family);
	s->ends.local_port = ntohs(m->id.idiag_sport);
	s->ends.remote_port = ntohs(m->id.idiag_dport);
	s->inode = m->idiag_inode;
	s->uid = m->idiag_uid;
	s->state = m->idiag_state;
	s->timer = m->idiag_timer;
	s->retransmits = m->idiag_retrans;
	s->timer_ms = m->idiag_expires;
	s->rqueue = m->idiag_rqueue;
	s->wqueue = m->idiag_wqueue;
}

/* @len bytes behind the header of a message of @type. */
static int decode_message(uint16_t type, const char *data, size_t len,
			  cw_socket_fn *fn, void *arg)
{
	struct inet_diag_msg msg;
	struct cw_socket s;
	int err;

	if (type == NLMSG_DONE || type == NLMSG_ERROR) {
		if (len < sizeof(err))
			return -EPROTO;
		memcpy(&err, data, sizeof(err));
		return err < 0 ? err : 0;
	}
	if (type != SOCK_DIAG_BY_FAMILY || len < sizeof(msg))
		return -EPROTO;
	memcpy(&msg, data, sizeof(msg));
	if (msg.idiag_family != AF_INET && msg.idiag_family != AF_INET6)
		return -EPROTO;
	decode_socket(&s, &msg);
	decode_attrs(&s, data + NLMSG_ALIGN(sizeof(msg)),
		     len - NLMSG_ALIGN(sizeof(msg)));
	fn(arg, &s);
	return 1;
}

int cw_diag_decode(const void *buf, size_t len, cw_socket_fn *fn, void *arg)
{
	const char *at = buf;
	int ret = -EPROTO;

	while (len) {
		struct nlmsghdr h;
		size_t step;

		if (len < sizeof(h))
			return -EPROTO;
		memcpy(&h, at, sizeof(h));
		if (h.nlmsg_len < sizeof(h) || h.nlmsg_len > len)
			return -EPROTO;
		ret = decode_message(h.nlmsg_type, at + NLMSG_HDRLEN,
				     h.nlmsg_len - NLMSG_HDRLEN, fn, arg);
		if (ret <= 0)
			return ret;
		step = NLMSG_ALIGN(h.nlmsg_len);
		if (step > len)
			step = len;
		at += step;
		len -= step;
	}
	return ret;
}

static int dump_family(int fd, uint8_t family, uint32_t states,
		       cw_socket_fn *fn, void *arg)
{
	const struct {
		struct nlmsghdr nlh;
		struct inet_diag_req_v2 req;
	} q = {
		.nlh = {
			.nlmsg_len = sizeof(q),
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.req = {
			.sdiag_family = family,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_ext = 1 << (INET_DIAG_INFO - 1),
			.idiag_states = states,
		},
	};
	static char buf[ROOM];
	ssize_t n;
	int ret = 1;

	if (send(fd, &q, sizeof(q), 0) != sizeof(q))
		return -errno;
	/* Each part is there before the one before it has been read. */
	while (ret > 0) {
		n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT | MSG_TRUNC);
		if (n < 0)
			return -errno;
		if (n > (ssize_t)sizeof(buf))
			return -EPROTO;
		ret = cw_diag_decode(buf, n, fn, arg);
	}
	return ret;
}

static int fail_dump(int err, struct cw_fail *fail)
{
	if (err == -EPERM || err == -EACCES)
		return cw_fail(fail, "run it with sudo",
			       "looking into that network namespace needs CAP_SYS_ADMIN");
	if (err == -ENOENT)
		return cw_fail(fail, "sudo modprobe tcp_diag",
			       "this kernel does not list its TCP sockets by sock_diag");
	return cw_fail(fail, NULL, "asking sock_diag: %s", strerror(-err));
}

int cw_diag_dump(int netns_fd, uint32_t states, cw_socket_fn *fn, void *arg,
		 struct cw_fail *fail)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	int fd = cw_diag_open(netns_fd), err = 0;
	size_t i;

	if (fd < 0)
		return fail_dump(-errno, fail);
	for (i = 0; i < ARRAY_SIZE(families) && !err; i++)
		err = dump_family(fd, families[i], states, fn, arg);
	close(fd);
	return err ? fail_dump(err, fail) : CW_OK;
}
