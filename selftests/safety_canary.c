// SPDX-License-Identifier: GPL-2.0
/* Probes that the kernel silences: listeners are told, requests are refused */
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "file.h"
#include "flavours.h"
#include "kmod.h"
#include "kmsg.h"
#include "netns.h"
#include "pair.h"
#include "policy.h"
#include "wait.h"

#define FTRACE	"/proc/sys/kernel/ftrace_enabled"
#define KPROBES	"/sys/kernel/debug/kprobes/enabled"

FIXTURE(silence) {
	struct scene s;
};

FIXTURE_VARIANT(silence) {
	const char *path;
};

FIXTURE_VARIANT_ADD(silence, of_ftrace) {
	.path = FTRACE,
};

FIXTURE_VARIANT_ADD(silence, of_kprobes) {
	.path = KPROBES,
};

/* Refused for the moment in which something is armed or disarmed */
static bool silenced(const char *path)
{
	return WAIT_FOR(!file_write(path, "0"));
}

/* arm64's kprobes are never on ftrace */
#ifdef __aarch64__
#define ON_FTRACE	false
#else
#define ON_FTRACE	true
#endif

static bool silences(const char *path)
{
	return !access(path, F_OK) && (ON_FTRACE || strcmp(path, FTRACE));
}

FIXTURE_SETUP(silence)
{
	if (!silences(variant->path))
		SKIP(return, "probes here do not depend on %s", variant->path);
	ASSERT_EQ(0, scene_open_bare(&self->s));
	ASSERT_EQ(0, drain_off_everywhere(&self->s.events));
}

FIXTURE_TEARDOWN(silence)
{
	EXPECT_EQ(0, file_write(variant->path, "1"));
	scene_close(&self->s);
}

static bool told(struct events *e)
{
	while (events_poll(e))
		;
	return events_lost_by(e, CLOSEWATCH_LOSS_BLIND);
}

static bool blind(struct events *e)
{
	return !events_info(e) && e->info.blind;
}

/* A close that is seen; its cookie */
static uint64_t close_one(void)
{
	int fd = tcp_socket(IPV4);
	uint64_t cookie = cookie_of(fd);

	return close(fd) ? 0 : cookie;
}

TEST_F(silence, is_told_as_a_loss_until_it_ends)
{
	struct events *e = &self->s.events;

	ASSERT_TRUE(silenced(variant->path));
	ASSERT_TRUE(WAIT_FOR(told(e)));
	EXPECT_TRUE(blind(e));
	EXPECT_LT(0U, e->info.blind_seconds);
	ASSERT_EQ(0, file_write(variant->path, "1"));
	ASSERT_TRUE(WAIT_FOR(!blind(e)));
	EXPECT_NE(NULL, events_await(e, TYPE(CLOSE), close_one()));
}

/* What ended it is not known: the tracepoint fires, and no kprobe left a mark */
TEST_F(silence, makes_no_cause_up)
{
	struct pair_opts opts = { .flavour = IPV4 };
	struct events *e = &self->s.events;
	const struct event *fate;
	uint64_t cookie;
	struct pair p;

	ASSERT_TRUE(silenced(variant->path));
	ASSERT_TRUE(WAIT_FOR(blind(e)));
	ASSERT_EQ(0, pair_open(&p, &opts));
	cookie = p.cookie;
	pair_close(&p);
	fate = events_await(e, TYPE(FATE), cookie);
	ASSERT_NE(NULL, fate);
	EXPECT_EQ((uint64_t)FATE(UNKNOWN), EVENT_NUM(fate, FATE));
}

static bool idle(struct events *e)
{
	return !events_info(e) && !e->info.probes && !e->info.policy_armed;
}

TEST_F(silence, leaves_nothing_armed_by_a_request)
{
	struct policy any = { .action = ACTION(DRAIN), .force = true };
	struct events *e = &self->s.events;

	ASSERT_EQ(0, events_unsubscribe(e));
	ASSERT_TRUE(WAIT_FOR(idle(e)));
	ASSERT_TRUE(silenced(variant->path));
	EXPECT_GT(0, events_subscribe(e, NULL, NULL));
	EXPECT_NE(NULL, strstr(e->extack, "ftrace_enabled"))
		TH_LOG("'%s'", e->extack);
	EXPECT_GT(0, policy_add(e, &any));
	EXPECT_NE(NULL, strstr(e->extack, "kprobes/enabled"))
		TH_LOG("'%s'", e->extack);
	EXPECT_TRUE(WAIT_FOR(idle(e)));
	EXPECT_EQ(0U, e->info.listeners + e->info.policies);
	ASSERT_EQ(0, file_write(variant->path, "1"));
	EXPECT_EQ(0, events_subscribe(e, NULL, NULL));
	EXPECT_LT(0, policy_add(e, &any));
	EXPECT_NE(NULL, events_await(e, TYPE(CLOSE), close_one()));
	EXPECT_EQ(0, drain_off(e));
}

