// SPDX-License-Identifier: GPL-2.0
/*
 * policies rules N: N policies for local ports on which nothing happens.
 * policies sockets N: N connections, each with a policy of its own.
 * policies drains N: N connections whose accepted ends hold an unread byte, under a
 * drain policy; after a line of input these ends are closed.
 *
 * It says "ready" after each step. Connections stay until the end of input.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "policy.h"
#include "sock.h"

#define FIRST_PORT	20000

static int listener;

/* Until a line of input; its end is the program's */
static void ready(void)
{
	int c;

	puts("ready");
	fflush(stdout);
	do
		c = getchar();
	while (c != '\n' && c != EOF);
	if (c == EOF)
		exit(0);
}

/* One more connection, whose client nobody closes; the accepted end */
static int accept_one(void)
{
	int client = tcp_socket(IPV4);

	if (tcp_connect(client, IPV4, listener) || give(client, 1))
		return -1;
	return accept(listener, NULL, NULL);
}

static int rules(struct events *e, int count)
{
	int i, id = 0;

	for (i = 0; i < count && id >= 0; i++)
		id = policy_add(e, &(struct policy){
			.action = ACTION(LEAVE), .local_port = FIRST_PORT + i });
	return id;
}

static int sockets(struct events *e, int count)
{
	int i, id = 0, fd;

	for (i = 0; i < count && id >= 0; i++) {
		fd = accept_one();
		id = policy_add(e, &(struct policy){
			.action = ACTION(LEAVE), .fd = &fd });
	}
	return id;
}

static int drains(struct events *e, int count)
{
	int *ends = calloc(count, sizeof(*ends)), i, id;
	struct address a;

	address_of(listener, false, &a);
	id = policy_add(e, &(struct policy){
		.action = ACTION(DRAIN), .local_port = a.port });
	if (!ends || id < 0)
		return id;
	for (i = 0; i < count; i++) {
		ends[i] = accept_one();
		if (ends[i] < 0 || await_readable(ends[i], 1))
			return -errno;
	}
	ready();
	for (i = 0; i < count; i++)
		close(ends[i]);
	return 0;
}

int main(int argc, char **argv)
{
	int count = argc == 3 ? atoi(argv[2]) : 0, ret = -EINVAL;
	struct rlimit limit = { 2 * count + 64, 2 * count + 64 };
	struct events e;

	if (!count || events_open(&e))
		return 2;
	setrlimit(RLIMIT_NOFILE, &limit);
	listener = tcp_listen(IPV4, 16);
	if (!strcmp(argv[1], "rules"))
		ret = rules(&e, count);
	else if (!strcmp(argv[1], "sockets"))
		ret = sockets(&e, count);
	else if (!strcmp(argv[1], "drains"))
		ret = drains(&e, count);
	if (ret >= 0)
		ready();
	fprintf(stderr, "policies: %s %s\n", strerror(-ret), e.extack);
	return 1;
}
