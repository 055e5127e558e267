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

	ASSERT_EQ(0, kmod_load_helper(FAULT));
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

/* tcp_abort() waits for the lock; in LAST_ACK it sends no RST either */
TEST_F(begun, by_a_task_has_an_unknown_fate)
{
	struct pair *p = &self->p;
	const struct event *ev;

	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	/* Loads what finds a socket, for which the thread would wait too. */
	ASSERT_EQ(TCP_CLOSE_WAIT, state_by_address(&p->local, &p->remote));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(TCP_LAST_ACK, tcp_state(p->us));
	ASSERT_EQ(0, kmod_param_write(HOLD, "socket", p->us));
	ASSERT_EQ(0, kmod_param_write(HOLD, "locked", 1));
	ASSERT_EQ(0, pthread_create(&self->actor.thread, NULL, destroy_us,
				    &self->actor));
	ASSERT_TRUE(WAIT_FOR(actor_waits(&self->actor)));
	ASSERT_EQ(0, events_subscribe(&self->events, NULL, NULL));
	ASSERT_EQ(0, kmod_param_write(HOLD, "socket", -1));
	ASSERT_EQ(0, pthread_join(self->actor.thread, NULL));
	ev = events_await(&self->events, TYPE(FATE), p->cookie);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ((unsigned int)FATE(UNKNOWN), EVENT_NUM(ev, FATE));
}

TEST_HARNESS_MAIN
