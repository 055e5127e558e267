// SPDX-License-Identifier: GPL-2.0
/* What sock_diag answers: complete, short, and hostile. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>

#include "fixture.h"
#include "kselftest_harness.h"
#include "netlink/diag_dump.h"

struct seen {
	struct cw_socket s;
	unsigned int n;
};

static void see(void *arg, const struct cw_socket *s)
{
	struct seen *seen = arg;

	seen->s = *s;
	seen->n++;
}

static struct inet_diag_msg close_wait(void)
{
	struct inet_diag_msg m = {
		.idiag_family = AF_INET, .idiag_state = 8, .idiag_timer = 2,
		.idiag_retrans = 3, .idiag_expires = 7000, .idiag_rqueue = 11,
		.idiag_wqueue = 20, .idiag_uid = 33, .idiag_inode = 4711,
		.id = {
			.idiag_sport = htons(80), .idiag_dport = htons(51234),
			.idiag_src = { htonl(0x7f000001) },
			.idiag_dst = { htonl(0x7f000002) },
			.idiag_cookie = { 5, 1 },
		},
	};

	return m;
}

/* Appends a message whose payload is @data and the attributes of @attrs. */
static void add(struct message *to, uint16_t type, const void *data,
		size_t len, const struct message *attrs)
{
	struct nlmsghdr h = {
		.nlmsg_len = NLMSG_HDRLEN + len + (attrs ? attrs->len : 0),
		.nlmsg_type = type,
	};

	memcpy(to->b + to->len, &h, sizeof(h));
	memcpy(to->b + to->len + NLMSG_HDRLEN, data, len);
	if (attrs)
		memcpy(to->b + to->len + NLMSG_HDRLEN + len, attrs->b,
		       attrs->len);
	to->len += NLMSG_ALIGN(h.nlmsg_len);
}

static void add_done(struct message *to, int err)
{
	add(to, NLMSG_DONE, &err, sizeof(err), NULL);
}

static struct message info_attrs(size_t len)
{
	char longer[sizeof(struct tcp_info) + 64] = { 0 };
	struct tcp_info info = {
		.tcpi_last_ack_recv = 1500, .tcpi_last_data_recv = 9000,
		.tcpi_notsent_bytes = 7, .tcpi_rto = 204000, .tcpi_backoff = 2,
	};
	struct message attrs = { 0 };

	memcpy(longer, &info, sizeof(info));
	put(&attrs, INET_DIAG_INFO, longer, len);
	put_u64(&attrs, INET_DIAG_CGROUP_ID, 1ULL << 40);
	return attrs;
}

TEST(a_socket_is_told_whole)
{
	struct message attrs = info_attrs(sizeof(struct tcp_info)), m = { 0 };
	struct inet_diag_msg msg = close_wait();
	struct seen seen = { 0 };
	const struct cw_socket *s = &seen.s;

	add(&m, SOCK_DIAG_BY_FAMILY, &msg, sizeof(msg), &attrs);
	EXPECT_EQ(1, cw_diag_decode(m.b, m.len, see, &seen));
	EXPECT_EQ(1, seen.n);
	EXPECT_EQ(1ULL << 32 | 5, s->cookie);
	EXPECT_EQ(CLOSEWATCH_STATE_CLOSE_WAIT, s->state);
	EXPECT_EQ(4, s->ends.local.len);
	EXPECT_EQ(0, memcmp(s->ends.remote.b, "\x7f\0\0\2", 4));
	EXPECT_EQ(80, s->ends.local_port);
	EXPECT_EQ(51234, s->ends.remote_port);
	EXPECT_EQ(4711, s->inode);
	EXPECT_EQ(33, s->uid);
	EXPECT_EQ(CW_TIMER_KEEPALIVE, s->timer);
	EXPECT_EQ(3, s->retransmits);
	EXPECT_EQ(7000, s->timer_ms);
	EXPECT_EQ(11, s->rqueue);
	EXPECT_EQ(20, s->wqueue);
	EXPECT_EQ(1ULL << 40, s->cgroup);
	EXPECT_TRUE(s->full);
	EXPECT_EQ(1500, s->last_ack_ms);
	EXPECT_EQ(9000, s->last_data_ms);
	EXPECT_EQ(7, s->notsent);
	EXPECT_EQ(204000, s->rto_us);
	EXPECT_EQ(2, s->backoff);
}

TEST(tcp_info_may_be_longer_or_shorter_than_ours)
{
	struct message longer = info_attrs(sizeof(struct tcp_info) + 64);
	struct message shorter = info_attrs(104), m = { 0 }, old = { 0 };
	struct inet_diag_msg msg = close_wait();
	struct seen seen = { 0 };

	add(&m, SOCK_DIAG_BY_FAMILY, &msg, sizeof(msg), &longer);
	EXPECT_EQ(1, cw_diag_decode(m.b, m.len, see, &seen));
	EXPECT_TRUE(seen.s.full);
	EXPECT_EQ(1500, seen.s.last_ack_ms);
	add(&old, SOCK_DIAG_BY_FAMILY, &msg, sizeof(msg), &shorter);
	EXPECT_EQ(1, cw_diag_decode(old.b, old.len, see, &seen));
	EXPECT_FALSE(seen.s.full);
	EXPECT_EQ(0, seen.s.last_ack_ms);
	EXPECT_EQ(1ULL << 40, seen.s.cgroup);
}

