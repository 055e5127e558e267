// SPDX-License-Identifier: GPL-2.0
/* Many drains, and what may go away beneath them */
#include <netinet/tcp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "closer.h"
#include "destroy.h"
#include "drains.h"
#include "flavours.h"
#include "kmod.h"
#include "kmsg.h"
#include "netns.h"
#include "verify.h"
#include "wait.h"

#define CROWD	300

static const struct policy any = {
	.action = ACTION(DRAIN), .force = true,
	.idle_ms = 29000, .total_ms = 30000,
};

/* A kernel with all checks on is slow by an order of magnitude */
static int many(int n)
{
	return access("/proc/lockdep_stats", F_OK) ? n : n / 10;
}

/* TCP sockets of the whole machine, those without an owner included */
static long sockets_alive(void)
{
	FILE *f = fopen("/proc/thread-self/net/sockstat", "re");
	char line[256];
	long n = -1;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "TCP: inuse %*d orphan %*d tw %*d alloc %ld",
			   &n) == 1)
			break;
	if (f)
		fclose(f);
	return n;
}

/* What the kernel's caches hold, in KiB */
static long slab_kb(void)
{
	FILE *f = fopen("/proc/meminfo", "re");
	char line[256];
	long kb = -1;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Slab: %ld kB", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return kb;
}

/* Connections, of which our ends can be closed and the peers' wait */
struct crowd {
	struct pair *pairs;
	int n;
};

static int crowd_open(struct crowd *c, int n)
{
	struct pair_opts opts = { .flavour = IPV4 };
	struct rlimit files = { 4 * n + 100, 4 * n + 100 };

	c->n = 0;
	c->pairs = calloc(n, sizeof(*c->pairs));
	if (!c->pairs || setrlimit(RLIMIT_NOFILE, &files))
		return -1;
	for (; c->n < n; c->n++) {
		struct pair *p = &c->pairs[c->n];

		if (pair_open(p, &opts))
			return -1;
		close(p->listener);
		p->listener = -1;
	}
	return 0;
}

static int crowd_act(struct crowd *c)
{
	int bad = 0;

	for (int i = 0; i < c->n; i++) {
		bad += close(c->pairs[i].us) != 0;
		c->pairs[i].us = -1;
	}
	return bad;
}

static int crowd_peers_end(struct crowd *c)
{
	int bad = 0;

	for (int i = 0; i < c->n; i++)
		bad += shutdown(c->pairs[i].them, SHUT_WR) != 0;
	return bad;
}

static void crowd_close(struct crowd *c)
{
	for (int i = 0; i < c->n; i++)
		pair_close(&c->pairs[i]);
	free(c->pairs);
}

FIXTURE(crowd) {
	struct scene s;
	struct crowd c;
	long sockets, total_max;
};

FIXTURE_SETUP(crowd)
{
	ASSERT_EQ(0, scene_open_bare(&self->s));
	self->total_max = kmod_param_read(MODULE, "drain_total_max");
	self->sockets = sockets_alive();
}

FIXTURE_TEARDOWN(crowd)
{
	EXPECT_EQ(0, kmod_param_write(MODULE, "drain_total_max",
				      self->total_max));
	crowd_close(&self->c);
	scene_close(&self->s);
}

TEST_F_TIMEOUT(crowd, ten_thousand_at_once_hold, 600)
{
	const struct stats *st = &self->s.events.stats;
	struct policy patient = any;
	int n = many(10000);
	long slab;

	patient.idle_ms = 900000;
	patient.total_ms = 900000;
	ASSERT_EQ(0, kmod_param_write(MODULE, "drain_total_max", 900));
	ASSERT_EQ(0, events_unsubscribe(&self->s.events));
	self->s.ended = true;
	ASSERT_EQ(0, crowd_open(&self->c, n));
	ASSERT_LT(0, policy_add(&self->s.events, &patient));
	slab = slab_kb();
	ASSERT_EQ(0, crowd_act(&self->c));
	TH_LOG("%ld bytes more for each of %d drains than for open sockets",
	       (slab_kb() - slab) * 1024 / n, n);
	ASSERT_EQ(0, events_stats(&self->s.events));
	EXPECT_EQ((uint32_t)n, st->drains);
	ASSERT_EQ(0, drains_get(&self->s.events));
	EXPECT_EQ((size_t)n, self->s.events.n_drains);
	ASSERT_EQ(0, crowd_peers_end(&self->c));
	ASSERT_TRUE(WAIT_FOR(!events_stats(&self->s.events) &&
			     st->ended[OUTCOME(DELIVERED)].events ==
			     (uint64_t)n));
	ASSERT_EQ(0, drains_await_none(&self->s.events));
	crowd_close(&self->c);
	self->c.n = 0;
	self->c.pairs = NULL;
	EXPECT_TRUE(WAIT_FOR(sockets_alive() <= self->sockets))
		TH_LOG("%ld sockets, before %ld", sockets_alive(),
		       self->sockets);
}

