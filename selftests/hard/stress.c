// SPDX-License-Identifier: GPL-2.0
/*
 * stress SECONDS [SEED]: close TCP sockets while other threads use the same
 * descriptor in every way, or while other processes hold it, and do the same to
 * sockets that only look like TCP's. Prints how many it closed.
 */
#include <errno.h>
#include <linux/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "pair.h"
#include "random.h"
#include "wait.h"

#define MISUSERS	3
#define MISUSES		20	/* of each of them in a round */

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP	262
#endif

static int shared_fd;
static bool stop;
static uint64_t seed;
static pthread_barrier_t round_edge;

static void misuse(struct random *r, int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char buf[4096] = "";

	switch (random_below(r, 7)) {
	case 0:
		recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
		break;
	case 1:
		send(fd, buf, random_below(r, sizeof(buf)),
		     MSG_DONTWAIT | MSG_NOSIGNAL);
		break;
	case 2:
		shutdown(fd, random_below(r, 3));
		break;
	case 3:
		poll(&p, 1, 0);
		break;
	case 4:
		set_int(fd, IPPROTO_IPV6, IPV6_ADDRFORM, AF_INET);
		break;
	case 5:
		setsockopt(fd, IPPROTO_TCP, TCP_ULP, "tls", 4);
		break;
	default:
		set_int(fd, IPPROTO_TCP, TCP_LINGER2, -1);
	}
}

static void *misuser(void *number)
{
	struct random r = random_start(seed, (long)number);

	for (;;) {
		pthread_barrier_wait(&round_edge);
		if (stop)
			return NULL;
		for (int i = 0; i < MISUSES; i++)
			misuse(&r, shared_fd);
		pthread_barrier_wait(&round_edge);
	}
}

/* Kinds of socket that share inet_shutdown() or inet_release() with TCP's */
static void close_lookalike(struct random *r)
{
	static const int kinds[][3] = {
		{ AF_INET, SOCK_RAW, IPPROTO_TCP },
		{ AF_INET6, SOCK_RAW, IPPROTO_TCP },
		{ AF_INET, SOCK_DGRAM, 0 },
		{ AF_INET, SOCK_STREAM, IPPROTO_MPTCP },
	};
	const int *kind = kinds[random_below(r, 4)];
	int fd = socket(kind[0], kind[1], kind[2]);

	shutdown(fd, random_below(r, 3));
	if (fd >= 0)
		close(fd);
}

static void hold_elsewhere(struct random *r, int fd)
{
	if (fork())
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	poll(NULL, 0, random_below(r, 3));
	_exit(close(fd));
}

static void prepare_close(struct random *r, struct pair *p)
{
	if (random_percent(r, 50))
		give(p->us, 10);
	if (random_percent(r, 50))
		give(p->them, 10);
	if (random_percent(r, 15))
		set_linger(p->us, random_below(r, 2));
	if (random_percent(r, 20))
		hold_elsewhere(r, random_percent(r, 50) ? p->us : p->them);
}

static int one_round(struct random *r)
{
	const struct pair_opts opts = {
		.flavour = random_below(r, 3),
		.we_connect = random_percent(r, 50),
	};
	struct pair p;

	if (pair_open(&p, &opts))
		return -1;
	prepare_close(r, &p);
	shared_fd = p.us;
	pthread_barrier_wait(&round_edge);
	usleep(random_below(r, 300));
	close(p.us);
	p.us = -1;
	pthread_barrier_wait(&round_edge);
	if (random_percent(r, 25))
		set_linger(p.them, 0);
	else if (random_percent(r, 25))
		send(p.them, "late", 4, MSG_NOSIGNAL);
	pair_close(&p);
	close_lookalike(r);
	return 0;
}

int main(int argc, char **argv)
{
	int64_t end = now_ns() + (argc > 1 ? atol(argv[1]) : 10) * NSEC_PER_SEC;
	long rounds = 0, failures = 0;
	struct random r;
	pthread_t t;

	seed = argc > 2 ? strtoull(argv[2], NULL, 0) : (uint64_t)getpid();
	r = random_start(seed, MISUSERS);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	pthread_barrier_init(&round_edge, NULL, MISUSERS + 1);
	for (long i = 0; i < MISUSERS; i++)
		pthread_create(&t, NULL, misuser, (void *)i);
	while (now_ns() < end) {
		if (one_round(&r))
			failures++;
		else
			rounds++;
	}
	stop = true;
	pthread_barrier_wait(&round_edge);
	printf("%ld sockets closed in use, %ld connections failed, seed %llu\n",
	       rounds, failures, (unsigned long long)seed);
	return !rounds;
}
