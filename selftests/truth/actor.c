// SPDX-License-Identifier: GPL-2.0
#include "actor.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "destroy.h"
#include "netns.h"
#include "sock.h"
#include "wait.h"

#define PATIENCE	30000	/* ms; beyond it the network is broken */

struct actor {
	const struct network *net;
	const struct script *script;
	struct record *record;
	int fd[ENDS], listener;
	pid_t child[ENDS];
};

static int64_t real_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

static void __attribute__((noreturn)) fail(struct actor *a, const char *what)
{
	snprintf(a->record->failed, sizeof(a->record->failed), "%s: %s", what,
		 strerror(errno));
	_exit(1);
}

static void options_set(struct actor *a, int fd, const struct end_options *o)
{
	if (o->sndbuf)
		set_int(fd, SOL_SOCKET, SO_SNDBUF, o->sndbuf);
	if (o->rcvbuf)
		set_int(fd, SOL_SOCKET, SO_RCVBUF, o->rcvbuf);
	if (o->nodelay)
		set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	if (o->cork)
		set_int(fd, IPPROTO_TCP, TCP_CORK, 1);
	if (o->linger2)
		set_int(fd, IPPROTO_TCP, TCP_LINGER2, o->linger2);
	if (o->linger >= 0 && set_linger(fd, o->linger) < 0)
		fail(a, "linger");
}

static int end_open(struct actor *a, unsigned int end)
{
	struct sockaddr_storage ss;
	socklen_t len = address_make(&ss, a->script, end);
	int fd;

	if (netns_switch(a->net->ns[end]) < 0)
		fail(a, "setns");
	fd = socket(ss.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (fd < 0)
		fail(a, "socket");
	set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	options_set(a, fd, &a->script->end[end]);
	if (bind(fd, (void *)&ss, len) < 0)
		fail(a, "bind");
	return fd;
}

static void await(struct actor *a, int fd, short what, const char *name)
{
	struct pollfd p = { .fd = fd, .events = what };

	errno = ETIMEDOUT;
	if (poll(&p, 1, PATIENCE) != 1)
		fail(a, name);
}

static void connect_ends(struct actor *a)
{
	struct sockaddr_storage ss;
	socklen_t len = address_make(&ss, a->script, SERVER);
	int err = 0;
	socklen_t size = sizeof(err);

	a->listener = end_open(a, SERVER);
	if (listen(a->listener, 4) < 0)
		fail(a, "listen");
	a->record->listener_cookie = cookie_of(a->listener);
	a->fd[CLIENT] = end_open(a, CLIENT);
	if (connect(a->fd[CLIENT], (void *)&ss, len) < 0 && errno != EINPROGRESS)
		fail(a, "connect");
	await(a, a->fd[CLIENT], POLLOUT, "connect");
	getsockopt(a->fd[CLIENT], SOL_SOCKET, SO_ERROR, &err, &size);
	errno = err;
	if (err)
		fail(a, "connect");
	a->record->end[CLIENT].cookie = cookie_of(a->fd[CLIENT]);
	await(a, a->listener, POLLIN, "accept");
	if (a->script->queued)
		return;
	a->fd[SERVER] = accept4(a->listener, NULL, NULL, SOCK_NONBLOCK);
	if (a->fd[SERVER] < 0)
		fail(a, "accept");
	a->record->end[SERVER].cookie = cookie_of(a->fd[SERVER]);
	options_set(a, a->fd[SERVER], &a->script->end[SERVER]);
	close(a->listener);
}

static void write_some(struct actor *a, unsigned int end, uint32_t n)
{
	static char buf[1 << 16];

	while (n && a->fd[end] >= 0) {
		ssize_t len = send(a->fd[end], buf,
				   n < sizeof(buf) ? n : sizeof(buf),
				   MSG_NOSIGNAL);

		if (len <= 0)
			return;
		a->record->end[end].written += len;
		n -= len;
	}
}

/* Data take at least a round trip to come, and need not come at all */
static void read_some(struct actor *a, unsigned int end, uint32_t n)
{
	struct pollfd p = { .fd = a->fd[end], .events = POLLIN };
	static char buf[1 << 16];

	while (n && a->fd[end] >= 0) {
		ssize_t len;

		poll(&p, 1, 2 * a->net->setting->round_trip + 20);
		len = recv(a->fd[end], buf, n < sizeof(buf) ? n : sizeof(buf),
			   0);
		if (len <= 0)
			return;
		a->record->end[end].got += len;
		n -= len;
	}
}

static void shut(struct actor *a, unsigned int end, int how)
{
	struct end_record *r = &a->record->end[end];
	struct shut *s = &r->shut[r->shuts];

	if (a->fd[end] < 0 || r->shuts == SHUTS)
		return;
	s->how = how;
	s->span.from = real_ns();
	s->error = shutdown(a->fd[end], how) ? errno : 0;
	s->span.to = real_ns();
	r->shuts++;
}

static void destroy_end(struct actor *a, unsigned int end)
{
	struct end_record *r = &a->record->end[end];
	struct address local, remote;

	if (a->fd[end] < 0 || netns_switch(a->net->ns[end]) < 0)
		return;
	r->destroy.from = real_ns();
	if (address_of(a->fd[end], false, &local) ||
	    address_of(a->fd[end], true, &remote))
		r->destroy_error = errno;
	else
		r->destroy_error = -destroy(&local, &remote);
	r->destroy.to = real_ns();
}

static void let_go(struct actor *a, unsigned int end)
{
	if (a->fd[end] >= 0)
		close(a->fd[end]);
	a->fd[end] = -1;
}

/* Ready: the child is the only holder but for us */
static void child_ready(int *tell)
{
	char c = 'r';

	if (write(tell[1], &c, 1) != 1)
		_exit(1);
	/* Until everybody but us has let go of the socket */
	if (read(tell[1], &c, 1) < 0)
		_exit(1);
}

static void __attribute__((noreturn))
child_main(struct actor *a, unsigned int end, unsigned int manner, int *tell)
{
	struct end_record *r = &a->record->end[end];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(tell[0]);
	let_go(a, !end);
	if (a->listener >= 0)
		close(a->listener);
	child_ready(tell);
	if (manner == BY_KILL) {
		for (;;)
			pause();
	}
	r->close.from = real_ns();
	if (manner == BY_EXIT)
		_exit(0);
	close(a->fd[end]);
	r->close.to = real_ns();
	_exit(0);
}

/* Returns when the child alone has the socket */
static void end_in_child(struct actor *a, unsigned int end, unsigned int manner)
{
	struct end_record *r = &a->record->end[end];
	int tell[2];
	char c;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, tell) < 0)
		fail(a, "socketpair");
	a->child[end] = fork();
	if (a->child[end] < 0)
		fail(a, "fork");
	if (!a->child[end])
		child_main(a, end, manner, tell);
	r->closer = a->child[end];
	close(tell[1]);
	if (read(tell[0], &c, 1) != 1)
		fail(a, "child");
	let_go(a, end);
	r->close.from = real_ns();
	if (manner == BY_KILL)
		kill(a->child[end], SIGKILL);
	close(tell[0]);
	if (manner == BY_CHILD)
		return;
	waitpid(a->child[end], NULL, 0);
	a->child[end] = 0;
	if (!r->close.to)
		r->close.to = real_ns();
}

