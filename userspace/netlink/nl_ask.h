/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_NL_ASK_H
#define CLOSEWATCH_NL_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/closewatch.h>

#include "base/fail.h"
#include "netlink/decode.h"
#include "netlink/decode_stats.h"
#include "netlink/nl.h"

/* Requests for events and for the module's state. */

/*
 * What a listener asks the kernel for. A member that is 0 (-1 for ids and
 * descriptors, "" for the name) sets no condition.
 */
struct cw_msg_filter {
	uint32_t events;
	uint64_t paths;
	uint16_t family;
	uint32_t pid;
	int64_t uid;
	char comm[CLOSEWATCH_COMM_MAX + 1];
	uint64_t cgroup;
	uint16_t port;
	uint16_t local_port;
	uint16_t remote_port;
	int netns_fd;
	bool all_netns;
	bool quiet;		/* also what ended well or is told otherwise */
	bool by_inode;		/* pid and comm are compared here if it came */
};

#define CW_FILTER_INIT { .uid = -1, .netns_fd = -1 }

/* Returns with the probes armed. */
int cw_nl_subscribe(struct cw_nl *nl, const struct cw_msg_filter *f,
		    struct cw_fail *fail);

/*
 * Ends the subscription. Pending events still go to the handler; @figures
 * holds the kernel's own count, with nothing present if it did not come.
 */
void cw_nl_unsubscribe(struct cw_nl *nl, struct cw_msg_listener *figures);

int cw_nl_info(struct cw_nl *nl, struct cw_msg_info *info,
	       struct cw_fail *fail);

/* The counters of this program's network namespace. */
int cw_nl_stats(struct cw_nl *nl, struct cw_msg_stats *stats,
		struct cw_fail *fail);

#endif
