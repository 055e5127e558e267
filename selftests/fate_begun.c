// SPDX-License-Identifier: GPL-2.0
/*
 * Ends that had begun before anybody watched: what ended them left no mark, and
 * nothing may be made of that. The probes are armed all the time, for a listener
 * in another network namespace.
 */
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "destroy.h"
#include "ends.h"
#include "flavours.h"
#include "kmod.h"
#include "netns.h"
#include "tenant.h"
#include "wait.h"

/* A thread that does something to our end */
struct actor {
	struct pair *p;
	pthread_t thread;
	pid_t tid;
};

FIXTURE(begun) {
	struct events elsewhere, events;
	struct pair p;
	struct actor actor;
};

FIXTURE_SETUP(begun)
{
	static const struct pair_opts opts = { .flavour = IPV4 };

	NEED_HELPER(return, FAULT);
	ASSERT_EQ(0, kmod_load_helper(FAULT));
	NEED_HELPER(return, HOLD);
	ASSERT_EQ(0, kmod_load_helper(HOLD));
	ASSERT_EQ(0, netns_enter());
	ASSERT_EQ(0, events_open(&self->elsewhere));
	ASSERT_EQ(0, events_subscribe(&self->elsewhere, NULL, NULL));
	ASSERT_EQ(0, netns_enter());
	ASSERT_EQ(0, events_open(&self->events));
	ASSERT_EQ(0, pair_open(&self->p, &opts));
	self->actor.p = &self->p;
}

FIXTURE_TEARDOWN(begun)
{
	pair_close(&self->p);
	events_close(&self->events);
	events_close(&self->elsewhere);
	EXPECT_EQ(0, kmod_remove(HOLD));
	EXPECT_EQ(0, kmod_remove(FAULT));
}

static int run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set);
}

static void *close_us(void *arg)
{
	struct pair *p = ((struct actor *)arg)->p;

	run_on(1);
	close(p->us);
	p->us = -1;
	return NULL;
}

/* A connection that begins and ends under the listener's eyes */
static int another_is_seen(struct events *e)
{
	static const struct pair_opts opts = { .flavour = IPV4 };
	const struct event *ev;
	struct pair p;

	if (pair_open(&p, &opts))
		return -1;
	close(p.us);
	p.us = -1;
	close(p.them);
	p.them = -1;
	ev = events_await(e, TYPE(FATE), p.cookie);
	pair_close(&p);
	return ev && EVENT_NUM(ev, FATE) == FATE(TIME_WAIT) ? 0 : -1;
}

/* tcp_time_wait() has left a minisock, and the socket is on its way to CLOSE */
TEST_F(begun, without_a_mark_is_not_reported)
{
	struct pair *p = &self->p;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "needs a second CPU");
	ASSERT_EQ(0, run_on(0));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, kmod_param_write(FAULT, "slow_end", 1));
	ASSERT_EQ(0, pthread_create(&self->actor.thread, NULL, close_us,
				    &self->actor));
	ASSERT_TRUE(WAIT_FOR(!kmod_param_read(FAULT, "slow_end")));
	ASSERT_EQ(0, events_subscribe(&self->events, NULL, NULL));
	ASSERT_EQ(0, pthread_join(self->actor.thread, NULL));
	ASSERT_EQ(0, another_is_seen(&self->events));
	EXPECT_EQ(0, events_count(&self->events, TYPE(FATE), p->cookie));
}

static void *destroy_us(void *arg)
{
	struct actor *a = arg;

	__atomic_store_n(&a->tid, gettid(), __ATOMIC_RELEASE);
	destroy(&a->p->local, &a->p->remote);
	return NULL;
}

static bool actor_waits(const struct actor *a)
{
	pid_t tid = __atomic_load_n(&a->tid, __ATOMIC_ACQUIRE);

	return tid && thread_sleeps(tid);
}

static void *shut_us(void *arg)
{
	struct actor *a = arg;

	__atomic_store_n(&a->tid, gettid(), __ATOMIC_RELEASE);
	shutdown(a->p->us, SHUT_WR);
	return NULL;
}

