// SPDX-License-Identifier: GPL-2.0
/* What one user does leaves the others room in the tables of all */
#include <netinet/tcp.h>
#include <netlink/attr.h>
#include <pthread.h>
#include <sys/resource.h>

#include "destroy.h"
#include "ends.h"
#include "flavours.h"
#include "kmod.h"
#include "netns.h"
#include "tenant.h"
#include "wait.h"

#define TABLES	"track_slots=64"
#define HALVES	300	/* connections closed on one side */
#define LINGERS	80	/* closes that wait */
#define BIRTHS	34000	/* connections, of which 32768 are remembered */
#define OURS	10

/*
 * Those of a tenant, and of the host's own root in the initial namespace.
 */
FIXTURE(tables) {
	struct tenant tenant;
	struct events e;
	struct pair ours[OURS];
};

FIXTURE_VARIANT(tables) {
	bool contained;
};

FIXTURE_VARIANT_ADD(tables, of_a_userns) { .contained = true };
/* In the initial namespace, beside root */
FIXTURE_VARIANT_ADD(tables, of_a_plain_user) { .contained = false };

static int open_ours(struct pair *ours)
{
	struct pair_opts opts = { .flavour = IPV4 };

	for (int i = 0; i < OURS; i++) {
		if (pair_open(&ours[i], &opts))
			return -1;
	}
	return 0;
}

/* Only what root closes: a plain user's are of the same namespace */
static int fill_root(struct nl_msg *msg, const void *unused)
{
	return nla_put_u32(msg, CLOSEWATCH_A_FILTER_UID, 0);
}

FIXTURE_SETUP(tables)
{
	struct rlimit files = { 2000, 2000 };
	int init = netns_open_init();

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &files));
	ASSERT_EQ(0, kmod_reload(TABLES));
	ASSERT_EQ(0, netns_switch(init));
	close(init);
	ASSERT_EQ(0, events_open(&self->e));
	ASSERT_EQ(0, events_subscribe(&self->e, fill_root, NULL));
	ASSERT_EQ(0, open_ours(self->ours));
	self->tenant = (struct tenant){
		.uid = NOBODY, .contained = variant->contained,
	};
}

FIXTURE_TEARDOWN(tables)
{
	EXPECT_EQ(0, tenant_stop(&self->tenant));
	events_close(&self->e);
	for (int i = 0; i < OURS; i++)
		pair_close(&self->ours[i]);
	EXPECT_EQ(0, kmod_reload(""));
}

/* In the tenant, which has copies of the descriptors */
static void forget(struct pair *ours)
{
	for (int i = 0; i < OURS; i++)
		pair_close(&ours[i]);
}

static int hold_halves(void *ours)
{
	struct pair_opts opts = { .flavour = IPV4 };
	struct pair p;

	forget(ours);
	for (int i = 0; i < HALVES; i++) {
		if (pair_open(&p, &opts) || shutdown(p.us, SHUT_WR) ||
		    await_state(p.us, TCP_FIN_WAIT2))
			return 1;
		close(p.listener);
	}
	return 0;
}

TEST_F(tables, tracked_connections_of_others_keep_their_fates)
{
	ASSERT_EQ(0, tenant_start(&self->tenant, hold_halves, self->ours));
	for (int i = 0; i < OURS; i++) {
		struct pair *p = &self->ours[i];
		const struct event *ev;

		ASSERT_EQ(0, close(p->us));
		ASSERT_EQ(0, close(p->them));
		p->us = -1;
		p->them = -1;
		ev = events_await(&self->e, TYPE(FATE), p->cookie);
		ASSERT_NE(NULL, ev);
		EXPECT_EQ((unsigned int)FATE(TIME_WAIT), EVENT_NUM(ev, FATE));
	}
}

static void *close_one(void *arg)
{
	close((long)arg);
	return NULL;
}

/* By data that is not read: a filter on a TCP socket asks for CAP_NET_ADMIN */
static int hold_closes(void *ours)
{
	struct pair_opts opts = {
		.flavour = IPV4, .our_sndbuf = 4096, .their_rcvbuf = 4096,
	};
	pthread_t thread;
	struct pair p;

	forget(ours);
	for (int i = 0; i < LINGERS; i++) {
		if (pair_open(&p, &opts) || set_linger(p.us, 1000) ||
		    give_until_stuck(p.us) < 0 ||
		    pthread_create(&thread, NULL, close_one,
				   (void *)(long)p.us))
			return 1;
		if (!WAIT_FOR(state_by_address(&p.local, &p.remote) ==
			      TCP_FIN_WAIT1))
			return 2;
		close(p.listener);
	}
	return 0;
}

TEST_F(tables, closes_in_progress_of_others_keep_their_places)
{
	ASSERT_EQ(0, tenant_start(&self->tenant, hold_closes, self->ours));
	for (int i = 0; i < OURS; i++) {
		ASSERT_EQ(0, close(self->ours[i].us));
		self->ours[i].us = -1;
	}
	/* All that were told: a close that found no place never comes */
	ASSERT_EQ(0, events_info(&self->e));
	ASSERT_EQ(0, events_unsubscribe(&self->e));
	for (int i = 0; i < OURS; i++)
		EXPECT_EQ(1U, events_count(&self->e, TYPE(CLOSE),
					   self->ours[i].cookie));
}

/* Connections that are reset at once, so that none is left */
static int open_many(void *ours)
{
	int listener = tcp_listen(IPV4, 16);

	forget(ours);
	for (int i = 0; i < BIRTHS / 2; i++) {
		int fd = tcp_socket(IPV4), child;

		if (tcp_connect(fd, IPV4, listener))
			return 1;
		child = accept(listener, NULL, NULL);
		if (child < 0 || set_linger(fd, 0) || close(fd) || close(child))
			return 1;
	}
	return 0;
}

TEST_F_TIMEOUT(tables, births_of_others_are_remembered, 300)
{
	ASSERT_EQ(0, tenant_start(&self->tenant, open_many, self->ours));
	for (int i = 0; i < OURS; i++) {
		const struct event *ev;

		ASSERT_EQ(0, close(self->ours[i].us));
		self->ours[i].us = -1;
		ev = events_await(&self->e, TYPE(CLOSE), self->ours[i].cookie);
		ASSERT_NE(NULL, ev);
		EXPECT_LT(0U, EVENT_NUM(ev, AGE_NS));
	}
}

TEST_HARNESS_MAIN
