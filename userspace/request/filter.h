/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_FILTER_H
#define CLOSEWATCH_FILTER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fail.h"
#include "netlink/nl_ask.h"

/* Closes what the filter holds open. */
void cw_filter_release(struct cw_msg_filter *f);

/* No condition but on types and paths: every connection of this namespace. */
bool cw_filter_is_open(const struct cw_msg_filter *f);

/*
 * Where a word belongs that the option refused, since one column shows paths, fates and
 * types of events; empty if it is none of these.
 */
void cw_filter_hint(const char *word, int len, char *buf, size_t size);

/*
 * Words of the command line into conditions. On CW_USAGE @fail names what is
 * accepted.
 */
int cw_filter_paths(struct cw_msg_filter *f, const char *words,
		    struct cw_fail *fail);
int cw_filter_user(struct cw_msg_filter *f, const char *user,
		   struct cw_fail *fail);
int cw_filter_netns(struct cw_msg_filter *f, const char *which,
		    struct cw_fail *fail);

/* Takes this program to the network namespace that is named, if one is. */
int cw_filter_enter(struct cw_msg_filter *f, struct cw_fail *fail);

#endif
