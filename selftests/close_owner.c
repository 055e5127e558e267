// SPDX-License-Identifier: GPL-2.0
/* Who closed, why, when and in what order */
#include <fcntl.h>
#include <netinet/tcp.h>
#include <netlink/attr.h>
#include <sched.h>
#include <sys/prctl.h>

#include "cgroup.h"
#include "closer.h"
#include "flavours.h"
#include "netns.h"
#include "tenant.h"
#include "wait.h"

SCENE_FIXTURE(owner);

/* What all of these closes do, but for their closer */
static const struct want plain_fin = {
	.path = PATH(FIN), .fin = FIN(ALONE),
	.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1), .fins = 1,
};

static int pinned(struct scene *s)
{
	return isolate(&s->p);
}

TEST_F(owner, thread_that_closes_is_named)
{
	struct want want = plain_fin;
	struct slow_close c;

	ASSERT_EQ(0, pinned(&self->s));
	ASSERT_EQ(0, slow_close_start(&c, &self->s));
	ASSERT_EQ(0, slow_close_finish(&c));
	ASSERT_NE(self->s.closer.pid, self->s.closer.tid);
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(owner, exit_of_the_process)
{
	struct want want = plain_fin;
	struct holder h;

	want.why = WHY(EXIT);
	ASSERT_EQ(0, pinned(&self->s));
	ASSERT_EQ(0, holder_start(&h, &self->s, NULL, NULL));
	ASSERT_EQ(0, holder_do(&h, HOLDER_EXIT));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(owner, sigkill_is_a_signals_death)
{
	struct want want = plain_fin;
	struct holder h;

	want.why = WHY(SIGNAL);
	ASSERT_EQ(0, pinned(&self->s));
	ASSERT_EQ(0, holder_start(&h, &self->s, NULL, NULL));
	ASSERT_EQ(0, holder_kill(&h));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(owner, close_in_a_child_is_a_close)
{
	struct want want = plain_fin;
	struct holder h;

	ASSERT_EQ(0, pinned(&self->s));
	ASSERT_EQ(0, holder_start(&h, &self->s, NULL, NULL));
	ASSERT_EQ(0, holder_do(&h, HOLDER_CLOSE));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

/* The name is by then the new program's */
static int exec_closes(struct scene *s, enum holder_order order)
{
	struct want want = plain_fin;
	struct holder h;

	want.why = WHY(EXEC);
	if (pinned(s) || fcntl(s->p.us, F_SETFD, FD_CLOEXEC) ||
	    holder_start(&h, s, NULL, NULL) || holder_do(&h, order))
		return -1;
	strcpy(s->closer.comm, "true");
	return scene_verify(s, &want);
}

TEST_F(owner, exec_with_close_on_exec)
{
	EXPECT_EQ(0, exec_closes(&self->s, HOLDER_EXEC));
}

TEST_F(owner, exec_by_a_32_bit_call)
{
	if (!can_call32())
		SKIP(return, "the kernel has no 32-bit calls");
	EXPECT_EQ(0, exec_closes(&self->s, HOLDER_EXEC32));
}

TEST_F(owner, exec_waits_for_linger)
{
	struct want want = plain_fin;
	struct holder h;
	int64_t start;

	want.why = WHY(EXEC);
	want.linger = true;
	want.linger_seconds = 1;
	want.outcome = LINGER(TIMEOUT);
	want.waited_min = TICKS_OF_A_SECOND;
	ASSERT_EQ(0, pinned(&self->s));
	ASSERT_EQ(0, set_linger(self->s.p.us, 1));
	ASSERT_EQ(0, holder_start(&h, &self->s, NULL, NULL));
	start = now_ns();
	ASSERT_EQ(0, holder_do(&h, HOLDER_EXEC));
	want.waited_max = now_ns() - start;
	strcpy(self->s.closer.comm, "true");
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

static int become_nobody(void *arg)
{
	return setresuid(NOBODY, NOBODY, NOBODY);
}

TEST_F(owner, uid_is_that_of_the_closer)
{
	struct want want = plain_fin;
	struct holder h;

	ASSERT_EQ(0, pinned(&self->s));
	ASSERT_EQ(0, holder_start(&h, &self->s, become_nobody, NULL));
	self->s.closer.uid = NOBODY;
	ASSERT_EQ(0, holder_do(&h, HOLDER_CLOSE));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(owner, cgroup_is_that_of_the_closer)
{
	struct want want = plain_fin;
	struct cgroup cgroup;
	struct holder h;

	ASSERT_EQ(0, pinned(&self->s));
	ASSERT_EQ(0, cgroup_make(&cgroup));
	ASSERT_EQ(0, holder_start(&h, &self->s, cgroup_join, &cgroup));
	ASSERT_EQ(0, holder_do(&h, HOLDER_CLOSE));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
	cgroup_remove(&cgroup);
	ASSERT_NE(NULL, scene_event(&self->s));
	EXPECT_EQ(cgroup.id, EVENT_NUM(scene_event(&self->s), CGROUP));
}

static int take_odd_name(void *arg)
{
	return prctl(PR_SET_NAME, arg);
}

TEST_F(owner, name_may_be_any_bytes)
{
	char name[] = "a\"\n\x1b\xff\\b";
	struct want want = plain_fin;
	struct holder h;

	ASSERT_EQ(0, pinned(&self->s));
	ASSERT_EQ(0, holder_start(&h, &self->s, take_odd_name, name));
	strcpy(self->s.closer.comm, name);
	ASSERT_EQ(0, holder_do(&h, HOLDER_CLOSE));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

/* The end of a subscription delivers all: then there was no such event */
static size_t closes_so_far(struct scene *s)
{
	events_unsubscribe(&s->events);
	return events_count(&s->events, TYPE(CLOSE), s->p.cookie);
}

TEST_F(owner, duplicate_descriptor_defers_the_close)
{
	struct want want = plain_fin;
	int copy = dup(self->s.p.us);

	ASSERT_EQ(0, pinned(&self->s));
	ASSERT_EQ(0, close(copy));
	ASSERT_EQ(0U, closes_so_far(&self->s));
	ASSERT_EQ(0, events_subscribe(&self->s.events, NULL, NULL));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(owner, descriptor_shared_with_a_child_defers_the_close)
{
	struct want want = plain_fin;
	struct holder h;

	want.why = WHY(EXIT);
	ASSERT_EQ(0, pinned(&self->s));
	ASSERT_EQ(0, holder_start(&h, &self->s, NULL, NULL));
	ASSERT_EQ(0U, closes_so_far(&self->s));
	ASSERT_EQ(0, events_subscribe(&self->s.events, NULL, NULL));
	ASSERT_EQ(0, holder_do(&h, HOLDER_EXIT));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

FIXTURE(clock) {
	struct scene s;
};

FIXTURE_VARIANT(clock) {
	struct pair_opts opts;
};

FIXTURE_VARIANT_ADD(clock, accepted) {
	.opts.flavour = IPV4,
};

FIXTURE_VARIANT_ADD(clock, connecting) {
	.opts.flavour = IPV6,
	.opts.we_connect = true,
};

FIXTURE_SETUP(clock)
{
	ASSERT_EQ(0, scene_open_bare(&self->s));
}

FIXTURE_TEARDOWN(clock)
{
	scene_close(&self->s);
}

TEST_F(clock, age_and_time_lie_within_what_the_test_saw)
{
	int64_t born[2], died[2], wall[2];
	const struct event *ev;

	born[0] = now_ns();
	ASSERT_EQ(0, pair_open(&self->s.p, &variant->opts));
	born[1] = now_ns();
	ASSERT_TRUE(WAIT_FOR(now_ns() - born[1] > NSEC_PER_SEC / 10));
	wall[0] = clock_ns(CLOCK_REALTIME);
	died[0] = now_ns();
	ASSERT_EQ(0, scene_act(&self->s));
	died[1] = now_ns();
	wall[1] = clock_ns(CLOCK_REALTIME);
	ASSERT_EQ(0, scene_end(&self->s));
	ev = scene_event(&self->s);
	ASSERT_NE(NULL, ev);
	EXPECT_TRUE(EVENT_HAS(ev, AGE_NS));
	EXPECT_LE(died[0] - born[1], (int64_t)EVENT_NUM(ev, AGE_NS));
	EXPECT_GE(died[1] - born[0], (int64_t)EVENT_NUM(ev, AGE_NS));
	EXPECT_LE(wall[0], (int64_t)EVENT_NUM(ev, TIME));
	EXPECT_GE(wall[1], (int64_t)EVENT_NUM(ev, TIME));
}

TEST_F(clock, no_age_for_a_connection_older_than_the_probes)
{
	const struct event *ev;

	ASSERT_EQ(0, events_unsubscribe(&self->s.events));
	ASSERT_TRUE(WAIT_FOR(!events_info(&self->s.events) &&
			     !self->s.events.info.probes));
	ASSERT_EQ(0, pair_open(&self->s.p, &variant->opts));
	ASSERT_EQ(0, events_subscribe(&self->s.events, NULL, NULL));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, scene_end(&self->s));
	ev = scene_event(&self->s);
	ASSERT_NE(NULL, ev);
	EXPECT_FALSE(EVENT_HAS(ev, AGE_NS));
}

static int fill_counters(struct nl_msg *msg, const void *unused)
{
	return nla_put_u32(msg, CLOSEWATCH_A_FILTER_EVENTS, 1U << TYPE(LOST));
}

/* Of a namespace that another listener asks nothing of, births are not noted */
TEST_F(clock, no_age_for_a_connection_of_which_only_counters_were_asked)
{
	struct events *e = &self->s.events, elsewhere;
	int here = netns_open();
	const struct event *ev;

	ASSERT_EQ(0, events_subscribe(e, fill_counters, NULL));
	ASSERT_EQ(0, netns_enter());
	ASSERT_EQ(0, events_open(&elsewhere));
	ASSERT_EQ(0, events_subscribe(&elsewhere, NULL, NULL));
	ASSERT_EQ(0, netns_switch(here));
	close(here);
	ASSERT_EQ(0, pair_open(&self->s.p, &variant->opts));
	ASSERT_EQ(0, events_subscribe(e, NULL, NULL));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, scene_end(&self->s));
	events_close(&elsewhere);
	ev = scene_event(&self->s);
	ASSERT_NE(NULL, ev);
	EXPECT_FALSE(EVENT_HAS(ev, AGE_NS));
}

/* Nobody asks for the cookie before the close: the event must make one */
TEST_F(clock, cookie_is_made_when_there_was_none)
{
	const struct event *ev = NULL;
	struct address a;
	int fd = tcp_listen(variant->opts.flavour, 1);

	ASSERT_EQ(0, address_of(fd, false, &a));
	ASSERT_EQ(0, close(fd));
	ASSERT_EQ(0, scene_end(&self->s));
	for (size_t i = 0; i < self->s.events.n; i++)
		if (EVENT_NUM(&self->s.events.list[i], LOCAL_PORT) == a.port)
			ev = &self->s.events.list[i];
	ASSERT_NE(NULL, ev);
	EXPECT_TRUE(!!EVENT_NUM(ev, COOKIE));
}

BARE_FIXTURE(order);

static int stay_on_this_cpu(void)
{
	int cpu = sched_getcpu();
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -1 : cpu;
}

#define CLOSES 40

TEST_F(order, sequence_and_time_increase_on_a_cpu)
{
	int cpu = stay_on_this_cpu();
	uint64_t cookie[CLOSES], seq = 0, time = 0;

	ASSERT_GE(cpu, 0);
	for (int i = 0; i < CLOSES; i++) {
		int fd = tcp_socket(IPV4);

		cookie[i] = cookie_of(fd);
		ASSERT_EQ(0, close(fd));
	}
	ASSERT_EQ(0, scene_end(&self->s));
	ASSERT_EQ((size_t)CLOSES, self->s.events.n);
	for (int i = 0; i < CLOSES; i++) {
		const struct event *ev = &self->s.events.list[i];

		EXPECT_EQ(cookie[i], EVENT_NUM(ev, COOKIE));
		EXPECT_EQ((uint64_t)cpu, EVENT_NUM(ev, CPU));
		if (i)
			EXPECT_GT(EVENT_NUM(ev, SEQ), seq);
		EXPECT_GE(EVENT_NUM(ev, TIME), time);
		seq = EVENT_NUM(ev, SEQ);
		time = EVENT_NUM(ev, TIME);
	}
}

TEST_HARNESS_MAIN
