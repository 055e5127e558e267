/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_NAMESPACES_H
#define CLOSEWATCH_NAMESPACES_H

#include <stdint.h>

/*
 * Network namespaces by their inode numbers, as --netns takes them: by a name
 * of ip-netns(8), else by the lowest id of a process that is in it.
 */
#define CW_NAMESPACES	64
#define CW_NAMESPACE_NAME	64

struct cw_namespace {
	uint64_t inode;
	uint64_t until;		/* the number may be given again: ask anew */
	char name[CW_NAMESPACE_NAME];		/* escaped; empty: unknown */
};

struct cw_namespaces {
	const char *run;	/* normally "/run/netns" */
	const char *proc;	/* normally "/proc" */
	struct cw_namespace known[CW_NAMESPACES];
};

#define CW_NAMESPACES_INIT { .run = "/run/netns", .proc = "/proc" }

/*
 * At @now, in ns of any clock. An empty text if it is unknown. A look through
 * the processes takes 20 ms at most, and there is one in 10 s for a namespace.
 */
const char *cw_namespaces_name(struct cw_namespaces *n, uint64_t inode,
			       uint64_t now);

/*
 * Is this program in the network namespace of process 1, which outside of
 * containers is the initial one? 1 or 0; -1: this user may not ask. @proc is
 * normally "/proc".
 */
int cw_namespaces_initial(const char *proc);

#endif