static void end_here(struct actor *a, unsigned int end, unsigned int manner)
{
	struct end_record *r = &a->record->end[end];
	int copy = -1;

	if (manner == BY_DUP) {
		copy = dup(a->fd[end]);
		let_go(a, end);
		a->fd[end] = copy;
	}
	r->closer = getpid();
	r->close.from = real_ns();
	if (manner == BY_LISTENER)
		close(a->listener);
	else
		let_go(a, end);
	r->close.to = real_ns();
	if (manner == BY_LISTENER)
		a->listener = -1;
}

static void end(struct actor *a, unsigned int end, unsigned int manner)
{
	a->record->end[end].manner = manner;
	switch (manner) {
	case BY_EXIT:
	case BY_KILL:
	case BY_FORK:
	case BY_CHILD:
		end_in_child(a, end, manner);
		break;
	default:
		end_here(a, end, manner);
	}
}

static void play(struct actor *a)
{
	for (unsigned int i = 0; i < a->script->n; i++) {
		const struct step *s = &a->script->step[i];

		switch (s->op) {
		case OP_WRITE:
			write_some(a, s->end, s->arg);
			break;
		case OP_READ:
			read_some(a, s->end, s->arg);
			break;
		case OP_PAUSE:
			poll(NULL, 0, s->arg);
			break;
		case OP_SHUT:
			shut(a, s->end, s->arg);
			break;
		case OP_DESTROY:
			destroy_end(a, s->end);
			break;
		case OP_END:
			end(a, s->end, s->arg);
			break;
		}
	}
	for (unsigned int i = 0; i < ENDS; i++) {
		if (a->child[i])
			waitpid(a->child[i], NULL, 0);
	}
	a->record->finished = true;
}

pid_t actor_start(const struct network *n, const struct script *s,
		  struct record *r)
{
	struct actor a = {
		.net = n, .script = s, .record = r,
		.fd = { -1, -1 }, .listener = -1,
	};
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	connect_ends(&a);
	if (!s->queued)
		a.listener = -1;
	play(&a);
	_exit(0);
}
