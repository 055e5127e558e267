// SPDX-License-Identifier: GPL-2.0
#include "scarcity.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "counters.h"
#include "wait.h"

#define HOARD	(8 << 20)

static int fill(int fd, int size)
{
	char buf[65536] = { 0 };

	if (set_int(fd, SOL_SOCKET, SO_SNDBUFFORCE, size))
		return -1;
	while (send(fd, buf, sizeof(buf), MSG_DONTWAIT) > 0)
		;
	return errno == EAGAIN ? 0 : -1;
}

int hoard_memory(struct pair *p)
{
	struct pair_opts opts = { .flavour = IPV4 };

	return pair_open(p, &opts) ?: deafen(p->them) ?: fill(p->us, HOARD);
}

int make_orphan(struct pair *p)
{
	struct pair_opts opts = { .flavour = IPV4 };
	int ret;

	ret = pair_open(p, &opts) ?:
	      set_int(p->us, IPPROTO_TCP, TCP_LINGER2, 119) ?:
	      shutdown(p->us, SHUT_WR) ?: await_state(p->us, TCP_FIN_WAIT2) ?:
	      close(p->us);
	p->us = -1;
	return ret;
}

static bool limit_is_felt(long before)
{
	struct pair_opts opts = { .flavour = IPV4 };
	struct counters now;
	struct pair p;

	if (pair_open(&p, &opts))
		return false;
	pair_close(&p);
	return !counters_read(&now) && now.abort_on_memory > before;
}

int forbid_orphans(struct sysctl *s)
{
	struct counters c;

	if (counters_read(&c) ||
	    sysctl_set_init(s, "net/ipv4/tcp_max_orphans", "0"))
		return -1;
	return WAIT_FOR(limit_is_felt(c.abort_on_memory)) ? 0 : -1;
}
