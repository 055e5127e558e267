// SPDX-License-Identifier: GPL-2.0
/*
 * Peers that mean ill, on a port whose closes are drained: limits hold, others
 * are served meanwhile, and memory stays within bounds. HARD_PEERS says how
 * many they are.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "drains.h"
#include "flavours.h"
#include "kmod.h"
#include "netns.h"
#include "wait.h"

#define PEERS		2000
#define OTHERS		20	/* well-behaved clients */
#define RESPONSE	4000
#define TRICKLE		(4 * NSEC_PER_SEC)

/* A kernel with all checks on is slow by an order of magnitude */
static int many(int n)
{
	const char *text = getenv("HARD_PEERS");

	if (text && *text)
		return n * atol(text) / PEERS;
	return access("/proc/lockdep_stats", F_OK) ? n : n / 10;
}

/* A figure of the namespace's TCP sockets; "mem" is the machine's, in pages */
static long tcp_figure(const char *what)
{
	FILE *f = fopen("/proc/thread-self/net/sockstat", "re");
	char line[256], *at;
	long n = -1;

	while (f && fgets(line, sizeof(line), f)) {
		at = strncmp(line, "TCP: ", 5) ? NULL : strstr(line, what);
		if (at)
			n = atol(at + strlen(what));
	}
	if (f)
		fclose(f);
	return n;
}

struct siege {
	struct events e;
	int listener, *peers, n;
	int64_t *due;		/* when each sends its next byte */
	long sockets, pages, most_pages, sent, total_max;
	unsigned int most_drains;
	int others;
};

FIXTURE(hostile) {
	struct siege s;
};

FIXTURE_SETUP(hostile)
{
	int n = many(PEERS);
	struct rlimit files = { n + 100, n + 100 };

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &files));
	ASSERT_EQ(0, netns_enter());
	ASSERT_EQ(0, events_open(&self->s.e));
	self->s.listener = tcp_listen(IPV4, 128);
	ASSERT_LE(0, self->s.listener);
	self->s.peers = calloc(n, sizeof(*self->s.peers));
	self->s.due = calloc(n, sizeof(*self->s.due));
	self->s.sockets = tcp_figure("alloc ");
	self->s.pages = tcp_figure("mem ");
	self->s.total_max = kmod_param_read(MODULE, "drain_total_max");
	ASSERT_EQ(0, kmod_param_write(MODULE, "drain_total_max", 900));
}

static void close_peers(struct siege *s)
{
	while (s->n)
		close(s->peers[--s->n]);
}

FIXTURE_TEARDOWN(hostile)
{
	close_peers(&self->s);
	EXPECT_EQ(0, drain_off(&self->s.e));
	EXPECT_EQ(0, kmod_param_write(MODULE, "drain_total_max",
				      self->s.total_max));
	close(self->s.listener);
	EXPECT_TRUE(WAIT_FOR(tcp_figure("alloc ") < self->s.sockets))
		TH_LOG("%ld sockets, before %ld", tcp_figure("alloc "),
		       self->s.sockets);
	events_close(&self->s.e);
}

static int add_policy(struct siege *s, struct policy p)
{
	struct address a;

	if (address_of(s->listener, false, &a))
		return -1;
	p.action = ACTION(DRAIN);
	p.local_port = a.port;
	return policy_add(&s->e, &p) < 0 ? -1 : 0;
}

/* One more peer, whose connection we close at once; @stuck: full of our data */
static int add_peer(struct siege *s, bool stuck)
{
	int fd = tcp_socket(IPV4), us;

	set_int(fd, SOL_SOCKET, SO_SNDBUF, 65536);
	if (stuck)
		set_int(fd, SOL_SOCKET, SO_RCVBUF, 4096);
	if (tcp_connect(fd, IPV4, s->listener))
		return -1;
	us = accept(s->listener, NULL, NULL);
	set_int(us, SOL_SOCKET, SO_SNDBUF, 16384);
	s->peers[s->n++] = fd;
	if (us < 0 || (stuck && give_until_stuck(us) <= 0))
		return -1;
	return close(us);
}

static int add_peers(struct siege *s, int n, bool stuck)
{
	while (s->n < n)
		if (add_peer(s, stuck))
			return -1;
	return 0;
}

/* It sends more than is read, and gets the whole response nevertheless */
static int serve_another(struct siege *s)
{
	int fd = tcp_socket(IPV4), us, got;

	if (tcp_connect(fd, IPV4, s->listener))
		return -1;
	us = accept(s->listener, NULL, NULL);
	if (give(fd, 8) || await_readable(us, 8) || give(us, RESPONSE) ||
	    close(us))
		return -1;
	got = take_all(fd);
	close(fd);
	s->others++;
	return got == RESPONSE ? 0 : -1;
}

