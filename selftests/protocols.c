// SPDX-License-Identifier: GPL-2.0
/* Sockets that are TCP and something more: they are named as such */
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>

#include "ends.h"
#include "flavours.h"
#include "verify.h"
#include "wait.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP	262
#endif

SCENE_FIXTURE(tls);

static int set_ulp(int fd, const char *name)
{
	return setsockopt(fd, IPPROTO_TCP, TCP_ULP, name, strlen(name));
}

/* The loopback's path is plain TCP's, as long as no key has been set */
TEST_F(tls, is_named)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(RST_UNREAD),
		.state = STATE(ESTABLISHED), .new_state = STATE(CLOSE),
		.unread = 3, .received = 3, .rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .abort_on_close = 1 },
	};

	if (set_ulp(p->us, "tls")) {
		ASSERT_EQ(ENOENT, errno);
		SKIP(return, "this kernel has no kTLS");
	}
	ASSERT_EQ(0, give(p->them, 3));
	ASSERT_EQ(0, await_readable(p->us, 3));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
	EXPECT_STREQ("tls", scene_event(&self->s)->ulp);
}

TEST_F(tls, is_named_by_a_shutdown_and_a_fate)
{
	struct pair *p = &self->s.p;
	const struct event *ev;

	if (set_ulp(p->us, "tls")) {
		ASSERT_EQ(ENOENT, errno);
		SKIP(return, "this kernel has no kTLS");
	}
	ASSERT_EQ(0, scene_shut(&self->s, SHUT_WR));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, fate_await(&self->s));
	ASSERT_EQ(0, scene_end(&self->s));
	ev = events_nth(&self->s.events, TYPE(SHUTDOWN), p->cookie, 0);
	ASSERT_NE(NULL, ev);
	EXPECT_STREQ("tls", ev->ulp);
	EXPECT_STREQ("tls", fate_event(&self->s)->ulp);
}

TEST_F(tls, plain_tcp_has_no_name)
{
	ASSERT_EQ(0, deafen(self->s.p.them));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, scene_end(&self->s));
	ASSERT_NE(NULL, scene_event(&self->s));
	EXPECT_FALSE(EVENT_HAS(scene_event(&self->s), ULP));
}

FIXTURE(mptcp) {
	struct scene s;
	int listener, client, child;
	uint16_t port;
};

FIXTURE_SETUP(mptcp)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);

	self->client = -1;
	self->child = -1;
	ASSERT_EQ(0, scene_open_bare(&self->s));
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	self->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC,
				IPPROTO_MPTCP);
	if (self->listener < 0)
		SKIP(return, "this kernel has no MPTCP");
	ASSERT_EQ(0, bind(self->listener, (void *)&a, sizeof(a)));
	ASSERT_EQ(0, listen(self->listener, 4));
	ASSERT_EQ(0, getsockname(self->listener, (void *)&a, &len));
	self->port = ntohs(a.sin_port);
	self->client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC,
			      IPPROTO_MPTCP);
	ASSERT_EQ(0, connect(self->client, (void *)&a, sizeof(a)));
	self->child = accept(self->listener, NULL, NULL);
	ASSERT_GE(self->child, 0);
}

FIXTURE_TEARDOWN(mptcp)
{
	close(self->listener);
	close(self->client);
	close(self->child);
	scene_close(&self->s);
}

/* Of the listener's port, by either side */
static bool concerns(const struct event *ev, uint16_t port)
{
	return EVENT_NUM(ev, LOCAL_PORT) == port ||
	       EVENT_NUM(ev, REMOTE_PORT) == port;
}

static size_t concerned(struct events *e, unsigned int type, uint16_t port)
{
	size_t n = 0;

	while (events_poll(e))
		;
	for (size_t i = 0; i < e->n; i++)
		n += EVENT_NUM(&e->list[i], TYPE) == type &&
		     concerns(&e->list[i], port);
	return n;
}

/* Each event of the connection names it, and claims no more than that */
static int all_named(const struct events *e, uint16_t port)
{
	int bad = 0;

	for (size_t i = 0; i < e->n; i++) {
		const struct event *ev = &e->list[i];

		if (!concerns(ev, port))
			continue;
		if (strcmp(ev->ulp, "mptcp")) {
			fprintf(stderr,
				"# disagree: an event of type %d is named '%s'\n",
				(int)EVENT_NUM(ev, TYPE), ev->ulp);
			bad++;
		}
		if (EVENT_NUM(ev, TYPE) == TYPE(CLOSE))
			bad += DIFFER(ev, PATH, PATH(MPTCP));
		if (EVENT_NUM(ev, TYPE) == TYPE(FATE)) {
			bad += DIFFER(ev, FATE, FATE(MPTCP)) +
			       DIFFER(ev, VERDICT, VERDICT(UNKNOWN)) +
			       ABSENT(ev, LOST_BYTES);
		}
	}
	return bad;
}

/* Subflows are the kernel's own sockets: it closes them, when it is time */
TEST_F(mptcp, subflows_are_named)
{
	struct events *e = &self->s.events;

	ASSERT_EQ(0, give(self->client, 50));
	ASSERT_EQ(0, take(self->child, 50));
	ASSERT_EQ(0, close(self->client));
	ASSERT_EQ(0, close(self->child));
	self->client = -1;
	self->child = -1;
	/* A subflow's close by a kworker may come after its fate */
	ASSERT_TRUE(WAIT_FOR(concerned(e, TYPE(FATE), self->port) == 2 &&
			     concerned(e, TYPE(CLOSE), self->port) == 2));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_EQ(0, all_named(e, self->port));
}

TEST_F(mptcp, listener_is_named)
{
	struct events *e = &self->s.events;

	ASSERT_EQ(0, close(self->listener));
	self->listener = -1;
	ASSERT_TRUE(WAIT_FOR(concerned(e, TYPE(CLOSE), self->port) == 1));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_EQ(0, all_named(e, self->port));
}

TEST_F(mptcp, shared_descriptor_is_not_plain_tcp)
{
	int copy = dup(self->client);

	ASSERT_EQ(0, close(copy));
	ASSERT_EQ(0, scene_end(&self->s));
	EXPECT_EQ(0U, concerned(&self->s.events, TYPE(SHARED_CLOSE),
				self->port));
}

TEST_HARNESS_MAIN
