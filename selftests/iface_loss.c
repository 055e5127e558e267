// SPDX-License-Identifier: GPL-2.0
/* Listeners that do not read, and listeners that go */
#include <dirent.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <netinet/tcp.h>
#include <netlink/socket.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "flavours.h"
#include "kmod.h"
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

#define HALVES	200	/* connections closed on one side */

FIXTURE(full) {
	struct scene s;
	int them[HALVES];
};

FIXTURE_SETUP(full)
{
	NEED_MODULE_FILE(return);
	ASSERT_EQ(0, kmod_reload("track_slots=64"));
	ASSERT_EQ(0, scene_open_bare(&self->s));
}

FIXTURE_TEARDOWN(full)
{
	scene_close(&self->s);
	EXPECT_EQ(0, kmod_reload(""));
}

/* Leaves a minisock that waits for the peer's FIN */
static int close_half(void)
{
	struct pair_opts opts = { .flavour = IPV4 };
	struct pair p;

	if (pair_open(&p, &opts) || close(p.us) ||
	    await_state(p.them, TCP_CLOSE_WAIT))
		return -1;
	close(p.listener);
	return p.them;
}

static bool fates_told(struct events *e)
{
	while (events_poll(e))
		;
	return events_count(e, TYPE(FATE), 0) + events_lost(e) + missed(e) >=
	       2 * HALVES;
}

TEST_F(full, fates_of_minisocks_without_room_are_told_as_lost)
{
	struct events *e = &self->s.events;

	for (int i = 0; i < HALVES; i++) {
		self->them[i] = close_half();
		ASSERT_GE(self->them[i], 0);
	}
	for (int i = 0; i < HALVES; i++)
		ASSERT_EQ(0, close(self->them[i]));
	ASSERT_TRUE(WAIT_FOR(fates_told(e)));
	EXPECT_GT(events_lost_by(e, CLOSEWATCH_LOSS_INFLIGHT), 0U);
	EXPECT_LE(events_count(e, TYPE(FATE), 0) + events_lost(e), 2U * HALVES);
}

/*
 * Tasks that wait for a socket's lock, which a send holds that waits for memory.
 * Any user can have that by a file of FUSE.
 */
#define WAITERS	200

FIXTURE(waiting) {
	struct scene s;
	pthread_t thread[WAITERS + 1];
	int faults, n;
	void *page;
};

FIXTURE_SETUP(waiting)
{
	struct pair_opts opts = { .flavour = IPV4 };
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register missing = {
		.range.len = getpagesize(),
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	self->faults = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (self->faults < 0)
		SKIP(return, "this kernel has no userfaultfd");
	ASSERT_EQ(0, scene_open(&self->s, &opts));
	ASSERT_EQ(0, ioctl(self->faults, UFFDIO_API, &api));
	self->page = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->page);
	missing.range.start = (uintptr_t)self->page;
	ASSERT_EQ(0, ioctl(self->faults, UFFDIO_REGISTER, &missing));
}

/* Closing it lets the send go on */
FIXTURE_TEARDOWN(waiting)
{
	close(self->faults);
	while (self->n--)
		pthread_join(self->thread[self->n], NULL);
	scene_close(&self->s);
}

struct wait_arg {
	int fd;
	void *page;
};

static void *send_page(void *arg)
{
	struct wait_arg *w = arg;

	send(w->fd, w->page, 1, MSG_NOSIGNAL);
	return NULL;
}

static void *shut_down(void *arg)
{
	shutdown(((struct wait_arg *)arg)->fd, SHUT_WR);
	return NULL;
}

/* Has the send met the page? */
static bool faulted(int faults)
{
	struct pollfd p = { .fd = faults, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static char state_of(const char *tid)
{
	char name[300], state = 0;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/self/task/%s/stat", tid);
	f = fopen(name, "r");
	if (!f)
		return 0;
	if (fscanf(f, "%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(f);
	return state;
}

/* Threads that wait for a lock */
static int waiters(void)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *d;
	int n = 0;

	if (!tasks)
		return -1;
	while ((d = readdir(tasks)))
		n += state_of(d->d_name) == 'D';
	closedir(tasks);
	return n;
}

TEST_F(waiting, shutdowns_of_others_are_told)
{
	struct wait_arg arg = { self->s.p.us, self->page };
	struct pair_opts opts = { .flavour = IPV4 };
	struct events *e = &self->s.events;
	struct pair other;

	ASSERT_EQ(0, pthread_create(&self->thread[self->n++], NULL, send_page,
				    &arg));
	ASSERT_TRUE(WAIT_FOR(faulted(self->faults)));
	while (self->n <= WAITERS)
		ASSERT_EQ(0, pthread_create(&self->thread[self->n++], NULL,
					    shut_down, &arg));
	ASSERT_TRUE(WAIT_FOR(waiters() == WAITERS));
	ASSERT_EQ(0, pair_open(&other, &opts));
	ASSERT_EQ(0, shutdown(other.us, SHUT_WR));
	EXPECT_NE(NULL, events_await(e, TYPE(SHUTDOWN), other.cookie));
	pair_close(&other);
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
