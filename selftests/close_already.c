// SPDX-License-Identifier: GPL-2.0
/* Closes that add nothing: rows C2, C6' and C10 */
#include <fcntl.h>
#include <netinet/tcp.h>

#include "destroy.h"
#include "flavours.h"
#include "verify.h"
#include "wait.h"

SCENE_FIXTURE(already_closed);

/* The peer aborts: its RST, its counters, and our state by RST is CLOSE */
static int await_abort(struct pair *p)
{
	return peer_aborts(p) ?: await_state(p->us, TCP_CLOSE);
}

/* Both ends leave ESTABLISHED by a reset */
static const struct counters peer_aborted = {
	.out_rsts = 1, .estab_resets = 2, .abort_on_data = 1,
};

/* The close says how the connection had ended */
static int verify_ended(const struct scene *s, unsigned int fate)
{
	const struct event *ev = scene_event(s);

	if (!ev)
		return -1;
	return differ("fate before the close", ev->more.ended_by, fate) +
	       differ("whether its time is known", !!ev->more.since_ended_ns,
		      true);
}

TEST_F(already_closed, reset_by_the_peer)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(ALREADY_CLOSED),
		.state = STATE(CLOSE), .new_state = STATE(CLOSE),
		.their_rsts = 1, .moved = peer_aborted,
	};

	ASSERT_EQ(0, await_abort(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
	EXPECT_EQ(0, verify_ended(&self->s, FATE(PEER_RESET)));
}

/* As ss -K does */
TEST_F(already_closed, destroyed_by_an_administrator)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(ALREADY_CLOSED),
		.state = STATE(CLOSE), .new_state = STATE(CLOSE),
		.rsts = 1, .moved = {
			.out_rsts = 1, .estab_resets = 2,
		},
	};

	ASSERT_EQ(0, destroy(&p->local, &p->remote));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
	EXPECT_EQ(0, verify_ended(&self->s, FATE(KILLED)));
}

TEST_F(already_closed, linger0_adds_no_counter)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(ALREADY_CLOSED), .linger = true,
		.state = STATE(CLOSE), .new_state = STATE(CLOSE),
		.their_rsts = 1, .moved = peer_aborted,
	};

	ASSERT_EQ(0, await_abort(p));
	ASSERT_EQ(0, set_linger(p->us, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(already_closed, unread_data_is_dropped_silently)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(ALREADY_CLOSED),
		.state = STATE(CLOSE), .new_state = STATE(CLOSE),
		.unread = 5, .received = 5,
		.their_rsts = 1, .moved = peer_aborted,
	};

	ASSERT_EQ(0, give(p->them, 5));
	ASSERT_EQ(0, await_readable(p->us, 5));
	ASSERT_EQ(0, await_abort(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(already_closed, time_wait_has_left_the_socket_behind)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(ALREADY_CLOSED),
		.state = STATE(CLOSE), .new_state = STATE(CLOSE),
		.fins = 1,
	};

	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
	EXPECT_EQ(0, verify_ended(&self->s, FATE(TIME_WAIT)));
}

BARE_FIXTURE(unconnected);

TEST_F(unconnected, new_socket_is_already_closed)
{
	int fd = tcp_socket(IPV4);
	struct want want = {
		.path = PATH(ALREADY_CLOSED),
		.state = STATE(CLOSE), .new_state = STATE(CLOSE),
	};

	ASSERT_EQ(0, scene_watch(&self->s, fd));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
	ASSERT_NE(NULL, scene_event(&self->s));
	EXPECT_EQ(0U, scene_event(&self->s)->more.since_ended_ns);
}

TEST_F(unconnected, new_ipv6_socket_with_linger0_is_already_closed)
{
	int fd = tcp_socket(IPV6);
	struct want want = {
		.path = PATH(ALREADY_CLOSED), .linger = true,
		.state = STATE(CLOSE), .new_state = STATE(CLOSE),
	};

	ASSERT_EQ(0, set_linger(fd, 0));
	ASSERT_EQ(0, scene_watch(&self->s, fd));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

FIXTURE(syn_sent) {
	struct scene s;
};

FIXTURE_VARIANT(syn_sent) {
	enum flavour flavour;
};

FIXTURE_VARIANT_ADD(syn_sent, ipv4) {
	.flavour = IPV4,
};

FIXTURE_VARIANT_ADD(syn_sent, ipv6) {
	.flavour = IPV6,
};

FIXTURE_VARIANT_ADD(syn_sent, v4mapped) {
	.flavour = V4MAPPED,
};

/* A deaf listener never answers the SYN */
FIXTURE_SETUP(syn_sent)
{
	struct pair *p = &self->s.p;
	int fd;

	ASSERT_EQ(0, scene_open_bare(&self->s));
	fd = tcp_socket(variant->flavour);
	p->listener = tcp_listen(variant->flavour, 1);
	ASSERT_EQ(0, deafen(p->listener));
	ASSERT_EQ(0, fcntl(fd, F_SETFL, O_NONBLOCK));
	ASSERT_EQ(-1, tcp_connect(fd, variant->flavour, p->listener));
	ASSERT_EQ(EINPROGRESS, errno);
	ASSERT_EQ(TCP_SYN_SENT, tcp_state(fd));
	ASSERT_EQ(0, scene_watch(&self->s, fd));
}

FIXTURE_TEARDOWN(syn_sent)
{
	scene_close(&self->s);
}

TEST_F(syn_sent, attempt_is_abandoned_in_silence)
{
	struct want want = {
		.path = PATH(SYN_SENT),
		.state = STATE(SYN_SENT), .new_state = STATE(CLOSE),
	};

	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

/* The kernel aborts, and counts it, but has nobody to send a RST to */
TEST_F(syn_sent, linger0_is_silent_but_counted)
{
	struct want want = {
		.path = PATH(LINGER0_SILENT), .linger = true,
		.state = STATE(SYN_SENT), .new_state = STATE(CLOSE),
		.moved = { .abort_on_data = 1 },
	};

	ASSERT_EQ(0, set_linger(self->s.p.us, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

SCENE_FIXTURE(already_fin);

TEST_F(already_fin, fin_wait1_stays)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(ALREADY_FIN),
		.state = STATE(FIN_WAIT1), .new_state = STATE(FIN_WAIT1),
		.fins = 1,
	};

	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(already_fin, closing_stays)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(ALREADY_FIN),
		.state = STATE(CLOSING), .new_state = STATE(CLOSING),
		.fins = 1,
	};

	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSING));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(already_fin, last_ack_stays)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(ALREADY_FIN),
		.state = STATE(LAST_ACK), .new_state = STATE(LAST_ACK),
		.fins = 1,
	};

	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(already_fin, fin_wait2_becomes_a_minisock)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(ALREADY_FIN),
		.state = STATE(FIN_WAIT2), .new_state = STATE(FIN_WAIT2),
		.sent = 9, .acked = 9, .fins = 1,
	};

	ASSERT_EQ(0, give(p->us, 9));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

/* With a FIN_WAIT2 time above a minute the socket itself stays */
TEST_F(already_fin, long_fin_wait2_keeps_the_socket)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(ALREADY_FIN),
		.state = STATE(FIN_WAIT2), .new_state = STATE(FIN_WAIT2),
		.fins = 1,
	};

	ASSERT_EQ(0, set_int(p->us, IPPROTO_TCP, TCP_LINGER2, 119));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_HARNESS_MAIN
