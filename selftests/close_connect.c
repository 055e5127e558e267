// SPDX-License-Identifier: GPL-2.0
/* Closes of sockets whose connect() had failed: row C2 says why */
#include <fcntl.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>

#include "flavours.h"
#include "wait.h"

BARE_FIXTURE(failed);

static int error_verify(struct scene *s, unsigned int error, bool rst)
{
	const struct event *ev;
	int bad;

	if (scene_act(s) || scene_end(s))
		return -1;
	ev = scene_event(s);
	if (!ev)
		return differ("number of close events", 0, 1);
	bad = DIFFER(ev, PATH, PATH(ALREADY_CLOSED));
	bad += differ("error of connect()", ev->more.connect_error, error);
	return bad + differ("RST in answer", ev->more.connect_rst, rst);
}

/* An attempt at a deaf listener, which never answers */
static int attempt(struct scene *s)
{
	struct pair *p = &s->p;
	int fd = tcp_socket(IPV4);

	p->listener = tcp_listen(IPV4, 1);
	if (deafen(p->listener) || scene_watch(s, fd) ||
	    fcntl(fd, F_SETFL, O_NONBLOCK))
		return -1;
	return tcp_connect(fd, IPV4, p->listener) < 0 &&
	       errno == EINPROGRESS ? 0 : -1;
}

/* As a program does that asks for it with SO_ERROR */
static int take_error(int fd)
{
	socklen_t len = sizeof(int);
	int error;

	if (await_state(fd, TCP_CLOSE) ||
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len))
		return -1;
	return error;
}

static int refuse(int fd)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET, .sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	return connect(fd, (void *)&at, sizeof(at)) < 0 ? errno : 0;
}

TEST_F(failed, new_socket_has_no_error)
{
	ASSERT_EQ(0, scene_watch(&self->s, tcp_socket(IPV4)));
	EXPECT_EQ(0, error_verify(&self->s, 0, false));
}

TEST_F(failed, rst_refuses)
{
	ASSERT_EQ(0, scene_watch(&self->s, tcp_socket(IPV4)));
	ASSERT_EQ(ECONNREFUSED, refuse(self->s.p.us));
	EXPECT_EQ(0, error_verify(&self->s, ECONNREFUSED, true));
}

TEST_F(failed, nothing_answers)
{
	ASSERT_EQ(0, attempt(&self->s));
	ASSERT_EQ(0, set_int(self->s.p.us, IPPROTO_TCP, TCP_USER_TIMEOUT, 1));
	ASSERT_EQ(ETIMEDOUT, take_error(self->s.p.us));
	EXPECT_EQ(0, error_verify(&self->s, ETIMEDOUT, false));
}

/* What the SYN's router sends, or a firewall that rejects it */
static int unreachable(struct scene *s, int code)
{
	struct {
		struct icmphdr icmp;
		struct iphdr ip;
		uint16_t src, dst;
		uint32_t seq;
	} m = {
		.icmp = { .type = ICMP_DEST_UNREACH, .code = code },
		.ip = {
			.version = 4, .ihl = 5, .ttl = 64,
			.protocol = IPPROTO_TCP, .tot_len = htons(40),
			.saddr = htonl(INADDR_LOOPBACK),
			.daddr = htonl(INADDR_LOOPBACK),
		},
	};
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	const uint16_t *word = (void *)&m;
	struct address us, listener;
	struct packet syn, last;
	uint32_t sum = 0;
	ssize_t sent;
	int fd;

	if (address_of(s->p.us, false, &us) ||
	    address_of(s->p.listener, false, &listener) ||
	    capture_sync(s->capture) ||
	    capture_ends(s->capture, us.port, listener.port, &syn, &last))
		return -1;
	m.src = htons(us.port);
	m.dst = htons(listener.port);
	m.seq = htonl(syn.seq);
	for (size_t i = 0; i < sizeof(m) / 2; i++)
		sum += word[i];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	m.icmp.checksum = ~sum;
	fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
	sent = sendto(fd, &m, sizeof(m), 0, (void *)&to, sizeof(to));
	close(fd);
	return sent == sizeof(m) ? 0 : -1;
}

/* The errno of a reset, but not one */
TEST_F(failed, icmp_refuses)
{
	ASSERT_EQ(0, attempt(&self->s));
	ASSERT_EQ(0, unreachable(&self->s, ICMP_PORT_UNREACH));
	ASSERT_EQ(ECONNREFUSED, take_error(self->s.p.us));
	EXPECT_EQ(0, error_verify(&self->s, ECONNREFUSED, false));
}

TEST_F(failed, host_is_unreachable)
{
	ASSERT_EQ(0, attempt(&self->s));
	ASSERT_EQ(0, unreachable(&self->s, ICMP_HOST_UNREACH));
	ASSERT_EQ(EHOSTUNREACH, take_error(self->s.p.us));
	EXPECT_EQ(0, error_verify(&self->s, EHOSTUNREACH, false));
}

/* The last attempt counts, and one that succeeds leaves no error */
TEST_F(failed, connection_after_a_failure_has_no_error)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, scene_watch(&self->s, tcp_socket(IPV4)));
	ASSERT_EQ(ECONNREFUSED, refuse(p->us));
	p->listener = tcp_listen(IPV4, 1);
	ASSERT_EQ(0, tcp_connect(p->us, IPV4, p->listener));
	p->them = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC);
	ASSERT_GE(p->them, 0);
	ASSERT_EQ(0, set_linger(p->them, 0));
	ASSERT_EQ(0, close(p->them));
	p->them = -1;
	ASSERT_EQ(ECONNRESET, take_error(p->us));
	EXPECT_EQ(0, error_verify(&self->s, 0, false));
}

TEST_HARNESS_MAIN
