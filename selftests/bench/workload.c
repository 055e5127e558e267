// SPDX-License-Identifier: GPL-2.0
/*
 * workload [-i|-f] [-r RATE] [-w WARM] [-n REPEATS] KIND COUNT: one thread that opens
 * TCP connections to itself over loopback and closes them; see `kinds' below. For
 * each repeat it prints a row with the nanoseconds that one of COUNT took, after
 * WARM that do not count. With RATE it begins that many a second if it can, and
 * prints how many a second it were. -i gives way to every other process, -f goes before them.
 *
 * Both ends of the loop that counts are marked for the plugin.
 */
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mark.h"
#include "wait.h"

#define PORT		7777
#define RESPONSE	65536
#define PIECE		16384

#define MUST(call) ({							\
	long __ret = (call);						\
									\
	if (__ret < 0) {						\
		perror("workload: " #call);				\
		exit(1);						\
	}								\
	__ret;								\
})

struct ends {
	int client, server;
};

static const struct sockaddr_in loopback = {
	.sin_family = AF_INET,
	.sin_port = __builtin_bswap16(PORT),
	.sin_addr.s_addr = __builtin_bswap32(INADDR_LOOPBACK),
};

static struct ends kept;	/* of the kind `exchange' */
static char buffer[PIECE];
static int listener;

static struct ends ends_open(void)
{
	struct ends e = { .client = MUST(socket(AF_INET, SOCK_STREAM, 0)) };

	MUST(connect(e.client, (void *)&loopback, sizeof(loopback)));
	e.server = MUST(accept(listener, NULL, NULL));
	return e;
}

static void transfer(int from, int to, int bytes)
{
	MUST(write(from, buffer, bytes));
	while (bytes > 0)
		bytes -= MUST(read(to, buffer, bytes));
}

/* The client closes first, the server when it has seen that */
static void ends_close(const struct ends *e)
{
	MUST(close(e->client));
	MUST(read(e->server, buffer, 1));
	MUST(close(e->server));
}

static void pair(void)
{
	struct ends e = ends_open();

	transfer(e.client, e.server, 1);
	ends_close(&e);
}

static void response(void)
{
	struct ends e = ends_open();
	int i;

	transfer(e.client, e.server, 1);
	for (i = 0; i < RESPONSE / PIECE; i++)
		transfer(e.server, e.client, PIECE);
	ends_close(&e);
}

static void exchange(void)
{
	transfer(kept.client, kept.server, 1);
	transfer(kept.server, kept.client, 100);
}

/* The server's close meets an unread byte: RST, unless it is drained */
static void unread(void)
{
	struct ends e = ends_open();

	MUST(write(e.client, buffer, 2));
	MUST(read(e.server, buffer, 1));
	MUST(close(e.server));
	(void)!read(e.client, buffer, 1);
	MUST(close(e.client));
}

static const struct kind {
	const char *name;
	void (*once)(void);
} kinds[] = {
	{ "pair", pair },
	{ "response", response },
	{ "exchange", exchange },
	{ "unread", unread },
};

static const struct kind *kind_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	}
	fprintf(stderr, "workload: no kind %s\n", name);
	exit(2);
}

static void prepare(void)
{
	listener = MUST(socket(AF_INET, SOCK_STREAM, 0));
	MUST(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 },
			sizeof(int)));
	MUST(bind(listener, (void *)&loopback, sizeof(loopback)));
	MUST(listen(listener, 16));
	kept = ends_open();
}

static void wait_until(int64_t ns)
{
	struct timespec at = {
		.tv_sec = ns / NSEC_PER_SEC,
		.tv_nsec = ns % NSEC_PER_SEC,
	};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

/* The time that @count of them took, ns */
static int64_t run(const struct kind *kind, long count, long rate)
{
	int64_t begin = now_ns();
	long i;

	MARK_BEGIN();
	for (i = 0; i < count; i++) {
		if (rate)
			wait_until(begin + i * NSEC_PER_SEC / rate);
		kind->once();
	}
	MARK_END();
	return now_ns() - begin;
}

static void measure(const char *name, long count, long warm, long rate)
{
	const struct kind *kind = kind_find(name);
	int64_t ns;

	while (warm-- > 0)
		kind->once();
	ns = run(kind, count, rate);
	if (rate)
		printf("%.0f\n", (double)count * NSEC_PER_SEC / ns);
	else
		printf("row\t%s\t%.1f\n", name, (double)ns / count);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	long rate = 0, warm = 0, repeats = 1;
	bool idle = false;
	int opt;

	while ((opt = getopt(argc, argv, "ifr:w:n:")) != -1) {
		switch (opt) {
		case 'i':
			idle = true;
			break;
		case 'f':
			MUST(setpriority(PRIO_PROCESS, 0, -20));
			break;
		case 'r':
			rate = atol(optarg);
			break;
		case 'w':
			warm = atol(optarg);
			break;
		case 'n':
			repeats = atol(optarg);
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != 2)
		return 2;
	prepare();
	if (idle)
		MUST(sched_setscheduler(0, SCHED_IDLE,
					&(struct sched_param){ 0 }));
	while (repeats-- > 0)
		measure(argv[optind], atol(argv[optind + 1]), warm, rate);
	return 0;
}
