// SPDX-License-Identifier: GPL-2.0
#include "capture.h"

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <net/ethernet.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wait.h"

#define MARK_PORT	9	/* discard: nobody listens in our namespaces */
#define MARK_SIZE	(sizeof(struct udphdr) + sizeof(uint32_t))
#define SNAPLEN		160
#define BUFFER		(8 << 20)

struct capture {
	pcap_t *pcap;
	int mark_fd;
	uint32_t mark_sent, mark_seen;
	struct packet *p;
	size_t n, room;
};

static int start(pcap_t *p)
{
	struct bpf_program prog;
	int ret;

	pcap_set_snaplen(p, SNAPLEN);
	pcap_set_immediate_mode(p, 1);
	pcap_set_buffer_size(p, BUFFER);
	pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO);
	if (pcap_activate(p) < 0 ||
	    pcap_compile(p, &prog, "tcp or udp port 9", 1, 0) < 0)
		return -1;
	ret = pcap_setfilter(p, &prog);
	pcap_freecode(&prog);
	return ret < 0 ? ret : pcap_setnonblock(p, 1, NULL);
}

struct capture *capture_open(const char *interface)
{
	struct capture *c = calloc(1, sizeof(*c));
	char why[PCAP_ERRBUF_SIZE];

	if (!c)
		return NULL;
	c->mark_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	c->pcap = pcap_create(interface, why);
	if (c->mark_fd >= 0 && c->pcap && !start(c->pcap))
		return c;
	fprintf(stderr, "# capture on %s: %s\n", interface,
		c->pcap ? pcap_geterr(c->pcap) : why);
	capture_close(c);
	return NULL;
}

void capture_close(struct capture *c)
{
	if (!c)
		return;
	if (c->pcap)
		pcap_close(c->pcap);
	if (c->mark_fd >= 0)
		close(c->mark_fd);
	free(c->p);
	free(c);
}

static uint8_t scale_of(const struct tcphdr *th, const u_char *end)
{
	const u_char *o = (const void *)(th + 1);
	const u_char *stop = (const u_char *)th + th->doff * 4;

	if (stop > end)
		stop = end;
	while (o + 1 < stop && *o != TCPOPT_EOL) {
		if (*o == TCPOPT_NOP) {
			o++;
			continue;
		}
		if (*o == TCPOPT_WINDOW && o + 2 < stop)
			return o[2];
		if (o[1] < 2)
			break;
		o += o[1];
	}
	return 0;
}

/* Of two CPUs that capture at once the later packet may be the first to be told */
static void put_in_order(struct capture *c)
{
	struct packet last = c->p[c->n - 1];
	size_t i = c->n - 1;

	for (; i && c->p[i - 1].time > last.time; i--)
		c->p[i] = c->p[i - 1];
	c->p[i] = last;
}

static void add_segment(struct capture *c, const struct pcap_pkthdr *h,
			const struct tcphdr *th, size_t len, const u_char *end)
{
	if (c->n == c->room) {
		c->room = c->room ? 2 * c->room : 4096;
		c->p = realloc(c->p, c->room * sizeof(*c->p));
		if (!c->p)
			abort();
	}
	c->p[c->n++] = (struct packet){
		/* Nanoseconds, by the precision asked for */
		.time = h->ts.tv_sec * 1000000000LL + h->ts.tv_usec,
		.src = ntohs(th->source), .dst = ntohs(th->dest),
		.seq = ntohl(th->seq), .ack = ntohl(th->ack_seq),
		.len = len - th->doff * 4, .window = ntohs(th->window),
		.syn = th->syn, .fin = th->fin, .rst = th->rst,
		.has_ack = th->ack,
		.scale = th->syn ? scale_of(th, end) : 0,
	};
	put_in_order(c);
}

static void add_mark(struct capture *c, const u_char *udp)
{
	memcpy(&c->mark_seen, udp + sizeof(struct udphdr), sizeof(c->mark_seen));
}

/* The filter has made sure of the protocols; @len is the packet's own */
static void add_packet(u_char *user, const struct pcap_pkthdr *h,
		       const u_char *data)
{
	const struct ether_header *eth = (const void *)data;
	const u_char *end = data + h->caplen;
	struct capture *c = (void *)user;
	size_t head, len;
	uint8_t proto;

	data += sizeof(*eth);
	if (ntohs(eth->ether_type) == ETHERTYPE_IP) {
		const struct iphdr *ip = (const void *)data;

		head = ip->ihl * 4;
		len = ntohs(ip->tot_len) - head;
		proto = ip->protocol;
	} else {
		const struct ip6_hdr *ip6 = (const void *)data;

		head = sizeof(*ip6);
		len = ntohs(ip6->ip6_plen);
		proto = ip6->ip6_nxt;
	}
	data += head;
	if (proto == IPPROTO_TCP && data + sizeof(struct tcphdr) <= end)
		add_segment(c, h, (const void *)data, len, end);
	else if (proto == IPPROTO_UDP && data + MARK_SIZE <= end)
		add_mark(c, data);
}