static void trickle(struct siege *s)
{
	for (int i = 0; i < s->n; i++) {
		if (now_ns() < s->due[i])
			continue;
		s->due[i] = now_ns() + TRICKLE;
		if (send(s->peers[i], "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1)
			s->sent++;
	}
}

static void pour(struct siege *s)
{
	static char buf[65536];

	for (int i = 0; i < s->n; i++) {
		ssize_t n = send(s->peers[i], buf, sizeof(buf),
				 MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n > 0)
			s->sent += n;
	}
}

static void rest(struct siege *s)
{
}

static void leave_last(struct siege *s)
{
	for (int i = 0; i < s->n && s->others == OTHERS; i++)
		shutdown(s->peers[i], SHUT_WR);
}

static bool all_over(struct siege *s)
{
	long pages = tcp_figure("mem ") - s->pages;

	if (pages > s->most_pages)
		s->most_pages = pages;
	if (events_stats(&s->e))
		return false;
	if (s->e.stats.drains > s->most_drains)
		s->most_drains = s->e.stats.drains;
	return !s->e.stats.drains;
}

/* Until no drain is left; how many of the others were not served */
static int besiege(struct siege *s,
		   void (*act)(struct siege *s))
{
	int unserved = 0;

	while (!all_over(s)) {
		act(s);
		if (s->others < OTHERS)
			unserved += serve_another(s) != 0;
		else
			poll(NULL, 0, 20);
	}
	while (s->others < OTHERS)
		unserved += serve_another(s) != 0;
	return unserved || drains_await_none(&s->e);
}

static unsigned long ended(struct siege *s, unsigned int outcome)
{
	return s->e.stats.ended[outcome].events;
}

static void print_amount(struct siege *s, const char *what)
{
	printf("# amount: %d %s, %ld bytes, at most %u drains, %ld KiB; %d others served; ends:",
	       s->n, what, s->sent, s->most_drains,
	       s->most_pages * sysconf(_SC_PAGESIZE) / 1024, s->others);
	for (unsigned int i = 0; i <= CLOSEWATCH_DRAIN_OUTCOME_MAX; i++)
		if (ended(s, i))
			printf(" %u: %lu", i, ended(s, i));
	printf("\n");
	fflush(stdout);
}

/* A byte each four seconds is progress, but the whole has its limit */
TEST_F_TIMEOUT(hostile, peers_that_trickle_end_with_the_total, 1800)
{
	const struct policy p = { .idle_ms = 9000, .total_ms = 12000 };
	int n = many(PEERS);

	ASSERT_EQ(0, add_policy(&self->s, p));
	ASSERT_EQ(0, add_peers(&self->s, n, false));
	EXPECT_EQ(0, besiege(&self->s, trickle));
	print_amount(&self->s, "peers that trickle");
	EXPECT_LT(0UL, ended(&self->s, OUTCOME(TOTAL_TIMEOUT)));
	EXPECT_EQ((unsigned long)n, ended(&self->s, OUTCOME(TOTAL_TIMEOUT)) +
				    ended(&self->s, OUTCOME(IDLE_TIMEOUT)));
	EXPECT_EQ((unsigned long)OTHERS, ended(&self->s, OUTCOME(DELIVERED)));
	EXPECT_GE(4L * n + 256, self->s.most_pages);
}

TEST_F_TIMEOUT(hostile, endless_senders_end_with_the_bytes, 1800)
{
	const struct policy p = { .total_ms = 300000, .bytes = 256 << 10 };
	int n = many(PEERS / 40);

	ASSERT_EQ(0, add_policy(&self->s, p));
	ASSERT_EQ(0, add_peers(&self->s, n, false));
	EXPECT_EQ(0, besiege(&self->s, pour));
	print_amount(&self->s, "endless senders");
	EXPECT_EQ((unsigned long)n, ended(&self->s, OUTCOME(BYTE_LIMIT)));
	EXPECT_GE((uint64_t)n * p.bytes,
		  self->s.e.stats.ended[OUTCOME(BYTE_LIMIT)].discarded);
	EXPECT_EQ((unsigned long)OTHERS, ended(&self->s, OUTCOME(DELIVERED)));
	EXPECT_GE(128L * n + 256, self->s.most_pages);
}

TEST_F_TIMEOUT(hostile, shut_windows_end_with_the_idle_time, 1800)
{
	const struct policy p = { .idle_ms = 2000, .total_ms = 60000 };
	int n = many(PEERS / 4);

	ASSERT_EQ(0, add_policy(&self->s, p));
	ASSERT_EQ(0, add_peers(&self->s, n, true));
	EXPECT_EQ(0, besiege(&self->s, rest));
	print_amount(&self->s, "shut windows");
	EXPECT_EQ((unsigned long)n, ended(&self->s, OUTCOME(IDLE_TIMEOUT)));
	EXPECT_EQ((unsigned long)OTHERS, ended(&self->s, OUTCOME(DELIVERED)));
	EXPECT_GE(64L * n + 256, self->s.most_pages);
}

/* The oldest make room, and no more are leaving than may be there */
TEST_F_TIMEOUT(hostile, more_than_may_be_drop_the_oldest, 1800)
{
	const struct policy p = { .idle_ms = 300000, .total_ms = 600000 };
	long before = kmod_param_read(MODULE, "drain_max_netns");
	int n = many(PEERS / 4), limit = n / 4;

	ASSERT_EQ(0, add_policy(&self->s, p));
	ASSERT_EQ(0, kmod_param_write(MODULE, "drain_max_netns", limit));
	EXPECT_EQ(0, add_peers(&self->s, n, false));
	EXPECT_EQ(0, besiege(&self->s, leave_last));
	EXPECT_EQ(0, kmod_param_write(MODULE, "drain_max_netns", before));
	print_amount(&self->s, "peers where a quarter of them may be");
	EXPECT_GE(2U * limit, self->s.most_drains);
	EXPECT_LE((unsigned long)n - 2 * limit,
		  ended(&self->s, OUTCOME(SHED)) +
		  self->s.e.stats.refused[REFUSAL(LIMIT)].events);
	EXPECT_EQ((unsigned long)n + OTHERS,
		  ended(&self->s, OUTCOME(SHED)) +
		  ended(&self->s, OUTCOME(DELIVERED)) +
		  self->s.e.stats.refused[REFUSAL(LIMIT)].events);
}

TEST_HARNESS_MAIN
