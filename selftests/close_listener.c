// SPDX-License-Identifier: GPL-2.0
/* Closes of listeners: row C1 */
#include <fcntl.h>
#include <netinet/tcp.h>

#include "flavours.h"
#include "netns.h"
#include "wait.h"

#define CLIENTS 5

FIXTURE(listener) {
	struct scene s;
	int client[CLIENTS];
};

FIXTURE_VARIANT(listener) {
	enum flavour flavour;
};

FIXTURE_VARIANT_ADD(listener, ipv4) {
	.flavour = IPV4,
};

FIXTURE_VARIANT_ADD(listener, ipv6) {
	.flavour = IPV6,
};

FIXTURE_VARIANT_ADD(listener, v4mapped) {
	.flavour = V4MAPPED,
};

FIXTURE_SETUP(listener)
{
	ASSERT_EQ(0, scene_open_bare(&self->s));
	ASSERT_EQ(0, scene_watch(&self->s, tcp_listen(variant->flavour, 16)));
	for (int i = 0; i < CLIENTS; i++)
		self->client[i] = tcp_socket(variant->flavour);
}

FIXTURE_TEARDOWN(listener)
{
	for (int i = 0; i < CLIENTS; i++)
		if (self->client[i] >= 0)
			close(self->client[i]);
	scene_close(&self->s);
}

static int queued(int listener)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	/* Of a listener, this is the length of its accept queue */
	return getsockopt(listener, IPPROTO_TCP, TCP_INFO, &info, &len) < 0 ?
	       -1 : (int)info.tcpi_unacked;
}

TEST_F(listener, with_an_empty_queue_sends_nothing)
{
	struct want want = {
		.path = PATH(LISTENER), .listener = true,
		.state = STATE(LISTEN), .new_state = STATE(CLOSE),
	};

	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(listener, resets_each_child_in_its_accept_queue)
{
	struct want want = {
		.path = PATH(LISTENER), .listener = true,
		.state = STATE(LISTEN), .new_state = STATE(CLOSE),
		.children = CLIENTS, .children_reset = CLIENTS, .rsts = CLIENTS,
		.moved = { .out_rsts = CLIENTS, .estab_resets = CLIENTS },
	};

	for (int i = 0; i < CLIENTS; i++) {
		ASSERT_EQ(0, tcp_connect(self->client[i], variant->flavour,
					 self->s.p.us));
		ASSERT_EQ(0, deafen(self->client[i]));
	}
	ASSERT_TRUE(WAIT_FOR(queued(self->s.p.us) == CLIENTS));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

/* What came for them is lost, and each says how much of it was its own */
TEST_F(listener, tells_what_the_peers_of_its_children_had_sent)
{
	struct want want = {
		.path = PATH(LISTENER), .listener = true,
		.state = STATE(LISTEN), .new_state = STATE(CLOSE), .unread = 30,
		.children = 2, .children_reset = 2, .rsts = 2,
		.moved = { .out_rsts = 2, .estab_resets = 2 },
	};
	uint64_t unread = 0;

	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, tcp_connect(self->client[i], variant->flavour,
					 self->s.p.us));
		ASSERT_EQ(0, give(self->client[i], 10 + 10 * i));
		ASSERT_EQ(0, await_acked(self->client[i]));
		ASSERT_EQ(0, deafen(self->client[i]));
	}
	ASSERT_TRUE(WAIT_FOR(queued(self->s.p.us) == 2));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
	EXPECT_EQ(2U, events_count(&self->s.events, TYPE(FATE), 0));
	for (int i = 0; i < 2; i++) {
		const struct event *ev =
			events_nth(&self->s.events, TYPE(FATE), 0, i);

		ASSERT_NE(NULL, ev);
		EXPECT_EQ((unsigned int)FATE(ABORTED), EVENT_NUM(ev, FATE));
		unread += EVENT_NUM(ev, UNREAD);
	}
	EXPECT_EQ(30U, unread);
}

TEST_F(listener, linger0_changes_nothing)
{
	struct want want = {
		.path = PATH(LISTENER), .listener = true, .linger = true,
		.state = STATE(LISTEN), .new_state = STATE(CLOSE),
		.children = 1, .children_reset = 1, .rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1 },
	};

	ASSERT_EQ(0, set_linger(self->s.p.us, 0));
	ASSERT_EQ(0, tcp_connect(self->client[0], variant->flavour,
				 self->s.p.us));
	ASSERT_EQ(0, deafen(self->client[0]));
	ASSERT_TRUE(WAIT_FOR(queued(self->s.p.us) == 1));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

/* A child that the peer has reset waits in the queue, and needs no RST */
TEST_F(listener, child_already_reset_is_counted_apart)
{
	struct want want = {
		.path = PATH(LISTENER), .listener = true,
		.state = STATE(LISTEN), .new_state = STATE(CLOSE),
		.children = 2, .children_reset = 1, .rsts = 1,
		.moved = { .out_rsts = 2, .estab_resets = 3,
			   .abort_on_data = 1 },
	};
	struct counters now;

	for (int i = 0; i < 2; i++)
		ASSERT_EQ(0, tcp_connect(self->client[i], variant->flavour,
					 self->s.p.us));
	ASSERT_TRUE(WAIT_FOR(queued(self->s.p.us) == 2));
	ASSERT_EQ(0, deafen(self->client[1]));
	ASSERT_EQ(0, set_linger(self->client[0], 0));
	ASSERT_EQ(0, close(self->client[0]));
	ASSERT_TRUE(WAIT_FOR(!counters_read(&now) && now.estab_resets == 2));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

static bool half_open(void)
{
	char line[512];
	bool found = false;
	FILE *f;

	for (int i = 0; i < 2; i++) {
		f = fopen(i ? "/proc/thread-self/net/tcp6" :
			      "/proc/thread-self/net/tcp", "re");
		while (f && fgets(line, sizeof(line), f)) {
			unsigned int state;

			if (sscanf(line, "%*d: %*s %*s %x", &state) == 1)
				found |= state == TCP_SYN_RECV;
		}
		if (f)
			fclose(f);
	}
	return found;
}

TEST_F(listener, half_open_child_gets_no_reset)
{
	struct want want = {
		.path = PATH(LISTENER), .listener = true,
		.state = STATE(LISTEN), .new_state = STATE(CLOSE),
	};

	ASSERT_EQ(0, deafen(self->client[0]));
	ASSERT_EQ(0, fcntl(self->client[0], F_SETFL, O_NONBLOCK));
	ASSERT_EQ(-1, tcp_connect(self->client[0], variant->flavour,
				  self->s.p.us));
	ASSERT_TRUE(WAIT_FOR(half_open()));
	ASSERT_EQ(0, vanish(&self->client[0]));	/* and its next SYN */
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_HARNESS_MAIN
