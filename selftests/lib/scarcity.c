// SPDX-License-Identifier: GPL-2.0
#include "scarcity.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
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

/* What /proc says of TCP over IPv4: "TCP size sockets memory press ..." */
static bool under_pressure(void)
{
	FILE *f = fopen("/proc/thread-self/net/protocols", "re");
	char line[512], press[8] = "";

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "TCP ", 4) &&
		    sscanf(line, "%*s %*s %*s %*s %7s", press) == 1)
			break;
	if (f)
		fclose(f);
	return !strcmp(press, "yes");
}

/* Above the second figure of the three, the next allocation declares it */
int declare_pressure(struct pair *hoard, struct sysctl *mem)
{
	if (sysctl_set_init(mem, "net/ipv4/tcp_mem", "1 1 1000000") ||
	    fill(hoard->us, 2 * HOARD))
		return -1;
	return under_pressure() ? 0 : -1;
}

/* The kernel takes the pressure back when it next has to account for memory */
static bool relieve(void)
{
	struct pair_opts opts = { .flavour = IPV4 };
	struct pair p;
	int ret;

	ret = pair_open(&p, &opts) ?: deafen(p.them) ?:
	      fill(p.us, HOARD / 8) ?: vanish(&p.us);
	pair_close(&p);
	return !ret && !under_pressure();
}

/* As an orphan with a deaf peer the hoard would stay for minutes */
int hoard_release(struct pair *hoard, struct sysctl *mem)
{
	int ret = sysctl_restore(mem) ?: vanish(&hoard->us);

	pair_close(hoard);
	if (!WAIT_FOR(!under_pressure() || relieve()))
		ret = -1;
	return ret;
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
