// SPDX-License-Identifier: GPL-2.0
/* Sockets that are not TCP's, whatever their protocol's number says */
#include <netinet/tcp.h>
#include <sys/resource.h>

#include "flavours.h"
#include "policy.h"
#include "wait.h"

#define SOCKETS	200	/* of a kind: what lies behind them differs */

FIXTURE(kind) {
	struct scene s;
};

FIXTURE_VARIANT(kind) {
	int domain, type, protocol;
	bool optional;
};

#define KIND(name, ...) FIXTURE_VARIANT_ADD(kind, name) { __VA_ARGS__ }

KIND(raw_tcp, AF_INET, SOCK_RAW, IPPROTO_TCP);
KIND(raw_tcp_ipv6, AF_INET6, SOCK_RAW, IPPROTO_TCP);
KIND(raw_all, AF_INET, SOCK_RAW, IPPROTO_RAW);
KIND(udp, AF_INET, SOCK_DGRAM, 0);
KIND(udp_ipv6, AF_INET6, SOCK_DGRAM, 0);
KIND(udplite, AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE, .optional = true);
KIND(sctp, AF_INET, SOCK_STREAM, IPPROTO_SCTP, .optional = true);
KIND(sctp_ipv6, AF_INET6, SOCK_SEQPACKET, IPPROTO_SCTP, .optional = true);
KIND(dccp, AF_INET, SOCK_DCCP, IPPROTO_DCCP, .optional = true);
KIND(l2tp, AF_INET, SOCK_DGRAM, 115, .optional = true);

/* With a policy, too: its probe sees every socket of the Internet's families */
FIXTURE_SETUP(kind)
{
	struct policy any = { .action = ACTION(DRAIN), .force = true };
	struct rlimit files = { SOCKETS + 100, SOCKETS + 100 };

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &files));
	ASSERT_EQ(0, scene_open_bare(&self->s));
	ASSERT_LT(0, policy_add(&self->s.events, &any));
}

FIXTURE_TEARDOWN(kind)
{
	EXPECT_EQ(0, drain_off(&self->s.events));
	scene_close(&self->s);
}

/* Datagrams and segments for their queues, and a peer where there can be one */
static void use(int fd, int domain)
{
	struct sockaddr_storage ss = { .ss_family = domain };
	struct sockaddr_in6 *in6 = (void *)&ss;
	struct sockaddr_in *in = (void *)&ss;

	if (domain == AF_INET)
		in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		in6->sin6_addr = in6addr_loopback;
	connect(fd, (void *)&ss, sizeof(ss));
	send(fd, "hello", 5, MSG_NOSIGNAL | MSG_DONTWAIT);
}

TEST_F(kind, is_never_traced)
{
	struct events *e = &self->s.events;
	int fds[SOCKETS], n;

	for (n = 0; n < SOCKETS; n++) {
		fds[n] = socket(variant->domain, variant->type | SOCK_NONBLOCK,
				variant->protocol);
		if (fds[n] < 0)
			break;
		use(fds[n], variant->domain);
	}
	if (variant->optional && !n) {
		TH_LOG("this kernel has none");
		return;
	}
	ASSERT_EQ(SOCKETS, n);
	for (n = 0; n < SOCKETS; n++) {
		shutdown(fds[n], SHUT_RD);
		shutdown(fds[n], n % 2 ? SHUT_WR : SHUT_RDWR);
	}
	for (n = 0; n < SOCKETS; n++)
		EXPECT_EQ(0, close(fds[n]));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_EQ(0U, e->n)
		TH_LOG("%zu shutdowns and %zu closes, of ulp '%s'",
		       events_count(e, TYPE(SHUTDOWN), 0),
		       events_count(e, TYPE(CLOSE), 0), e->list[0].ulp);
	ASSERT_EQ(0, events_stats(e));
	for (n = 0; n <= CLOSEWATCH_REFUSAL_MAX; n++)
		EXPECT_EQ(0U, e->stats.refused[n].events);
}

TEST_HARNESS_MAIN