/* Another listener's probes are there already, which is no reason to trust */
TEST_F(silence, refuses_those_who_come_second)
{
	struct policy any = { .action = ACTION(DRAIN), .force = true };
	struct events *e = &self->s.events, second;

	ASSERT_LT(0, policy_add(e, &any));
	ASSERT_EQ(0, events_open(&second));
	ASSERT_TRUE(silenced(variant->path));
	EXPECT_GT(0, events_subscribe(&second, NULL, NULL));
	EXPECT_GT(0, policy_add(&second, &any));
	ASSERT_EQ(0, file_write(variant->path, "1"));
	EXPECT_EQ(0, events_subscribe(&second, NULL, NULL));
	events_close(&second);
	EXPECT_EQ(0, drain_off(e));
}

#define TRACING	"/sys/kernel/debug/tracing"

/*
 * Functions that are counted: the first waits for all CPUs when ftrace changes,
 * the second has run after the exit of each namespace
 */
#define COUNT	"p:of_ftrace synchronize_rcu_tasks_rude\n" \
		"r:of_work cw_policy_idle_fn\n"

FIXTURE(fresh) {};

FIXTURE_SETUP(fresh)
{
	NEED_MODULE_FILE(return);
	ASSERT_EQ(0, kmod_reload(""));
	ASSERT_EQ(0, file_write(TRACING "/kprobe_events", COUNT));
	ASSERT_EQ(0, file_write(TRACING "/events/kprobes/enable", "1"));
}

FIXTURE_TEARDOWN(fresh)
{
	EXPECT_EQ(0, file_write(TRACING "/events/kprobes/enable", "0"));
	EXPECT_EQ(0, file_write(TRACING "/kprobe_events",
				"-:of_ftrace\n-:of_work\n"));
}

static long hits(const char *event)
{
	FILE *f = fopen(TRACING "/kprobe_profile", "re");
	long n, found = -1;
	char name[64];

	while (f && fscanf(f, "%63s %ld %*d", name, &n) == 2) {
		if (!strcmp(name, event))
			found = n;
	}
	if (f)
		fclose(f);
	return found;
}

/*
 * With nothing armed there is nothing to disarm, and ftrace is not asked. That
 * namespace has been asked for policies, even if for none; others do not get so far.
 */
TEST_F(fresh, module_leaves_ftrace_alone_when_namespaces_go)
{
	const struct rules none = {};
	int home = netns_open();
	struct events e;
	long work, ftrace;

	ASSERT_LE(0, home);
	ASSERT_EQ(0, netns_enter());
	ASSERT_EQ(0, events_open(&e));
	ASSERT_EQ(0, policy_set(&e, &none));
	events_close(&e);
	ASSERT_TRUE(WAIT_FOR(hits("of_work") > 0));
	work = hits("of_work");
	ftrace = hits("of_ftrace");
	ASSERT_LE(0, ftrace);
	ASSERT_EQ(0, netns_switch(home));
	close(home);
	EXPECT_TRUE(WAIT_FOR(hits("of_work") > work));
	EXPECT_EQ(ftrace, hits("of_ftrace"));
}

/* The same again and again, while the module comes and goes */
#define ROUNDS	12

struct toggler {
	pthread_t thread;
	const char *path;
	atomic_bool stop;
};

FIXTURE(toggled) {
	struct toggler t;
	int log;
};

FIXTURE_VARIANT(toggled) {
	const char *path;
};

FIXTURE_VARIANT_ADD(toggled, ftrace) {
	.path = FTRACE,
};

FIXTURE_VARIANT_ADD(toggled, kprobes) {
	.path = KPROBES,
};

static void *toggle(void *arg)
{
	struct toggler *t = arg;

	while (!t->stop) {
		file_write(t->path, "0");
		poll(NULL, 0, 20);
		file_write(t->path, "1");
		poll(NULL, 0, 20);
	}
	return NULL;
}

FIXTURE_SETUP(toggled)
{
	NEED_MODULE_FILE(return);
	if (!silences(variant->path))
		SKIP(return, "probes here do not depend on %s", variant->path);
	ASSERT_EQ(0, netns_enter());
	self->log = kmsg_open();
	self->t.path = variant->path;
	ASSERT_EQ(0, pthread_create(&self->t.thread, NULL, toggle, &self->t));
}

FIXTURE_TEARDOWN(toggled)
{
	EXPECT_EQ(0, kmod_reload(""));
}

/* Armed, if they let it, and then disarmed by the module's exit */
static int load_and_listen(void)
{
	struct events e;
	int err = kmod_reload("") ?: events_open(&e);

	if (err)
		return err;
	events_subscribe(&e, NULL, NULL);
	events_close(&e);
	return 0;
}

/* An ftrace that is off when others disarm finds that later, and goes for good */
TEST_F_TIMEOUT(toggled, at_any_time_stays_whole, 300)
{
	for (int i = 0; i < ROUNDS; i++)
		EXPECT_EQ(0, load_and_listen());
	self->t.stop = true;
	ASSERT_EQ(0, pthread_join(self->t.thread, NULL));
	EXPECT_EQ(0, kmod_reload(""));
	EXPECT_EQ(0, file_write(FTRACE, "1"));
	EXPECT_EQ(0, load_and_listen());
	EXPECT_EQ(0, kmsg_complaints(self->log));
}

TEST_HARNESS_MAIN