/* The one switch: when it has answered nothing is left */
TEST_F(crowd, switched_off_in_the_middle)
{
	const struct stats *st = &self->s.events.stats;

	ASSERT_EQ(0, crowd_open(&self->c, CROWD));
	ASSERT_LT(0, policy_add(&self->s.events, &any));
	ASSERT_EQ(0, crowd_act(&self->c));
	ASSERT_EQ(0, drain_off(&self->s.events));
	ASSERT_EQ(0, events_stats(&self->s.events));
	EXPECT_EQ(0U, st->drains);
	EXPECT_EQ((uint64_t)CROWD, st->ended[OUTCOME(FLUSHED)].events);
	EXPECT_EQ(0, policies_count(&self->s.events));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_EQ((size_t)CROWD,
		  events_count(&self->s.events, TYPE(DRAIN_BEGIN), 0));
	EXPECT_EQ((size_t)CROWD,
		  events_count(&self->s.events, TYPE(DRAIN_END), 0));
	EXPECT_EQ(0U, events_lost(&self->s.events));
}

/* Peers that end, reset and send on, places that are few, a switch */
static int churn_peer(struct pair *p, int i)
{
	switch (i % 4) {
	case 0:
		return shutdown(p->them, SHUT_WR);
	case 1:
		return set_linger(p->them, 0) ?: close(p->them);
	case 2:
		destroy(&p->local, &p->remote);	/* or it has been shed */
		break;
	default:
		send(p->them, p, sizeof(*p), MSG_NOSIGNAL);
	}
	return 0;
}

static void run_churn(atomic_long *rounds)
{
	struct events e;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (events_open(&e))
		_exit(1);
	for (;;) {
		struct crowd c;

		if (policy_add(&e, &any) < 0 || crowd_open(&c, 40) ||
		    crowd_act(&c))
			_exit(1);
		for (int i = 0; i < c.n; i++) {
			churn_peer(&c.pairs[i], i);
			if (i % 4 == 1)
				c.pairs[i].them = -1;
		}
		if (*rounds % 3 == 0 && drain_off(&e))
			_exit(1);
		crowd_close(&c);
		++*rounds;
	}
}

static atomic_long *shared_count(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static pid_t start(void (*run)(atomic_long *count), atomic_long *count)
{
	pid_t pid = fork();

	if (!pid)
		run(count);
	return pid;
}

static int stop(pid_t pid)
{
	return kill(pid, SIGKILL) || waitpid(pid, NULL, 0) != pid ? -1 : 0;
}

static uint64_t all_ends(const struct stats *st)
{
	uint64_t n = 0;

	for (int i = 0; i <= CLOSEWATCH_DRAIN_OUTCOME_MAX; i++)
		n += st->ended[i].events;
	return n;
}

TEST_F_TIMEOUT(crowd, every_begin_has_its_end, 600)
{
	long before = kmod_param_read(MODULE, "drain_max_netns");
	const struct stats *st = &self->s.events.stats;
	atomic_long *rounds = shared_count();
	int log = kmsg_open();
	pid_t churn[2];

	ASSERT_NE(NULL, rounds);
	ASSERT_EQ(0, kmod_param_write(MODULE, "drain_max_netns", 25));
	for (int i = 0; i < 2; i++)
		churn[i] = start(run_churn, rounds);
	EXPECT_TRUE(WAIT_FOR((events_poll(&self->s.events),
			      *rounds > many(60))));
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(0, stop(churn[i]));
	EXPECT_EQ(0, drain_off(&self->s.events));
	ASSERT_EQ(0, kmod_param_write(MODULE, "drain_max_netns", before));
	ASSERT_EQ(0, events_stats(&self->s.events));
	EXPECT_EQ(0U, st->drains);
	EXPECT_EQ(st->closes[PATH(DRAIN)], all_ends(st));
	EXPECT_LT(0U, st->ended[OUTCOME(SHED)].events);
	EXPECT_LT(0U, st->ended[OUTCOME(FLUSHED)].events);
	EXPECT_EQ(0U, st->ended[OUTCOME(UNKNOWN)].events);
	EXPECT_EQ(0, kmsg_complaints(log));
	TH_LOG("%ld rounds, %llu drains", *rounds,
	       (unsigned long long)all_ends(st));
}

/* A namespace that nothing but drains still holds */
BARE_FIXTURE(vanishing);

static int leave_a_drain(void)
{
	struct policy patient = {
		.action = ACTION(DRAIN), .force = true, .idle_ms = 2000,
	};
	struct pair_opts opts = { .flavour = IPV4 };
	struct events e;
	struct pair p;

	if (netns_enter() || events_open(&e) || pair_open(&p, &opts) ||
	    policy_add(&e, &patient) < 0 || close(p.us))
		return -1;
	p.us = -1;
	/* The peer goes without a packet, so that the drain has to wait */
	if (!WAIT_FOR(state_by_address(&p.local, &p.remote) ==
		      TCP_FIN_WAIT2))
		return -1;
	return vanish(&p.them);
}

static int run_child(int (*act)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(act() ? 1 : 0);
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ?
	       WEXITSTATUS(status) : -1;
}

/* Its policy goes with it, and not before its last drain is over */
TEST_F(vanishing, namespace_lives_as_long_as_its_last_drain)
{
	struct events *e = &self->s.events;
	const struct event *ev;
	unsigned int before;

	ASSERT_EQ(0, events_subscribe_all(e));
	ASSERT_EQ(0, events_info(e));
	before = e->info.policies;
	ASSERT_EQ(0, run_child(leave_a_drain));
	ASSERT_EQ(0, events_info(e));
	EXPECT_LE(1U, e->info.drains);
	ev = events_await(e, TYPE(DRAIN_BEGIN), 0);
	ASSERT_NE(NULL, ev);
	ev = events_await(e, TYPE(DRAIN_END), EVENT_NUM(ev, COOKIE));
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(0, DIFFER(ev, DRAIN_OUTCOME, OUTCOME(IDLE_TIMEOUT)));
	EXPECT_NE(self->s.netns, EVENT_NUM(ev, NETNS));
	EXPECT_TRUE(WAIT_FOR(!events_info(e) && e->info.policies <= before));
}

/* The module goes while it has drains, and closes are on their way to it */
FIXTURE(unload) {
	const char *path;
	int kmsg;
	pid_t traffic[2];
	atomic_long *rounds;
};

static void run_drains(atomic_long *rounds)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (netns_enter())
		_exit(1);
	for (;;) {
		struct events e;
		struct crowd c;

		/* The module is there or not: whatever happens, go on */
		if (!events_open(&e))
			policy_add(&e, &any);
		events_close(&e);
		if (crowd_open(&c, many(200)) || crowd_act(&c))
			_exit(1);
		++*rounds;
		poll(NULL, 0, 50);
		crowd_close(&c);
	}
}

