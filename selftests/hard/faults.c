// SPDX-License-Identifier: GPL-2.0
/*
 * faults site|nth|load: all that a program can ask of the module, a load of it
 * among that, while memory fails that is asked for beneath what faults.sh has
 * told the kernel. However that goes, sockets close; and with memory back all
 * works again.
 *
 *	site	all of it fails, in whatever context
 *	nth	in each request the first allocation, then the second, and so on
 *	load	in a load the first and all after it, then all from the second on
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"
#include "kmod.h"
#include "netns.h"
#include "pair.h"
#include "policy.h"
#include "scene.h"
#include "wait.h"

#define INJECT(kind) "/sys/kernel/debug/" kind "/probability"

static struct events e;
static struct pair by_rule, by_socket;

static int subscribe(void)
{
	return events_subscribe(&e, NULL, NULL);
}

/* Refused while a probe is yet being disarmed */
static int set_ftrace(char on)
{
	int fd = open("/proc/sys/kernel/ftrace_enabled", O_WRONLY | O_CLOEXEC);
	int ret = write(fd, &on, 1) == 1 ? 0 : -errno;

	close(fd);
	return ret;
}

/* A hold on ftrace is undone if that turns out to be off */
static int subscribe_silent(void)
{
	int err;

	if (!WAIT_FOR(!set_ftrace('0')))
		return -EIO;
	err = subscribe();
	return set_ftrace('1') ? -EIO : err;
}

static int add_rule(void)
{
	struct policy p = {
		.action = ACTION(DRAIN), .local_port = by_rule.local.port,
		.total_ms = 2000,
	};
	int id = policy_add(&e, &p);

	return id < 0 ? id : 0;
}

static int add_socket(void)
{
	const struct policy p = {
		.action = ACTION(DRAIN), .fd = &by_socket.us, .total_ms = 2000,
	};
	int id = policy_add(&e, &p);

	return id < 0 ? id : 0;
}

/* The peer sees an end, by FIN or by RST */
static int close_one(struct pair *p)
{
	int err = close(p->us);

	p->us = -1;
	if (err)
		return -EIO;
	shutdown(p->them, SHUT_WR);	/* fails after a RST */
	return take_all(p->them) >= 0 || errno == ECONNRESET ? 0 : -EIO;
}

static int close_by_rule(void)
{
	return close_one(&by_rule);
}

static int close_by_socket(void)
{
	return close_one(&by_socket);
}

static int info(void)
{
	return events_info(&e);
}

static int stats(void)
{
	return events_stats(&e);
}

static int list(void)
{
	int n = policies_count(&e);

	return n < 0 ? n : drains_get(&e);
}

static int netns(void)
{
	int home = netns_open(), err = unshare(CLONE_NEWNET) ? -errno : 0;

	return netns_switch(home) || close(home) ? -EIO : err;
}

static int del(void)
{
	int err = policy_del(&e, e.policy_id ?: ~0U);

	return err == -ENOENT ? 0 : err;	/* none was added */
}

static int off(void)
{
	return drain_off(&e);
}

static int unsubscribe(void)
{
	int err = events_unsubscribe(&e);

	return err == -ENOENT ? 0 : err;
}

static const struct step {
	const char *name;
	int (*act)(void);
} steps[] = {
	{ "subscribe, ftrace off", subscribe_silent },
	{ "subscribe", subscribe },
	{ "subscribe again", subscribe },
	{ "policy-add", add_rule },
	{ "policy-add of a socket", add_socket },
	{ "close, drained by a rule", close_by_rule },
	{ "close, drained by its policy", close_by_socket },
	{ "info", info },
	{ "stats", stats },
	{ "policy-get, drain-get", list },
	{ "new network namespace", netns },
	{ "policy-del", del },
	{ "drain-off", off },
	{ "unsubscribe", unsubscribe },
};

#define STEPS (sizeof(steps) / sizeof(steps[0]))

static bool sane(const struct step *s, int err)
{
	if (!err || err == -ENOMEM || err == -ENOBUFS || err == -EAGAIN ||
	    (err == -EOPNOTSUPP && s->act == subscribe_silent))
		return true;
	printf("# %s: %s\n", s->name, strerror(-err));
	return false;
}

