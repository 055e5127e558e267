// SPDX-License-Identifier: GPL-2.0
#include "network.h"

#include <arpa/inet.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netns.h"
#include "random.h"

#define TIME_WAIT_STATE	6
#define CLIENT_PORTS	10000
#define SERVER_PORTS	35000
#define PORTS		20000

static const struct setting settings[] = {
	{ "clean", NULL, 0, "4", false },
	{ "delay 5ms", "delay 5ms", 10, "4", false },
	{ "delay 2ms loss 3%", "delay 2ms loss 3%", 4, "4", false },
	{ "delay 10ms loss 8%", "delay 10ms loss 8%", 20, "4", false },
	{ "delay 3ms, small windows", "delay 3ms", 6, "4", true },
	{ "delay 4ms loss 12%, few retries", "delay 4ms loss 12%", 8, "1",
	  false },
	{ "delay 8ms rate 4mbit", "delay 8ms rate 4mbit", 16, "4", false },
};

const struct setting *setting_of(uint64_t seed, uint64_t batch)
{
	size_t n = sizeof(settings) / sizeof(settings[0]);

	return &settings[(seed + batch) % n];
}

uint16_t port_of(unsigned int end, uint64_t index)
{
	return (end == CLIENT ? CLIENT_PORTS : SERVER_PORTS) + index % PORTS;
}

static const char *address_of_end(unsigned int end, bool ipv6)
{
	if (ipv6)
		return end == CLIENT ? "fd00:1::2" : "fd00:2::2";
	return end == CLIENT ? "10.1.0.2" : "10.2.0.2";
}

socklen_t address_make(struct sockaddr_storage *ss, const struct script *s,
		       unsigned int end)
{
	const char *text = address_of_end(end, s->ipv6);
	struct sockaddr_in6 *in6 = (void *)ss;
	struct sockaddr_in *in = (void *)ss;

	memset(ss, 0, sizeof(*ss));
	if (s->ipv6) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port_of(end, s->index));
		inet_pton(AF_INET6, text, &in6->sin6_addr);
		return sizeof(*in6);
	}
	in->sin_family = AF_INET;
	in->sin_port = htons(port_of(end, s->index));
	inet_pton(AF_INET, text, &in->sin_addr);
	return sizeof(*in);
}

/* Lines for ip -batch in the caller's namespace */
static int ip_batch(const char *lines)
{
	FILE *f = popen("ip -batch -", "we");

	if (!f)
		return -1;
	fputs(lines, f);
	return pclose(f) ? -1 : 0;
}

static int new_namespace(void)
{
	return unshare(CLONE_NEWNET) < 0 ? -1 : netns_open();
}

/*
 * Neighbours are permanent: a lost ARP request would make the router answer
 * with ICMP, which changes how often an orphan retries.
 */
static int end_configure(const struct network *n, unsigned int end)
{
	const struct setting *s = n->setting;
	unsigned int net = end + 1;
	char lines[1024];

	snprintf(lines, sizeof(lines),
		 "link set lo up\n"
		 "link set " INTERFACE " address 02:00:00:00:0%u:02\n"
		 "link set " INTERFACE " up\n"
		 "addr add 10.%u.0.2/24 dev " INTERFACE "\n"
		 "addr add fd00:%u::2/64 dev " INTERFACE " nodad\n"
		 "neigh add 10.%u.0.1 lladdr 02:00:00:00:0%u:01 nud permanent dev "
		 INTERFACE "\n"
		 "neigh add fd00:%u::1 lladdr 02:00:00:00:0%u:01 nud permanent dev "
		 INTERFACE "\n"
		 "route add default via 10.%u.0.1\n"
		 "route add default via fd00:%u::1\n",
		 net, net, net, net, net, net, net, net, net);
	if (netns_switch(n->ns[end]) < 0 || ip_batch(lines) < 0)
		return -1;
	if (s->narrow &&
	    (sysctl_write("net/ipv4/tcp_rmem", "4096 5000 8192") < 0 ||
	     sysctl_write("net/ipv4/tcp_wmem", "4096 8192 16384") < 0))
		return -1;
	return sysctl_write("net/ipv4/tcp_fin_timeout", "2") ?:
	       sysctl_write("net/ipv4/tcp_orphan_retries", s->orphan_retries) ?:
	       sysctl_write("net/ipv4/tcp_retries2", "6") ?:
	       sysctl_write("net/ipv4/tcp_no_metrics_save", "1");
}

static int router_configure(const struct network *n)
{
	const char *netem = n->setting->netem;
	char lines[1024], command[256];

	snprintf(lines, sizeof(lines),
		 "link add r1 type veth peer name " INTERFACE
		 " netns /proc/%d/fd/%d\n"
		 "link add r2 type veth peer name " INTERFACE
		 " netns /proc/%d/fd/%d\n"
		 "link set r1 address 02:00:00:00:01:01\n"
		 "link set r2 address 02:00:00:00:02:01\n"
		 "link set r1 up\nlink set r2 up\n"
		 "addr add 10.1.0.1/24 dev r1\naddr add 10.2.0.1/24 dev r2\n"
		 "addr add fd00:1::1/64 dev r1 nodad\n"
		 "addr add fd00:2::1/64 dev r2 nodad\n"
		 "neigh add 10.1.0.2 lladdr 02:00:00:00:01:02 nud permanent dev r1\n"
		 "neigh add 10.2.0.2 lladdr 02:00:00:00:02:02 nud permanent dev r2\n"
		 "neigh add fd00:1::2 lladdr 02:00:00:00:01:02 nud permanent dev r1\n"
		 "neigh add fd00:2::2 lladdr 02:00:00:00:02:02 nud permanent dev r2\n",
		 getpid(), n->ns[CLIENT], getpid(), n->ns[SERVER]);
	if (ip_batch(lines) < 0 ||
	    sysctl_write("net/ipv4/ip_forward", "1") < 0 ||
	    sysctl_write("net/ipv6/conf/all/forwarding", "1") < 0)
		return -1;
	if (!netem)
		return 0;
	snprintf(command, sizeof(command),
		 "tc qdisc add dev r1 root netem %s && tc qdisc add dev r2 root netem %s",
		 netem, netem);
	return system(command) ? -1 : 0;
}

int network_open(struct network *n, const struct setting *s)
{
	n->setting = s;
	for (unsigned int end = 0; end < ENDS; end++) {
		n->ns[end] = new_namespace();
		if (n->ns[end] < 0)
			return -1;
	}
	n->router = new_namespace();
	if (n->router < 0 || router_configure(n) < 0 ||
	    end_configure(n, CLIENT) < 0)
		return -1;
	return end_configure(n, SERVER);
}

void network_close(struct network *n)
{
	close(n->ns[CLIENT]);
	close(n->ns[SERVER]);
	close(n->router);
}

static bool table_quiet(const char *path)
{
	char line[512];
	FILE *f = fopen(path, "re");
	bool quiet = true;

	if (!f)
		return false;
	if (!fgets(line, sizeof(line), f))
		quiet = false;
	while (quiet && fgets(line, sizeof(line), f)) {
		unsigned int state;

		if (sscanf(line, "%*s %*s %*s %x", &state) == 1 &&
		    state != TIME_WAIT_STATE)
			quiet = false;
	}
	fclose(f);
	return quiet;
}

bool network_quiet(const struct network *n)
{
	for (unsigned int end = 0; end < ENDS; end++) {
		if (netns_switch(n->ns[end]) < 0 ||
		    !table_quiet("/proc/thread-self/net/tcp") ||
		    !table_quiet("/proc/thread-self/net/tcp6"))
			return false;
	}
	return true;
}
