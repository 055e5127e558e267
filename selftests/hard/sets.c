// SPDX-License-Identifier: GPL-2.0
/*
 * Sets of rules race with all else that adds, removes, meets and lists policies,
 * by a user of several network namespaces and by root. HARD_SECONDS says for how
 * long. Nothing may be left of them, and the kernel may not complain.
 */
#include <errno.h>
#include <netlink/attr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "flavours.h"
#include "kmod.h"
#include "kmsg.h"
#include "netns.h"
#include "policy.h"
#include "random.h"
#include "tenant.h"
#include "wait.h"

#define MAX_RULES	1024
#define MAX_UID		1500	/* less than the tenant's namespaces could have */
#define FEW		20
#define SECONDS		30

static int64_t end;

/* A process; its own numbers, and the rounds that it has done */
struct worker {
	const char *name;
	int (*round)(struct worker *w);
	bool all_netns;
	struct events e;
	struct random r;
	unsigned long rounds;
};

static void one_rule(struct policy *p, struct random *r, bool all_netns)
{
	static const unsigned int actions[] = {
		ACTION(LEAVE), ACTION(DRAIN), ACTION(RESET),
	};

	*p = (struct policy){
		.action = actions[random_below(r, 3)],
		.priority = 1 + random_below(r, 4),
		.all_netns = all_netns,
		.dry_run = random_percent(r, 50),
	};
	if (p->action == ACTION(DRAIN)) {
		p->idle_ms = 20;
		p->total_ms = 20;
	}
	if (random_percent(r, 1))
		p->family = AF_INET;
	else
		p->local_port = 1 + random_below(r, 65000);
	if (p->local_port && random_percent(r, 50))
		p->local_port_last = p->local_port + random_below(r, 30);
}

/* One of a few, from one of its rules on, so that many are kept in a new order */
static size_t some_rules(struct policy *rule, struct random *r, bool all_netns)
{
	static const unsigned int sizes[] = { 1, 8, 100, MAX_RULES, MAX_RULES + 1 };
	struct random of = random_start(random_below(r, 3), 7);
	size_t n = random_below(r, 1 + sizes[random_below(r, 5)]);
	size_t from = n ? random_below(r, n) : 0;

	for (size_t i = 0; i < n; i++)
		one_rule(&rule[(i + from) % n], &of, all_netns && i % 2);
	return n;
}

static bool is_among(int err, int a, int b)
{
	return !err || err == -a || err == -b;
}

static int replace(struct worker *w)
{
	static struct policy rule[MAX_RULES + 1];
	struct rules set = { .rule = rule };

	set.n = some_rules(rule, &w->r, w->all_netns);
	set.dry_run = random_percent(&w->r, 10);
	return is_among(policy_set(&w->e, &set), ENOSPC, EUSERS) ? 0 : -1;
}

static int change_one(struct worker *w)
{
	static int last;
	struct policy p;
	int id;

	one_rule(&p, &w->r, w->all_netns);
	if (random_percent(&w->r, 30))
		p.expires_ms = 1 + random_below(&w->r, 1500);
	id = policy_add(&w->e, &p);
	if (id < 0 && !is_among(id, ENOSPC, EUSERS))
		return -1;
	if (last && random_percent(&w->r, 70) &&
	    !is_among(policy_del(&w->e, last), ENOENT, ENOENT))
		return -1;
	last = id > 0 ? id : 0;
	return 0;
}

static int flush(struct worker *w)
{
	poll(NULL, 0, 200);
	return policy_flush(&w->e);
}

static int list(struct worker *w)
{
	return policies_count(&w->e) < 0 ? -1 : 0;
}

/* Both ends, of which one may have a policy of its own */
static int meet(struct worker *w)
{
	struct pair_opts opts = { .flavour = IPV4 };
	struct policy own = { .action = ACTION(LEAVE) };
	struct pair p;

	if (pair_open(&p, &opts))
		return -1;
	own.cookie = p.cookie;
	if (random_percent(&w->r, 30))
		w->e.err = policy_add(&w->e, &own);
	pair_close(&p);
	return 0;
}

/* The namespace of before ends with its rules */
static int move(struct worker *w)
{
	events_close(&w->e);
	return netns_enter() || events_open(&w->e) || replace(w) ||
	       change_one(w) || meet(w);
}

static int hear(struct worker *w)
{
	while (events_poll(&w->e))
		w->e.n = 0;
	poll(NULL, 0, 10);
	return 0;
}

static int work(struct worker *w, unsigned int seed)
{
	int ret = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	w->r = random_start(seed, getpid());
	if (events_open(&w->e) || (w->round == hear && events_subscribe(&w->e, NULL, NULL)))
		return 1;
	while (!ret && now_ns() < end) {
		ret = w->round(w);
		w->rounds++;
	}
	printf("# %s: %lu rounds, %d: %s\n", w->name, w->rounds, w->e.err,
	       w->e.err ? w->e.extack : "");
	fflush(stdout);
	return ret ? 1 : 0;
}

static void start(struct worker *w, size_t n)
{
	fflush(stdout);
	for (size_t i = 0; i < n; i++) {
		if (!fork())
			_exit(work(&w[i], i));
	}
}

