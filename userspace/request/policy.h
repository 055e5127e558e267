/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_POLICY_H
#define CLOSEWATCH_POLICY_H

#include "base/address.h"
#include "base/fail.h"
#include "host/cgroups.h"
#include "netlink/decode.h"
#include "request/match.h"

/*
 * A policy that is wanted, from the command line's words to the attributes of
 * the request. Pure, but for cw_policy_find_socket() and cw_policy_cgroup().
 */
struct cw_policy_request {
	struct cw_msg_policy policy;	/* what is present is sent */
	struct cw_match match;		/* the words that watch takes too */
	struct cw_ends ends;		/* of --socket */
	uint32_t pid;			/* 0: none given */
	uint32_t fd;
	bool has_fd;
	bool has_ends;
};

#define CW_POLICY_REQUEST_INIT { .match.filter = CW_FILTER_INIT }

/* The kernel's rules compare one value: several make as many rules. */
#define CW_POLICY_RULES	64

/* Sets attribute @attr, which is @member. */
#define cw_policy_set(p, attr, member, value)				\
	do {								\
		(p)->member = (value);					\
		(p)->present |= 1ULL << CLOSEWATCH_A_POLICY_##attr;	\
	} while (0)

int cw_policy_seconds(struct cw_msg_policy *p, const char *text,
		      struct cw_fail *fail);

/* Sets the network namespace that the request is about. */
void cw_policy_scope(struct cw_msg_policy *p, const struct cw_msg_filter *f);

/*
 * Takes over the conditions once the command line is complete, those with several
 * values for cw_policy_rule(). CW_USAGE if they do not go together.
 */
int cw_policy_conclude(struct cw_policy_request *w, struct cw_fail *fail);

/* Is there a condition? */
bool cw_policy_is_narrow(const struct cw_match *m);
bool cw_policy_is_rule(const struct cw_policy_request *w);

/* How many rules it takes, and each of them; 1 for a socket. */
unsigned int cw_policy_rules(const struct cw_policy_request *w);
void cw_policy_rule(const struct cw_policy_request *w, unsigned int n,
		    struct cw_msg_policy *p);

/* Can a connection meet both? Always if there are no conditions. */
bool cw_policy_concerns(const struct cw_match *m, const struct cw_msg_policy *p);

/*
 * The path of a rule's cgroup, if --cgroup makes the same id of it, written to @path
 * of CW_CGROUP_NAMED bytes; else NULL: its number is all that names it.
 */
const char *cw_policy_cgroup(const struct cw_msg_policy *p,
			     struct cw_cgroups *cgroups, char *path, size_t size);

/*
 * Finds the one socket of --pid and --fd or of --socket, if one is wanted. A
 * descriptor that it takes is in @taken, for the caller to close, else -1.
 */
int cw_policy_find_socket(struct cw_policy_request *w, int *taken,
			  struct cw_fail *fail);

#endif
