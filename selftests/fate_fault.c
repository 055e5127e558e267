// SPDX-License-Identifier: GPL-2.0
/* What becomes of a connection whose FIN found no memory: row F4 */
#include <netinet/tcp.h>

#include "ends.h"
#include "flavours.h"
#include "inject.h"
#include "kmod.h"
#include "wait.h"

FIXTURE(fin_lost) {
	struct scene s;
};

FIXTURE_VARIANT(fin_lost) {
	struct pair_opts opts;
};

FIXTURE_VARIANT_ADD(fin_lost, accepted_ipv4) {
	.opts.flavour = IPV4,
};

FIXTURE_VARIANT_ADD(fin_lost, connected_ipv6) {
	.opts = { .flavour = IPV6, .we_connect = true },
};

FIXTURE_SETUP(fin_lost)
{
	NEED_HELPER(return, FAULT);
	ASSERT_EQ(0, kmod_load_helper(FAULT));
	ASSERT_EQ(0, scene_open(&self->s, &variant->opts));
	ASSERT_EQ(0, set_int(self->s.p.us, IPPROTO_TCP, TCP_LINGER2, 1));
}

FIXTURE_TEARDOWN(fin_lost)
{
	scene_close(&self->s);
	EXPECT_EQ(0, kmod_remove(FAULT));
}

/*
 * Any acknowledgment moves it to FIN_WAIT2 as if the FIN had been acknowledged.
 * All data was, but the peer never learns that there is no more.
 */
TEST_F(fin_lost, is_never_delivered)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(FIN_WAIT2_TIMEOUT), .verdict = VERDICT(UNKNOWN),
		.first = SIDE(UNKNOWN), .state = STATE(FIN_WAIT2),
		.path = PATH(FIN_LOST), .sent = 30,
	};

	ASSERT_EQ(0, give(p->us, 30));
	ASSERT_EQ(0, take(p->them, 30));
	ASSERT_EQ(0, await_acked(p->us));
	ASSERT_EQ(0, kmod_param_write(FAULT, "fail_fin", getpid()));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, kmod_param_read(FAULT, "fail_fin"));
	ASSERT_EQ(0, inject_as_peer(&self->s, TH_ACK, 0, true));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
	EXPECT_EQ(TCP_ESTABLISHED, tcp_state(p->them));
}

/* Bytes in flight are data alone: no FIN is among them */
TEST_F(fin_lost, leaves_all_bytes_in_flight_in_doubt)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(PEER_RESET), .verdict = VERDICT(UNKNOWN), .unacked = 30,
		.first = SIDE(PEER), .state = STATE(FIN_WAIT1),
		.path = PATH(FIN_LOST), .sent = 30, .their_rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .abort_on_data = 1 },
	};

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, give(p->us, 30));
	ASSERT_EQ(0, kmod_param_write(FAULT, "fail_fin", getpid()));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, kmod_param_read(FAULT, "fail_fin"));
	ASSERT_EQ(0, set_linger(p->them, 0));
	ASSERT_EQ(0, close(p->them));
	p->them = -1;
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

TEST_HARNESS_MAIN
