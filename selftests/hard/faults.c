// SPDX-License-Identifier: GPL-2.0
/*
 * faults NAME: do one thing again and again, with its first allocation failing,
 * then its second, until it runs to its end without one. Which allocations
 * count, faults.sh has told the kernel. Without a name: list the names.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <netlink/attr.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kmod.h"
#include "netns.h"
#include "pair.h"
#include "policy.h"
#include "wait.h"

#define MOST	3000	/* allocations of one thing */

static struct events e;
static struct pair p;
static const struct pair_opts ipv4 = { .flavour = IPV4 };
static const struct policy drain = {
	.action = ACTION(DRAIN), .force = true, .total_ms = 2000,
};

static int nothing(void)
{
	return 0;
}

/* A new socket each time, as an answer may be missing from the last one */
static int open_events(void)
{
	return events_open(&e);
}

/* No probe is armed, so that arming fails too; disarming is put off a while */
static int open_disarmed(void)
{
	return open_events() ?: !WAIT_FOR(!events_info(&e) && !e.info.probes &&
					  !e.info.policy_armed);
}

static int close_events(void)
{
	events_close(&e);
	return 0;
}

static int do_subscribe(void)
{
	return events_subscribe(&e, NULL, NULL);
}

static int open_subscribed(void)
{
	return open_events() ?: do_subscribe();
}

static int do_unsubscribe(void)
{
	return events_unsubscribe(&e);
}

static int do_info(void)
{
	return events_info(&e);
}

static int do_stats(void)
{
	return events_stats(&e);
}

static int do_policy_add(void)
{
	int id = policy_add(&e, &drain);

	return id < 0 ? id : 0;
}

static int open_pair(void)
{
	return open_disarmed() ?: pair_open(&p, &ipv4);
}

static int close_pair(void)
{
	pair_close(&p);
	drain_off_everywhere(&e);
	return close_events();
}

static int do_policy_of_socket(void)
{
	const struct policy one = { .action = ACTION(DRAIN), .fd = &p.us };
	int id = policy_add(&e, &one);

	return id < 0 ? id : 0;
}

static int open_with_policy(void)
{
	return open_events() ?: do_policy_add();
}

static int close_with_policy(void)
{
	drain_off_everywhere(&e);
	return close_events();
}

static int do_policy_get(void)
{
	return policies_count(&e) < 0 ? -EIO : 0;
}

static int do_policy_del(void)
{
	return policy_del(&e, e.policy_id);
}

static int do_flush(void)
{
	return policy_flush(&e);
}

static int do_drain_off(void)
{
	return drain_off_everywhere(&e);
}

static int open_for_drain(void)
{
	return open_with_policy() ?: do_subscribe() ?: pair_open(&p, &ipv4) ?:
	       give(p.them, 3);
}

/* A close works in any case, drained or not */
static int do_close(void)
{
	int fd = p.us;

	p.us = -1;
	return close(fd) ? -errno : 0;
}

static int do_drain_get(void)
{
	return drains_get(&e);
}

static int open_drained(void)
{
	return open_for_drain() ?: do_close();
}

static int do_listener_gone(void)
{
	return close_events();
}

static int do_netns(void)
{
	return unshare(CLONE_NEWNET) ? -errno : 0;
}

/* The module is away while its load is tried, and back afterwards */
static int unload(void)
{
	return kmod_loaded("closewatch") ? kmod_remove("closewatch") : 0;
}

static int do_load(void)
{
	return kmod_load(getenv("CLOSEWATCH_MODULE"));
}

static const struct thing {
	const char *name;
	int (*before)(void);
	int (*act)(void);
	int (*after)(void);
} things[] = {
	{ "subscribe", open_disarmed, do_subscribe, close_events },
	{ "refilter", open_subscribed, do_subscribe, close_events },
	{ "unsubscribe", open_subscribed, do_unsubscribe, close_events },
	{ "listener-gone", open_subscribed, do_listener_gone, nothing },
	{ "info", open_subscribed, do_info, close_events },
	{ "stats", open_events, do_stats, close_events },
	{ "policy-add", open_disarmed, do_policy_add, close_with_policy },
	{ "policy-of-socket", open_pair, do_policy_of_socket, close_pair },
	{ "policy-get", open_with_policy, do_policy_get, close_with_policy },
	{ "policy-del", open_with_policy, do_policy_del, close_with_policy },
	{ "policy-flush", open_with_policy, do_flush, close_with_policy },
	{ "close", open_for_drain, do_close, close_pair },
	{ "drain-get", open_drained, do_drain_get, close_pair },
	{ "drain-off", open_drained, do_drain_off, close_pair },
	{ "netns", nothing, do_netns, nothing },
	{ "load", unload, do_load, nothing },
};

static int put_number(int fd, unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	return pwrite(fd, text, len, 0) == len ? 0 : -errno;
}

/* What is left of the count; 0 once the allocation has failed */
static unsigned int get_number(int fd)
{
	char text[16] = "";

	return pread(fd, text, sizeof(text) - 1, 0) > 0 ? atoi(text) : 0;
}

static bool sane(int err)
{
	return !err || err == -ENOMEM || err == -ENOBUFS || err == -EAGAIN;
}

/* Returns how many allocations have failed, or a negative errno */
static int fail_each(const struct thing *t, int nth, int *refused)
{
	for (int n = 1; n < MOST; n++) {
		int err = t->before(), left;

		if (err)
			return err;
		if (put_number(nth, n))
			return -errno;
		err = t->act();
		left = get_number(nth);
		put_number(nth, 0);
		t->after();
		if (!sane(err))
			return err;
		*refused += err != 0;
		if (left)
			return err ?: n - 1;
	}
	return -E2BIG;
}

int main(int argc, char **argv)
{
	int nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	int refused = 0, n;

	for (size_t i = 0; i < sizeof(things) / sizeof(things[0]); i++) {
		if (argc < 2) {
			printf("%s\n", things[i].name);
		} else if (!strcmp(argv[1], things[i].name)) {
			n = fail_each(&things[i], nth, &refused);
			printf("# amount: %s: %d allocations failed one by one; refused %d times\n",
			       argv[1], n, refused);
			if (n < 0)
				printf("# %s: %s\n", argv[1], strerror(-n));
			return n < 0;
		}
	}
	return argc > 1;
}
