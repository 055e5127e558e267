// SPDX-License-Identifier: GPL-2.0
/*
 * pipeline [-h] ADDRESS PORT CONNECTIONS AT-ONCE PATH[*TIMES]...: an HTTP client
 * that sends all of its requests at once, for scripts. Each connection asks for
 * every PATH in turn, TIMES times. It reads as long as there is anything to read,
 * also when sending has failed, so nothing is lost that its kernel still had.
 * With -h it has little room for what comes, and holds back until SIGUSR1: it
 * sends everything, but reads nothing.
 *
 * One line says what came: how many complete responses on how many connections,
 * and how these ended: eof, reset (an error, of reading or of sending) or stuck
 * (nothing for LIMIT_MS).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LIMIT_MS	60000
#define LITTLE_ROOM	8192
#define HEADER_MAX	4096

/* As much as a browser sends, for servers read requests in large pieces */
#define HEADERS								\
	"Host: server\r\n"						\
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko\r\n" \
	"Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n"		\
	"Accept-Language: en-US,en;q=0.5\r\n"				\
	"Accept-Encoding: gzip, deflate\r\n"

static const char usage[] =
	"pipeline [-h] ADDRESS PORT CONNECTIONS AT-ONCE PATH[*TIMES]...";

/* A response as far as it has come */
struct response {
	char header[HEADER_MAX];
	size_t got;		/* of the header */
	size_t body;		/* still to come, once the header is there */
	bool in_body;
};

struct connection {
	size_t sent;
	struct response response;
	bool reset;
};

struct totals {
	unsigned long opened, responses, bytes, eof, reset, stuck;
};

struct target {
	struct sockaddr_storage address;
	socklen_t length;
	char *requests;
	size_t size;
	bool hold;
};

static int target_address(struct target *t, const char *text, uint16_t port)
{
	struct sockaddr_in6 *in6 = (void *)&t->address;
	struct sockaddr_in *in = (void *)&t->address;

	if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		t->length = sizeof(*in);
		return 0;
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	t->length = sizeof(*in6);
	return inet_pton(AF_INET6, text, &in6->sin6_addr) == 1 ? 0 : -1;
}

static int target_requests(struct target *t, char **paths)
{
	FILE *f = open_memstream(&t->requests, &t->size);

	if (!f)
		return -1;
	for (; *paths; paths++) {
		char *times = strchr(*paths, '*');
		long n = times ? atol(times + 1) : 1;

		while (n-- > 0)
			fprintf(f, "GET %.*s HTTP/1.1\r\n" HEADERS "\r\n",
				(int)strcspn(*paths, "*"), *paths);
	}
	return fclose(f);
}

/* Once nothing is under way, only a probe meets a server whose RST was lost. */
static void keep_alive(int fd)
{
	int on = 1, seconds = 2, probes = 10;

	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof(seconds));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &seconds, sizeof(seconds));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes));
}

