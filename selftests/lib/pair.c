// SPDX-License-Identifier: GPL-2.0
#include "pair.h"

#include <stdio.h>
#include <unistd.h>

static int set_buffers(const struct pair_opts *o, int client, int listener)
{
	int us = o->we_connect ? client : listener;
	int them = o->we_connect ? listener : client;

	if (o->our_sndbuf &&
	    set_int(us, SOL_SOCKET, SO_SNDBUF, o->our_sndbuf) < 0)
		return -1;
	if (o->their_rcvbuf &&
	    set_int(them, SOL_SOCKET, SO_RCVBUF, o->their_rcvbuf) < 0)
		return -1;
	return 0;
}

int pair_open(struct pair *p, const struct pair_opts *o)
{
	int client = tcp_socket(o->flavour), child = -1;

	p->us = -1;
	p->them = -1;
	p->listener = tcp_listen(o->flavour, 16);
	if (client < 0 || p->listener < 0 ||
	    set_buffers(o, client, p->listener) < 0 ||
	    tcp_connect(client, o->flavour, p->listener) < 0)
		goto fail;
	child = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC);
	if (child < 0)
		goto fail;
	p->us = o->we_connect ? client : child;
	p->them = o->we_connect ? child : client;
	p->cookie = cookie_of(p->us);
	return address_of(p->us, false, &p->local) ?:
	       address_of(p->us, true, &p->remote);
fail:
	perror("# pair");
	close(client);
	return -1;
}

void pair_close(struct pair *p)
{
	if (p->us >= 0)
		close(p->us);
	if (p->them >= 0)
		close(p->them);
	if (p->listener >= 0)
		close(p->listener);
	p->us = -1;
	p->them = -1;
	p->listener = -1;
}

int pair_once(void)
{
	struct pair_opts opts = { .flavour = IPV4 };
	struct pair p;
	int ret = pair_open(&p, &opts);

	pair_close(&p);
	return ret;
}

int isolate(struct pair *p)
{
	return await_acked(p->them) ?: deafen(p->them);
}

int leave_unread(struct pair *p)
{
	return give(p->them, 3) ?: await_readable(p->us, 3) ?: isolate(p);
}

int peer_aborts(struct pair *p)
{
	int ret = set_linger(p->them, 0) ?: close(p->them);

	p->them = -1;
	return ret;
}
