// SPDX-License-Identifier: GPL-2.0
/* Closes that only kmod/closewatch_fault.ko can bring about: F4 and C12 */
#include <netinet/tcp.h>

#include "closer.h"
#include "flavours.h"
#include "kmod.h"
#include "netns.h"
#include "wait.h"

FIXTURE(fin_lost) {
	struct scene s;
};

FIXTURE_VARIANT(fin_lost) {
	struct pair_opts opts;
};

FIXTURE_VARIANT_ADD(fin_lost, ipv4) {
	.opts.flavour = IPV4,
};

FIXTURE_VARIANT_ADD(fin_lost, ipv6) {
	.opts.flavour = IPV6,
};

FIXTURE_SETUP(fin_lost)
{
	NEED_HELPER(return, FAULT);
	ASSERT_EQ(0, kmod_load_helper(FAULT));
	ASSERT_EQ(0, scene_open(&self->s, &variant->opts));
}

FIXTURE_TEARDOWN(fin_lost)
{
	scene_close(&self->s);
	/* A probe hit or a dying namespace may hold it for a moment */
	EXPECT_EQ(0, kmod_remove(FAULT));
}

TEST_F(fin_lost, state_moves_on_without_a_fin)
{
	struct want want = {
		.path = PATH(FIN_LOST), .fin = FIN(LOST),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1),
	};

	ASSERT_EQ(0, kmod_param_write(FAULT, "fail_fin", getpid()));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, kmod_param_read(FAULT, "fail_fin"));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(fin_lost, in_close_wait_too)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(FIN_LOST), .fin = FIN(LOST),
		.state = STATE(CLOSE_WAIT), .new_state = STATE(LAST_ACK),
	};

	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, kmod_param_write(FAULT, "fail_fin", getpid()));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, kmod_param_read(FAULT, "fail_fin"));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

FIXTURE(netns_gone) {
	struct scene s;
};

FIXTURE_SETUP(netns_gone)
{
	NEED_HELPER(return, FAULT);
	ASSERT_EQ(0, kmod_load_helper(FAULT));
	ASSERT_EQ(0, scene_open_bare(&self->s));
}

FIXTURE_TEARDOWN(netns_gone)
{
	scene_close(&self->s);
	/* A probe hit or a dying namespace may hold it for a moment */
	EXPECT_EQ(0, kmod_remove(FAULT));
}

/*
 * Leave nothing in the caller's namespace but the kernel's end of a
 * connection. A peer in repair mode goes without a packet, and with loopback
 * down nothing can answer the FIN to come.
 */
static int leave_kernel_end(void)
{
	struct address a;
	int listener = tcp_listen(IPV4, 1), fd;

	if (address_of(listener, false, &a) ||
	    kmod_param_write(FAULT, "hold_netns", a.port))
		return -1;
	fd = accept(listener, NULL, NULL);
	return set_int(fd, IPPROTO_TCP, TCP_REPAIR, 1) ?: close(fd) ?:
	       close(listener) ?: loopback_set(false);
}

/* Let a child bring a namespace into being and take it along */
static int namespace_comes_and_goes(uint64_t *netns)
{
	int fd[2], status;
	uint64_t ino;
	pid_t pid;

	if (pipe(fd) < 0)
		return -1;
	pid = fork();
	if (!pid) {
		if (netns_enter() || leave_kernel_end())
			_exit(1);
		ino = netns_inode();
		_exit(write(fd[1], &ino, sizeof(ino)) != sizeof(ino));
	}
	close(fd[1]);
	status = read(fd[0], netns, sizeof(*netns)) != sizeof(*netns);
	close(fd[0]);
	return status || waitpid(pid, &status, 0) != pid ? -1 : status;
}

static const struct event *close_in(struct events *e, uint64_t netns, long port)
{
	events_poll(e);
	for (size_t i = 0; i < e->n; i++)
		if (EVENT_NUM(&e->list[i], TYPE) == TYPE(CLOSE) &&
		    EVENT_NUM(&e->list[i], NETNS) == netns &&
		    (long)EVENT_NUM(&e->list[i], LOCAL_PORT) == port)
			return &e->list[i];
	return NULL;
}

/* The other oracles have gone with the namespace */
TEST_F(netns_gone, kernel_owned_connection_dies_with_its_namespace)
{
	struct events *e = &self->s.events;
	const struct event *ev;
	uint64_t netns;
	long port;

	ASSERT_EQ(0, events_subscribe_all(e));
	ASSERT_EQ(0, namespace_comes_and_goes(&netns));
	port = kmod_param_read(FAULT, "hold_netns");
	ASSERT_GT(port, 0);
	ASSERT_TRUE(WAIT_FOR((ev = close_in(e, netns, port))));
	EXPECT_EQ((unsigned int)PATH(NETNS_GONE), EVENT_NUM(ev, PATH));
	EXPECT_EQ((unsigned int)STATE(ESTABLISHED), EVENT_NUM(ev, STATE));
	EXPECT_EQ((unsigned int)STATE(CLOSE), EVENT_NUM(ev, NEW_STATE));
	EXPECT_EQ((unsigned int)FIN(ALONE), EVENT_NUM(ev, FIN));
	EXPECT_EQ((unsigned int)WHY(KERNEL), EVENT_NUM(ev, WHY));
	EXPECT_EQ(0U, EVENT_NUM(ev, UNREAD));
}

TEST_HARNESS_MAIN
