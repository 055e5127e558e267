// SPDX-License-Identifier: GPL-2.0
#include "wire.h"

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#define SNAPLEN		128
#define RING		(8 << 20)

struct wire {
	pcap_t *pcap;
	struct packet *p;
	size_t n, room;
};

static int start(pcap_t *p)
{
	struct bpf_program prog;
	int ret;

	pcap_set_snaplen(p, SNAPLEN);
	pcap_set_immediate_mode(p, 1);
	pcap_set_buffer_size(p, RING);
	pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO);
	if (pcap_activate(p) < 0 || pcap_compile(p, &prog, "tcp", 1, 0) < 0)
		return -1;
	ret = pcap_setfilter(p, &prog);
	pcap_freecode(&prog);
	return ret < 0 ? ret : pcap_setnonblock(p, 1, NULL);
}

struct wire *wire_open(const char *interface)
{
	struct wire *w = calloc(1, sizeof(*w));
	char why[PCAP_ERRBUF_SIZE];

	if (!w)
		return NULL;
	w->pcap = pcap_create(interface, why);
	if (w->pcap && !start(w->pcap))
		return w;
	fprintf(stderr, "# capture: %s\n", w->pcap ? pcap_geterr(w->pcap) : why);
	wire_close(w);
	return NULL;
}

