// SPDX-License-Identifier: GPL-2.0
/* Closes that a policy asks to drain, and that run as they are all the same */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/syscall.h>

#include "closer.h"
#include "drains.h"
#include "file.h"
#include "flavours.h"
#include "kmod.h"
#include "netns.h"
#include "scarcity.h"
#include "verify.h"
#include "wait.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP	262
#endif

PAIR_FIXTURE(refused);

static const struct want reset_for_unread = {
	.path = PATH(RST_UNREAD),
	.state = STATE(ESTABLISHED), .new_state = STATE(CLOSE),
	.unread = 3, .received = 3, .rsts = 1,
	.moved = { .out_rsts = 1, .estab_resets = 1, .abort_on_close = 1 },
};

/* What nobody would close so but for want of a drain */
TEST_F(refused, linger0_is_respected)
{
	struct want want = {
		.path = PATH(RST_LINGER0), .linger = true,
		.state = STATE(ESTABLISHED), .new_state = STATE(CLOSE),
		.rsts = 1,
		.moved = { .out_rsts = 1, .estab_resets = 1,
			   .abort_on_data = 1 },
	};

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, set_linger(self->s.p.us, 0));
	ASSERT_EQ(0, isolate(&self->s.p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, refusal_verify(&self->s, REFUSAL(LINGER0), &want));
}

TEST_F(refused, linger2_below_zero_is_respected)
{
	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, set_int(self->s.p.us, IPPROTO_TCP, TCP_LINGER2, -1));
	ASSERT_EQ(0, leave_unread(&self->s.p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, refusal_verify(&self->s, REFUSAL(LINGER2),
				    &reset_for_unread));
}

/* Of all processes, the one for the OOM killer to choose */
static int be_the_victim(void *unused)
{
	return file_write("/proc/self/oom_score_adj", "1000");
}

/*
 * As if memory were short, which it need not be. The killer says so on the
 * console, with a call trace, which are no faults for the verdict to find.
 */
static int kill_the_victim(struct holder *h)
{
	struct sysctl printk = { 0 };
	int ret;

	if (sysctl_set_init(&printk, "kernel/printk", "3"))
		return -1;
	ret = file_write("/proc/sysrq-trigger", "f") ?: holder_await_kill(h);
	return sysctl_restore(&printk) ?: ret;
}

TEST_F(refused, victim_of_the_oom_killer)
{
	struct want want = reset_for_unread;
	struct holder h;

	want.why = WHY(SIGNAL);
	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, leave_unread(&self->s.p));
	ASSERT_EQ(0, holder_start(&h, &self->s, be_the_victim, NULL));
	ASSERT_EQ(0, kill_the_victim(&h));
	EXPECT_EQ(0, refusal_verify(&self->s, REFUSAL(OOM_VICTIM), &want));
}

TEST_F(refused, not_such_a_victim_if_the_policy_says_so)
{
	struct policy policy = { .action = ACTION(DRAIN), .even_oom = true };
	struct holder h;

	ASSERT_EQ(0, policy_arm(&self->s, &policy));
	ASSERT_EQ(0, leave_unread(&self->s.p));
	ASSERT_EQ(0, holder_start(&h, &self->s, be_the_victim, NULL));
	ASSERT_EQ(0, kill_the_victim(&h));
	EXPECT_EQ(0, drain_await_begin(&self->s));
}

TEST_F(refused, repair)
{
	struct want want = {
		.path = PATH(REPAIR),
		.state = STATE(ESTABLISHED), .new_state = STATE(CLOSE),
		.moved = { .estab_resets = 1 },
	};

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, isolate(&self->s.p));
	ASSERT_EQ(0, set_int(self->s.p.us, IPPROTO_TCP, TCP_REPAIR, 1));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, refusal_verify(&self->s, REFUSAL(REPAIR), &want));
}

TEST_F(refused, connection_that_is_over)
{
	struct pair *p = &self->s.p;

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, set_linger(p->them, 0));
	ASSERT_EQ(0, close(p->them));
	p->them = -1;
	ASSERT_EQ(0, await_state(p->us, TCP_CLOSE));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, scene_end(&self->s));
	ASSERT_NE(NULL, drain_event(&self->s));
	EXPECT_EQ(0, DIFFER(drain_event(&self->s), REFUSAL,
			    REFUSAL(NOT_CONNECTED)));
	EXPECT_EQ(0, DIFFER(scene_event(&self->s), PATH, PATH(ALREADY_CLOSED)));
}

TEST_F(refused, listener)
{
	struct want want = {
		.path = PATH(LISTENER), .listener = true,
		.state = STATE(LISTEN), .new_state = STATE(CLOSE),
	};
	int fd = self->s.p.listener;

	close(self->s.p.us);
	self->s.p.listener = -1;
	ASSERT_EQ(0, scene_watch(&self->s, fd));
	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, refusal_verify(&self->s, REFUSAL(NOT_CONNECTED), &want));
}

