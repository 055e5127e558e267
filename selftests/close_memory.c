// SPDX-License-Identifier: GPL-2.0
/*
 * Closes under want of memory: rows C11 and F2. The limits belong to the
 * initial namespace, so these tests touch the whole machine for a moment.
 */
#include <netinet/tcp.h>

#include "flavours.h"
#include "scarcity.h"

FIXTURE(pressure) {
	struct scene s;
	struct pair hoard;
	struct sysctl mem;
};

FIXTURE_VARIANT(pressure) {
	struct pair_opts opts;
};

FIXTURE_VARIANT_ADD(pressure, ipv4) {
	.opts = { .flavour = IPV4, .our_sndbuf = 65536, .their_rcvbuf = 8192 },
};

FIXTURE_VARIANT_ADD(pressure, ipv6) {
	.opts = { .flavour = IPV6, .our_sndbuf = 65536, .their_rcvbuf = 8192 },
};

FIXTURE_SETUP(pressure)
{
	ASSERT_EQ(0, netns_enter());
	ASSERT_EQ(0, hoard_memory(&self->hoard));
	ASSERT_EQ(0, scene_open(&self->s, &variant->opts));
}

FIXTURE_TEARDOWN(pressure)
{
	EXPECT_EQ(0, hoard_release(&self->hoard, &self->mem));
	scene_close(&self->s);
}

TEST_F(pressure, fin_goes_onto_data_already_sent)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(FIN_ON_SENT_DATA), .fin = FIN(ON_SENT_DATA),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1),
		.unacked = 100, .sent = 100, .fins = 1, .fins_on_data = 1,
	};

	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, declare_pressure(&self->hoard, &self->mem));
	ASSERT_EQ(0, give(p->us, 100));
	ASSERT_EQ(100, unacked_bytes(p->us));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, undeafen(p->them));
	ASSERT_EQ(100, take_all(p->them));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(pressure, fin_goes_alone_when_nothing_is_unacked)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1),
		.sent = 100, .acked = 100, .fins = 1,
	};

	ASSERT_EQ(0, declare_pressure(&self->hoard, &self->mem));
	ASSERT_EQ(0, give(p->us, 100));
	ASSERT_EQ(0, await_acked(p->us));
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(pressure, above_the_limit_resets_what_has_data_queued)
{
	struct pair *p = &self->s.p;
	int given = give_until_stuck(p->us), unsent = unsent_bytes(p->us);
	struct want want = {
		.path = PATH(RST_MEMORY), .fin = FIN(BEHIND_DATA),
		.state = STATE(ESTABLISHED), .new_state = STATE(CLOSE),
		.unsent = unsent, .sent = given - unsent,
		.acked = given - unsent, .rsts = 1,
		.moved = { .out_rsts = 1, .abort_on_memory = 1 },
	};

	ASSERT_GT(given, 0);
	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, sysctl_set_init(&self->mem, "net/ipv4/tcp_mem", "1 1 1"));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

FIXTURE(orphans) {
	struct scene s;
	struct pair orphan;
	struct sysctl max;
};

FIXTURE_VARIANT(orphans) {
	struct pair_opts opts;
};

FIXTURE_VARIANT_ADD(orphans, ipv4) {
	.opts.flavour = IPV4,
};

FIXTURE_VARIANT_ADD(orphans, ipv6) {
	.opts.flavour = IPV6,
};

FIXTURE_SETUP(orphans)
{
	ASSERT_EQ(0, netns_enter());
	ASSERT_EQ(0, make_orphan(&self->orphan));
	ASSERT_EQ(0, forbid_orphans(&self->max));
	ASSERT_EQ(0, scene_open(&self->s, &variant->opts));
}

FIXTURE_TEARDOWN(orphans)
{
	sysctl_restore(&self->max);
	pair_close(&self->orphan);
	scene_close(&self->s);
}

TEST_F(orphans, above_the_limit_fin_is_followed_by_reset)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(RST_MEMORY), .fin = FIN(ALONE),
		.state = STATE(ESTABLISHED), .new_state = STATE(CLOSE),
		.fins = 1, .rsts = 1,
		.moved = { .out_rsts = 1, .abort_on_memory = 1 },
	};

	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_F(orphans, above_the_limit_an_earlier_fin_does_not_help)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(RST_MEMORY),
		.state = STATE(FIN_WAIT1), .new_state = STATE(CLOSE),
		.fins = 1, .rsts = 1,
		.moved = { .out_rsts = 1, .abort_on_memory = 1 },
	};

	ASSERT_EQ(0, isolate(p));
	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

/* A minisock is no orphan */
TEST_F(orphans, above_the_limit_fin_wait2_is_spared)
{
	struct pair *p = &self->s.p;
	struct want want = {
		.path = PATH(ALREADY_FIN),
		.state = STATE(FIN_WAIT2), .new_state = STATE(FIN_WAIT2),
		.fins = 1,
	};

	ASSERT_EQ(0, shutdown(p->us, SHUT_WR));
	ASSERT_EQ(0, await_state(p->us, TCP_FIN_WAIT2));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, scene_verify(&self->s, &want));
}

TEST_HARNESS_MAIN