void wire_close(struct wire *w)
{
	if (!w)
		return;
	if (w->pcap)
		pcap_close(w->pcap);
	free(w->p);
	free(w);
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
static void put_in_order(struct wire *w)
{
	struct packet last = w->p[w->n - 1];
	size_t i = w->n - 1;

	for (; i && w->p[i - 1].time > last.time; i--)
		w->p[i] = w->p[i - 1];
	w->p[i] = last;
}

static void add_segment(struct wire *w, const struct pcap_pkthdr *h,
			const struct tcphdr *th, size_t len, const u_char *end)
{
	if (w->n == w->room) {
		w->room = w->room ? 2 * w->room : 4096;
		w->p = realloc(w->p, w->room * sizeof(*w->p));
		if (!w->p)
			abort();
	}
	w->p[w->n++] = (struct packet){
		/* Nanoseconds, by the precision asked for */
		.time = h->ts.tv_sec * 1000000000LL + h->ts.tv_usec,
		.src = ntohs(th->source), .dst = ntohs(th->dest),
		.seq = ntohl(th->seq), .ack = ntohl(th->ack_seq),
		.len = len - th->doff * 4, .window = ntohs(th->window),
		.syn = th->syn, .fin = th->fin, .rst = th->rst,
		.has_ack = th->ack,
		.scale = th->syn ? scale_of(th, end) : 0,
	};
	put_in_order(w);
}

static void add_packet(u_char *user, const struct pcap_pkthdr *h,
		       const u_char *data)
{
	const struct ether_header *eth = (const void *)data;
	const u_char *end = data + h->caplen;
	size_t head, len;

	data += sizeof(*eth);
	if (ntohs(eth->ether_type) == ETHERTYPE_IP) {
		const struct iphdr *ip = (const void *)data;

		head = ip->ihl * 4;
		len = ntohs(ip->tot_len) - head;
	} else {
		const struct ip6_hdr *ip6 = (const void *)data;

		head = sizeof(*ip6);
		len = ntohs(ip6->ip6_plen);
	}
	if (data + head + sizeof(struct tcphdr) <= end)
		add_segment((void *)user, h, (const void *)(data + head), len,
			    end);
}

bool wire_read(struct wire *w)
{
	struct pcap_stat st;

	while (pcap_dispatch(w->pcap, -1, add_packet, (u_char *)w) > 0)
		;
	return pcap_stats(w->pcap, &st) == 0 && !st.ps_drop;
}

size_t wire_count(const struct wire *w)
{
	return w->n;
}

/* What changes from packet to packet of one view */
struct follow {
	uint32_t out_base, in_base;
	bool out_syn, in_syn;
	uint8_t in_scale, out_scale;
	uint32_t told;			/* our last acknowledgment */
	uint32_t acked, sent, got;
};

static bool later(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

static void follow_syn(struct follow *f, const struct packet *p, bool out)
{
	if (out) {
		f->out_base = p->seq + 1;
		f->out_syn = true;
		f->out_scale = p->scale;
	} else {
		f->in_base = p->seq + 1;
		f->in_syn = true;
		f->in_scale = p->scale;
	}
}

/*
 * A segment that ends before our last acknowledgment is dropped for its
 * sequence number, and the acknowledgment that it carries is dropped with it.
 * The same goes for an acknowledgment of what we have not sent.
 */
static void follow_in(struct follow *f, const struct seen *s)
{
	if (s->rst || s->syn || !s->has_ack || later(f->told, s->end))
		return;
	if (later(s->ack, f->acked) && !later(s->ack, f->sent))
		f->acked = s->ack;
}

static void follow_out(struct follow *f, const struct seen *s)
{
	if (s->rst && !s->has_ack)
		return;
	if (s->has_ack) {
		f->told = s->ack;
		f->got = s->ack;
	}
	if (!s->rst && later(s->end, f->sent))
		f->sent = s->end;
}

static void add_seen(struct view *v, struct follow *f, const struct packet *p,
		     bool out)
{
	struct seen *s = &v->p[v->n++];

	if (p->syn)
		follow_syn(f, p, out);
	*s = (struct seen){
		.time = p->time, .out = out, .syn = p->syn, .fin = p->fin,
		.rst = p->rst, .has_ack = p->has_ack, .len = p->len,
		.seq = p->seq - (out ? f->out_base : f->in_base) + p->syn,
		.ack = p->ack - (out ? f->in_base : f->out_base),
		.window = (uint32_t)p->window <<
			  (p->syn ? 0 : out ? f->out_scale : f->in_scale),
	};
	s->end = s->seq + p->len + p->fin;
	if (out)
		follow_out(f, s);
	else
		follow_in(f, s);
	s->acked = f->acked;
	s->sent = f->sent;
	s->got = f->got;
}

void view_make(struct view *v, const struct wire *w, uint16_t ours,
	       uint16_t theirs)
{
	struct follow f = {};
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		n += w->p[i].src == ours || w->p[i].dst == ours;
	v->p = calloc(n + 1, sizeof(*v->p));
	if (!v->p)
		abort();
	v->n = 0;
	for (size_t i = 0; i < w->n; i++) {
		const struct packet *p = &w->p[i];

		if (p->src == ours && p->dst == theirs)
			add_seen(v, &f, p, true);
		else if (p->src == theirs && p->dst == ours)
			add_seen(v, &f, p, false);
	}
	v->opened = f.out_syn && f.in_syn;
}

void view_free(struct view *v)
{
	free(v->p);
	v->p = NULL;
}

#define SHOWN	60

void view_print(const struct view *v, int64_t origin)
{
	size_t skip = v->n > SHOWN ? v->n - SHOWN : 0;

	if (skip)
		printf("#     (%zu packets left out)\n", skip);
	for (size_t i = skip; i < v->n; i++) {
		const struct seen *s = &v->p[i];

		printf("#     %10.3f %s %u:%u", (s->time - origin) / 1e6,
		       s->out ? ">" : "<", s->seq, s->end);
		if (s->has_ack)
			printf(" ack %u", s->ack);
		printf(" win %u%s%s%s\n", s->window, s->syn ? " SYN" : "",
		       s->fin ? " FIN" : "", s->rst ? " RST" : "");
	}
}

const struct seen *view_first(const struct view *v, seen_test test,
			      int64_t from, int64_t to)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct seen *s = &v->p[i];

		if (s->time >= from && s->time <= to && test(s))
			return s;
	}
	return NULL;
}

size_t view_count(const struct view *v, seen_test test, int64_t from,
		  int64_t to)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n; i++) {
		const struct seen *s = &v->p[i];

		n += s->time >= from && s->time <= to && test(s);
	}
	return n;
}

const struct seen *view_at(const struct view *v, int64_t time)
{
	const struct seen *last = NULL;

	for (size_t i = 0; i < v->n && v->p[i].time <= time; i++)
		last = &v->p[i];
	return last;
}

bool seen_fin_out(const struct seen *p)
{
	return p->out && p->fin;
}

bool seen_fin_in(const struct seen *p)
{
	return !p->out && p->fin;
}

bool seen_rst_in(const struct seen *p)
{
	return !p->out && p->rst;
}

/* What answers a segment takes its number from it and acknowledges nothing */
bool seen_rst_active(const struct seen *p)
{
	return p->out && p->rst && p->has_ack;
}

bool seen_rst_reply(const struct seen *p)
{
	return p->out && p->rst && !p->has_ack;
}
