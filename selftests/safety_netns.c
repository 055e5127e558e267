// SPDX-License-Identifier: GPL-2.0
/* What named a network namespace does not outlive it */
#include <netlink/attr.h>

#include "flavours.h"
#include "netns.h"
#include "policy.h"
#include "wait.h"

/* Asked for from a namespace that stays, for one that goes */
FIXTURE(number) {
	struct events e;
	int home;
	uint64_t inode;
};

static int one_netns(struct nl_msg *msg, const void *fd)
{
	return nla_put_u32(msg, CLOSEWATCH_A_FILTER_NETNS_FD, *(int *)fd);
}

FIXTURE_SETUP(number)
{
	struct policy any = { .action = ACTION(LEAVE), .force = true };
	int there;

	ASSERT_EQ(0, netns_enter());
	self->home = netns_open();
	ASSERT_EQ(0, events_open(&self->e));
	ASSERT_EQ(0, netns_enter());
	self->inode = netns_inode();
	there = netns_open();
	any.netns_fd = &there;
	ASSERT_EQ(0, events_subscribe(&self->e, one_netns, &there));
	ASSERT_LT(0, policy_add(&self->e, &any));
	ASSERT_EQ(0, pair_once());
	ASSERT_NE(NULL, events_await(&self->e, TYPE(CLOSE), 0));
	ASSERT_NE(NULL, events_await(&self->e, TYPE(POLICY), 0));
	close(there);
	ASSERT_EQ(0, netns_switch(self->home));
}

FIXTURE_TEARDOWN(number)
{
	events_close(&self->e);
	close(self->home);
}

/*
 * The kernel gives the least number that is free. A namespace with a lesser
 * one stays open until the program ends, so that the next gets another. With
 * a greater one the number sought is still taken: namespaces made faster than
 * the kernel frees them would only delay it.
 */
static bool number_is_back(uint64_t inode)
{
	uint64_t given;

	if (netns_enter())
		return false;
	given = netns_inode();
	if (given < inode)
		netns_open();
	else if (given > inode)
		poll(NULL, 0, 100);
	return given == inode;
}

static bool is_gone(struct events *e)
{
	return !events_info(e) && !e->info.policies;
}

TEST_F(number, given_again_names_another_namespace)
{
	struct events *e = &self->e, here;

	/*
	 * Whatever the old one had to tell comes before the new one is made. All
	 * policies are counted: of a test before, orphans have kept some for 105 s.
	 */
	ASSERT_TRUE(WAIT_FOR(is_gone(e)) || WAIT_FOR(is_gone(e)) ||
		    WAIT_FOR(is_gone(e)));
	ASSERT_TRUE(WAIT_FOR(number_is_back(self->inode)));
	while (events_poll(e))
		;
	e->n = 0;
	ASSERT_EQ(0, pair_once());
	ASSERT_EQ(0, events_open(&here));
	EXPECT_EQ(0, policies_count(&here));
	events_close(&here);
	ASSERT_EQ(0, events_unsubscribe(e));
	for (size_t i = 0; i < e->n; i++) {
		EXPECT_NE(self->inode, EVENT_NUM(&e->list[i], NETNS))
			TH_LOG("type %llu of process %llu",
			       (unsigned long long)EVENT_NUM(&e->list[i], TYPE),
			       (unsigned long long)EVENT_NUM(&e->list[i], PID));
	}
}

TEST_HARNESS_MAIN