FIXTURE_SETUP(unload)
{
	NEED_MODULE_FILE(return);
	self->path = kmod_path(MODULE);
	self->rounds = shared_count();
	ASSERT_NE(NULL, self->rounds);
	self->kmsg = kmsg_open();
	ASSERT_GE(self->kmsg, 0);
}

FIXTURE_TEARDOWN(unload)
{
	if (!kmod_loaded(MODULE))
		EXPECT_EQ(0, kmod_load(self->path));
}

static unsigned int drains_everywhere(void)
{
	unsigned int n = 0;
	struct events e;

	if (!events_open(&e) && !events_info(&e))
		n = e.info.drains;
	events_close(&e);
	return n;
}

TEST_F_TIMEOUT(unload, under_load_with_hundreds_of_drains, 900)
{
	unsigned int enough = many(150);

	for (int i = 0; i < 2; i++)
		self->traffic[i] = start(run_drains, self->rounds);
	for (int i = 0; i < 30; i++) {
		ASSERT_TRUE(WAIT_FOR(drains_everywhere() >= enough))
			TH_LOG("round %d", i);
		ASSERT_EQ(0, kmod_remove(MODULE));
		ASSERT_EQ(0, kmod_load(self->path));
	}
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(0, stop(self->traffic[i]));
	EXPECT_EQ(0, kmsg_complaints(self->kmsg));
	TH_LOG("%ld rounds of %d", *self->rounds, many(200));
}

/* A close that was refused a drain at the last moment has left our frame */
TEST_F(unload, does_not_wait_for_a_close_that_lingers)
{
	struct pair_opts opts = { .flavour = IPV4 };
	struct slow_close c;
	struct scene s;

	NEED_HELPER(return, FAULT);
	ASSERT_EQ(0, kmod_load_helper(FAULT));
	ASSERT_EQ(0, scene_open(&s, &opts));
	ASSERT_EQ(0, drain_arm(&s));
	ASSERT_EQ(0, set_linger(s.p.us, 15));
	ASSERT_EQ(0, isolate(&s.p));
	ASSERT_EQ(0, kmod_param_write(FAULT, "fail_drain", getpid()));
	ASSERT_EQ(0, slow_close_start(&c, &s));
	ASSERT_NE(NULL, events_await(&s.events, TYPE(LINGER_WAIT), s.p.cookie));
	EXPECT_FALSE(c.done);
	scene_close(&s);
	EXPECT_EQ(0, kmod_remove(MODULE));
	EXPECT_FALSE(c.done);
	EXPECT_EQ(0, slow_close_finish(&c));
	EXPECT_EQ(0, kmod_remove(FAULT));
	EXPECT_EQ(0, kmsg_complaints(self->kmsg));
}

TEST_HARNESS_MAIN
