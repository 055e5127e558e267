// SPDX-License-Identifier: GPL-2.0
/* Closes that send a FIN: rows C6, F1 and F3 (F2: close_memory.c) */
#include <netinet/tcp.h>

#include "flavours.h"
#include "netns.h"
#include "wait.h"

SCENE_FIXTURE(fin);

TEST_F(fin, established_sends_fin_alone)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1),
		.fins = 1,
	};

	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(fin, figures_are_of_the_whole_life)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1),
		.sent = 812, .acked = 812, .received = 96, .fins = 1,
	};

	ASSERT_EQ(0, give(p->them, 96));
	ASSERT_EQ(0, take(p->us, 96));
	ASSERT_EQ(0, give(p->us, 812));
	ASSERT_EQ(0, await_acked(p->us));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(fin, unacked_data_does_not_change_the_form)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1),
		.unacked = 100, .sent = 100, .fins = 1,
	};

	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, give(p->us, 100));
	ASSERT_EQ(100, unacked_bytes(p->us));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(fin, close_wait_goes_to_last_ack)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(CLOSE_WAIT), .new_state = STATE(LAST_ACK),
		.received = 5, .fins = 1,
	};

	ASSERT_EQ(0, give(p->them, 5));
	ASSERT_EQ(0, shutdown(p->them, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE_WAIT));
	ASSERT_EQ(5, take_all(p->us));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(fin, corked_data_carries_the_fin)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(FIN_BEHIND_DATA), .fin = FIN(BEHIND_DATA),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1),
		.unsent = 10, .sent_later = 10, .fins = 1, .fins_on_data = 1,
	};

	ASSERT_EQ(0, set_int(p->us, IPPROTO_TCP, TCP_CORK, 1));
	ASSERT_EQ(0, give(p->us, 10));
	ASSERT_EQ(10, unsent_bytes(p->us));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

FIXTURE(fin_stuck) {
	struct scene s;
	int given;
};

FIXTURE_VARIANT(fin_stuck) {
	struct pair_opts opts;
};

FIXTURE_VARIANT_ADD(fin_stuck, ipv4) {
	.opts = { .flavour = IPV4, .our_sndbuf = 65536, .their_rcvbuf = 8192 },
};

FIXTURE_VARIANT_ADD(fin_stuck, ipv6) {
	.opts = { .flavour = IPV6, .our_sndbuf = 65536, .their_rcvbuf = 8192 },
};

FIXTURE_VARIANT_ADD(fin_stuck, v4mapped) {
	.opts = { .flavour = V4MAPPED, .our_sndbuf = 65536, .their_rcvbuf = 8192 },
};

FIXTURE_VARIANT_ADD(fin_stuck, client) {
	.opts = { .flavour = IPV4, .our_sndbuf = 65536, .their_rcvbuf = 8192,
		  .we_connect = true },
};

/* The peer reads nothing until its window is shut */
FIXTURE_SETUP(fin_stuck)
{
	ASSERT_EQ(0, scene_open(&self->s, &variant->opts));
	self->given = give_until_stuck(self->s.p.us);
	ASSERT_GT(self->given, 0);
}

FIXTURE_TEARDOWN(fin_stuck)
{
	scene_close(&self->s);
}

TEST_F(fin_stuck, fin_waits_behind_unsent_data)
{
	struct pair *p = &self->s.p;
	int unsent = unsent_bytes(p->us), sent = self->given - unsent;
	struct want want = {
		.path = PATH(FIN_BEHIND_DATA), .fin = FIN(BEHIND_DATA),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1),
		.unsent = unsent, .sent = sent, .acked = sent,
	};

	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(fin_stuck, fin_comes_on_data_once_the_peer_reads)
{
	struct pair *p = &self->s.p;
	int unsent = unsent_bytes(p->us), sent = self->given - unsent;
	struct want want = {
		.path = PATH(FIN_BEHIND_DATA), .fin = FIN(BEHIND_DATA),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1),
		.unsent = unsent, .sent = sent, .acked = sent,
		.fins = 1, .fins_on_data = 1, .sent_later = unsent,
	};

	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(self->given, take_all(p->them));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(fin_stuck, shutdown_before_leaves_nothing_to_add)
{
	struct pair *p = &self->s.p;
	int unsent = unsent_bytes(p->us), sent = self->given - unsent;
	struct want want = {
		.path = PATH(ALREADY_FIN),
		.state = STATE(FIN_WAIT1), .new_state = STATE(FIN_WAIT1),
		.unsent = unsent, .sent = sent, .acked = sent,
	};

	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

FIXTURE(syn_recv) {
	struct scene s;
};

FIXTURE_VARIANT(syn_recv) {
	enum flavour flavour;
};

FIXTURE_VARIANT_ADD(syn_recv, ipv4) {
	.flavour = IPV4,
};

FIXTURE_VARIANT_ADD(syn_recv, ipv6) {
	.flavour = IPV6,
};

/*
 * TCP Fast Open gives the accepting program a connection in SYN_RECV, with the
 * data that came in the SYN; a deaf client leaves it there.
 */
static int fast_open(struct pair *p, enum flavour flavour)
{
	char data[5] = { 0 };

	/* Client, server, and no cookie asked for by either, on any listener */
	if (sysctl_write("net/ipv4/tcp_fastopen", "1543"))
		return -1;
	p->listener = tcp_listen(flavour, 1);
	p->them = tcp_socket(flavour);
	return deafen(p->them) ?: tcp_send_first(p->them, flavour, p->listener,
						 data, sizeof(data));
}

FIXTURE_SETUP(syn_recv)
{
	struct pair *p = &self->s.p;
	int child;

	ASSERT_EQ(0, scene_open_bare(&self->s));
	ASSERT_EQ(0, fast_open(p, variant->flavour));
	child = accept(p->listener, NULL, NULL);
	ASSERT_EQ(TCP_SYN_RECV, tcp_state(child));
	ASSERT_EQ(0, scene_watch(&self->s, child));
}

FIXTURE_TEARDOWN(syn_recv)
{
	scene_close(&self->s);
}

TEST_F(syn_recv, sends_fin_before_it_is_established)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(SYN_RECV), .new_state = STATE(FIN_WAIT1),
		.received = 5, .fins = 1,
	};

	ASSERT_EQ(0, take(p->us, 5));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(syn_recv, resets_for_unread_data)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(RST_UNREAD),
		.state = STATE(SYN_RECV), .new_state = STATE(CLOSE),
		.unread = 5, .received = 5, .rsts = 1,
		.moved = { .out_rsts = 1, .abort_on_close = 1 },
	};

	ASSERT_EQ(0, vanish(&p->them));	/* and its next SYN */
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_HARNESS_MAIN
