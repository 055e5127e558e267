// SPDX-License-Identifier: GPL-2.0
/* What makes a request wait makes no other family's request wait */
#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/socket.h>
#include <pthread.h>
#include <stdatomic.h>

#include "drains.h"
#include "flavours.h"
#include "kmod.h"
#include "netns.h"
#include "policy.h"
#include "tenant.h"
#include "wait.h"

static const struct policy rule = { .action = ACTION(LEAVE), .local_port = 80 };

static int subscribe(struct events *e)
{
	return events_subscribe(e, NULL, NULL);
}

static int add(struct events *e)
{
	int id = policy_add(e, &rule);

	return id < 0 ? id : 0;
}

/* Of a port, so that there is a table by port to be freed */
static int replace(struct events *e)
{
	static const struct policy other = { .action = ACTION(LEAVE), .local_port = 81 };

	return policy_set(e, &(struct rules){ .rule = &other, .n = 1 });
}

static int remove_last(struct events *e)
{
	return policy_del(e, e->policy_id);
}

static int flush_all(struct events *e)
{
	return drain_off_everywhere(e);
}

/* A request in a thread of its own */
struct requester {
	struct events e;
	pthread_t thread;
	atomic_int tid;
	atomic_bool done;
	int (*request)(struct events *e);
	int ret;
};

/* After what must be so before it */
FIXTURE(waiting) {
	struct requester r;
	struct nl_sock *other;
};

FIXTURE_VARIANT(waiting) {
	int (*before)(struct events *e);
	int (*request)(struct events *e);
};

#define WAITING(name, first, second) FIXTURE_VARIANT_ADD(waiting, name) {	\
	.before = first, .request = second,				\
}

WAITING(subscribe, flush_all, subscribe);
WAITING(refilter, subscribe, subscribe);
WAITING(unsubscribe, subscribe, events_unsubscribe);
WAITING(policy_add, flush_all, add);
WAITING(policy_set, add, replace);
WAITING(policy_flush, add, policy_flush);
WAITING(drain_off, add, drain_off);

FIXTURE_SETUP(waiting)
{
	ASSERT_EQ(0, netns_enter());
	ASSERT_EQ(0, events_open(&self->r.e));
	ASSERT_EQ(0, variant->before(&self->r.e));
	NEED_HELPER(return, HOLD);
	ASSERT_EQ(0, kmod_load_helper(HOLD));
	self->other = nl_socket_alloc();
	ASSERT_EQ(0, genl_connect(self->other));
	self->r.request = variant->request;
}

FIXTURE_TEARDOWN(waiting)
{
	EXPECT_EQ(0, drain_off_everywhere(&self->r.e));
	nl_socket_free(self->other);
	events_close(&self->r.e);
	EXPECT_EQ(0, kmod_remove(HOLD));
}

static void *requester_run(void *arg)
{
	struct requester *r = arg;

	r->tid = gettid();
	r->ret = r->request(&r->e);
	r->done = true;
	return NULL;
}

static int requester_run_it(struct requester *r, int (*request)(struct events *e))
{
	r->request = request;
	return pthread_create(&r->thread, NULL, requester_run, r);
}

/* In the network namespace of the caller */
static int requester_start(struct requester *r, int (*request)(struct events *e))
{
	return events_open(&r->e) ?: requester_run_it(r, request);
}

static int requester_finish(struct requester *r)
{
	int ret = WAIT_FOR(r->done) ? pthread_join(r->thread, NULL) : -1;

	events_close(&r->e);
	return ret ?: r->ret;
}