/* A close is heard, and drained */
static int works(void)
{
	int err = subscribe() ?: add_rule() ?: close_by_rule();

	if (!err && (!events_await(&e, TYPE(CLOSE), by_rule.cookie) ||
		     !events_await(&e, TYPE(DRAIN_END), by_rule.cookie)))
		err = -ETIMEDOUT;
	if (err)
		printf("# with memory back: %s\n", strerror(-err));
	return err;
}

/* A socket for each, as an answer may be missing from the last one */
static int begin(void)
{
	const struct pair_opts ipv4 = { .flavour = IPV4 };

	return events_open(&e) || pair_open(&by_rule, &ipv4) ||
	       pair_open(&by_socket, &ipv4) || give(by_socket.them, 3);
}

static int end(void)
{
	int err = drain_off(&e);

	pair_close(&by_rule);
	pair_close(&by_socket);
	events_close(&e);
	return err;
}

static int inject(bool on)
{
	return file_write(INJECT("failslab"), on ? "100" : "0") ?:
	       file_write(INJECT("fail_page_alloc"), on ? "100" : "0");
}

/* Arming fails too; disarming is put off a while */
static int all_fails(void)
{
	int bad = begin() ||
		  !WAIT_FOR(!info() && !e.info.probes && !e.info.policy_armed) ||
		  inject(true);

	for (size_t i = 0; i < STEPS; i++)
		bad += !sane(&steps[i], steps[i].act());
	bad += !!inject(false) + !!end();
	return bad ?: begin() || works() || end();
}

/* Arm the nth failure of this thread; or what is left of it, 0 once it was */
static int nth_fd = -1;

static void put_nth(int n)
{
	dprintf(nth_fd, "%d", n);
}

static int left_of_nth(void)
{
	char text[16] = "";

	return pread(nth_fd, text, sizeof(text) - 1, 0) > 0 ? atoi(text) : 0;
}

/* Returns how many allocations have failed, or -1 */
static int nth_of_step(size_t which)
{
	int left = 0, n = 0, bad = 0;

	while (!left && !bad) {
		bad = begin();
		n++;
		for (size_t i = 1; i < STEPS; i++) {
			int err;

			if (i == which)
				put_nth(n);
			err = steps[i].act();
			if (i == which) {
				left = left_of_nth();
				put_nth(0);
			}
			bad += !sane(&steps[i], err);
		}
		bad += !!end();
	}
	return bad ? -1 : n - 1;
}

/* Probes are armed by another one's leave: their many would take an hour */
static int each_fails(void)
{
	struct policy all = {
		.action = ACTION(LEAVE), .local_port = 1, .all_netns = true,
	};
	struct events other;
	int bad = 0;

	if (events_open(&other) || events_subscribe(&other, NULL, NULL) ||
	    policy_add(&other, &all) < 0)
		return 1;
	for (size_t i = 1; i < STEPS; i++) {
		int n = nth_of_step(i);

		bad += n < 0;
		if (n > 0)
			printf("# amount: %s: %d allocations failed one by one\n",
			       steps[i].name, n);
	}
	drain_off_everywhere(&other);
	events_close(&other);
	return bad ?: begin() || works() || end();
}

static int load_fails(void)
{
	int left = 0, n = 0, err;

	while (!left) {
		if ((kmod_loaded("closewatch") && kmod_remove("closewatch")) ||
		    inject(true))
			return 1;
		put_nth(++n);
		err = kmod_load(getenv("CLOSEWATCH_MODULE"));
		left = left_of_nth();
		put_nth(0);
		if (inject(false) || (err && err != -ENOMEM) || (left && err)) {
			printf("# load: %s\n", strerror(-err));
			return 1;
		}
	}
	printf("# amount: load: failed %d times, after 0 allocations, 1, 2...\n",
	       n - 1);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int init = netns_open_init();

	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (nth_fd < 0 || netns_switch(init))
		return 1;
	if (!strcmp(what, "site"))
		return all_fails() != 0;
	if (!strcmp(what, "nth"))
		return each_fails() != 0;
	return load_fails() || begin() || works() || end();
}
