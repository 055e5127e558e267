// SPDX-License-Identifier: GPL-2.0
/* Which of perf's stacks is that of an event, and its frames in words. */
#include <arpa/inet.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"
#include "host/stacks.h"
#include "kselftest_harness.h"

#define KERNEL	((uint64_t)PERF_CONTEXT_KERNEL)
#define USER	((uint64_t)PERF_CONTEXT_USER)
#define SECOND	1000000000LL

FIXTURE(stacks)
{
	char root[64];
	struct cw_stacks s;
	struct cw_stack_of of;
	struct cw_stack_words words;
};

static void put_file(const char *root, const char *path, const char *text)
{
	char full[128];
	FILE *f;

	snprintf(full, sizeof(full), "%s/%s", root, path);
	f = fopen(full, "w");
	if (!f)
		abort();
	fputs(text, f);
	fclose(f);
}

FIXTURE_SETUP(stacks)
{
	char path[80];

	snprintf(self->root, sizeof(self->root), "/tmp/closewatch-test-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->root));
	snprintf(path, sizeof(path), "%s/proc", self->root);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/proc/812", self->root);
	mkdir(path, 0700);
	/* Not by address; what is no function is left out. */
	put_file(self->root, "proc/kallsyms",
		 "ffff000000003000 t last\t[closewatch]\n"
		 "ffff000000001000 T tcp_set_state\n"
		 "ffff000000001500 D no_function\n"
		 "ffff000000002000 T inet_release\n"
		 "ffff000000002800 T inet_shutdown\n"
		 "ffff000000000500 t __traceiter_inet_sock_set_state\n"
		 "ffff000000004000 t handle_softirqs\n"
		 "ffff000000005000 T do_syscall_64\n");
	put_file(self->root, "proc/812/maps",
		 "401000-402000 r-xp 00001000 08:01 19 /usr/bin/fixed\n"
		 "55f000400000-55f000401000 r-xp 00002000 08:01 17 /usr/sbin/nginx\n"
		 "7f00007f0000-7f00007f1000 r-xp 00000000 08:01 18 /tmp/a\"\033b (deleted)\n"
		 "7ffd00-7ffe00 rw-p 00000000 00:00 0 [stack]\n");
	self->s = (struct cw_stacks){
		.offset = 100 * SECOND,
		.kept = calloc(CW_STACKS_KEPT, sizeof(*self->s.kept)),
	};
	ASSERT_NE(NULL, self->s.kept);
	ASSERT_EQ(0, cw_symbols_load(&self->s.symbols, self->root));
	self->of = (struct cw_stack_of){
		.time = 111 * SECOND, .tid = 813, .local_port = 80,
		.remote_port = 51234, .released = true,
	};
}

FIXTURE_TEARDOWN(stacks)
{
	char command[128];

	cw_stacks_close(&self->s);
	snprintf(command, sizeof(command), "rm -r %s", self->root);
	EXPECT_EQ(0, system(command));
}

/* As perf writes it; @torn bytes are missing. */
static void take(struct cw_stacks *s, uint64_t time, uint32_t tid,
		 const uint64_t *frame, uint64_t n, size_t torn)
{
	struct {
		struct perf_event_header header;
		uint32_t pid, tid;
		uint64_t time, frames;
		uint64_t rest[80];
	} r = {
		.header.type = PERF_RECORD_SAMPLE, .pid = 812, .tid = tid,
		.time = time, .frames = n,
	};
	const uint16_t ports[] = { 80, 51234 };
	char *raw = (char *)&r.rest[n];

	memcpy(r.rest, frame, n * sizeof(*frame));
	memcpy(raw + 28, ports, sizeof(ports));
	cw_stacks_take(s, &r, raw + 36 - (char *)&r - torn);
}

#define take_stack(time, tid, ...) ({					\
		const uint64_t frame[] = { __VA_ARGS__ };		\
									\
		take(&self->s, time, tid, frame, ARRAY_SIZE(frame), 0);	\
	})
#define say() cw_stacks_say(&self->s, &self->of, &self->words)

#define RELEASE	KERNEL, 0xffff000000001080, 0xffff000000002040
#define SHUTDOWN KERNEL, 0xffff000000001080, 0xffff000000002840

TEST_F(stacks, frames_are_told_by_their_functions)
{
	/* The first returns to behind its function's last instruction. */
	take_stack(11 * SECOND, 813, KERNEL, 0xffff000000000540, 0xffff000000001080,
		   0xffff000000002040, 0xffff000000003000, 0xffff000000004000,
		   0xffff000000005001, 0xffff000000003001);
	say();
	EXPECT_STREQ("tcp_set_state < inet_release < inet_shutdown < last",
		     self->words.kernel);
	EXPECT_STREQ("none", self->words.program);
}