TEST_F(waiting, holds_nothing_that_another_family_needs)
{
	struct requester *r = &self->r;

	ASSERT_EQ(0, kmod_param_write(HOLD, "grace", 1));
	ASSERT_EQ(0, pthread_create(&r->thread, NULL, requester_run, r));
	EXPECT_TRUE(WAIT_FOR(r->done ||
			     (r->tid && thread_sleeps(r->tid))));
	TH_LOG("the request %s", r->done ? "does not wait" : "waits");
	EXPECT_LT(0, genl_ctrl_resolve(self->other, "nlctrl"));
	/* It ends by itself for a request that would wait for ever */
	EXPECT_EQ(1, kmod_param_read(HOLD, "grace"));
	ASSERT_EQ(0, kmod_param_write(HOLD, "grace", 0));
	ASSERT_TRUE(WAIT_FOR(r->done));
	ASSERT_EQ(0, pthread_join(r->thread, NULL));
	EXPECT_EQ(0, r->ret);
}

/* Two namespaces with a rule each; the set of one waits for a grace period */
FIXTURE(set) {
	struct requester r, other;
};

FIXTURE_SETUP(set)
{
	NEED_HELPER(return, HOLD);
	ASSERT_EQ(0, kmod_load_helper(HOLD));
	ASSERT_EQ(0, netns_enter());
	ASSERT_EQ(0, events_open(&self->other.e));
	ASSERT_EQ(0, add(&self->other.e));
	ASSERT_EQ(0, netns_enter());
	ASSERT_EQ(0, events_open(&self->r.e));
	ASSERT_EQ(0, add(&self->r.e));
	ASSERT_EQ(0, kmod_param_write(HOLD, "grace", 1));
	ASSERT_EQ(0, requester_run_it(&self->r, replace));
	ASSERT_TRUE(WAIT_FOR(self->r.tid && thread_sleeps(self->r.tid)));
}

FIXTURE_TEARDOWN(set)
{
	EXPECT_EQ(0, kmod_param_write(HOLD, "grace", 0));
	EXPECT_EQ(0, requester_finish(&self->r));
	EXPECT_EQ(0, requester_finish(&self->other));
	EXPECT_EQ(0, kmod_remove(HOLD));
}

TEST_F(set, that_waits_makes_no_other_namespace_wait)
{
	ASSERT_EQ(0, requester_run_it(&self->other, remove_last));
	EXPECT_TRUE(WAIT_FOR(self->other.done));
	EXPECT_FALSE(self->r.done);
	EXPECT_EQ(1, kmod_param_read(HOLD, "grace"));
}

/* A drain that cannot end, and its namespace's drain-off, which waits for it */
FIXTURE(flush) {
	struct scene s;
	struct requester r, other;
};

FIXTURE_SETUP(flush)
{
	static const struct pair_opts opts = { .flavour = IPV4 };

	ASSERT_EQ(0, scene_open(&self->s, &opts));
	ASSERT_EQ(0, drain_arm(&self->s));
	NEED_HELPER(return, HOLD);
	ASSERT_EQ(0, kmod_load_helper(HOLD));
	ASSERT_EQ(0, kmod_param_write(HOLD, "socket", self->s.p.us));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, drain_await_begin(&self->s));
	ASSERT_EQ(0, kmod_param_write(HOLD, "locked", 1));
	ASSERT_EQ(0, requester_start(&self->r, drain_off));
	ASSERT_TRUE(WAIT_FOR(self->r.tid && thread_sleeps(self->r.tid)));
}

FIXTURE_TEARDOWN(flush)
{
	EXPECT_EQ(0, kmod_param_write(HOLD, "socket", -1));
	EXPECT_EQ(0, requester_finish(&self->r));
	EXPECT_EQ(0, requester_finish(&self->other));
	EXPECT_EQ(0, kmod_remove(HOLD));
	scene_close(&self->s);
}

TEST_F(flush, waits_for_its_own_drains_alone)
{
	ASSERT_EQ(0, netns_enter());
	ASSERT_EQ(0, requester_start(&self->other, drain_off));
	EXPECT_TRUE(WAIT_FOR(self->other.done));
	EXPECT_FALSE(self->r.done);
}

TEST_HARNESS_MAIN
