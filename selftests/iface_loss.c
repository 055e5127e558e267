// SPDX-License-Identifier: GPL-2.0
/* Listeners that do not read, and listeners that go */
#include <netlink/socket.h>
#include <signal.h>

#include "flavours.h"
#include "wait.h"

#define CLOSES	5000

FIXTURE(lazy) {
	struct scene s;
	struct events lazy;
};

/* A listener whose buffer is as small as the kernel allows */
FIXTURE_SETUP(lazy)
{
	int size = 1;

	ASSERT_EQ(0, scene_open_bare(&self->s));
	ASSERT_EQ(0, events_open(&self->lazy));
	ASSERT_EQ(0, setsockopt(nl_socket_get_fd(self->lazy.sk), SOL_SOCKET,
				SO_RCVBUFFORCE, &size, sizeof(size)));
	ASSERT_EQ(0, events_subscribe(&self->lazy, NULL, NULL));
}

FIXTURE_TEARDOWN(lazy)
{
	events_close(&self->lazy);
	scene_close(&self->s);
}

static int close_many(int n)
{
	for (int i = 0; i < n; i++) {
		int fd = tcp_socket(IPV4);

		if (fd < 0 || close(fd))
			return -1;
	}
	return 0;
}

static size_t delivered(const struct events *e)
{
	return events_count(e, TYPE(CLOSE), 0);
}

static uint64_t missed(const struct events *e)
{
	return events_lost_by(e, CLOSEWATCH_LOSS_PROBE);
}

/* Probe hits missed may have been events, or may not: that is a range */
static bool all_told(struct events *e, uint64_t closes)
{
	while (events_poll(e))
		;
	return delivered(e) + events_lost(e) + missed(e) >= closes;
}

static bool adds_up(const struct events *e, uint64_t closes)
{
	uint64_t told = delivered(e) + events_lost(e);

	fprintf(stderr, "# %zu delivered, %llu lost, %llu hits missed\n",
		delivered(e), (unsigned long long)events_lost(e),
		(unsigned long long)missed(e));
	return told <= closes && told + missed(e) >= closes;
}

TEST_F(lazy, loss_is_told_in_band_and_exactly)
{
	struct events *e = &self->lazy;

	ASSERT_EQ(0, close_many(CLOSES));
	ASSERT_TRUE(WAIT_FOR(all_told(e, CLOSES)));
	EXPECT_GT(events_lost(e), 0U);
	EXPECT_TRUE(adds_up(e, CLOSES));
	ASSERT_EQ(0, events_unsubscribe(e));
	EXPECT_EQ(delivered(e), e->figures.sent);
	EXPECT_EQ(events_lost(e) + missed(e), e->figures.lost);
}

/* What the reader leaves unread when it ends is as full as what it lost */
TEST_F(lazy, figures_of_a_full_socket_wait_until_it_was_read)
{
	struct events *e = &self->lazy, *good = &self->s.events;
	uint64_t told;

	ASSERT_EQ(0, close_many(CLOSES));
	ASSERT_TRUE(WAIT_FOR(all_told(good, CLOSES)));
	ASSERT_EQ(0, events_unsubscribe(e));
	EXPECT_EQ(delivered(e), e->figures.sent);
	EXPECT_GT(e->figures.lost, events_lost(e));
	told = e->figures.sent + e->figures.lost;
	EXPECT_GE(told, CLOSES);
	EXPECT_LE(told, CLOSES + missed(good));
	EXPECT_EQ(-ENOENT, events_unsubscribe(e));
}

TEST_F(lazy, events_go_on_after_the_loss)
{
	uint64_t cookie;
	int fd;

	ASSERT_EQ(0, close_many(CLOSES));
	ASSERT_TRUE(WAIT_FOR(all_told(&self->lazy, CLOSES)));
	fd = tcp_socket(IPV4);
	cookie = cookie_of(fd);
	ASSERT_EQ(0, close(fd));
	EXPECT_NE(NULL, events_await(&self->lazy, TYPE(CLOSE), cookie));
}

/* What the ring itself lost, it owes to both */
TEST_F(lazy, another_listener_does_not_suffer)
{
	struct events *good = &self->s.events;

	for (int i = 0; i < CLOSES / 100; i++) {
		ASSERT_EQ(0, close_many(100));
		ASSERT_TRUE(WAIT_FOR(all_told(good, 100 * (i + 1))));
	}
	EXPECT_EQ(0U, events_lost(good));
	EXPECT_TRUE(adds_up(good, CLOSES));
	ASSERT_TRUE(WAIT_FOR(all_told(&self->lazy, CLOSES)));
	EXPECT_TRUE(adds_up(&self->lazy, CLOSES));
}

TEST_F(lazy, flood_is_accounted_for_by_the_ring_as_well)
{
	struct events *good = &self->s.events;

	ASSERT_EQ(0, close_many(4 * CLOSES));
	ASSERT_TRUE(WAIT_FOR(all_told(good, 4 * CLOSES)));
	EXPECT_TRUE(adds_up(good, 4 * CLOSES));
}

BARE_FIXTURE(leaving);

/* A child that subscribes and then waits to be killed; its pid */
static pid_t start_listener(void)
{
	int ready[2];
	pid_t pid;
	char byte;

	if (pipe(ready) < 0)
		return -1;
	pid = fork();
	if (!pid) {
		struct events e;

		if (events_open(&e) || events_subscribe(&e, NULL, NULL) ||
		    write(ready[1], "r", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	return read(ready[0], &byte, 1) == 1 ? pid : -1;
}

TEST_F(leaving, killed_listener_disarms_the_probes)
{
	struct events *e = &self->s.events;
	pid_t pid;

	ASSERT_EQ(0, events_unsubscribe(e));
	pid = start_listener();
	ASSERT_GT(pid, 0);
	ASSERT_EQ(0, events_info(e));
	EXPECT_EQ(1U, e->info.listeners);
	EXPECT_GT(e->info.probes, 0U);
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_TRUE(WAIT_FOR(!events_info(e) && !e->info.probes));
	EXPECT_EQ(0U, e->info.listeners);
}

TEST_F(leaving, others_keep_listening)
{
	struct events *e = &self->s.events;
	pid_t pid = start_listener();
	uint64_t cookie;
	int fd;

	ASSERT_GT(pid, 0);
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	ASSERT_TRUE(WAIT_FOR(!events_info(e) && e->info.listeners == 1));
	EXPECT_GT(e->info.probes, 0U);
	fd = tcp_socket(IPV4);
	cookie = cookie_of(fd);
	ASSERT_EQ(0, close(fd));
	EXPECT_NE(NULL, events_await(e, TYPE(CLOSE), cookie));
}

TEST_F(leaving, many_come_and_go)
{
	struct events *e = &self->s.events;

	for (int i = 0; i < 20; i++) {
		struct events other;

		ASSERT_EQ(0, events_open(&other));
		ASSERT_EQ(0, events_subscribe(&other, NULL, NULL));
		events_close(&other);
	}
	EXPECT_TRUE(WAIT_FOR(!events_info(e) && e->info.listeners == 1));
}

TEST_HARNESS_MAIN
