/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_FILTER_H
#define CLOSEWATCH_FILTER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/closewatch.h>

#include "fail.h"

/*
 * What a listener asks the kernel for. A member that is 0 (-1 for ids and
 * descriptors, "" for the name) sets no condition.
 */
struct cw_filter {
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
};

#define CW_FILTER_INIT { .uid = -1, .netns_fd = -1 }

/* Closes what the filter holds open. */
void cw_filter_release(struct cw_filter *f);

/*
 * Words of the command line into conditions. On CW_USAGE @fail names what is
 * accepted.
 */
int cw_parse_u32(const char *text, uint32_t min, uint32_t max,
		 const char *what, uint32_t *value, struct cw_fail *fail);
int cw_parse_port(const char *text, uint16_t *port, struct cw_fail *fail);
int cw_parse_duration(const char *text, uint64_t *ns, struct cw_fail *fail);
/* With K, M, G or T behind it in powers of 1024. */
int cw_parse_bytes(const char *text, uint64_t *bytes, struct cw_fail *fail);
int cw_filter_paths(struct cw_filter *f, const char *words,
		    struct cw_fail *fail);
int cw_filter_comm(struct cw_filter *f, const char *name,
		   struct cw_fail *fail);
int cw_filter_user(struct cw_filter *f, const char *user,
		   struct cw_fail *fail);
int cw_filter_cgroup(struct cw_filter *f, const char *path,
		     struct cw_fail *fail);
int cw_filter_netns(struct cw_filter *f, const char *which,
		    struct cw_fail *fail);

#endif
