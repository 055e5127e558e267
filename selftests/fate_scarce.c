// SPDX-License-Identifier: GPL-2.0
/*
 * Ends for want of memory or of room for orphans: rows C11 and T4. The limits
 * belong to the initial namespace, so these tests touch the whole machine.
 */
#include <netinet/tcp.h>

#include "ends.h"
#include "flavours.h"
#include "scarcity.h"
#include "wait.h"

FIXTURE(orphans) {
	struct scene s;
	struct pair orphan;
	struct sysctl max;
	int home;
};

FIXTURE_VARIANT(orphans) {
	struct pair_opts opts;
};

FIXTURE_VARIANT_ADD(orphans, ipv4) {
	.opts.flavour = IPV4,
};

FIXTURE_VARIANT_ADD(orphans, ipv6) {
	.opts = { .flavour = IPV6, .we_connect = true },
};

/* The orphan and the closes that feel the limit go in another namespace */
FIXTURE_SETUP(orphans)
{
	ASSERT_EQ(0, netns_enter());
	self->home = netns_open();
	ASSERT_EQ(0, make_orphan(&self->orphan));
	ASSERT_EQ(0, scene_open(&self->s, &variant->opts));
}

FIXTURE_TEARDOWN(orphans)
{
	sysctl_restore(&self->max);
	pair_close(&self->orphan);
	scene_close(&self->s);
	close(self->home);
}

static int forbid_elsewhere(struct sysctl *max, int elsewhere)
{
	int here = netns_open();
	int ret = netns_switch(elsewhere) ?: forbid_orphans(max);

	if (netns_switch(here))
		return -1;
	close(here);
	return ret;
}

TEST_F(orphans, are_too_many_at_the_close)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(ORPHAN_LIMIT), .verdict = VERDICT(UNKNOWN),
		.first = SIDE(LOCAL), .state = STATE(FIN_WAIT1),
		.path = PATH(RST_MEMORY), .fins = 1, .rsts = 1,
		.moved = { .out_rsts = 1, .abort_on_memory = 1 },
	};

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, forbid_elsewhere(&self->max, self->home));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

/* T4: the retransmission timer looks too */
TEST_F(orphans, are_too_many_when_it_retransmits)
{
	struct pair *p = &self->s.p;
	struct want_fate want = {
		.fate = FATE(ORPHAN_LIMIT), .verdict = VERDICT(UNKNOWN),
		.unacked = 30, .first = SIDE(LOCAL), .state = STATE(FIN_WAIT1),
		.path = PATH(FIN), .fins = 1, .fins_on_data = -1, .rsts = 1,
		.sent = 30, .moved = { .out_rsts = 1, .abort_on_memory = 1 },
	};

	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, give(p->us, 30));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, sysctl_set_init(&self->max, "net/ipv4/tcp_max_orphans",
				     "0"));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
	EXPECT_EQ(0U, events_count(&self->s.events, TYPE(RESET), 0));
}

/* Our data stands before the peer's shut window, and is much */
FIXTURE(memory) {
	struct scene s;
	struct pair hoard;
	struct sysctl mem;
	int unsent, sent;
};

FIXTURE_VARIANT(memory) {
	struct pair_opts opts;
};

FIXTURE_VARIANT_ADD(memory, ipv4) {
	.opts = { .flavour = IPV4, .our_sndbuf = 65536, .their_rcvbuf = 8192 },
};

FIXTURE_VARIANT_ADD(memory, ipv6) {
	.opts = { .flavour = IPV6, .our_sndbuf = 65536, .their_rcvbuf = 8192 },
};

FIXTURE_SETUP(memory)
{
	int given;

	ASSERT_EQ(0, netns_enter());
	ASSERT_EQ(0, hoard_memory(&self->hoard));
	ASSERT_EQ(0, scene_open(&self->s, &variant->opts));
	given = give_until_stuck(self->s.p.us);
	ASSERT_GT(given, 0);
	self->unsent = unsent_bytes(self->s.p.us);
	self->sent = given - self->unsent;
	ASSERT_EQ(0, deafen(self->s.p.them));
}

FIXTURE_TEARDOWN(memory)
{
	EXPECT_EQ(0, hoard_release(&self->hoard, &self->mem));
	scene_close(&self->s);
}

TEST_F(memory, is_short_at_the_close)
{
	struct want_fate want = {
		.fate = FATE(MEMORY), .verdict = VERDICT(LOST),
		.lost = self->unsent, .first = SIDE(LOCAL),
		.state = STATE(FIN_WAIT1), .path = PATH(RST_MEMORY),
		.rsts = 1, .sent = self->sent,
		.moved = { .out_rsts = 1, .abort_on_memory = 1 },
	};

	ASSERT_EQ(0, sysctl_set_init(&self->mem, "net/ipv4/tcp_mem", "1 1 1"));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

/* T4, by way of the probe timer */
TEST_F(memory, is_short_when_it_probes_the_window)
{
	struct want_fate want = {
		.fate = FATE(MEMORY), .verdict = VERDICT(LOST),
		.lost = self->unsent, .first = SIDE(LOCAL),
		.state = STATE(FIN_WAIT1), .path = PATH(FIN_BEHIND_DATA),
		.rsts = 1, .sent = self->sent,
		.moved = { .out_rsts = 1, .abort_on_memory = 1 },
	};

	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, sysctl_set_init(&self->mem, "net/ipv4/tcp_mem", "1 1 1"));
	ASSERT_EQ(0, fate_await(&self->s));
	EXPECT_EQ(0, fate_verify(&self->s, &want));
}

TEST_HARNESS_MAIN
