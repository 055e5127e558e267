// SPDX-License-Identifier: GPL-2.0
/*
 * Closes under want of memory: rows C11 and F2. The limits belong to the
 * initial namespace, so these tests touch the whole machine for a moment.
 */
#include <netinet/tcp.h>

#include "flavours.h"
#include "netns.h"
#include "wait.h"

#define HOARD	(8 << 20)

static int fill(int fd, int size)
{
	char buf[65536] = { 0 };

	if (set_int(fd, SOL_SOCKET, SO_SNDBUFFORCE, size))
		return -1;
	while (send(fd, buf, sizeof(buf), MSG_DONTWAIT) > 0)
		;
	return errno == EAGAIN ? 0 : -1;
}

/*
 * Memory that TCP holds, well above the per-CPU reserves in which the kernel
 * keeps its account. It stays until the pair is closed.
 */
static int hoard(struct pair *p)
{
	struct pair_opts opts = { .flavour = IPV4 };

	return netns_enter() ?: pair_open(p, &opts) ?: deafen(p->them) ?:
	       fill(p->us, HOARD);
}

/* What /proc says of TCP over IPv4: "TCP size sockets memory press ..." */
static bool under_pressure(void)
{
	FILE *f = fopen("/proc/thread-self/net/protocols", "re");
	char line[512], press[8] = "";

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "TCP ", 4) &&
		    sscanf(line, "%*s %*s %*s %*s %7s", press) == 1)
			break;
	if (f)
		fclose(f);
	return !strcmp(press, "yes");
}

/* The kernel takes the pressure back when it next has to account for memory */
static bool relieve(void)
{
	struct pair_opts opts = { .flavour = IPV4 };
	struct pair p;
	int ret;

	ret = pair_open(&p, &opts) ?: deafen(p.them) ?:
	      fill(p.us, HOARD / 8) ?: vanish(&p.us);
	pair_close(&p);
	return !ret && !under_pressure();
}

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
	ASSERT_EQ(0, hoard(&self->hoard));
	ASSERT_EQ(0, scene_open(&self->s, &variant->opts));
}

FIXTURE_TEARDOWN(pressure)
{
	EXPECT_EQ(0, sysctl_restore(&self->mem));
	/* An orphan with a deaf peer would hold its memory for minutes */
	EXPECT_EQ(0, vanish(&self->hoard.us));
	pair_close(&self->hoard);
	EXPECT_TRUE(WAIT_FOR(!under_pressure() || relieve()));
	scene_close(&self->s);
}

/* Above the second figure of the three, the next allocation declares it */
static int declare_pressure(struct sysctl *mem, struct pair *hoard)
{
	if (sysctl_set_init(mem, "net/ipv4/tcp_mem", "1 1 1000000") ||
	    fill(hoard->us, 2 * HOARD))
		return -1;
	return under_pressure() ? 0 : -1;
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
	ASSERT_EQ(0, declare_pressure(&self->mem, &self->hoard));
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

	ASSERT_EQ(0, declare_pressure(&self->mem, &self->hoard));
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

/* In FIN_WAIT2 for more than a minute an orphan has no timer to die by */
static int make_orphan(struct pair *p)
{
	struct pair_opts opts = { .flavour = IPV4 };
	int ret;

	ret = pair_open(p, &opts) ?:
	      set_int(p->us, IPPROTO_TCP, TCP_LINGER2, 119) ?:
	      shutdown(p->us, SHUT_WR) ?: await_state(p->us, TCP_FIN_WAIT2) ?:
	      close(p->us);
	p->us = -1;
	return ret;
}

/* The kernel looks at a count that a timer takes: close until it has noticed */
static bool limit_is_felt(void)
{
	struct pair_opts opts = { .flavour = IPV4 };
	struct counters now;
	struct pair p;

	if (pair_open(&p, &opts))
		return false;
	pair_close(&p);
	return !counters_read(&now) && now.abort_on_memory;
}

FIXTURE_SETUP(orphans)
{
	ASSERT_EQ(0, netns_enter());
	ASSERT_EQ(0, make_orphan(&self->orphan));
	ASSERT_EQ(0, sysctl_set_init(&self->max, "net/ipv4/tcp_max_orphans",
				     "0"));
	ASSERT_TRUE(WAIT_FOR(limit_is_felt()));
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
