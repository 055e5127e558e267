// SPDX-License-Identifier: GPL-2.0
/* Closes of one descriptor of several: TCP does nothing */
#define _GNU_SOURCE
#include <string.h>
#include <sys/syscall.h>

#include "closer.h"
#include "flavours.h"
#include "verify.h"
#include "wait.h"

SCENE_FIXTURE(shared);

/* What the last close does */
static const struct want plain_fin = {
	.path = PATH(FIN), .fin = FIN(ALONE),
	.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1), .fins = 1,
};

static size_t shared_closes(const struct scene *s)
{
	return events_count(&s->events, TYPE(SHARED_CLOSE), s->p.cookie);
}

/* The nth shared close of our end left @references, by @pid for @why */
static int verify_shared(const struct scene *s, size_t nth, unsigned int why,
			 pid_t pid, unsigned int references)
{
	const struct event *ev = events_nth(&s->events, TYPE(SHARED_CLOSE),
					    s->p.cookie, nth);
	int bad;

	if (!ev)
		return differ("number of shared closes", nth, nth + 1);
	bad = DIFFER(ev, REFERENCES, references) + PRESENT(ev, REFERENCES);
	bad += DIFFER(ev, PID, pid) + DIFFER(ev, WHY, why) + PRESENT(ev, COMM);
	bad += DIFFER(ev, STATE, STATE(ESTABLISHED));
	bad += DIFFER(ev, NEW_STATE, STATE(ESTABLISHED));
	bad += ABSENT(ev, PATH) + ABSENT(ev, UNREAD) + ABSENT(ev, FATE);
	return bad + verify_identity(s, ev, false);
}

/* Nothing before the last close but the shared ones; then only itself */
static int verify_order(const struct scene *s, size_t shared)
{
	const struct event *last = scene_event(s), *ev;
	int bad = differ("number of shared closes", shared_closes(s), shared);

	for (size_t i = 0; last && i < shared; i++) {
		ev = events_nth(&s->events, TYPE(SHARED_CLOSE), s->p.cookie, i);
		if (ev)
			bad += differ("shared close after the last",
				      EVENT_NUM(ev, TIME) >
				      EVENT_NUM(last, TIME), 0);
	}
	return bad;
}

TEST_F(shared, duplicates_are_counted_down)
{
	struct pair *p = &self->s.p;
	int copy[2] = { dup(p->us), dup(p->us) };

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, close(copy[0]));
	ASSERT_EQ(0, close(copy[1]));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &plain_fin));
	EXPECT_EQ(0, verify_order(&self->s, 2));
	EXPECT_EQ(0, verify_shared(&self->s, 0, WHY(CLOSE), getpid(), 2));
	EXPECT_EQ(0, verify_shared(&self->s, 1, WHY(CLOSE), getpid(), 1));
}

TEST_F(shared, sole_descriptor_is_not_shared)
{
	ASSERT_EQ(0, deafen(self->s.p.them));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &plain_fin));
	EXPECT_EQ(0U, shared_closes(&self->s));
}

/* dup2() over a descriptor and close_range() close as well */
TEST_F(shared, other_calls_that_close)
{
	struct pair *p = &self->s.p;
	int copy = dup(p->us), other = dup(p->us);

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(copy, dup2(0, copy));
	ASSERT_EQ(0, syscall(SYS_close_range, other, other, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &plain_fin));
	EXPECT_EQ(0, verify_order(&self->s, 2));
	EXPECT_EQ(0, verify_shared(&self->s, 0, WHY(CLOSE), getpid(), 2));
	EXPECT_EQ(0, verify_shared(&self->s, 1, WHY(CLOSE), getpid(), 1));
	close(copy);
}

/* The parent closes while its child still has it: holder_start() does that */
TEST_F(shared, parent_closes_before_its_child)
{
	struct want want = plain_fin;
	struct holder h;

	ASSERT_EQ(0, deafen(self->s.p.them));
	ASSERT_EQ(0, holder_start(&h, &self->s, NULL, NULL));
	ASSERT_EQ(0, holder_do(&h, HOLDER_CLOSE));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
	EXPECT_EQ(0, verify_order(&self->s, 1));
	EXPECT_EQ(0, verify_shared(&self->s, 0, WHY(CLOSE), getpid(), 1));
}

/* The other order, and an exit in place of a close */
TEST_F(shared, child_exits_before_its_parent)
{
	struct pair *p = &self->s.p;
	int status;
	pid_t pid;

	ASSERT_EQ(0, deafen(p->them));
	pid = fork();
	if (!pid)
		_exit(0);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &plain_fin));
	EXPECT_EQ(0, verify_order(&self->s, 1));
	EXPECT_EQ(0, verify_shared(&self->s, 0, WHY(EXIT), pid, 1));
}

TEST_F(shared, child_is_killed_before_its_parent)
{
	struct pair *p = &self->s.p;
	int status;
	pid_t pid;

	ASSERT_EQ(0, deafen(p->them));
	pid = fork();
	if (!pid) {
		raise(SIGKILL);
		_exit(1);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &plain_fin));
	EXPECT_EQ(0, verify_order(&self->s, 1));
	EXPECT_EQ(0, verify_shared(&self->s, 0, WHY(SIGNAL), pid, 1));
}

static int pass(int via, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 }, byte = 'x';
	struct iovec iov = { &byte, 1 };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(via, &m, 0) == 1 ? 0 : -1;
}

static int received(int via)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 }, byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	int fd = -1;

	if (recvmsg(via, &m, MSG_CMSG_CLOEXEC) == 1 && CMSG_FIRSTHDR(&m))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));
	return fd;
}

/* A descriptor on its way in a message is a reference without a holder */
TEST_F(shared, descriptor_in_flight_is_a_reference)
{
	struct pair *p = &self->s.p;
	int via[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, via));
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, pass(via[0], p->us));
	ASSERT_EQ(0, close(p->us));
	p->us = received(via[1]);
	ASSERT_GE(p->us, 0);
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &plain_fin));
	EXPECT_EQ(0, verify_order(&self->s, 1));
	EXPECT_EQ(0, verify_shared(&self->s, 0, WHY(CLOSE), getpid(), 1));
	close(via[0]);
	close(via[1]);
}

BARE_FIXTURE(listener);

TEST_F(listener, shared_by_workers_is_told_too)
{
	int fd = tcp_listen(IPV4, 1), copy = dup(fd);
	const struct event *ev;

	ASSERT_EQ(0, scene_watch(&self->s, fd));
	ASSERT_EQ(0, close(copy));
	ASSERT_EQ(0, scene_end(&self->s));
	ASSERT_EQ(1U, shared_closes(&self->s));
	ev = events_nth(&self->s.events, TYPE(SHARED_CLOSE), self->s.p.cookie,
			0);
	EXPECT_EQ((unsigned int)STATE(LISTEN), EVENT_NUM(ev, STATE));
	EXPECT_EQ(1U, EVENT_NUM(ev, REFERENCES));
}

TEST_HARNESS_MAIN
