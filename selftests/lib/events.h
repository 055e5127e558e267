/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A listener to closewatch.ko. It decodes on its own, so that the utility's
 * decoder and this one check each other.
 */
#ifndef CLOSEWATCH_SELFTEST_EVENTS_H
#define CLOSEWATCH_SELFTEST_EVENTS_H

#include <linux/closewatch.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The numbers of the uapi, by their short names */
#define TYPE(name)	CLOSEWATCH_EVENT_TYPE_##name
#define PATH(name)	CLOSEWATCH_PATH_##name
#define STATE(name)	CLOSEWATCH_STATE_##name
#define FIN(name)	CLOSEWATCH_FIN_FORM_##name
#define LINGER(name)	CLOSEWATCH_LINGER_OUTCOME_##name
#define WHY(name)	CLOSEWATCH_CAUSE_##name
#define HOW(name)	CLOSEWATCH_HOW_##name
#define FATE(name)	CLOSEWATCH_FATE_##name
#define VERDICT(name)	CLOSEWATCH_VERDICT_##name
#define SIDE(name)	CLOSEWATCH_SIDE_##name
#define RESET(name)	CLOSEWATCH_RESET_KIND_##name

struct nl_msg;
struct nl_sock;

/* An event as it came: numbers by attribute, and which ones were there */
struct event {
	uint64_t has;			/* bit per CLOSEWATCH_A_EVENT_* */
	uint64_t num[CLOSEWATCH_A_EVENT_MAX + 1];
	uint8_t local[16], remote[16];
	size_t local_len, remote_len;
	char comm[64], ulp[64], reason[64];
};

#define EVENT_HAS(ev, name) (!!((ev)->has >> CLOSEWATCH_A_EVENT_##name & 1))
#define EVENT_NUM(ev, name) ((ev)->num[CLOSEWATCH_A_EVENT_##name])

struct listener_figures {
	uint64_t sent, lost;
};

struct module_info {
	uint32_t listeners, probes, inflight;
	uint64_t events, lost_ring, lost_socket, missed;
	uint32_t policies, drains;
	bool policy_armed, blind;
	uint64_t blind_seconds;
};

/* Drains of one outcome, or refused for one reason */
struct drain_tally {
	uint64_t events, discarded, response, acked;
};

/* A histogram's bucket n holds values from 2^n on */
#define STATS_BUCKETS	64

/* The counters of a namespace, as the last reply has them */
struct stats {
	uint64_t netns;
	uint64_t closes[CLOSEWATCH_PATH_MAX + 1];
	uint64_t unread_bytes[CLOSEWATCH_PATH_MAX + 1];
	uint64_t fates[CLOSEWATCH_FATE_MAX + 1];
	uint64_t lost_bytes[CLOSEWATCH_FATE_MAX + 1];
	uint64_t minisocks[CLOSEWATCH_FATE_MAX + 1];
	uint64_t linger_wait[STATS_BUCKETS];
	uint64_t fate_time[STATS_BUCKETS];
	uint64_t unread[STATS_BUCKETS];
	struct drain_tally ended[CLOSEWATCH_DRAIN_OUTCOME_MAX + 1];
	struct drain_tally refused[CLOSEWATCH_REFUSAL_MAX + 1];
	uint64_t drain_closes[CLOSEWATCH_PATH_MAX + 1];
	uint64_t saved, saved_bytes;
	uint32_t drains;
};

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
	size_t n_drains, drains_room, n_policies;
	char extack[256];			/* from the last refusal */
};

/* Fails, without a word, when the module is not loaded */
int events_open(struct events *e);
void events_close(struct events *e);

/*
 * Requests. They return 0 or the kernel's negative errno, and keep events that
 * arrive before the answer. @fill adds to the filter nest and may be NULL.
 */
typedef int (*filter_fill)(struct nl_msg *msg, const void *arg);

int events_subscribe(struct events *e, filter_fill fill, const void *arg);
int events_unsubscribe(struct events *e);
int events_info(struct events *e);
int events_stats(struct events *e);

/* A request whose attributes @fill puts, after the command's header; also one
 * for a dump, which is read to its end
 */
int events_request(struct events *e, uint8_t cmd, filter_fill fill,
		   const void *arg);
int events_dump(struct events *e, uint8_t cmd, filter_fill fill,
		const void *arg);

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
