// SPDX-License-Identifier: GPL-2.0
/* A listener that does not read costs another nothing */
#include <netlink/socket.h>
#include <sched.h>

#include "flavours.h"
#include "kmod.h"
#include "wait.h"

#define SLOTS	256	/* of each CPU's ring */
#define BATCH	20
#define CLOSES	3000
#define TRIES	3

FIXTURE(stuck) {
	struct scene s;
	struct events stuck;
};

/* Its buffer is as small as the kernel allows, and nothing is taken from it */
FIXTURE_SETUP(stuck)
{
	int size = 1;

	NEED_MODULE_FILE(return);
	ASSERT_EQ(0, kmod_reload("ring_slots=256"));
	ASSERT_EQ(0, scene_open_bare(&self->s));
	ASSERT_EQ(0, events_open(&self->stuck));
	ASSERT_EQ(0, setsockopt(nl_socket_get_fd(self->stuck.sk), SOL_SOCKET,
				SO_RCVBUFFORCE, &size, sizeof(size)));
	ASSERT_EQ(0, events_subscribe(&self->stuck, NULL, NULL));
}

FIXTURE_TEARDOWN(stuck)
{
	events_close(&self->stuck);
	scene_close(&self->s);
	EXPECT_EQ(0, kmod_reload(""));
}

static int close_some(int n)
{
	for (; n; n--) {
		int fd = tcp_socket(IPV4);

		if (fd < 0 || close(fd))
			return -1;
	}
	return 0;
}

/*
 * As a policy of SCHED_IDLE, so that the module's worker goes before it. Some
 * of the CPU is left to others, too: a ring holds what is closed in a tenth of
 * a second.
 */
static int close_at_rate(void)
{
	struct sched_param none = { 0 };
	int bad = sched_setscheduler(0, SCHED_IDLE, &none);

	for (int i = 0; i < CLOSES / BATCH; i++) {
		int64_t end = now_ns() + BATCH * NSEC_PER_SEC / 10 / SLOTS;

		bad += close_some(BATCH) != 0;
		while (now_ns() < end)
			sched_yield();
	}
	return bad ?: sched_setscheduler(0, SCHED_OTHER, &none);
}

/* Every close is accounted for: hits missed may have been closes, or may not */
static bool all_told(struct events *e)
{
	size_t n = 0;

	while (events_poll(e))
		;
	for (size_t i = 0; i < e->n; i++)
		n += EVENT_NUM(&e->list[i], TYPE) == TYPE(CLOSE);
	return n + events_lost(e) + events_lost_by(e, CLOSEWATCH_LOSS_PROBE) >=
	       CLOSES;
}

/*
 * A guest's CPU may itself be stuck for longer than a ring lasts; a worker that
 * sleeps while the one is owed something loses for the other each time.
 */
TEST_F(stuck, listener_makes_no_other_lose)
{
	struct events *e = &self->s.events, *stuck = &self->stuck;
	uint64_t lost = 1;

	for (int i = 0; i < TRIES && lost; i++) {
		e->n = 0;
		ASSERT_EQ(0, close_at_rate());
		ASSERT_TRUE(WAIT_FOR(all_told(e)));
		lost = events_lost(e);
		TH_LOG("%llu of %d lost", (unsigned long long)lost, CLOSES);
	}
	EXPECT_EQ(0U, lost);
	EXPECT_TRUE(WAIT_FOR((events_poll(stuck), events_lost(stuck))));
}

TEST_HARNESS_MAIN
