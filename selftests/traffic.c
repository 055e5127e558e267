// SPDX-License-Identifier: GPL-2.0
/*
 * traffic [-6] KIND [COUNT]: open connections over loopback and close them,
 * for scripts. KIND is fin, rst-unread or rst-linger0: what the accepted end
 * does. Without COUNT it goes on until it is killed. The first line of output
 * is the port that the accepted ends have.
 */
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pair.h"

static int prepare(const char *kind, int us, int them)
{
	if (!strcmp(kind, "rst-unread"))
		return give(them, 3) ?: await_readable(us, 3);
	if (!strcmp(kind, "rst-linger0"))
		return set_linger(us, 0);
	return 0;
}

static int one_connection(const char *kind, enum flavour flavour, int listener)
{
	int them = tcp_socket(flavour), us, ret;

	if (tcp_connect(them, flavour, listener))
		return -1;
	us = accept(listener, NULL, NULL);
	if (us < 0)
		return -1;
	ret = prepare(kind, us, them) ?: close(us);
	close(them);
	return ret;
}

int main(int argc, char **argv)
{
	enum flavour flavour = IPV4;
	struct address a;
	long count = -1;
	int listener;

	if (argc > 1 && !strcmp(argv[1], "-6")) {
		flavour = IPV6;
		argc--;
		argv++;
	}
	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: traffic [-6] KIND [COUNT]\n");
		return 2;
	}
	if (argc == 3)
		count = atol(argv[2]);
	listener = tcp_listen(flavour, 16);
	if (listener < 0 || address_of(listener, false, &a))
		return 1;
	printf("%d\n", a.port);
	fflush(stdout);
	while (count < 0 || count-- > 0) {
		if (one_connection(argv[1], flavour, listener))
			return 1;
		poll(NULL, 0, 5);	/* a trickle, not a flood */
	}
	return 0;
}
