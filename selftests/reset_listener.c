// SPDX-License-Identifier: GPL-2.0
/* What a listener's close leaves: migrated children and half-open peers */
#include <fcntl.h>
#include <netinet/tcp.h>

#include "destroy.h"
#include "ends.h"
#include "flavours.h"
#include "inject.h"
#include "kernel.h"
#include "netns.h"
#include "verify.h"
#include "wait.h"

#define CLIENTS 3

FIXTURE(listener) {
	struct scene s;
	struct address at, from[CLIENTS];
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

FIXTURE_SETUP(listener)
{
	int fd;

	ASSERT_EQ(0, scene_open_bare(&self->s));
	fd = tcp_listen(variant->flavour, CLIENTS);
	ASSERT_EQ(0, scene_watch(&self->s, fd));
	ASSERT_EQ(0, address_of(fd, false, &self->at));
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

/* A SYN whose answer is never heard, from a peer that then is no more */
static int half_open(struct scene *s, enum flavour kind, int *fd,
		     struct address *from, const struct address *at)
{
	if (deafen(*fd) || fcntl(*fd, F_SETFL, O_NONBLOCK) ||
	    !tcp_connect(*fd, kind, s->p.us) ||
	    address_of(*fd, false, from) ||
	    !WAIT_FOR(state_by_address(at, from) == TCP_SYN_RECV))
		return -1;
	return vanish(fd);
}

static int verify_queue(const struct scene *s, unsigned int syn_queue,
			unsigned int migrated)
{
	const struct event *ev = scene_event(s);

	return ev ? DIFFER(ev, SYN_QUEUE, syn_queue) +
		    PRESENT(ev, SYN_QUEUE) +
		    DIFFER(ev, CHILDREN_MIGRATED, migrated) +
		    PRESENT(ev, CHILDREN_MIGRATED) : 1;
}

/* Commonly believed to be reset at once, but nothing is sent */
TEST_F(listener, half_open_peers_are_counted)
{
	struct want want = {
		.path = PATH(LISTENER), .listener = true,
		.state = STATE(LISTEN), .new_state = STATE(CLOSE),
	};

	for (int i = 0; i < CLIENTS; i++)
		ASSERT_EQ(0, half_open(&self->s, variant->flavour,
				       &self->client[i], &self->from[i],
				       &self->at));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
	EXPECT_EQ(0, verify_queue(&self->s, CLIENTS, 0));
	EXPECT_EQ(0U, events_count(&self->s.events, TYPE(RESET), 0));
}

static int complete_handshake(struct scene *s, enum flavour kind,
			      uint16_t from, uint16_t at)
{
	struct packet syn, answer, last;

	if (capture_sync(s->capture) ||
	    capture_ends(s->capture, from, at, &syn, &last) ||
	    capture_ends(s->capture, at, from, &answer, &last))
		return -1;
	return inject(kind, &(struct forgery){
		.src = from, .dst = at, .flags = TH_ACK,
		.seq = syn.seq + 1, .ack = answer.seq + 1,
	});
}

/* It is the peer's next packet that finds nobody */
TEST_F(listener, half_open_peer_is_reset_when_it_comes_back)
{
	struct want want = {
		.path = PATH(LISTENER), .listener = true,
		.state = STATE(LISTEN), .new_state = STATE(CLOSE), .rsts = 1,
		.moved = { .out_rsts = 1 },
	};

	ASSERT_EQ(0, half_open(&self->s, variant->flavour, &self->client[0],
			       &self->from[0], &self->at));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, complete_handshake(&self->s, variant->flavour,
					self->from[0].port, self->at.port));
	ASSERT_NE(NULL, events_await(&self->s.events, TYPE(RESET), 0));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
	EXPECT_EQ(0, verify_queue(&self->s, 1, 0));
	EXPECT_EQ(0, reset_verify(&self->s, RESET(NO_SOCKET), 0));
}

FIXTURE(group) {
	struct scene s;
	int client[CLIENTS];
};

FIXTURE_SETUP(group)
{
	ASSERT_EQ(0, scene_open_bare(&self->s));
	if (!kernel_at_least(5, 14))
		SKIP(return, "this kernel does not migrate children");
	ASSERT_EQ(0, sysctl_write("net/ipv4/tcp_migrate_req", "1"));
}

FIXTURE_TEARDOWN(group)
{
	scene_close(&self->s);
}

/* One of a group of listeners on the same port; 0 chooses it */
static int listen_in_group(uint16_t port)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = tcp_socket(IPV4);

	return set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1) ?:
	       bind(fd, (void *)&a, sizeof(a)) ?: listen(fd, CLIENTS) ?: fd;
}

TEST_F(group, children_go_to_the_listener_that_stays)
{
	struct want want = {
		.path = PATH(LISTENER), .listener = true,
		.state = STATE(LISTEN), .new_state = STATE(CLOSE),
		.moved = { .migrate_success = CLIENTS },
	};
	int goes = listen_in_group(0), stays, child;
	struct address at;

	ASSERT_GE(goes, 0);
	ASSERT_EQ(0, scene_watch(&self->s, goes));
	ASSERT_EQ(0, address_of(goes, false, &at));
	for (int i = 0; i < CLIENTS; i++) {
		self->client[i] = tcp_socket(IPV4);
		ASSERT_EQ(0, tcp_connect(self->client[i], IPV4, goes));
	}
	stays = listen_in_group(at.port);
	ASSERT_GE(stays, 0);
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
	EXPECT_EQ(0, verify_queue(&self->s, 0, CLIENTS));
	for (int i = 0; i < CLIENTS; i++) {
		child = accept(stays, NULL, NULL);
		ASSERT_GE(child, 0);
		ASSERT_EQ(0, give(self->client[i], 1));
		close(child);
		close(self->client[i]);
	}
	close(stays);
}

/* Without another, they are reset as ever */
TEST_F(group, children_have_nowhere_to_go)
{
	struct want want = {
		.path = PATH(LISTENER), .listener = true,
		.state = STATE(LISTEN), .new_state = STATE(CLOSE),
		.children = 1, .children_reset = 1, .rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .migrate_failure = 1 },
	};
	int goes = listen_in_group(0), client = tcp_socket(IPV4);

	ASSERT_EQ(0, scene_watch(&self->s, goes));
	ASSERT_EQ(0, tcp_connect(client, IPV4, goes));
	ASSERT_EQ(0, deafen(client));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
	EXPECT_EQ(0, verify_queue(&self->s, 0, 0));
	close(client);
}

TEST_HARNESS_MAIN
