/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What closewatch.ko sends, as structs. The utility's decoder is another one, so
 * that the two check each other.
 */
#ifndef CLOSEWATCH_SELFTEST_DECODE_H
#define CLOSEWATCH_SELFTEST_DECODE_H

#include <linux/closewatch.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nlattr;

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

/* An event as it came: numbers by attribute, and which ones were there */
struct event {
	uint64_t has;			/* bit per CLOSEWATCH_A_EVENT_*, % 64 */
	uint64_t num[CLOSEWATCH_A_EVENT_MAX + 1];
	uint8_t local[16], remote[16];
	size_t local_len, remote_len;
	char comm[64], ulp[64], reason[64];
	struct closewatch_more more;	/* 0 without */
};

#define EVENT_HAS(ev, name) (!!((ev)->has >> (CLOSEWATCH_A_EVENT_##name & 63) & 1))
#define EVENT_NUM(ev, name) ((ev)->num[CLOSEWATCH_A_EVENT_##name])

struct listener_figures {
	uint64_t sent, lost;
};

struct module_info {
	uint32_t listeners, probes, inflight;
	uint64_t events, missed;
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
	uint64_t saved, saved_bytes, nothing_to_drain;
	uint32_t drains;
};

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

/* Each takes the nest of its attributes, and leaves zero what is not there */
void decode_event(struct event *ev, struct nlattr *nest);
void decode_listed(struct listed *p, struct nlattr *nest);
void decode_figures(struct listener_figures *f, struct nlattr *nest);
void decode_info(struct module_info *info, struct nlattr *nest);
void decode_stats(struct stats *s, struct nlattr *nest);

#endif