TEST(a_v4_mapped_connection_is_ipv4)
{
	struct inet_diag_msg msg = close_wait();
	struct message m = { 0 };
	struct seen seen = { 0 };

	msg.idiag_family = AF_INET6;
	memset(msg.id.idiag_src, 0, sizeof(msg.id.idiag_src));
	msg.id.idiag_src[2] = htonl(0xffff);
	msg.id.idiag_dst[2] = htonl(0xffff);
	msg.id.idiag_dst[0] = 0;
	msg.id.idiag_src[3] = htonl(0x0a000001);
	msg.id.idiag_dst[3] = htonl(0x0a000002);
	add(&m, SOCK_DIAG_BY_FAMILY, &msg, sizeof(msg), NULL);
	EXPECT_EQ(1, cw_diag_decode(m.b, m.len, see, &seen));
	EXPECT_EQ(4, seen.s.ends.local.len);
	EXPECT_EQ(0, memcmp(seen.s.ends.remote.b, "\x0a\0\0\2", 4));
	/* A real one of IPv6 stays one. */
	msg.id.idiag_src[2] = 0;
	msg.id.idiag_dst[2] = 0;
	m.len = 0;
	add(&m, SOCK_DIAG_BY_FAMILY, &msg, sizeof(msg), NULL);
	EXPECT_EQ(1, cw_diag_decode(m.b, m.len, see, &seen));
	EXPECT_EQ(16, seen.s.ends.local.len);
}

TEST(a_minisock_has_no_figures)
{
	struct inet_diag_msg msg = close_wait();
	struct message m = { 0 };
	struct seen seen = { 0 };

	msg.idiag_state = 5;
	msg.idiag_timer = 3;
	add(&m, SOCK_DIAG_BY_FAMILY, &msg, sizeof(msg), NULL);
	add_done(&m, 0);
	EXPECT_EQ(0, cw_diag_decode(m.b, m.len, see, &seen));
	EXPECT_EQ(1, seen.n);
	EXPECT_FALSE(seen.s.full);
	EXPECT_EQ(CW_TIMER_MINISOCK, seen.s.timer);
}

TEST(the_end_and_errors_of_a_dump_are_told)
{
	struct message m = { 0 };
	struct seen seen = { 0 };
	struct nlmsgerr error = { .error = -EPERM };

	add_done(&m, 0);
	EXPECT_EQ(0, cw_diag_decode(m.b, m.len, see, &seen));
	m.len = 0;
	add_done(&m, -ENOMEM);
	EXPECT_EQ(-ENOMEM, cw_diag_decode(m.b, m.len, see, &seen));
	m.len = 0;
	add(&m, NLMSG_ERROR, &error, sizeof(error), NULL);
	EXPECT_EQ(-EPERM, cw_diag_decode(m.b, m.len, see, &seen));
	EXPECT_EQ(0, seen.n);
}

/* From the heap and exactly as long, so that ASan sees a byte too many read. */
static int decode_exactly(const struct message *m, size_t len,
			  struct seen *seen)
{
	void *copy = malloc(len ? len : 1);
	int ret;

	memcpy(copy, m->b, len);
	ret = cw_diag_decode(copy, len, see, seen);
	free(copy);
	return ret;
}

TEST(a_message_cut_anywhere_is_refused)
{
	struct message attrs = info_attrs(sizeof(struct tcp_info)), m = { 0 };
	struct inet_diag_msg msg = close_wait();
	struct seen seen = { 0 };
	size_t len;

	add(&m, SOCK_DIAG_BY_FAMILY, &msg, sizeof(msg), &attrs);
	for (len = 0; len < m.len; len++)
		EXPECT_EQ(-EPROTO, decode_exactly(&m, len, &seen));
	EXPECT_EQ(0, seen.n);
}

TEST(lengths_that_lie_are_refused_or_leave_attributes_out)
{
	struct message attrs = info_attrs(sizeof(struct tcp_info)), m = { 0 };
	struct inet_diag_msg msg = close_wait();
	struct nlmsghdr *h = (struct nlmsghdr *)m.b;
	struct seen seen = { 0 };
	uint32_t len, right;
	uint16_t nla_len;

	add(&m, SOCK_DIAG_BY_FAMILY, &msg, sizeof(msg), &attrs);
	right = h->nlmsg_len;
	for (len = 0; len < right; len++) {
		h->nlmsg_len = len;
		EXPECT_NE(0, decode_exactly(&m, m.len, &seen));
	}
	h->nlmsg_len = UINT32_MAX;
	EXPECT_EQ(-EPROTO, decode_exactly(&m, m.len, &seen));
	h->nlmsg_len = right;
	nla_len = UINT16_MAX;
	memcpy(m.b + NLMSG_HDRLEN + sizeof(msg), &nla_len, sizeof(nla_len));
	EXPECT_EQ(1, decode_exactly(&m, m.len, &seen));
	EXPECT_FALSE(seen.s.full);
	EXPECT_EQ(0, seen.s.cgroup);
}

TEST(what_is_no_tcp_socket_is_refused)
{
	struct inet_diag_msg msg = close_wait();
	struct message m = { 0 };
	struct seen seen = { 0 };

	msg.idiag_family = AF_UNIX;
	add(&m, SOCK_DIAG_BY_FAMILY, &msg, sizeof(msg), NULL);
	EXPECT_EQ(-EPROTO, cw_diag_decode(m.b, m.len, see, &seen));
	m.len = 0;
	add(&m, 0x1234, &msg, sizeof(msg), NULL);
	EXPECT_EQ(-EPROTO, cw_diag_decode(m.b, m.len, see, &seen));
	EXPECT_EQ(0, seen.n);
}

TEST_HARNESS_MAIN