TEST_F(stacks, the_last_one_before_an_event_is_its_own)
{
	take_stack(8 * SECOND, 813, SHUTDOWN);
	take_stack(9 * SECOND, 813, RELEASE, 0xffff000000003001);
	take_stack(10 * SECOND, 813, RELEASE);
	take_stack(10 * SECOND, 814, RELEASE, 0xffff000000003002);
	/* By a segment from this host, which its task was sending in a close. */
	take_stack(11 * SECOND, 813, KERNEL, 0xffff000000001080, 0xffff000000004001,
		   0xffff000000002040);
	take_stack(12 * SECOND, 813, RELEASE, 0xffff000000003003);
	say();
	EXPECT_STREQ("tcp_set_state < inet_release", self->words.kernel);
	self->of.released = false;
	say();
	EXPECT_STREQ("tcp_set_state < inet_shutdown", self->words.kernel);
	self->of.remote_port++;
	say();
	EXPECT_STREQ("none", self->words.kernel);
	EXPECT_STREQ("none", self->words.program);
}

TEST_F(stacks, that_may_have_been_lost_are_told)
{
	struct perf_event_header lost = { .type = PERF_RECORD_LOST };
	int i;

	self->s.now = 111 * SECOND;
	cw_stacks_take(&self->s, &lost, sizeof(lost));
	take_stack(9 * SECOND, 813, RELEASE);
	say();
	EXPECT_STREQ("tcp_set_state < inet_release", self->words.kernel);
	EXPECT_STREQ("none", self->words.program);
	self->of.tid++;
	say();
	EXPECT_STREQ("lost", self->words.kernel);
	EXPECT_STREQ("lost", self->words.program);
	self->of.time++;
	say();
	EXPECT_STREQ("none", self->words.kernel);
	/* They have left their places to newer ones. */
	for (i = 0; i < CW_STACKS_KEPT; i++)
		take_stack(12 * SECOND, 815, RELEASE);
	say();
	EXPECT_STREQ("lost", self->words.kernel);
}

TEST_F(stacks, records_that_are_torn_or_too_long_are_cut)
{
	uint64_t frame[80] = { RELEASE };
	size_t i;

	for (i = 3; i < ARRAY_SIZE(frame); i++)
		frame[i] = 0xffff000000003001;
	take(&self->s, 9 * SECOND, 813, frame, 8, 4 + 36);
	EXPECT_EQ(0, self->s.n);
	take(&self->s, 9 * SECOND, 813, frame, 70, 0);
	ASSERT_EQ(1, self->s.n);
	EXPECT_EQ(CW_STACK_FRAMES, self->s.kept[0].kernel);
	say();
	EXPECT_EQ(sizeof(self->words.kernel) > strlen(self->words.kernel), true);
}

TEST_F(stacks, frames_of_a_program_are_offsets_into_its_files)
{
	const uint64_t frame[] = { 0x55f000400123, 0x7f00007f0001, 0x7ffd10, 0x10 };
	const uint64_t fixed = 0x401106;
	char text[256];
	struct cw_text t = { .buf = text, .size = sizeof(text) };

	cw_symbols_say_program(&t, self->root, 812, frame, ARRAY_SIZE(frame));
	/* What a file is called is its owner's choice. */
	EXPECT_STREQ("nginx+0x2123 < a??b?(deleted)+0x1 < 0x7ffd10 < 0x10", text);
	/* One that is linked to fixed addresses has its symbols there. */
	t.used = 0;
	cw_symbols_say_program(&t, self->root, 812, &fixed, 1);
	EXPECT_STREQ("fixed+0x401106", text);
	t.used = 0;
	cw_symbols_say_program(&t, self->root, 4711, frame, 2);
	EXPECT_STREQ("0x55f000400123 < 0x7f00007f0001", text);
	take_stack(9 * SECOND, 813, RELEASE, USER, 0x55f000400123);
	say();
	EXPECT_STREQ("tcp_set_state < inet_release", self->words.kernel);
	EXPECT_NE(NULL, strstr(self->words.program, "0x"));
}

/* Where that is permitted, by the kernel of this host */
TEST_F(stacks, of_this_program_are_taken_from_perf)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	struct timespec now;
	struct cw_stacks s = { 0 };
	struct cw_fail fail;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (cw_stacks_open(&s, &fail)) {
		cw_stacks_close(&s);
		close(fd);
		SKIP(return, "%s", fail.what);
	}
	ASSERT_EQ(0, listen(fd, 1));
	ASSERT_EQ(0, getsockname(fd, (struct sockaddr *)&a, &len));
	close(fd);
	clock_gettime(CLOCK_REALTIME, &now);
	cw_stacks_read(&s);
	self->of = (struct cw_stack_of){
		.time = now.tv_sec * SECOND + now.tv_nsec, .tid = gettid(),
		.local_port = ntohs(a.sin_port), .released = true,
	};
	cw_stacks_say(&s, &self->of, &self->words);
	EXPECT_NE(NULL, strstr(self->words.kernel, " < inet_release < ")) {
		TH_LOG("%s", self->words.kernel);
	}
	EXPECT_NE(NULL, strstr(self->words.program, "+0x")) {
		TH_LOG("%s", self->words.program);
	}
	cw_stacks_close(&s);
}

TEST_HARNESS_MAIN
