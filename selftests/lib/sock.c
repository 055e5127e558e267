// SPDX-License-Identifier: GPL-2.0
#include "sock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "skip.h"
#include "wait.h"

static socklen_t loopback(enum flavour flavour, uint16_t port,
			  struct sockaddr_storage *ss)
{
	struct sockaddr_in6 *in6 = (void *)ss;
	struct sockaddr_in *in = (void *)ss;

	memset(ss, 0, sizeof(*ss));
	if (flavour == IPV4) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return sizeof(*in);
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	inet_pton(AF_INET6, flavour == IPV6 ? "::1" : "::ffff:127.0.0.1",
		  &in6->sin6_addr);
	return sizeof(*in6);
}

int set_int(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value));
}

int tcp_socket(enum flavour flavour)
{
	int family = flavour == IPV4 ? AF_INET : AF_INET6;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);

	if (fd < 0 && errno == EAFNOSUPPORT)
		skip_test("this kernel has no IPv6");
	if (fd >= 0 && flavour == V4MAPPED)
		set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	return fd;
}

int tcp_listen(enum flavour flavour, int backlog)
{
	struct sockaddr_storage ss;
	socklen_t len = loopback(flavour, 0, &ss);
	int fd = tcp_socket(flavour);

	if (fd < 0)
		return -1;
	if (bind(fd, (void *)&ss, len) < 0 || listen(fd, backlog) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static socklen_t target(enum flavour flavour, int listener,
			struct sockaddr_storage *ss)
{
	struct address a;

	if (address_of(listener, false, &a) < 0)
		return 0;
	return loopback(flavour, a.port, ss);
}

int tcp_connect(int fd, enum flavour flavour, int listener)
{
	struct sockaddr_storage ss;
	socklen_t len = target(flavour, listener, &ss);

	return connect(fd, (void *)&ss, len);
}

int tcp_send_first(int fd, enum flavour flavour, int listener, const void *data,
		   size_t len)
{
	struct sockaddr_storage ss;
	socklen_t ss_len = target(flavour, listener, &ss);

	return sendto(fd, data, len, MSG_FASTOPEN | MSG_DONTWAIT, (void *)&ss,
		      ss_len) == (ssize_t)len ? 0 : -1;
}

int address_of(int fd, bool remote, struct address *a)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	int ret;

	memset(a, 0, sizeof(*a));
	ret = remote ? getpeername(fd, (void *)&ss, &len) :
		       getsockname(fd, (void *)&ss, &len);
	if (ret < 0)
		return -1;
	a->family = ss.ss_family;
	if (ss.ss_family == AF_INET) {
		struct sockaddr_in *in = (void *)&ss;

		a->len = sizeof(in->sin_addr);
		memcpy(a->bytes, &in->sin_addr, a->len);
		a->port = ntohs(in->sin_port);
	} else {
		struct sockaddr_in6 *in6 = (void *)&ss;

		a->len = sizeof(in6->sin6_addr);
		memcpy(a->bytes, &in6->sin6_addr, a->len);
		a->port = ntohs(in6->sin6_port);
	}
	return 0;
}

uint64_t cookie_of(int fd)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len);
	return cookie;
}

int deafen(int fd)
{
	struct sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog prog = { .len = 1, .filter = &drop };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog));
}

int undeafen(int fd)
{
	return set_int(fd, SOL_SOCKET, SO_DETACH_FILTER, 0);
}

int vanish(int *fd)
{
	int ret = set_int(*fd, IPPROTO_TCP, TCP_REPAIR, 1) ?: close(*fd);

	*fd = -1;
	return ret;
}

static int info_of(int fd, struct tcp_info *info)
{
	socklen_t len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &len);
}

int tcp_state(int fd)
{
	struct tcp_info info;

	return info_of(fd, &info) < 0 ? -1 : info.tcpi_state;
}

static int queue_bytes(int fd, unsigned long request)
{
	int n;

	return ioctl(fd, request, &n) < 0 ? -1 : n;
}

int unread_bytes(int fd)
{
	return queue_bytes(fd, SIOCINQ);
}

int unsent_bytes(int fd)
{
	return queue_bytes(fd, SIOCOUTQNSD);
}

int unacked_bytes(int fd)
{
	return queue_bytes(fd, SIOCOUTQ) - queue_bytes(fd, SIOCOUTQNSD);
}

int await_state(int fd, int state)
{
	return WAIT_FOR(tcp_state(fd) == state) ? 0 : -1;
}

int await_readable(int fd, int bytes)
{
	return WAIT_FOR(unread_bytes(fd) == bytes) ? 0 : -1;
}

int await_acked(int fd)
{
	return WAIT_FOR(queue_bytes(fd, SIOCOUTQ) == 0) ? 0 : -1;
}

int give(int fd, int n)
{
	char buf[4096] = { 0 };

	while (n > 0) {
		size_t want = n < (int)sizeof(buf) ? (size_t)n : sizeof(buf);
		ssize_t done = send(fd, buf, want, MSG_NOSIGNAL);

		if (done < 0)
			return -1;
		n -= done;
	}
	return 0;
}

int take(int fd, int n)
{
	char buf[4096];

	while (n > 0) {
		size_t want = n < (int)sizeof(buf) ? (size_t)n : sizeof(buf);
		ssize_t done = recv(fd, buf, want, 0);

		if (done <= 0)
			return -1;
		n -= done;
	}
	return 0;
}

int take_all(int fd)
{
	struct timeval limit = { .tv_sec = WAIT_LIMIT_NS / NSEC_PER_SEC };
	char buf[65536];
	int n = 0;
	ssize_t done;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	while ((done = recv(fd, buf, sizeof(buf), 0)) > 0)
		n += done;
	return done < 0 ? -1 : n;
}

/*
 * Stuck is: our buffer takes no more, all that was sent is acknowledged and
 * something is left. Then the peer's window is shut and nothing moves until it
 * reads.
 */
int give_until_stuck(int fd)
{
	char buf[4096] = { 0 };
	int n = 0;
	ssize_t done;

	do {
		done = send(fd, buf, sizeof(buf), MSG_DONTWAIT | MSG_NOSIGNAL);
		if (done > 0)
			n += done;
		else if (errno != EAGAIN)
			return -1;
	} while (done > 0 || (unacked_bytes(fd) && !poll(NULL, 0, 1)));
	return unsent_bytes(fd) > 0 ? n : -1;
}

int set_linger(int fd, int seconds)
{
	struct linger l = { .l_onoff = 1, .l_linger = seconds };

	return setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
}
