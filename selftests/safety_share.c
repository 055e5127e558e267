// SPDX-License-Identifier: GPL-2.0
/* What one user does leaves the others room in the tables of all */
#include <netinet/tcp.h>
#include <netlink/attr.h>
#include <pthread.h>
#include <sys/fsuid.h>
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
#define CROWD	22	/* users */
#define EACH	3	/* connections of each, which fill the table together */

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

static const struct pair_opts plain = { .flavour = IPV4 };

/* Little can be sent that is not read: a close that lingers waits */
static const struct pair_opts narrow = {
	.flavour = IPV4, .our_sndbuf = 4096, .their_rcvbuf = 4096,
};

static int open_ours(struct pair *ours, const struct pair_opts *opts)
{
	for (int i = 0; i < OURS; i++) {
		if (pair_open(&ours[i], opts))
			return -1;
	}
	return 0;
}

/* Only what root closes: a plain user's are of the same namespace */
static int fill_root(struct nl_msg *msg, const void *unused)
{
	return nla_put_u32(msg, CLOSEWATCH_A_FILTER_UID, 0);
}

/* Small tables, in the namespace of all, and a listener there */
static int begin(struct events *e, struct pair *ours,
		 const struct pair_opts *opts)
{
	struct rlimit files = { 2000, 2000 };
	int init = netns_open_init();
	int ret = setrlimit(RLIMIT_NOFILE, &files) ?: kmod_reload(TABLES) ?:
		  netns_switch(init);

	close(init);
	return ret ?: events_open(e) ?: events_subscribe(e, fill_root, NULL) ?:
	       open_ours(ours, opts);
}

FIXTURE_SETUP(tables)
{
	NEED_MODULE_FILE(return);
	ASSERT_EQ(0, begin(&self->e, self->ours, &plain));
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
	struct pair p;

	forget(ours);
	for (int i = 0; i < HALVES; i++) {
		if (pair_open(&p, &plain) || shutdown(p.us, SHUT_WR) ||
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
static int close_stuck(const struct pair *p, pthread_t *closer)
{
	if (set_linger(p->us, 1000) || give_until_stuck(p->us) < 0 ||
	    pthread_create(closer, NULL, close_one, (void *)(long)p->us))
		return 1;
	return WAIT_FOR(state_by_address(&p->local, &p->remote) ==
			TCP_FIN_WAIT1) ? 0 : 2;
}

static int hold_closes(void *ours)
{
	pthread_t thread;
	struct pair p;

	forget(ours);
	for (int i = 0; i < LINGERS; i++) {
		if (pair_open(&p, &narrow) || close_stuck(&p, &thread))
			return 1;
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

/* Many users, none of whom has much */
FIXTURE(crowd) {
	struct events e;
	struct pair theirs[CROWD * EACH];
	struct pair ours[OURS];
};

FIXTURE_SETUP(crowd)
{
	NEED_MODULE_FILE(return);
	ASSERT_EQ(0, begin(&self->e, self->ours, &plain));
}

FIXTURE_TEARDOWN(crowd)
{
	for (int i = 0; i < CROWD * EACH; i++)
		pair_close(&self->theirs[i]);
	for (int i = 0; i < OURS; i++)
		pair_close(&self->ours[i]);
	events_close(&self->e);
	EXPECT_EQ(0, kmod_reload(""));
}

/* A socket is of the user as whom it was made */
static int hold_half(struct pair *p, uid_t uid)
{
	int err;

	setfsuid(uid);
	err = pair_open(p, &plain);
	setfsuid(0);
	return err ?: shutdown(p->us, SHUT_WR) ?:
	       await_state(p->us, TCP_FIN_WAIT2);
}

TEST_F(crowd, closes_find_a_place_where_none_has_much)
{
	for (int i = 0; i < CROWD * EACH; i++)
		ASSERT_EQ(0, hold_half(&self->theirs[i], NOBODY - i / EACH));
	for (int i = 0; i < OURS; i++) {
		ASSERT_EQ(0, close(self->ours[i].us));
		self->ours[i].us = -1;
	}
	ASSERT_EQ(0, events_unsubscribe(&self->e));
	for (int i = 0; i < OURS; i++)
		EXPECT_EQ(1U, events_count(&self->e, TYPE(CLOSE),
					   self->ours[i].cookie));
}

/*
 * Of the one user who fills the table. A shutdown has an entry of its own beside
 * that of the connection.
 */
FIXTURE(alone) {
	struct events e;
	struct pair ours[OURS];
	pthread_t closers[OURS];
	struct pair halves[HALVES];
};

FIXTURE_SETUP(alone)
{
	NEED_MODULE_FILE(return);
	ASSERT_EQ(0, begin(&self->e, self->ours, &narrow));
}

FIXTURE_TEARDOWN(alone)
{
	for (int i = 0; i < HALVES; i++)
		pair_close(&self->halves[i]);
	for (int i = 0; i < OURS; i++)
		pair_close(&self->ours[i]);
	events_close(&self->e);
	EXPECT_EQ(0, kmod_reload(""));
}

TEST_F(alone, what_goes_on_outlasts_what_rests)
{
	for (int i = 0; i < OURS; i++)
		ASSERT_EQ(0, close_stuck(&self->ours[i], &self->closers[i]));
	for (int i = 0; i < HALVES; i++)
		ASSERT_EQ(0, hold_half(&self->halves[i], 0));
	for (int i = 0; i < OURS; i++) {
		ASSERT_EQ(0, close(self->ours[i].them));
		self->ours[i].them = -1;
		self->ours[i].us = -1;
		ASSERT_EQ(0, pthread_join(self->closers[i], NULL));
	}
	ASSERT_EQ(0, events_unsubscribe(&self->e));
	for (int i = 0; i < OURS; i++)
		EXPECT_EQ(1U, events_count(&self->e, TYPE(CLOSE),
					   self->ours[i].cookie));
	for (int i = 0; i < HALVES; i++)
		EXPECT_EQ(1U, events_count(&self->e, TYPE(SHUTDOWN),
					   self->halves[i].cookie));
}

TEST_HARNESS_MAIN
