// SPDX-License-Identifier: GPL-2.0
/* The counters of a namespace */
#include <netinet/tcp.h>
#include <netlink/attr.h>
#include <netlink/socket.h>
#include <sys/wait.h>

#include "closer.h"
#include "ends.h"
#include "flavours.h"
#include "netns.h"
#include "tenant.h"
#include "wait.h"

#define RESETS	12
#define FLOOD	4000

BARE_FIXTURE(stats);

static uint64_t sum(const uint64_t *n, size_t max)
{
	uint64_t total = 0;

	for (size_t i = 0; i <= max; i++)
		total += n[i];
	return total;
}

static uint64_t values(const uint64_t *histogram)
{
	return sum(histogram, STATS_BUCKETS - 1);
}

/* Close with @unread bytes unread and 10 in flight; the peer stays */
static int reset_one(struct pair *p, int unread)
{
	struct pair_opts opts = { .flavour = unread & 1 ? IPV6 : IPV4 };
	int fd, ret;

	ret = pair_open(p, &opts) ?: give(p->them, unread) ?:
	      await_readable(p->us, unread) ?: isolate(p) ?:
	      give(p->us, 10);
	fd = p->us;
	p->us = -1;
	return ret ?: close(fd);
}

TEST_F(stats, closes_are_counted_by_path_with_their_bytes)
{
	struct events *e = &self->s.events;
	struct stats *s = &e->stats;
	struct pair p[RESETS];

	for (int i = 0; i < RESETS; i++)
		ASSERT_EQ(0, reset_one(&p[i], i + 1));
	ASSERT_EQ(0, events_stats(e));
	EXPECT_EQ(self->s.netns, s->netns);
	EXPECT_EQ((uint64_t)RESETS, s->closes[PATH(RST_UNREAD)]);
	EXPECT_EQ((uint64_t)RESETS, sum(s->closes, CLOSEWATCH_PATH_MAX));
	EXPECT_EQ((uint64_t)RESETS * (RESETS + 1) / 2,
		  s->unread_bytes[PATH(RST_UNREAD)]);
	EXPECT_EQ((uint64_t)RESETS, s->fates[FATE(ABORTED)]);
	EXPECT_EQ((uint64_t)RESETS, sum(s->fates, CLOSEWATCH_FATE_MAX));
	EXPECT_EQ(0U, s->lost_bytes[FATE(ABORTED)]);

	/* 1, 2 and 3, 4 to 7, 8 to 12 */
	EXPECT_EQ(1U, s->unread[0]);
	EXPECT_EQ(2U, s->unread[1]);
	EXPECT_EQ(4U, s->unread[2]);
	EXPECT_EQ(RESETS - 7U, s->unread[3]);
	EXPECT_EQ((uint64_t)RESETS, values(s->unread));
	EXPECT_EQ((uint64_t)RESETS, values(s->fate_time));
	EXPECT_EQ(0U, values(s->linger_wait));
	for (int i = 0; i < RESETS; i++)
		pair_close(&p[i]);
}

/* Of a connection both ends are ours: each is counted, by its own fate */
TEST_F(stats, fates_are_counted_for_both_ends)
{
	struct pair_opts opts = { .flavour = IPV4 };
	struct events *e = &self->s.events;

	for (int i = 0; i < 5; i++) {
		struct pair *p = &self->s.p;

		ASSERT_EQ(0, pair_open(p, &opts));
		ASSERT_EQ(0, close(p->us));
		ASSERT_EQ(0, await_state(p->them, TCP_CLOSE_WAIT));
		ASSERT_EQ(0, close(p->them));
		ASSERT_EQ(0, fate_await(&self->s));
		p->us = -1;
		p->them = -1;
		pair_close(p);
	}
	ASSERT_TRUE(WAIT_FOR(!events_stats(e) &&
			     e->stats.fates[FATE(ACKED)] == 5));
	EXPECT_EQ(5U, e->stats.fates[FATE(TIME_WAIT)]);
	EXPECT_EQ(10U, sum(e->stats.fates, CLOSEWATCH_FATE_MAX));
	EXPECT_EQ(10U, values(e->stats.fate_time));
	EXPECT_EQ(10U, e->stats.closes[PATH(FIN)]);
	EXPECT_EQ(5U, e->stats.closes[PATH(LISTENER)]);
	EXPECT_EQ(0U, sum(e->stats.lost_bytes, CLOSEWATCH_FATE_MAX));
	EXPECT_EQ(0U, values(e->stats.unread));
}

/* In FIN_WAIT2, and then data comes */
static int late_data(struct scene *s, bool full_socket)
{
	struct pair_opts opts = { .flavour = IPV4 };
	struct pair *p = &s->p;
	int ret;

	ret = pair_open(p, &opts) ?:
	      set_int(p->us, IPPROTO_TCP, TCP_LINGER2, full_socket ? 100 : 5) ?:
	      shutdown(p->us, SHUT_WR) ?: await_state(p->us, TCP_FIN_WAIT2) ?:
	      scene_act(s) ?: give(p->them, 1) ?: fate_await(s) ?:
	      await_state(p->them, TCP_CLOSE);
	pair_close(p);
	return ret;
}

/* TCP counts the abort of a full socket and not that of a minisock */
TEST_F(stats, minisocks_are_counted_apart)
{
	struct events *e = &self->s.events;

	ASSERT_EQ(0, late_data(&self->s, false));
	ASSERT_EQ(0, late_data(&self->s, true));
	ASSERT_EQ(0, late_data(&self->s, false));
	ASSERT_EQ(0, events_stats(e));
	EXPECT_EQ(3U, e->stats.fates[FATE(RST_LATE_DATA)]);
	EXPECT_EQ(2U, e->stats.minisocks[FATE(RST_LATE_DATA)]);
	EXPECT_EQ(2U, sum(e->stats.minisocks, CLOSEWATCH_FATE_MAX));
	ASSERT_EQ(0, counters_read(&self->s.after));
	EXPECT_EQ(1, self->s.after.abort_on_data -
		     self->s.before.abort_on_data);
}