static int lock_us(struct pair *p)
{
	return kmod_param_write(HOLD, "socket", p->us) ?:
	       kmod_param_write(HOLD, "locked", 1);
}

static int start_and_wait(struct actor *a, void *(*run)(void *arg))
{
	if (pthread_create(&a->thread, NULL, run, a))
		return -1;
	return WAIT_FOR(actor_waits(a)) ? 0 : -1;
}

/* Begin to watch, and let what waits for the lock go on */
static int watch_and_unlock(FIXTURE_DATA(begun) * self)
{
	return events_subscribe(&self->events, NULL, NULL) ?:
	       kmod_param_write(HOLD, "socket", -1);
}

static unsigned int fate_of_us(FIXTURE_DATA(begun) * self)
{
	const struct event *ev = events_await(&self->events, TYPE(FATE),
					      self->p.cookie);

	return ev ? EVENT_NUM(ev, FATE) : CLOSEWATCH_FATE_MAX + 1U;
}

/* Its peer's FIN is there, and nothing of ours will be acknowledged. Finding the
 * socket loads a module, for which a thread would wait, too.
 */
static int wait_for_close(struct pair *p)
{
	return shutdown(p->them, SHUT_WR) ?: await_state(p->us, TCP_CLOSE_WAIT) ?:
	       state_by_address(&p->local, &p->remote) != TCP_CLOSE_WAIT ?:
	       deafen(p->them);
}

/* In LAST_ACK tcp_abort() sends no RST */
TEST_F(begun, abort_in_last_ack_is_told)
{
	struct pair *p = &self->p;

	ASSERT_EQ(0, wait_for_close(p));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(TCP_LAST_ACK, tcp_state(p->us));
	ASSERT_EQ(0, lock_us(p));
	ASSERT_EQ(0, start_and_wait(&self->actor, destroy_us));
	ASSERT_EQ(0, watch_and_unlock(self));
	ASSERT_EQ(0, pthread_join(self->actor.thread, NULL));
	EXPECT_EQ((unsigned int)FATE(KILLED), fate_of_us(self));
}

/* The FIN of a shutdown that waits, too, makes an entry before */
TEST_F(begun, abort_behind_a_shutdown_is_told)
{
	struct actor other = { .p = &self->p };
	struct pair *p = &self->p;

	ASSERT_EQ(0, wait_for_close(p));
	ASSERT_EQ(0, lock_us(p));
	ASSERT_EQ(0, start_and_wait(&other, shut_us));
	ASSERT_EQ(0, start_and_wait(&self->actor, destroy_us));
	ASSERT_EQ(0, watch_and_unlock(self));
	ASSERT_EQ(0, pthread_join(self->actor.thread, NULL));
	ASSERT_EQ(0, pthread_join(other.thread, NULL));
	EXPECT_EQ((unsigned int)FATE(KILLED), fate_of_us(self));
}

static int retransmits(int fd)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) ?
		-1 : info.tcpi_retransmits;
}

#define USER_TIMEOUT_MS	2000

/* From 6.7 on a task owns the socket while such a timer runs */
TEST_F(begun, timer_that_was_put_off_is_told)
{
	struct pair *p = &self->p;
	int64_t sent;

	ASSERT_EQ(0, events_subscribe(&self->events, NULL, NULL));
	ASSERT_EQ(0, set_int(p->us, IPPROTO_TCP, TCP_USER_TIMEOUT,
			     USER_TIMEOUT_MS));
	ASSERT_EQ(0, deafen(p->them));
	sent = now_ns();
	ASSERT_EQ(0, give(p->us, 50));
	ASSERT_TRUE(WAIT_FOR(retransmits(p->us) > 0));
	ASSERT_EQ(0, lock_us(p));
	ASSERT_TRUE(WAIT_FOR(now_ns() - sent > 2 * USER_TIMEOUT_MS * 1000000LL));
	ASSERT_EQ(0, kmod_param_write(HOLD, "socket", -1));
	EXPECT_EQ((unsigned int)FATE(USER_TIMEOUT), fate_of_us(self));
}

TEST_HARNESS_MAIN