bool capture_read(struct capture *c)
{
	struct pcap_stat st;

	while (pcap_dispatch(c->pcap, -1, add_packet, (u_char *)c) > 0)
		;
	return pcap_stats(c->pcap, &st) == 0 && !st.ps_drop;
}

/*
 * A datagram behind everything else on lo. Its arrival in the capture means
 * that all packets sent before it have arrived too.
 */
int capture_sync(struct capture *c)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(MARK_PORT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	bool whole = false;

	c->mark_sent++;
	if (sendto(c->mark_fd, &c->mark_sent, sizeof(c->mark_sent), 0,
		   (void *)&to, sizeof(to)) < 0)
		return -1;
	return WAIT_FOR((whole = capture_read(c),
			 c->mark_seen == c->mark_sent)) && whole ? 0 : -1;
}

const struct packet *capture_packets(const struct capture *c, size_t *n)
{
	*n = c->n;
	return c->p;
}

static bool seen_fin(const struct capture *c, size_t before, uint32_t end)
{
	const struct packet *late = &c->p[before];

	for (size_t i = 0; i < before; i++) {
		const struct packet *s = &c->p[i];

		if (s->src == late->src && s->dst == late->dst && s->fin &&
		    s->seq + s->len == end)
			return true;
	}
	return false;
}

void capture_flow(const struct capture *c, uint16_t src, uint16_t dst,
		  struct flow *flow)
{
	uint32_t first = 0;

	memset(flow, 0, sizeof(*flow));
	for (size_t i = 0; i < c->n; i++) {
		const struct packet *s = &c->p[i];
		uint32_t end = s->seq + s->len;

		if (s->src != src || s->dst != dst)
			continue;
		if (s->syn)
			first = s->seq + 1;
		flow->rsts += s->rst;
		/* The bytes that a SYN carries follow its own number */
		if (s->len && (int32_t)(end + s->syn - first - flow->bytes) > 0)
			flow->bytes = (uint32_t)(end + s->syn - first);
		if (s->fin && !seen_fin(c, i, end)) {
			flow->fins++;
			flow->fins_on_data += s->len > 0;
		}
	}
}

int capture_ends(const struct capture *c, uint16_t src, uint16_t dst,
		 struct packet *first, struct packet *last)
{
	bool found = false;

	for (size_t i = 0; i < c->n; i++) {
		const struct packet *s = &c->p[i];

		if (s->src != src || s->dst != dst)
			continue;
		if (!found)
			*first = *s;
		*last = *s;
		found = true;
	}
	return found ? 0 : -1;
}

int capture_rsts_from(const struct capture *c, uint16_t port)
{
	int n = 0;

	for (size_t i = 0; i < c->n; i++)
		n += c->p[i].src == port && c->p[i].rst;
	return n;
}

/* How far one side has come: the end of its FIN, and what it acknowledges */
struct way {
	uint32_t end, ack;
	bool fin;
};

static bool is_acked(const struct way *w, const struct way *by)
{
	return w->fin && (int32_t)(by->ack - w->end) >= 0;
}

/* A socket's RST acknowledges, and one that answers an acknowledgment does not */
static bool has_aborted(const struct capture *c, uint16_t src, uint16_t dst)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct packet *s = &c->p[i];

		if (s->src == src && s->dst == dst && s->rst && s->has_ack)
			return true;
	}
	return false;
}

int capture_strays(const struct capture *c, uint16_t src, uint16_t dst)
{
	bool aborted = has_aborted(c, src, dst);
	struct way ways[2] = { 0 };
	int n = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct packet *s = &c->p[i];
		struct way *w = &ways[s->src == dst];

		if (!(s->src == src && s->dst == dst) &&
		    !(s->src == dst && s->dst == src))
			continue;
		if (s->rst) {
			n += s->src == src &&
			     ((aborted && !s->has_ack) ||
			      (is_acked(&ways[0], &ways[1]) &&
			       is_acked(&ways[1], &ways[0])));
			continue;
		}
		if (s->fin) {
			w->fin = true;
			w->end = s->seq + s->len + 1;
		}
		w->ack = s->ack;
	}
	return n;
}
