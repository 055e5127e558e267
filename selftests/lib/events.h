/* SPDX-License-Identifier: GPL-2.0 */
/* A netlink socket of closewatch.ko: requests, answers, and events. */
#ifndef CLOSEWATCH_SELFTEST_EVENTS_H
#define CLOSEWATCH_SELFTEST_EVENTS_H

#include "decode.h"

struct nl_msg;
struct nl_sock;

struct events {
	struct nl_sock *sk;
	int family;
	struct event *list;
	size_t n, room;
	struct listener_figures figures;	/* from the last reply */
	struct module_info info;		/* likewise */
	struct stats stats;			/* likewise */
	uint32_t policy_id;			/* likewise */
	struct event *drains;			/* of the last dump */
	size_t n_drains, drains_room;
	struct listed *policies;		/* likewise */
	size_t n_policies, policies_room;
	bool loud;		/* subscribe without the quiet events */
	bool inconsistent;	/* the kernel says that it changed meanwhile */
	uint32_t seq;				/* of the last request */
	int err;				/* the kernel's answer to it */
	char extack[256];			/* from the last refusal */
};

/* Fails, without a word, when the module is not loaded */
int events_open(struct events *e);
int events_open_at(struct events *e, uint32_t port);	/* its own; 0: any */
void events_close(struct events *e);

/*
 * Requests. They return 0 or the kernel's negative errno, and keep events that
 * arrive before the answer. @fill adds to the filter nest and may be NULL.
 */
typedef int (*filter_fill)(struct nl_msg *msg, const void *arg);

/* Quiet events included, unless @e is loud */
int events_subscribe(struct events *e, filter_fill fill, const void *arg);
int events_subscribe_all(struct events *e);	/* of all namespaces */
int events_unsubscribe(struct events *e);
int events_info(struct events *e);
int events_stats(struct events *e);

/* A request whose attributes @fill puts, after the command's header; also one
 * for a dump, which is read to its end
 */
int events_request(struct events *e, uint8_t cmd, filter_fill fill,
		   const void *arg);
int events_request_sized(struct events *e, uint8_t cmd, size_t size,
			 filter_fill fill, const void *arg);
int events_dump(struct events *e, uint8_t cmd, filter_fill fill,
		const void *arg);

/* A dump step by step: ask, then take messages one by one until it is false */
int events_dump_ask(struct events *e, uint8_t cmd, filter_fill fill,
		    const void *arg);
bool events_dump_more(struct events *e);

/* Any bytes as the attributes of a request; and one cut before its command */
int events_raw(struct events *e, uint8_t cmd, const void *attrs, size_t len);
int events_headless(struct events *e);

/* Take what has arrived; never waits. Returns false when nothing was there */
bool events_poll(struct events *e);

/* The nth event of @type about the socket @cookie (0: any), or NULL */
const struct event *events_nth(const struct events *e, unsigned int type,
			       uint64_t cookie, size_t nth);
size_t events_count(const struct events *e, unsigned int type, uint64_t cookie);

/*
 * What in-band records say was lost, for one cause (CLOSEWATCH_LOSS_*). Of
 * missed probe hits the kernel cannot say whose they were, or whether they
 * would have become events: that figure is an upper bound.
 */
uint64_t events_lost_by(const struct events *e, unsigned int cause);

/* The same for the causes whose figures are exact */
uint64_t events_lost(const struct events *e);

/* Wait for one event of @type about @cookie to arrive; NULL at the limit */
const struct event *events_await(struct events *e, unsigned int type,
				 uint64_t cookie);

#endif