TEST_F(refused, kernel_tls)
{
	if (setsockopt(self->s.p.us, IPPROTO_TCP, TCP_ULP, "tls", 3)) {
		ASSERT_EQ(ENOENT, errno);
		SKIP(return, "this kernel has no kTLS");
	}
	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, leave_unread(&self->s.p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, refusal_verify(&self->s, REFUSAL(ULP), &reset_for_unread));
}

/* A map of one socket */
static int sockmap_make(void)
{
	union bpf_attr a = {
		.map_type = BPF_MAP_TYPE_SOCKMAP, .key_size = 4,
		.value_size = 4, .max_entries = 1,
	};

	return syscall(SYS_bpf, BPF_MAP_CREATE, &a, sizeof(a));
}

static int sockmap_put(int map, int fd)
{
	uint32_t key = 0, value = fd;
	union bpf_attr a = {
		.map_fd = map, .key = (uintptr_t)&key,
		.value = (uintptr_t)&value,
	};

	return syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &a, sizeof(a));
}

TEST_F(refused, sockmap)
{
	int map = sockmap_make();

	if (map < 0) {
		ASSERT_EQ(EINVAL, errno);
		SKIP(return, "this kernel has no sockmap");
	}
	ASSERT_EQ(0, sockmap_put(map, self->s.p.us));
	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, leave_unread(&self->s.p));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, close(map));
	EXPECT_EQ(0, refusal_verify(&self->s, REFUSAL(FOREIGN),
				    &reset_for_unread));
}

TEST_F(refused, no_place_at_all)
{
	long before = kmod_param_read("closewatch", "drain_max");

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, leave_unread(&self->s.p));
	ASSERT_EQ(0, kmod_param_write("closewatch", "drain_max", 0));
	EXPECT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, kmod_param_write("closewatch", "drain_max", before));
	EXPECT_EQ(0, refusal_verify(&self->s, REFUSAL(LIMIT),
				    &reset_for_unread));
}

TEST_F(refused, refusals_are_counted_unheard)
{
	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, scene_end(&self->s));
	ASSERT_EQ(0, set_linger(self->s.p.us, 0));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, events_stats(&self->s.events));
	EXPECT_EQ(1U, self->s.events.stats.refused[REFUSAL(LINGER0)].events);
	EXPECT_EQ(0U, self->s.events.stats.ended[OUTCOME(REFUSED)].events);
}

BARE_FIXTURE(unfinished);

/* The program has the connection before the handshake is over */
TEST_F(unfinished, fast_open)
{
	struct pair *p = &self->s.p;
	char data[5] = { 0 };
	struct want want = {
		.path = PATH(RST_UNREAD),
		.state = STATE(SYN_RECV), .new_state = STATE(CLOSE),
		.unread = 5, .received = 5, .rsts = 1,
		.moved = { .out_rsts = 1, .abort_on_close = 1 },
	};

	ASSERT_EQ(0, sysctl_write("net/ipv4/tcp_fastopen", "1543"));
	p->listener = tcp_listen(IPV4, 1);
	p->them = tcp_socket(IPV4);
	ASSERT_EQ(0, deafen(p->them));
	ASSERT_EQ(0, tcp_send_first(p->them, IPV4, p->listener, data,
				    sizeof(data)));
	ASSERT_EQ(0, scene_watch(&self->s, accept(p->listener, NULL, NULL)));
	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, vanish(&p->them));
	ASSERT_EQ(0, scene_act(&self->s));
	EXPECT_EQ(0, refusal_verify(&self->s, REFUSAL(FAST_OPEN), &want));
}

TEST_F(unfinished, attempt_to_connect)
{
	struct policy any = { .action = ACTION(DRAIN), .force = true };
	int listener = tcp_listen(IPV4, 1), fd = tcp_socket(IPV4);
	const struct event *ev;

	ASSERT_EQ(0, deafen(fd));
	ASSERT_EQ(0, set_int(fd, IPPROTO_TCP, TCP_SYNCNT, 1));
	ASSERT_EQ(0, fcntl(fd, F_SETFL, O_NONBLOCK));
	ASSERT_EQ(-1, tcp_connect(fd, IPV4, listener));
	ASSERT_EQ(TCP_SYN_SENT, tcp_state(fd));
	ASSERT_EQ(0, scene_watch(&self->s, fd));
	ASSERT_LT(0, policy_add(&self->s.events, &any));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, scene_end(&self->s));
	ev = drain_event(&self->s);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(0, DIFFER(ev, REFUSAL, REFUSAL(NOT_CONNECTED)));
	EXPECT_EQ(0, DIFFER(scene_event(&self->s), PATH, PATH(SYN_SENT)));
	EXPECT_EQ(0, close(listener));
}