/* How many failed */
static int finish(size_t n)
{
	int status, failed = 0;

	while (n--)
		failed += wait(&status) < 0 || status;
	return failed;
}

static struct worker guests[] = {
	{ .name = "sets", .round = replace }, { .name = "sets", .round = replace },
	{ .name = "adds", .round = change_one }, { .name = "flushes", .round = flush },
	{ .name = "lists", .round = list }, { .name = "closes", .round = meet },
	{ .name = "closes", .round = meet }, { .name = "moves", .round = move },
	{ .name = "hears", .round = hear },
};

static struct worker hosts[] = {
	{ .name = "root sets", .round = replace, .all_netns = true },
	{ .name = "root adds", .round = change_one, .all_netns = true },
	{ .name = "root lists", .round = list },
	{ .name = "root closes", .round = meet },
	{ .name = "root moves", .round = move },
};

#define N(workers)	(sizeof(workers) / sizeof((workers)[0]))

static int race(void *unused)
{
	start(guests, N(guests));
	return finish(N(guests));
}

FIXTURE(sets) {
	struct tenant tenant;
	struct events e;
	long max_uid;
	int log;
};

FIXTURE_SETUP(sets)
{
	const char *seconds = getenv("HARD_SECONDS");
	int init = netns_open_init();

	NEED_MODULE_FILE(return);
	ASSERT_EQ(0, kmod_reload("userns=1"));
	ASSERT_EQ(0, netns_switch(init));
	close(init);
	self->log = kmsg_open();
	self->max_uid = kmod_param_read(MODULE, "policies_max_uid");
	ASSERT_EQ(0, kmod_param_write(MODULE, "policies_max_uid", MAX_UID));
	ASSERT_EQ(0, events_open(&self->e));
	self->tenant = (struct tenant){ .uid = NOBODY, .contained = true };
	end = now_ns() + (seconds && *seconds ? atol(seconds) : SECONDS) * NSEC_PER_SEC;
}

FIXTURE_TEARDOWN(sets)
{
	EXPECT_EQ(0, tenant_stop(&self->tenant));
	EXPECT_EQ(0, kmod_param_write(MODULE, "policies_max_uid", self->max_uid));
	events_close(&self->e);
	EXPECT_EQ(0, kmod_reload(""));
}

/* What the user may have is not less than it was before */
static int add_few(void *unused)
{
	struct policy rule = { .action = ACTION(LEAVE), .local_port = 9 };
	struct events e;

	if (events_open(&e))
		return 1;
	for (int i = 0; i < FEW; i++) {
		if (policy_add(&e, &rule) < 0)
			return 2;
	}
	return policy_add(&e, &rule) == -EUSERS ? 0 : 3;
}

TEST_F_TIMEOUT(sets, that_race_with_all_else_leave_nothing_behind, 900)
{
	start(hosts, N(hosts));
	EXPECT_EQ(0, tenant_start(&self->tenant, race, NULL));
	EXPECT_EQ(0, finish(N(hosts)));
	EXPECT_EQ(0, tenant_stop(&self->tenant));
	ASSERT_EQ(0, drain_off_everywhere(&self->e));
	/* Namespaces of workers that have ended go a little later */
	EXPECT_TRUE(WAIT_FOR(!events_info(&self->e) && !self->e.info.policies));
	ASSERT_EQ(0, kmod_param_write(MODULE, "policies_max_uid", FEW));
	EXPECT_EQ(0, tenant_start(&self->tenant, add_few, NULL));
	EXPECT_EQ(0, kmsg_complaints(self->log));
}

/* Closes that a rule met while it was replaced by itself */
#define CLOSES	200

static int set_on_and_on(struct worker *w)
{
	struct policy rule[] = {
		{ .action = ACTION(LEAVE), .family = AF_INET, .priority = 2 },
		{ .action = ACTION(LEAVE), .local_port = 1 + w->rounds % 2 },
	};

	return policy_set(&w->e, &(struct rules){ .rule = rule, .n = 2 });
}

static int count_closes(void *unused)
{
	struct policy rule = { .action = ACTION(LEAVE), .family = AF_INET, .priority = 2 };
	struct worker w = { .name = "sets", .round = set_on_and_on };
	struct pair_opts opts = { .flavour = IPV4 };
	uint64_t per_pair = 0, hits;
	struct events e;
	struct pair p;
	int id;

	if (events_open(&e))
		return 1;
	id = policy_add(&e, &rule);
	end = now_ns() + 1000 * NSEC_PER_SEC;
	for (int i = 0; i < CLOSES; i++) {
		if (pair_open(&p, &opts))
			return 2;
		pair_close(&p);
		if (policies_count(&e) < 0 || !policy_find(&e, id))
			return 3;
		hits = LISTED_NUM(policy_find(&e, id), HITS);
		if (!i) {
			per_pair = hits;
			start(&w, 1);
		}
		if (!hits || hits != per_pair * (i + 1))
			return 4;
	}
	return 0;
}

TEST_F_TIMEOUT(sets, lose_no_hit, 900)
{
	EXPECT_EQ(0, tenant_start(&self->tenant, count_closes, NULL));
	EXPECT_EQ(0, kmsg_complaints(self->log));
}

TEST_HARNESS_MAIN
