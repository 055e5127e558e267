// SPDX-License-Identifier: GPL-2.0
/*
 * Ends that come with the end of a network namespace. The packet and counter
 * oracles go with it, so a listener in another namespace is all there is.
 */
#include <netinet/tcp.h>
#include <sys/wait.h>

#include "flavours.h"
#include "kmod.h"
#include "netns.h"
#include "scene.h"
#include "wait.h"

/* What the vanished namespace tells of itself and its one connection */
struct news {
	uint64_t netns, cookie;
	long port;
};

FIXTURE(vanishing) {
	struct scene s;
};

FIXTURE_SETUP(vanishing)
{
	ASSERT_EQ(0, scene_open_bare(&self->s));
	ASSERT_EQ(0, events_subscribe_all(&self->s.events));
}

FIXTURE_TEARDOWN(vanishing)
{
	scene_close(&self->s);
}

/* Let a child bring a namespace into being, act there, and take it along */
static int in_passing_netns(int (*act)(struct news *news), struct news *news)
{
	int fd[2], status, bad;
	pid_t pid;

	if (pipe(fd) < 0)
		return -1;
	pid = fork();
	if (!pid) {
		if (netns_enter())
			_exit(1);
		news->netns = netns_inode();
		if (act(news))
			_exit(1);
		_exit(write(fd[1], news, sizeof(*news)) != sizeof(*news));
	}
	close(fd[1]);
	bad = read(fd[0], news, sizeof(*news)) != sizeof(*news);
	close(fd[0]);
	return bad || waitpid(pid, &status, 0) != pid ? -1 : status;
}

static int leave_minisock(struct news *news)
{
	struct pair_opts opts = { .flavour = IPV6 };
	struct pair p;

	if (pair_open(&p, &opts))
		return -1;
	news->cookie = p.cookie;
	return set_int(p.us, IPPROTO_TCP, TCP_LINGER2, 60) ?:
	       shutdown(p.us, SHUT_WR) ?: await_state(p.us, TCP_FIN_WAIT2) ?:
	       close(p.us) ?: vanish(&p.them);
}

TEST_F(vanishing, namespace_takes_its_minisocks_along)
{
	struct events *e = &self->s.events;
	const struct event *ev;
	struct news news;

	ASSERT_EQ(0, in_passing_netns(leave_minisock, &news));
	ev = events_await(e, TYPE(FATE), news.cookie);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ((unsigned int)FATE(NETNS_GONE), EVENT_NUM(ev, FATE));
	EXPECT_EQ((unsigned int)VERDICT(DELIVERED), EVENT_NUM(ev, VERDICT));
	EXPECT_EQ((unsigned int)SIDE(LOCAL), EVENT_NUM(ev, CLOSED_FIRST));
	EXPECT_EQ((unsigned int)STATE(FIN_WAIT2), EVENT_NUM(ev, STATE));
	EXPECT_EQ(news.netns, EVENT_NUM(ev, NETNS));
	EXPECT_EQ(0U, EVENT_NUM(ev, LOST_BYTES));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_EQ(1U, events_count(e, TYPE(FATE), news.cookie));
}

/*
 * An orphan of a program holds its namespace: it comes to its own end there. The
 * peer goes last: what it is still sent it would answer with an RST.
 */
static int leave_orphan(struct news *news)
{
	struct pair_opts opts = { .flavour = IPV4 };
	struct pair p;

	if (pair_open(&p, &opts))
		return -1;
	news->cookie = p.cookie;
	return sysctl_write("net/ipv4/tcp_orphan_retries", "1") ?:
	       deafen(p.them) ?: give(p.us, 25) ?: close(p.us) ?:
	       loopback_set(false) ?: vanish(&p.them);
}

TEST_F(vanishing, orphan_outlives_all_programs_of_its_namespace)
{
	struct events *e = &self->s.events;
	const struct event *ev;
	struct news news;

	ASSERT_EQ(0, in_passing_netns(leave_orphan, &news));
	ev = events_await(e, TYPE(FATE), news.cookie);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ((unsigned int)FATE(RETRANSMIT_TIMEOUT), EVENT_NUM(ev, FATE));
	EXPECT_EQ((unsigned int)VERDICT(UNKNOWN), EVENT_NUM(ev, VERDICT));
	EXPECT_EQ(0U, EVENT_NUM(ev, LOST_BYTES));
	EXPECT_EQ(25U, EVENT_NUM(ev, UNACKED));
	EXPECT_EQ(news.netns, EVENT_NUM(ev, NETNS));
}

FIXTURE(kernel_owned) {
	struct scene s;
};

FIXTURE_SETUP(kernel_owned)
{
	NEED_HELPER(return, FAULT);
	ASSERT_EQ(0, kmod_load_helper(FAULT));
	ASSERT_EQ(0, scene_open_bare(&self->s));
	ASSERT_EQ(0, events_subscribe_all(&self->s.events));
}

FIXTURE_TEARDOWN(kernel_owned)
{
	scene_close(&self->s);
	EXPECT_EQ(0, kmod_remove(FAULT));
}

/* Nothing is left but the kernel's end, and nothing answers its FIN */
static int leave_kernel_end(struct news *news)
{
	struct address a;
	int listener = tcp_listen(IPV4, 1), fd;

	if (address_of(listener, false, &a) ||
	    kmod_param_write(FAULT, "hold_netns", a.port))
		return -1;
	fd = accept(listener, NULL, NULL);
	news->port = kmod_param_read(FAULT, "hold_netns");
	return vanish(&fd) ?: close(listener) ?: loopback_set(false);
}

static const struct event *fate_in(struct events *e, const struct news *news)
{
	events_poll(e);
	for (size_t i = 0; i < e->n; i++) {
		const struct event *ev = &e->list[i];

		if (EVENT_NUM(ev, TYPE) == TYPE(FATE) &&
		    EVENT_NUM(ev, NETNS) == news->netns &&
		    (long)EVENT_NUM(ev, LOCAL_PORT) == news->port)
			return ev;
	}
	return NULL;
}

TEST_F(kernel_owned, connection_ends_with_its_namespace)
{
	const struct event *ev = NULL;
	struct news news;

	ASSERT_EQ(0, in_passing_netns(leave_kernel_end, &news));
	ASSERT_TRUE(WAIT_FOR((ev = fate_in(&self->s.events, &news))));
	EXPECT_EQ((unsigned int)FATE(NETNS_GONE), EVENT_NUM(ev, FATE));
	EXPECT_EQ((unsigned int)VERDICT(UNKNOWN), EVENT_NUM(ev, VERDICT));
	EXPECT_EQ((unsigned int)WHY(KERNEL), EVENT_NUM(ev, WHY));
	EXPECT_EQ((unsigned int)STATE(FIN_WAIT1), EVENT_NUM(ev, STATE));
}

TEST_HARNESS_MAIN
