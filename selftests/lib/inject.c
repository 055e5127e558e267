// SPDX-License-Identifier: GPL-2.0
#include "inject.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#define PAYLOAD_MAX	1024

static uint32_t sum_of(const void *data, size_t len)
{
	const uint8_t *b = data;
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += i & 1 ? b[i] : b[i] << 8;
	return sum;
}

/* Of IPv4: for IPv6 the kernel does it when asked */
static uint16_t checksum(const struct tcphdr *th, size_t len)
{
	uint32_t lo = htonl(INADDR_LOOPBACK);
	uint32_t sum = 2 * sum_of(&lo, sizeof(lo)) + IPPROTO_TCP + len +
		       sum_of(th, len);

	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

static int send_ipv4(struct tcphdr *th, size_t len)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_TCP);
	ssize_t sent;

	th->check = checksum(th, len);
	sent = sendto(fd, th, len, 0, (void *)&to, sizeof(to));
	close(fd);
	return sent == (ssize_t)len ? 0 : -1;
}

static int send_ipv6(struct tcphdr *th, size_t len)
{
	struct sockaddr_in6 to = {
		.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_TCP);
	ssize_t sent = -1;

	if (!set_int(fd, IPPROTO_IPV6, IPV6_CHECKSUM,
		     offsetof(struct tcphdr, check)))
		sent = sendto(fd, th, len, 0, (void *)&to, sizeof(to));
	close(fd);
	return sent == (ssize_t)len ? 0 : -1;
}

int inject(enum flavour flavour, const struct forgery *f)
{
	char buf[sizeof(struct tcphdr) + PAYLOAD_MAX] = { 0 };
	struct tcphdr *th = (void *)buf;
	size_t len = sizeof(*th) + f->len;

	if (f->len > PAYLOAD_MAX)
		return -1;
	th->th_sport = htons(f->src);
	th->th_dport = htons(f->dst);
	th->th_seq = htonl(f->seq);
	th->th_ack = htonl(f->ack);
	th->th_off = sizeof(*th) / 4;
	th->th_flags = f->flags;
	th->th_win = htons(f->shut ? 0 : 65535);
	return flavour == IPV6 ? send_ipv6(th, len) : send_ipv4(th, len);
}

static enum flavour flavour_of(const struct pair *p)
{
	static const struct in6_addr loopback = IN6ADDR_LOOPBACK_INIT;

	return p->local.family == AF_INET6 &&
	       !memcmp(p->local.bytes, &loopback, sizeof(loopback)) ? IPV6 :
								      IPV4;
}

/* Next in the peer's sequence, with the last acknowledgment that it sent */
static int forge(struct scene *s, struct forgery *f, struct packet *our_last)
{
	const struct address *us = &s->p.local, *them = &s->p.remote;
	struct packet first, theirs;

	if (capture_sync(s->capture) ||
	    capture_ends(s->capture, us->port, them->port, &first, our_last) ||
	    capture_ends(s->capture, them->port, us->port, &first, &theirs))
		return -1;
	f->src = them->port;
	f->dst = us->port;
	f->seq = our_last->ack;
	f->ack = theirs.ack;
	return 0;
}

int inject_as_peer(struct scene *s, unsigned int flags, unsigned int len,
		   bool ack_all)
{
	struct forgery f = { .flags = flags, .len = len };
	struct packet last;

	if (forge(s, &f, &last))
		return -1;
	if (ack_all)
		f.ack = last.seq + last.len + last.syn + last.fin;
	return inject(flavour_of(&s->p), &f);
}

int inject_our_ack(struct scene *s)
{
	struct forgery f = { .flags = TH_ACK };
	struct packet last;

	if (forge(s, &f, &last))
		return -1;
	f.src = last.src;
	f.dst = last.dst;
	f.seq = last.seq;
	f.ack = last.ack;
	return inject(flavour_of(&s->p), &f);
}

int inject_shut_window(struct scene *s)
{
	struct forgery f = { .flags = TH_ACK, .shut = true };
	struct packet last;

	return forge(s, &f, &last) ?: inject(flavour_of(&s->p), &f);
}

int inject_fin_again(struct scene *s)
{
	struct forgery f = { .flags = TH_FIN | TH_ACK };
	struct packet last;

	if (forge(s, &f, &last))
		return -1;
	f.seq--;
	return inject(flavour_of(&s->p), &f);
}
