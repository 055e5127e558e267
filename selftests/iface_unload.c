// SPDX-License-Identifier: GPL-2.0
/* Loading and unloading while connections close and listeners come and go */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>

#include "flavours.h"
#include "kmod.h"
#include "kmsg.h"
#include "netns.h"
#include "wait.h"

#define ROUNDS	200

FIXTURE(unload) {
	const char *path;
	int kmsg;
	pid_t traffic[2], listener;
	atomic_long *closes, *events;
};

/* FINs, resets for unread data and aborts, without end */
static void run_traffic(atomic_long *closes)
{
	struct pair_opts opts = { .flavour = IPV4 };
	struct pair p;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (netns_enter())
		_exit(1);
	for (int i = 0;; i++) {
		if (pair_open(&p, &opts))
			_exit(1);
		if (i % 3 == 1)
			give(p.them, 3);
		if (i % 3 == 2)
			set_linger(p.us, 0);
		pair_close(&p);
		*closes += 3;
	}
}

/* The module is there or not, goes or comes: whatever happens, go on */
static void run_listener(atomic_long *events)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		struct events e;
		int64_t end;

		if (!events_open(&e) && !events_subscribe_all(&e)) {
			end = now_ns() + NSEC_PER_SEC / 20;
			while (now_ns() < end && e.n < 1000)
				events_poll(&e);
			*events += e.n;
		}
		events_close(&e);
	}
}

static pid_t start(void (*run)(atomic_long *count), atomic_long *count)
{
	pid_t pid = fork();

	if (!pid)
		run(count);
	return pid;
}

static int stop(pid_t pid)
{
	return kill(pid, SIGKILL) || waitpid(pid, NULL, 0) != pid ? -1 : 0;
}

FIXTURE_SETUP(unload)
{
	long *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	NEED_MODULE_FILE(return);
	self->path = kmod_path(MODULE);
	ASSERT_NE(MAP_FAILED, shared);
	self->closes = (void *)&shared[0];
	self->events = (void *)&shared[1];
	self->kmsg = kmsg_open();
	ASSERT_GE(self->kmsg, 0);
	for (int i = 0; i < 2; i++)
		self->traffic[i] = start(run_traffic, self->closes);
	self->listener = start(run_listener, self->events);
}

FIXTURE_TEARDOWN(unload)
{
	EXPECT_EQ(0, stop(self->traffic[0]));
	EXPECT_EQ(0, stop(self->traffic[1]));
	EXPECT_EQ(0, stop(self->listener));
	if (!kmod_loaded(MODULE))
		EXPECT_EQ(0, kmod_load(self->path));
}

/* Refused only while the module is in use, which must not last */
static long rounds(void)
{
	const char *n = getenv("CLOSEWATCH_UNLOAD_ROUNDS");

	return n ? atol(n) : ROUNDS;
}

TEST_F_TIMEOUT(unload, under_traffic_and_listeners_leaves_a_clean_log, 900)
{
	for (long i = 0; i < rounds(); i++) {
		long events = *self->events;

		ASSERT_EQ(0, kmod_remove(MODULE))
			TH_LOG("round %ld", i);
		ASSERT_EQ(0, kmod_load(self->path));
		/* Every tenth round waits until the probes have been in use */
		if (i % 10 == 0)
			ASSERT_TRUE(WAIT_FOR(*self->events > events));
	}
	EXPECT_GT(*self->closes, 0);
	EXPECT_EQ(0, kmsg_complaints(self->kmsg));
	TH_LOG("%ld rounds, %ld closes, %ld events", rounds(), *self->closes,
	       *self->events);
}

TEST_HARNESS_MAIN
