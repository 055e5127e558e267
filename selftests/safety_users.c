// SPDX-License-Identifier: GPL-2.0
/* Who may ask for what, and how much of it */
#include <errno.h>
#include <netlink/attr.h>

#include "flavours.h"
#include "kmod.h"
#include "netns.h"
#include "policy.h"
#include "tenant.h"
#include "wait.h"

#define MODULE	"closewatch"
#define OTHER	65533

static const struct policy rule = { .action = ACTION(LEAVE), .local_port = 80 };

static int add(struct events *e)
{
	int id = policy_add(e, &rule);

	return id < 0 ? id : 0;
}

static int del(struct events *e)
{
	return policy_del(e, e->policy_id ?: 1);
}

static int get(struct events *e)
{
	int n = policies_count(e);

	return n < 0 ? n : 0;
}

static int subscribe(struct events *e)
{
	return events_subscribe(e, NULL, NULL);
}

/* Every request there is, in an order in which they succeed */
static const struct request {
	const char *name;
	int (*make)(struct events *e);
} requests[] = {
	{ "subscribe", subscribe },
	{ "info", events_info },
	{ "stats", events_stats },
	{ "policy-add", add },
	{ "policy-get", get },
	{ "policy-del", del },
	{ "policy-flush", policy_flush },
	{ "drain-get", drains_get },
	{ "drain-off", drain_off },
	{ "unsubscribe", events_unsubscribe },
};

#define REQUESTS (sizeof(requests) / sizeof(requests[0]))

/* How many had another answer than *@want */
static int make_all(void *want)
{
	struct events e;
	int bad = 0, err;

	if (events_open(&e))
		return REQUESTS;
	for (size_t i = 0; i < REQUESTS; i++) {
		err = requests[i].make(&e);
		if (err == *(int *)want)
			continue;
		fprintf(stderr, "# disagree: %s: %d\n", requests[i].name, err);
		bad++;
	}
	events_close(&e);
	return bad;
}

/* The module's parameter is off unless the variant says otherwise */
FIXTURE(requester) {
	struct tenant tenant;
};

FIXTURE_VARIANT(requester) {
	bool init_netns, userns;
	struct tenant tenant;
	int answer;
};

#define REQUESTER(name, ...) \
	FIXTURE_VARIANT_ADD(requester, name) { __VA_ARGS__ }

REQUESTER(root, .init_netns = true);
REQUESTER(root_in_another_netns, .init_netns = false);
REQUESTER(plain_user, .tenant.uid = NOBODY, .answer = -EPERM);
REQUESTER(plain_user_if_open, .tenant.uid = NOBODY, .userns = true,
	  .answer = -EPERM);
REQUESTER(root_of_a_userns, .tenant = { .uid = NOBODY, .contained = true },
	  .answer = -EPERM);
REQUESTER(root_of_a_userns_if_open, .userns = true,
	  .tenant = { .uid = NOBODY, .contained = true });

FIXTURE_SETUP(requester)
{
	int init = netns_open_init();

	self->tenant = variant->tenant;
	ASSERT_EQ(0, kmod_reload(variant->userns ? "userns=1" : ""));
	ASSERT_EQ(0, variant->init_netns ? netns_switch(init) : netns_enter());
	close(init);
}

FIXTURE_TEARDOWN(requester)
{
	EXPECT_EQ(0, tenant_stop(&self->tenant));
	if (variant->userns)
		EXPECT_EQ(0, kmod_reload(""));
}

TEST_F(requester, has_its_answer)
{
	int answer = variant->answer;

	EXPECT_EQ(0, variant->tenant.uid ?
		  tenant_start(&self->tenant, make_all, &answer) :
		  make_all(&answer));
}

/* Users that are let in: two of them, and root outside */
FIXTURE(guest) {
	struct tenant one, other;
	struct events root;
	int netns;
};

FIXTURE_SETUP(guest)
{
	ASSERT_EQ(0, kmod_reload("userns=1"));
	ASSERT_EQ(0, netns_enter());
	self->netns = netns_open();
	self->one = (struct tenant){ .uid = NOBODY, .contained = true };
	self->other = (struct tenant){ .uid = OTHER, .contained = true };
	ASSERT_EQ(0, events_open(&self->root));
}

FIXTURE_TEARDOWN(guest)
{
	EXPECT_EQ(0, tenant_stop(&self->one));
	EXPECT_EQ(0, tenant_stop(&self->other));
	events_close(&self->root);
	close(self->netns);
	EXPECT_EQ(0, kmod_reload(""));
}

static int fill_netns(struct nl_msg *msg, const void *fd)
{
	return nla_put_u32(msg, CLOSEWATCH_A_FILTER_NETNS_FD, *(int *)fd);
}

static int fill_all(struct nl_msg *msg, const void *unused)
{
	return nla_put_flag(msg, CLOSEWATCH_A_FILTER_ALL_NETNS);
}

static int ask_beyond(void *netns)
{
	struct policy there = rule, all = rule;
	struct events e;

	there.netns_fd = netns;
	all.all_netns = true;
	if (events_open(&e))
		return 1;
	if (events_subscribe(&e, fill_netns, netns) != -EPERM ||
	    events_subscribe(&e, fill_all, NULL) != -EPERM)
		return 2;
	if (policy_add(&e, &there) != -EPERM || policy_add(&e, &all) != -EPERM)
		return 3;
	return drain_off_everywhere(&e) != -EPERM ? 4 : 0;
}

TEST_F(guest, stays_in_its_own_namespaces)
{
	EXPECT_EQ(0, tenant_start(&self->one, ask_beyond, &self->netns));
}

/* As many as it may have, and the refusal of one more, in words */
static int subscribe_all(void *limit)
{
	struct events e;
	int err;

	for (long i = 0; i <= *(long *)limit; i++) {
		if (events_open(&e))
			return 1;
		err = subscribe(&e);
		if (err != (i < *(long *)limit ? 0 : -EUSERS))
			return 2;
	}
	return strstr(e.extack, "listeners_max_uid") ? 0 : 3;
}

TEST_F(guest, has_a_limit_of_listeners)
{
	long limit = kmod_param_read(MODULE, "listeners_max_uid");

	EXPECT_EQ(64, limit);
	limit = 5;
	ASSERT_EQ(0, kmod_param_write(MODULE, "listeners_max_uid", limit));
	EXPECT_EQ(0, tenant_start(&self->one, subscribe_all, &limit));
	EXPECT_EQ(0, tenant_start(&self->other, subscribe_all, &limit));
	EXPECT_EQ(0, subscribe(&self->root));
}

TEST_HARNESS_MAIN
