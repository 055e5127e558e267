// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "host/stacks.h"

#define PAGES	128		/* of a CPU's buffer: a power of two */
#define EVENT	"/events/sock/inet_sock_set_state/id"
/* FIN_WAIT1, CLOSE and LAST_ACK */
#define FILTER	"newstate == 4 || newstate == 7 || newstate == 9"

#define NSEC_PER_SEC 1000000000LL

/* --- perf's buffers --- */

static int event_id(uint64_t *id)
{
	static const char *const paths[] = {
		"/sys/kernel/tracing" EVENT, "/sys/kernel/debug/tracing" EVENT,
	};
	unsigned long n = 0;
	size_t i;
	FILE *f;

	for (i = 0; i < ARRAY_SIZE(paths) && !n; i++) {
		f = fopen(paths[i], "re");
		if (f && fscanf(f, "%lu", &n) != 1)
			n = 0;
		if (f)
			fclose(f);
	}
	*id = n;
	return n ? 0 : -1;
}

static int open_cpu(struct cw_stack_buffer *b, uint64_t id, int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr), .config = id,
		.sample_period = 1, .use_clockid = 1, .clockid = CLOCK_MONOTONIC,
		.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME |
			       PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_RAW,
		/* Nothing waits for it. */
		.watermark = 1, .wakeup_watermark = UINT32_MAX,
	};
	const size_t page = sysconf(_SC_PAGESIZE);

	b->fd = syscall(SYS_perf_event_open, &attr, -1, cpu, -1,
			PERF_FLAG_FD_CLOEXEC);
	if (b->fd < 0)
		return -1;
	b->pages = mmap(NULL, (1 + PAGES) * page, PROT_READ | PROT_WRITE,
			MAP_SHARED, b->fd, 0);
	if (b->pages == MAP_FAILED) {
		b->pages = NULL;
		return -1;
	}
	return ioctl(b->fd, PERF_EVENT_IOC_SET_FILTER, FILTER);
}

static int fail_open(struct cw_fail *fail)
{
	return cw_fail(fail, NULL, "cannot take stacks: perf_event_open: %s",
		       strerror(errno));
}

int cw_stacks_open(struct cw_stacks *s, struct cw_fail *fail)
{
	const int cpus = sysconf(_SC_NPROCESSORS_CONF);
	uint64_t id;
	int i;

	if (event_id(&id))
		return cw_fail(fail, "sudo mount -t tracefs none /sys/kernel/tracing",
			       "cannot take stacks: the tracepoint sock:inet_sock_set_state is not found");
	s->cpu = calloc(cpus, sizeof(*s->cpu));
	s->kept = calloc(CW_STACKS_KEPT, sizeof(*s->kept));
	if (!s->cpu || !s->kept || cw_symbols_load(&s->symbols, ""))
		return cw_fail(fail, NULL, "cannot take stacks: /proc/kallsyms: %s",
			       strerror(errno));
	for (i = 0; i < cpus; i++) {
		struct cw_stack_buffer *b = &s->cpu[s->cpus];
		int ret = open_cpu(b, id, i);

		s->cpus += b->fd >= 0;
		/* One that is offline closes nothing. */
		if (ret && (b->fd >= 0 || errno != ENODEV))
			return fail_open(fail);
	}
	return CW_OK;
}

void cw_stacks_close(struct cw_stacks *s)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	size_t i;

	for (i = 0; i < s->cpus; i++) {
		if (s->cpu[i].pages)
			munmap(s->cpu[i].pages, (1 + PAGES) * page);
		close(s->cpu[i].fd);
	}
	cw_symbols_release(&s->symbols);
	free(s->cpu);
	free(s->kept);
}

/* --- what is in them --- */

/* As sample_type orders it; the chain and the raw record follow. */
struct sample {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t time, frames;
	uint64_t frame[];
};

/* Of the tracepoint, on every kernel from 4.16 on. */
struct raw {
	uint32_t size;
	char common[8];
	char other[16];		/* skaddr, oldstate, newstate */
	uint16_t sport, dport;
} __attribute__((packed));

void cw_stacks_take(struct cw_stacks *s, const void *record, size_t len)
{
	struct cw_stack *to = &s->kept[s->n % CW_STACKS_KEPT];
	const struct sample *from = record;
	uint32_t *count = &to->kernel, at = 0;
	struct raw raw;
	uint64_t i;

	if (from->header.type == PERF_RECORD_LOST)
		s->lost_until = s->now;
	if (len < sizeof(*from) + sizeof(raw) ||
	    from->header.type != PERF_RECORD_SAMPLE ||
	    from->frames > (len - sizeof(*from) - sizeof(raw)) / sizeof(uint64_t))
		return;
	memcpy(&raw, &from->frame[from->frames], sizeof(raw));
	*to = (struct cw_stack){
		.time = from->time, .pid = from->pid, .tid = from->tid,
		.local_port = raw.sport, .remote_port = raw.dport,
	};
	for (i = 0; i < from->frames && at < CW_STACK_FRAMES; i++) {
		if (from->frame[i] == (uint64_t)PERF_CONTEXT_USER)
			count = &to->program;
		if (from->frame[i] >= (uint64_t)PERF_CONTEXT_MAX)
			continue;
		to->frame[at++] = from->frame[i];
		++*count;
	}
	s->n++;
}