static int connection_open(const struct target *t, struct connection *c)
{
	int fd = socket(t->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	int room = LITTLE_ROOM;

	memset(c, 0, sizeof(*c));
	keep_alive(fd);
	if (t->hold)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (fd >= 0 &&
	    connect(fd, (const struct sockaddr *)&t->address, t->length) &&
	    errno != EINPROGRESS) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The length of the body, from a complete header; 0 if it has none */
static size_t body_length(const char *header)
{
	const char *line = strcasestr(header, "\r\nContent-Length:");

	return line ? strtoul(line + strlen("\r\nContent-Length:"), NULL, 10) : 0;
}

/* One byte of a header; true when it was the last */
static bool header_take(struct response *r, char byte)
{
	if (r->got == HEADER_MAX - 1)
		return false;
	r->header[r->got++] = byte;
	r->header[r->got] = '\0';
	return r->got >= 4 && !strcmp(r->header + r->got - 4, "\r\n\r\n");
}

static void response_next(struct response *r, struct totals *all)
{
	all->responses++;
	r->got = 0;
	r->in_body = false;
}

static void response_take(struct response *r, const char *data, size_t n,
			  struct totals *all)
{
	all->bytes += n;
	while (n) {
		size_t step = 1;

		if (r->in_body) {
			step = n < r->body ? n : r->body;
			r->body -= step;
		} else if (header_take(r, *data)) {
			r->in_body = true;
			r->body = body_length(r->header);
		}
		data += step;
		n -= step;
		if (r->in_body && !r->body)
			response_next(r, all);
	}
}

/* False when nothing more can be sent */
static bool connection_send(const struct target *t, struct connection *c, int fd)
{
	ssize_t n = send(fd, t->requests + c->sent, t->size - c->sent,
			 MSG_NOSIGNAL);

	if (n > 0)
		c->sent += n;
	else if (n < 0 && errno != EAGAIN)
		c->reset = true;
	return !c->reset && c->sent < t->size;
}

/* False at the end of the connection */
static bool connection_read(struct connection *c, int fd, struct totals *all)
{
	char data[65536];
	ssize_t n = recv(fd, data, sizeof(data), 0);

	if (n > 0) {
		response_take(&c->response, data, n, all);
		return true;
	}
	if (n < 0 && errno == EAGAIN)
		return true;
	if (n < 0 || c->reset)
		all->reset++;
	else
		all->eof++;
	return false;
}

/* Fill free places with new connections, up to @wanted in all */
static void open_more(const struct target *t, struct pollfd *polled,
		      struct connection *connections, int places,
		      unsigned long wanted, struct totals *all)
{
	for (int i = 0; i < places && all->opened < wanted; i++) {
		if (polled[i].fd >= 0)
			continue;
		polled[i].fd = connection_open(t, &connections[i]);
		if (polled[i].fd < 0) {
			perror("pipeline: connect");
			exit(1);
		}
		polled[i].events = POLLIN | POLLOUT;
		all->opened++;
	}
}

static void serve_events(const struct target *t, struct pollfd *p,
			 struct connection *c, struct totals *all)
{
	if ((p->revents & (POLLOUT | POLLERR | POLLHUP)) &&
	    (p->events & POLLOUT) && !connection_send(t, c, p->fd))
		p->events = POLLIN;
	if ((p->revents & (POLLIN | POLLERR | POLLHUP)) &&
	    !connection_read(c, p->fd, all)) {
		close(p->fd);
		p->fd = -1;
	}
}

/* SIGUSR1 has been blocked: it may have come already. */
static void hold_back(const struct target *t, struct pollfd *polled,
		      struct connection *connections, int places)
{
	sigset_t signals;
	int signal;

	for (int i = 0; i < places; i++) {
		struct pollfd p = { .fd = polled[i].fd, .events = POLLOUT };

		while (poll(&p, 1, LIMIT_MS) > 0 &&
		       connection_send(t, &connections[i], p.fd))
			;
		polled[i].events = POLLIN;
	}
	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	sigwait(&signals, &signal);
}

static void run(const struct target *t, unsigned long wanted, int places,
		struct totals *all)
{
	struct connection *connections = calloc(places, sizeof(*connections));
	struct pollfd *polled = calloc(places, sizeof(*polled));

	if (!connections || !polled)
		exit(1);
	for (int i = 0; i < places; i++)
		polled[i].fd = -1;
	if (t->hold) {
		open_more(t, polled, connections, places, wanted, all);
		hold_back(t, polled, connections, places);
	}
	while (all->eof + all->reset < wanted) {
		open_more(t, polled, connections, places, wanted, all);
		if (poll(polled, places, LIMIT_MS) <= 0)
			break;
		for (int i = 0; i < places; i++) {
			if (polled[i].fd >= 0 && polled[i].revents)
				serve_events(t, &polled[i], &connections[i], all);
		}
	}
	all->stuck = wanted - all->eof - all->reset;
	free(connections);
	free(polled);
}

static void block_signal(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	sigprocmask(SIG_BLOCK, &signals, NULL);
}

int main(int argc, char **argv)
{
	struct totals all = { 0 };
	struct target target = { 0 };

	if (argc > 1 && !strcmp(argv[1], "-h")) {
		target.hold = true;
		block_signal();
		argc--;
		argv++;
	}
	if (argc < 6 || target_address(&target, argv[1], atoi(argv[2])) ||
	    atol(argv[3]) < 1 || atoi(argv[4]) < 1 ||
	    (target.hold && atol(argv[3]) != atoi(argv[4])) ||
	    target_requests(&target, argv + 5)) {
		fprintf(stderr, "usage: %s\n", usage);
		return 2;
	}
	run(&target, atol(argv[3]), atoi(argv[4]), &all);
	printf("connections=%lu responses=%lu bytes=%lu eof=%lu reset=%lu stuck=%lu\n",
	       all.opened, all.responses, all.bytes, all.eof, all.reset,
	       all.stuck);
	free(target.requests);
	return 0;
}
