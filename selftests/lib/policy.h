/* SPDX-License-Identifier: GPL-2.0 */
/* Policies, and the drains that they cause. */
#ifndef CLOSEWATCH_SELFTEST_POLICY_H
#define CLOSEWATCH_SELFTEST_POLICY_H

#include "events.h"

#define ACTION(name)	CLOSEWATCH_ACTION_##name
#define OUTCOME(name)	CLOSEWATCH_DRAIN_OUTCOME_##name
#define REFUSAL(name)	CLOSEWATCH_REFUSAL_##name

/* What is zero or empty is left out of the request; action always stands */
struct policy {
	unsigned int action;
	uint64_t cookie;
	unsigned int local_port, local_port_last, family, priority;
	unsigned int idle_ms, total_ms, linger_seconds;
	uint64_t bytes, expires_ms;
	bool all_netns, force, dry_run, even_linger0, even_oom;
	const char *comm;
	const int *fd;		/* of the one socket */
	const int *netns_fd;
	const unsigned int *uid;
};

/* In the caller's namespace. The id, or a negative errno */
int policy_add(struct events *e, const struct policy *p);

/* Replace the rules of the caller's namespace by @n; 0 or a negative errno */
struct rules {
	const struct policy *rule;
	size_t n;
	bool dry_run;
};

int policy_set(struct events *e, const struct rules *set);

/* 0 or a negative errno */
int policy_del(struct events *e, unsigned int id);
int policy_flush(struct events *e);
int drain_off(struct events *e);
int drain_off_everywhere(struct events *e);

/* How many the namespace has, listed in @e, or a negative errno */
int policies_count(struct events *e);

/* Of those last listed the one with this id, or NULL */
const struct listed *policy_find(const struct events *e, uint64_t id);

/* Read the drains that run into e->drains */
int drains_get(struct events *e);

/* Wait until no drain is left in the namespace */
int drains_await_none(struct events *e);

#endif