TEST_F(stats, linger_waits_are_in_their_histogram)
{
	struct pair_opts opts = { .flavour = IPV4 };
	struct events *e = &self->s.events;
	struct slow_close c;
	uint64_t second;

	ASSERT_EQ(0, pair_open(&self->s.p, &opts));
	ASSERT_EQ(0, deafen(self->s.p.them));
	ASSERT_EQ(0, set_linger(self->s.p.us, 1));
	ASSERT_EQ(0, slow_close_start(&c, &self->s));
	ASSERT_EQ(0, slow_close_finish(&c));
	ASSERT_EQ(0, events_stats(e));
	EXPECT_EQ(1U, values(e->stats.linger_wait));

	/* A second is a little less than 2^30 ns, and the machine is slow */
	second = e->stats.linger_wait[29] + e->stats.linger_wait[30] +
		 e->stats.linger_wait[31];
	EXPECT_EQ(1U, second);
}

/* Counted where they happen, and not where they are told */
TEST_F(stats, exact_although_a_listener_loses_events)
{
	struct events lazy, *e = &self->s.events;
	int size = 1;

	ASSERT_EQ(0, events_open(&lazy));
	ASSERT_EQ(0, setsockopt(nl_socket_get_fd(lazy.sk), SOL_SOCKET,
				SO_RCVBUFFORCE, &size, sizeof(size)));
	ASSERT_EQ(0, events_subscribe(&lazy, NULL, NULL));
	ASSERT_EQ(0, events_unsubscribe(e));
	for (int i = 0; i < FLOOD; i++)
		ASSERT_EQ(0, close(tcp_socket(IPV4)));
	ASSERT_EQ(0, events_info(e));
	ASSERT_EQ(0, events_stats(e));
	EXPECT_LE(e->stats.closes[PATH(ALREADY_CLOSED)], (uint64_t)FLOOD);
	EXPECT_GE(e->stats.closes[PATH(ALREADY_CLOSED)] + e->info.missed,
		  (uint64_t)FLOOD);
	EXPECT_EQ(e->stats.closes[PATH(ALREADY_CLOSED)],
		  sum(e->stats.closes, CLOSEWATCH_PATH_MAX));
	EXPECT_TRUE(WAIT_FOR((events_poll(&lazy), events_lost(&lazy))));
	events_close(&lazy);
}

TEST_F(stats, each_namespace_has_its_own)
{
	int home = netns_open();
	struct events other;

	ASSERT_EQ(0, close(tcp_socket(IPV4)));
	ASSERT_EQ(0, netns_enter());
	ASSERT_EQ(0, events_open(&other));
	ASSERT_EQ(0, events_stats(&other));
	EXPECT_EQ(netns_inode(), other.stats.netns);
	EXPECT_EQ(0U, sum(other.stats.closes, CLOSEWATCH_PATH_MAX));

	/* Armed by a listener of another namespace, which asks for none here */
	ASSERT_EQ(0, close(tcp_socket(IPV6)));
	ASSERT_EQ(0, events_stats(&other));
	EXPECT_EQ(0U, sum(other.stats.closes, CLOSEWATCH_PATH_MAX));
	ASSERT_EQ(0, events_subscribe(&other, NULL, NULL));
	ASSERT_EQ(0, close(tcp_socket(IPV6)));
	ASSERT_EQ(0, events_stats(&other));
	EXPECT_EQ(1U, other.stats.closes[PATH(ALREADY_CLOSED)]);
	ASSERT_EQ(0, netns_switch(home));
	ASSERT_EQ(0, events_stats(&self->s.events));
	EXPECT_EQ(1U, self->s.events.stats.closes[PATH(ALREADY_CLOSED)]);
	EXPECT_EQ(self->s.netns, self->s.events.stats.netns);
	events_close(&other);
	close(home);
}

static int fill_other_port(struct nl_msg *msg, const void *port)
{
	return nla_put_u16(msg, CLOSEWATCH_A_FILTER_LOCAL_PORT,
			   *(const uint16_t *)port);
}

/* A listener's ports say which connections concern it */
TEST_F(stats, count_what_some_listener_may_hear_of)
{
	struct events *e = &self->s.events;
	uint16_t port = 1;

	ASSERT_EQ(0, events_unsubscribe(e));
	ASSERT_EQ(0, events_subscribe(e, fill_other_port, &port));
	ASSERT_EQ(0, close(tcp_socket(IPV4)));
	ASSERT_EQ(0, events_stats(e));
	EXPECT_EQ(0U, sum(e->stats.closes, CLOSEWATCH_PATH_MAX));
}

TEST_F(stats, stand_still_while_nobody_listens)
{
	struct events *e = &self->s.events;

	ASSERT_EQ(0, close(tcp_socket(IPV4)));
	ASSERT_EQ(0, events_unsubscribe(e));
	ASSERT_TRUE(WAIT_FOR(!events_info(e) && !e->info.probes));
	ASSERT_EQ(0, close(tcp_socket(IPV4)));
	ASSERT_EQ(0, events_stats(e));
	EXPECT_EQ(1U, sum(e->stats.closes, CLOSEWATCH_PATH_MAX));
}

TEST_F(stats, need_privilege)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		struct events e;

		if (setresuid(NOBODY, NOBODY, NOBODY) || events_open(&e))
			_exit(1);
		_exit(events_stats(&e) == -EPERM ? 0 : 2);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_HARNESS_MAIN