static void read_cpu(struct cw_stacks *s, struct cw_stack_buffer *b)
{
	static uint64_t room[(1 << 16) / sizeof(uint64_t)];
	const size_t page = sysconf(_SC_PAGESIZE), size = PAGES * page;
	struct perf_event_mmap_page *head = b->pages;
	const char *data = (char *)b->pages + page;
	/* Pairs with that of perf_output_put_handle(). */
	uint64_t end = __atomic_load_n(&head->data_head, __ATOMIC_ACQUIRE);
	uint64_t at = head->data_tail;
	char *record = (char *)room;
	size_t first;

	while (at < end) {
		struct perf_event_header h;

		/* Records are a multiple of 8 bytes, and so is the buffer. */
		memcpy(&h, data + at % size, sizeof(h));
		if (h.size < sizeof(h))
			break;
		first = size - at % size;
		first = first < h.size ? first : h.size;
		memcpy(record, data + at % size, first);
		memcpy(record + first, data, h.size - first);
		cw_stacks_take(s, record, h.size);
		at += h.size;
	}
	__atomic_store_n(&head->data_tail, end, __ATOMIC_RELEASE);
}

void cw_stacks_read(struct cw_stacks *s)
{
	struct timespec real, mono;
	size_t i;

	/* In this order: what comes between them makes no stack younger than its event. */
	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_MONOTONIC, &mono);
	s->now = real.tv_sec * NSEC_PER_SEC + real.tv_nsec;
	s->offset = s->now - (mono.tv_sec * NSEC_PER_SEC + mono.tv_nsec);
	for (i = 0; i < s->cpus; i++)
		read_cpu(s, &s->cpu[i]);
}

/* --- the stack of an event --- */

/* Softirq may run on top of any task, also within a close of another socket. */
static bool is_softirq(const char *name)
{
	return !strcmp(name, "handle_softirqs") || !strcmp(name, "__do_softirq");
}

static bool calls(const struct cw_stacks *s, const struct cw_stack *st,
		  const char *function)
{
	const char *name;
	uint32_t i;

	for (i = 0; i < st->kernel; i++) {
		name = cw_symbols_find(&s->symbols, st->frame[i]);
		if (!name || is_softirq(name))
			return false;
		if (!strcmp(name, function))
			return true;
	}
	return false;
}

/* The newest that fits: the state that a close does not change may be of before. */
static const struct cw_stack *find(const struct cw_stacks *s,
				   const struct cw_stack_of *of)
{
	uint64_t i, last = s->n > CW_STACKS_KEPT ? s->n - CW_STACKS_KEPT : 0;
	const struct cw_stack *st;

	for (i = s->n; i > last; i--) {
		st = &s->kept[(i - 1) % CW_STACKS_KEPT];
		if (st->tid == of->tid && st->local_port == of->local_port &&
		    st->remote_port == of->remote_port &&
		    st->time + s->offset <= of->time &&
		    calls(s, st, of->released ? "inet_release" : "inet_shutdown"))
			return st;
	}
	return NULL;
}

static bool may_be_lost(const struct cw_stacks *s, uint64_t time)
{
	return time <= s->lost_until ||
	       (s->n > CW_STACKS_KEPT &&
		time < s->kept[s->n % CW_STACKS_KEPT].time + s->offset);
}

/* But for the tracepoint's own, and the entry to the kernel. */
static void say_kernel(struct cw_text *t, const struct cw_stacks *s,
		       const struct cw_stack *st)
{
	const char *name;
	uint32_t i;

	for (i = 0; i < st->kernel; i++) {
		name = cw_symbols_find(&s->symbols, st->frame[i]) ?: "?";
		if (!strcmp(name, "do_syscall_64"))
			break;
		if (strncmp(name, "__traceiter_", 12))
			cw_say(t, "%s%s", t->used ? " < " : "", name);
	}
}

void cw_stacks_say(const struct cw_stacks *s, const struct cw_stack_of *of,
		   struct cw_stack_words *to)
{
	struct cw_text kernel = { .buf = to->kernel, .size = sizeof(to->kernel) };
	struct cw_text program = {
		.buf = to->program, .size = sizeof(to->program),
	};
	const struct cw_stack *st = find(s, of);
	const char *none = !st && may_be_lost(s, of->time) ? "lost" : "none";

	if (st)
		say_kernel(&kernel, s, st);
	if (st && st->program)
		cw_symbols_say_program(&program, "", st->pid,
				       &st->frame[st->kernel], st->program);
	if (!kernel.used)
		cw_say(&kernel, "%s", none);
	if (!program.used)
		cw_say(&program, "%s", none);
}
