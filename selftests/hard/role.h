/* SPDX-License-Identifier: GPL-2.0 */
/* Who sends requests: every kind of right that one can have. */
#ifndef CLOSEWATCH_HARD_ROLE_H
#define CLOSEWATCH_HARD_ROLE_H

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "netns.h"

#define NOBODY	65534

enum role {
	ROLE_ROOT,		/* of the host */
	ROLE_ROOT_ELSEWHERE,	/* the same in a network namespace of its own */
	ROLE_PLAIN,		/* no rights at all */
	ROLE_TENANT,		/* all rights in a user namespace of its own */
	ROLES,
};

static inline int write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (!f)
		return -1;
	fputs(text, f);
	return fclose(f);
}

static inline int role_tenant(void)
{
	/* Otherwise /proc/self belongs to root */
	if (prctl(PR_SET_DUMPABLE, 1) || unshare(CLONE_NEWUSER) ||
	    write_file("/proc/self/uid_map", "0 65534 1"))
		return -1;
	return netns_enter();
}

/* Turn the caller, who is root, into @role */
static inline int role_enter(enum role role)
{
	if (role == ROLE_ROOT_ELSEWHERE)
		return netns_enter();
	if (role == ROLE_ROOT)
		return 0;
	if (setgid(NOBODY) || setuid(NOBODY))
		return -1;
	return role == ROLE_TENANT ? role_tenant() : 0;
}

#endif