TEST_F(unfinished, mptcp)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	struct policy any = { .action = ACTION(DRAIN), .force = true };
	struct events *e = &self->s.events;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_MPTCP);
	const struct event *ev;
	uint64_t cookie;

	if (fd < 0)
		SKIP(return, "this kernel has no MPTCP");
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ASSERT_EQ(0, bind(fd, (void *)&a, sizeof(a)));
	ASSERT_EQ(0, listen(fd, 1));
	cookie = cookie_of(fd);
	ASSERT_LT(0, policy_add(e, &any));
	ASSERT_EQ(0, close(fd));
	ev = events_await(e, TYPE(DRAIN_END), cookie);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(0, DIFFER(ev, REFUSAL, REFUSAL(MPTCP)));
}

/* Memory that is short for all, and memory that is short for one */
FIXTURE(memory) {
	struct scene s;
	struct pair hoard, old;
	struct sysctl mem;
};

FIXTURE_SETUP(memory)
{
	struct pair_opts opts = { .flavour = IPV4 };

	ASSERT_EQ(0, netns_enter());
	ASSERT_EQ(0, hoard_memory(&self->hoard));
	ASSERT_EQ(0, scene_open(&self->s, &opts));
	ASSERT_EQ(0, pair_open(&self->old, &opts));
}

FIXTURE_TEARDOWN(memory)
{
	pair_close(&self->old);
	EXPECT_EQ(0, hoard_release(&self->hoard, &self->mem));
	scene_close(&self->s);
}

TEST_F(memory, pressure_refuses_and_sheds_the_oldest)
{
	struct policy any = { .action = ACTION(DRAIN), .force = true };
	struct events *e = &self->s.events;
	const struct event *ev;

	ASSERT_LT(0, policy_add(e, &any));
	ASSERT_EQ(0, close(self->old.us));
	self->old.us = -1;
	ASSERT_NE(NULL, events_await(e, TYPE(DRAIN_BEGIN), self->old.cookie));
	ASSERT_EQ(0, leave_unread(&self->s.p));
	ASSERT_EQ(0, declare_pressure(&self->hoard, &self->mem));
	ASSERT_EQ(0, scene_act(&self->s));
	ev = events_await(e, TYPE(DRAIN_END), self->old.cookie);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(0, DIFFER(ev, DRAIN_OUTCOME, OUTCOME(SHED)));
	ASSERT_EQ(0, scene_end(&self->s));
	ASSERT_NE(NULL, drain_event(&self->s));
	EXPECT_EQ(0, DIFFER(drain_event(&self->s), REFUSAL,
			    REFUSAL(MEMORY_PRESSURE)));
	EXPECT_EQ(0, DIFFER(scene_event(&self->s), PATH, PATH(RST_UNREAD)));
}

FIXTURE(starved) {
	struct scene s;
};

FIXTURE_SETUP(starved)
{
	struct pair_opts opts = { .flavour = IPV6 };

	NEED_HELPER(return, FAULT);
	ASSERT_EQ(0, kmod_load_helper(FAULT));
	ASSERT_EQ(0, scene_open(&self->s, &opts));
}

FIXTURE_TEARDOWN(starved)
{
	scene_close(&self->s);
	EXPECT_EQ(0, kmod_remove(FAULT));
}

TEST_F(starved, close_runs_unchanged)
{
	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, leave_unread(&self->s.p));
	ASSERT_EQ(0, kmod_param_write(FAULT, "fail_drain", getpid()));
	ASSERT_EQ(0, scene_act(&self->s));
	ASSERT_EQ(0, kmod_param_read(FAULT, "fail_drain"));
	EXPECT_EQ(0, refusal_verify(&self->s, REFUSAL(NO_MEMORY),
				    &reset_for_unread));
}

/* Its wait for SO_LINGER is the program's, too */
TEST_F(starved, linger_is_waited_for)
{
	struct want want = {
		.path = PATH(FIN), .fin = FIN(ALONE),
		.state = STATE(ESTABLISHED), .new_state = STATE(FIN_WAIT1),
		.linger = true, .linger_seconds = 1,
		.outcome = LINGER(TIMEOUT), .fins = 1,
		.waited_min = TICKS_OF_A_SECOND,
	};
	int64_t start;

	ASSERT_EQ(0, drain_arm(&self->s));
	ASSERT_EQ(0, set_linger(self->s.p.us, 1));
	ASSERT_EQ(0, isolate(&self->s.p));
	ASSERT_EQ(0, kmod_param_write(FAULT, "fail_drain", getpid()));
	start = now_ns();
	ASSERT_EQ(0, scene_act(&self->s));
	want.waited_max = now_ns() - start;
	ASSERT_EQ(0, kmod_param_read(FAULT, "fail_drain"));
	EXPECT_EQ(0, refusal_verify(&self->s, REFUSAL(NO_MEMORY), &want));
}

TEST_HARNESS_MAIN
