// SPDX-License-Identifier: GPL-2.0
/* Unloading while a close is on its way to the module, or lingers behind it */
#include <netinet/tcp.h>

#include "closer.h"
#include "drains.h"
#include "flavours.h"
#include "kmod.h"
#include "kmsg.h"
#include "netns.h"
#include "tenant.h"
#include "wait.h"

PAIR_FIXTURE(on_way);

/* rmmod, in a thread of its own */
struct remover {
	pthread_t thread;
	atomic_int tid;
	atomic_bool done;
	int ret;
};

static void *remover_run(void *arg)
{
	struct remover *r = arg;

	r->tid = gettid();
	r->ret = kmod_remove(MODULE);
	r->done = true;
	return NULL;
}

static int remover_start(struct remover *r)
{
	memset(r, 0, sizeof(*r));
	return pthread_create(&r->thread, NULL, remover_run, r) ||
	       !WAIT_FOR(r->tid) ? -1 : 0;
}

static int remover_finish(struct remover *r)
{
	return WAIT_FOR(r->done) ? pthread_join(r->thread, NULL) ?: r->ret : -1;
}

/* Our end's close, as far as the lock of its socket, which is held */
static int close_halfway(struct scene *s, struct slow_close *c)
{
	return kmod_load_helper(HOLD) ?:
	       kmod_param_write(HOLD, "socket", s->p.us) ?:
	       kmod_param_write(HOLD, "locked", 1) ?:
	       slow_close_start(c, s) ?: !WAIT_FOR(thread_sleeps(c->tid));
}

static int let_go(void)
{
	return kmod_param_write(HOLD, "socket", -1) ?: kmod_unload(HOLD);
}

/* Others take the memory that is free: namespaces have some of many sizes */
static int use_free_memory(void)
{
	int home = netns_open(), bad = 0;

	for (int i = 0; i < 20; i++)
		bad += netns_enter() != 0;
	bad += netns_switch(home) != 0;
	close(home);
	return bad;
}

TEST_F(on_way, close_finds_all_that_it_needs)
{
	int log = kmsg_open();
	struct slow_close c;
	struct remover r;

	NEED_MODULE_FILE(return);
	NEED_HELPER(return, HOLD);
	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, give(self->s.p.them, 3));
	ASSERT_EQ(0, await_readable(self->s.p.us, 3));
	ASSERT_EQ(0, close_halfway(&self->s, &c));
	ASSERT_EQ(0, remover_start(&r));
	ASSERT_TRUE(WAIT_FOR(r.done || thread_sleeps(r.tid)));
	EXPECT_FALSE(r.done);
	EXPECT_FALSE(c.done);
	ASSERT_EQ(0, use_free_memory());
	ASSERT_EQ(0, let_go());
	EXPECT_EQ(0, slow_close_finish(&c));
	EXPECT_EQ(0, remover_finish(&r));
	EXPECT_EQ(0, kmod_reload(""));
	EXPECT_EQ(0, kmsg_complaints(log));
}

/* The close that lingers is TCP's own by then, whatever led there */
static int end_linger(struct scene *s, struct slow_close *c)
{
	int ret = c->done ? -1 : set_linger(s->p.them, 0) ?: close(s->p.them);

	s->p.them = -1;
	return slow_close_finish(c) ?: ret;
}

TEST_F(on_way, close_without_its_policy_lingers_outside_the_module)
{
	int log = kmsg_open();
	struct slow_close c;

	NEED_MODULE_FILE(return);
	NEED_HELPER(return, HOLD);
	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, set_linger(self->s.p.us, 30));
	ASSERT_EQ(0, isolate(&self->s.p));
	ASSERT_EQ(0, close_halfway(&self->s, &c));
	ASSERT_EQ(0, policy_flush(&self->s.events));
	ASSERT_EQ(0, let_go());
	ASSERT_NE(NULL, events_await(&self->s.events, TYPE(LINGER_WAIT),
				     self->s.p.cookie));
	EXPECT_EQ(0, kmod_remove(MODULE));
	EXPECT_EQ(0, end_linger(&self->s, &c));
	EXPECT_EQ(0, kmod_reload(""));
	EXPECT_EQ(0, kmsg_complaints(log));
}

TEST_F(on_way, close_without_memory_lingers_outside_the_module)
{
	int log = kmsg_open();
	struct slow_close c;

	NEED_MODULE_FILE(return);
	NEED_HELPER(return, FAULT);
	ASSERT_EQ(0, kmod_load_helper(FAULT));
	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, set_linger(self->s.p.us, 30));
	ASSERT_EQ(0, isolate(&self->s.p));
	ASSERT_EQ(0, kmod_param_write(FAULT, "fail_drain", getpid()));
	ASSERT_EQ(0, slow_close_start(&c, &self->s));
	ASSERT_NE(NULL, events_await(&self->s.events, TYPE(LINGER_WAIT),
				     self->s.p.cookie));
	EXPECT_EQ(0, kmod_remove(MODULE));
	EXPECT_EQ(0, end_linger(&self->s, &c));
	EXPECT_EQ(0, kmod_remove(FAULT));
	EXPECT_EQ(0, kmod_reload(""));
	EXPECT_EQ(0, kmsg_complaints(log));
}

TEST_HARNESS_MAIN
