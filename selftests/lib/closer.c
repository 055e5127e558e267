// SPDX-License-Identifier: GPL-2.0
#include "closer.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wait.h"

/* x86 alone has it, and call32() */
#ifndef MAP_32BIT
#define MAP_32BIT	0
#endif

static void *slow_close_run(void *arg)
{
	struct slow_close *c = arg;
	int64_t start;

	c->tid = gettid();
	start = now_ns();
	c->ret = close(c->fd);
	c->took_ns = now_ns() - start;
	c->done = true;
	return NULL;
}

int slow_close_start(struct slow_close *c, struct scene *s)
{
	memset(c, 0, sizeof(*c));
	c->fd = s->p.us;
	s->p.us = -1;
	if (pthread_create(&c->thread, NULL, slow_close_run, c))
		return -1;
	if (!WAIT_FOR(c->tid))
		return -1;
	s->closer.tid = c->tid;
	return 0;
}

int slow_close_finish(struct slow_close *c)
{
	if (!WAIT_FOR(c->done) || pthread_join(c->thread, NULL))
		return -1;
	return c->ret;
}

/* int 0x80 is how a 32-bit program calls; its pointers are of the lowest 4 GiB. */
static long call32(long nr, const void *a, const void *b)
{
#ifdef __x86_64__
	asm volatile("int $0x80" : "+a"(nr)
		     : "b"(a), "c"(b), "d"(0L) : "memory", "r8", "r9", "r10", "r11");
	return nr;
#else
	raise(SIGSEGV);
	return -1;
#endif
}

bool can_call32(void)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(call32(20 /* getpid */, NULL, NULL) != getpid());
	return waitpid(pid, &status, 0) == pid && !status;
}

static void exec32(void)
{
	struct {
		char path[16];
		uint32_t argv[2];
	} *low = mmap(NULL, sizeof(*low), PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (low == MAP_FAILED)
		return;
	strcpy(low->path, "/bin/true");
	low->argv[0] = (uintptr_t)low->path;
	call32(11 /* execve */, low->path, low->argv);
}

static void holder_run(int fd, int orders, int ready, int (*prepare)(void *arg),
		       void *arg)
{
	char order;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (prepare && prepare(arg))
		_exit(1);
	if (write(ready, "r", 1) != 1 || read(orders, &order, 1) != 1)
		_exit(1);
	switch (order) {
	case HOLDER_CLOSE:
		_exit(close(fd) ? 1 : 0);
	case HOLDER_EXIT:
		_exit(0);
	case HOLDER_EXEC:
		execl("/bin/true", "true", NULL);
		_exit(1);
	case HOLDER_EXEC32:
		exec32();
		_exit(1);
	}
	_exit(1);
}

int holder_start(struct holder *h, struct scene *s, int (*prepare)(void *arg),
		 void *arg)
{
	int orders[2], ready[2];
	char byte;

	if (pipe2(orders, O_CLOEXEC) < 0 || pipe2(ready, O_CLOEXEC) < 0)
		return -1;
	h->pid = fork();
	if (h->pid < 0)
		return -1;
	if (!h->pid) {
		close(orders[1]);
		close(ready[0]);
		holder_run(s->p.us, orders[0], ready[1], prepare, arg);
	}
	close(orders[0]);
	close(ready[1]);
	close(s->p.us);
	s->p.us = -1;
	h->tell = orders[1];
	if (read(ready[0], &byte, 1) != 1)
		return -1;
	close(ready[0]);
	s->closer.pid = h->pid;
	s->closer.tid = h->pid;
	return 0;
}

int holder_do(struct holder *h, enum holder_order order)
{
	char byte = order;
	int status;

	if (write(h->tell, &byte, 1) != 1 ||
	    waitpid(h->pid, &status, 0) != h->pid)
		return -1;
	close(h->tell);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int holder_await_kill(struct holder *h)
{
	int status;

	if (waitpid(h->pid, &status, 0) != h->pid)
		return -1;
	close(h->tell);
	return WIFSIGNALED(status) ? 0 : -1;
}

int holder_kill(struct holder *h)
{
	return kill(h->pid, SIGKILL) < 0 ? -1 : holder_await_kill(h);
}
