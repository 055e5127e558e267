// SPDX-License-Identifier: GPL-2.0
/*
 * A drain is charged to the user whose socket it was. All of it happens in the
 * initial network namespace, where users are who they are.
 */
#include <sys/un.h>

#include "drains.h"
#include "flavours.h"
#include "kmod.h"
#include "netns.h"
#include "tenant.h"
#include "wait.h"

#define OURS	2
#define THEIRS	2

/* Pairs of root's, and of a tenant's that leaves them to root to close */
FIXTURE(owner) {
	struct events e;
	struct pair ours[OURS], theirs[THEIRS];
	struct tenant tenant;
	int wire[2];
	long all, per_user;
};

static int hand_over(int wire, int fd)
{
	char byte = 0, room[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = room, .msg_controllen = sizeof(room),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(wire, &msg, 0) == 1 ? close(fd) : -1;
}

static int take_over(int wire)
{
	char byte, room[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = room, .msg_controllen = sizeof(room),
	};
	int fd;

	if (recvmsg(wire, &msg, 0) != 1 || !CMSG_FIRSTHDR(&msg))
		return -1;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

static int open_and_hand_over(void *wire)
{
	struct pair_opts opts = { .flavour = IPV4 };
	struct pair p;

	for (int i = 0; i < THEIRS; i++) {
		if (pair_open(&p, &opts) || hand_over(*(int *)wire, p.us))
			return 1;
	}
	return 0;
}

static int open_all(struct pair *ours, struct pair *theirs, int wire)
{
	struct pair_opts opts = { .flavour = IPV4 };

	for (int i = 0; i < THEIRS; i++) {
		theirs[i].us = take_over(wire);
		theirs[i].them = -1;
		theirs[i].listener = -1;
		theirs[i].cookie = cookie_of(theirs[i].us);
	}
	for (int i = 0; i < OURS; i++) {
		if (pair_open(&ours[i], &opts))
			return -1;
	}
	return 0;
}

FIXTURE_SETUP(owner)
{
	struct policy any = {
		.action = ACTION(DRAIN), .force = true,
		.idle_ms = 29000, .total_ms = 30000,
	};
	int init = netns_open_init();

	ASSERT_EQ(0, netns_switch(init));
	close(init);
	self->tenant.uid = NOBODY;
	self->all = kmod_param_read(MODULE, "drain_max");
	self->per_user = kmod_param_read(MODULE, "drain_max_uid");
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, self->wire));
	ASSERT_EQ(0, tenant_start(&self->tenant, open_and_hand_over,
				  &self->wire[1]));
	ASSERT_EQ(0, open_all(self->ours, self->theirs, self->wire[0]));
	ASSERT_EQ(0, events_open(&self->e));
	ASSERT_EQ(0, drain_off_everywhere(&self->e));
	ASSERT_EQ(0, events_subscribe(&self->e, NULL, NULL));
	ASSERT_LT(0, policy_add(&self->e, &any));
}

FIXTURE_TEARDOWN(owner)
{
	EXPECT_EQ(0, kmod_param_write(MODULE, "drain_max", self->all));
	EXPECT_EQ(0, kmod_param_write(MODULE, "drain_max_uid", self->per_user));
	EXPECT_EQ(0, drain_off(&self->e));
	events_close(&self->e);
	for (int i = 0; i < OURS; i++)
		pair_close(&self->ours[i]);
	EXPECT_EQ(0, tenant_stop(&self->tenant));
}

/* The last reference is root's, whoever made the socket */
static int drain(struct pair *p)
{
	int ret = close(p->us);

	p->us = -1;
	return ret;
}

static bool ended(struct events *e, const struct pair *p, unsigned int outcome)
{
	const struct event *ev = events_await(e, TYPE(DRAIN_END), p->cookie);

	return ev && EVENT_NUM(ev, DRAIN_OUTCOME) == outcome;
}

/* That no drain but of these is left; NULLs stand for none */
static bool only(struct events *e, const struct pair *a, const struct pair *b)
{
	size_t n = !!a + !!b;

	return WAIT_FOR(!drains_get(e) && e->n_drains == n) &&
	       (!a || EVENT_NUM(&e->drains[0], COOKIE) == a->cookie) &&
	       (!b || EVENT_NUM(&e->drains[1], COOKIE) == b->cookie);
}

TEST_F(owner, at_its_limit_sheds_its_own)
{
	ASSERT_EQ(0, kmod_param_write(MODULE, "drain_max_uid", 1));
	ASSERT_EQ(0, drain(&self->ours[0]));
	ASSERT_EQ(0, drain(&self->theirs[0]));
	ASSERT_EQ(0, drain(&self->theirs[1]));
	EXPECT_TRUE(ended(&self->e, &self->theirs[0], OUTCOME(SHED)));
	EXPECT_TRUE(only(&self->e, &self->ours[0], &self->theirs[1]));
	EXPECT_EQ(1U, events_count(&self->e, TYPE(DRAIN_END), 0));
}

TEST_F(owner, without_drains_is_refused_when_others_have_all)
{
	const struct event *ev;

	ASSERT_EQ(0, kmod_param_write(MODULE, "drain_max", 2));
	ASSERT_EQ(0, drain(&self->ours[0]));
	ASSERT_EQ(0, drain(&self->ours[1]));
	ASSERT_EQ(0, drain(&self->theirs[0]));
	ev = events_await(&self->e, TYPE(DRAIN_END), 0);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(self->theirs[0].cookie, EVENT_NUM(ev, COOKIE));
	EXPECT_EQ((unsigned int)OUTCOME(REFUSED), EVENT_NUM(ev, DRAIN_OUTCOME));
	EXPECT_EQ((unsigned int)REFUSAL(LIMIT), EVENT_NUM(ev, REFUSAL));
	EXPECT_TRUE(only(&self->e, &self->ours[0], &self->ours[1]));
}

TEST_F(owner, sheds_its_own_when_all_together_are_too_many)
{
	ASSERT_EQ(0, kmod_param_write(MODULE, "drain_max", 2));
	ASSERT_EQ(0, drain(&self->ours[0]));
	ASSERT_EQ(0, drain(&self->theirs[0]));
	ASSERT_EQ(0, drain(&self->theirs[1]));
	EXPECT_TRUE(ended(&self->e, &self->theirs[0], OUTCOME(SHED)));
	EXPECT_TRUE(only(&self->e, &self->ours[0], &self->theirs[1]));
}

TEST_HARNESS_MAIN
