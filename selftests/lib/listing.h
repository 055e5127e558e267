/* SPDX-License-Identifier: GPL-2.0 */
/* The policies that are installed, as policy-get lists them. */
#ifndef CLOSEWATCH_SELFTEST_LISTING_H
#define CLOSEWATCH_SELFTEST_LISTING_H

#include <linux/closewatch.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nl_msg;
struct nl_sock;

/* A policy as it came: numbers by attribute, and which ones were there */
struct listed {
	uint64_t has;			/* bit per CLOSEWATCH_A_POLICY_* */
	uint64_t num[CLOSEWATCH_A_POLICY_MAX + 1];
	uint8_t addr[16];
	size_t addr_len;
	char comm[64];
};

#define LISTED_HAS(p, name) (!!((p)->has >> CLOSEWATCH_A_POLICY_##name & 1))
#define LISTED_NUM(p, name) ((p)->num[CLOSEWATCH_A_POLICY_##name])

struct listing {
	struct nl_sock *sk;
	int family;
	struct listed *list;
	size_t n, room;
	bool inconsistent;	/* the kernel says that it changed meanwhile */
	int err;
};

int listing_open(struct listing *l);	/* in the caller's namespace */
void listing_close(struct listing *l);

/*
 * Read the list anew. @fill adds to the policy nest and may be NULL. Returns 0
 * or the kernel's negative errno.
 */
typedef int (*listing_fill)(struct nl_msg *msg, const void *arg);

int listing_get(struct listing *l, listing_fill fill, const void *arg);

/* The same step by step: ask, then take messages one by one until it is false */
int listing_ask(struct listing *l, listing_fill fill, const void *arg);
bool listing_more(struct listing *l);

/* The one with this id, or NULL */
const struct listed *listing_find(const struct listing *l, uint64_t id);

#endif
