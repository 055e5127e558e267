// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/names.h"
#include "base/names_gen.h"
#include "base/parse.h"
#include "request/filter.h"

#define NETNS_DIR	"/run/netns"

void cw_filter_release(struct cw_msg_filter *f)
{
	if (f->netns_fd >= 0)
		close(f->netns_fd);
	f->netns_fd = -1;
}

bool cw_filter_is_open(const struct cw_msg_filter *f)
{
	return !f->family && !f->pid && f->uid < 0 && !f->comm[0] &&
	       !f->cgroup && !f->port && !f->local_port && !f->remote_port &&
	       f->netns_fd < 0 && !f->all_netns;
}

void cw_filter_hint(const char *word, int len, char *buf, size_t size)
{
	buf[0] = '\0';
	if (cw_names_value(&cw_path_names, word, len) >= 0)
		snprintf(buf, size, "--path %.*s", len, word);
	else if (cw_names_value(&cw_event_type_names, word, len) >= 0)
		snprintf(buf, size, "-e %.*s", len, word);
	else if (cw_names_value(&cw_fate_names, word, len) >= 0)
		snprintf(buf, size,
			 "%.*s is a fate: closewatch -e fate -j | jq -c 'select(.fate == \"%.*s\")'",
			 len, word, len, word);
}

int cw_filter_paths(struct cw_msg_filter *f, const char *words,
		    struct cw_fail *fail)
{
	_Static_assert(CLOSEWATCH_PATH_MAX < 64, "the mask has 64 bits");
	char all[512], hint[128];

	for (;;) {
		size_t len = strcspn(words, ",");
		int path = cw_names_value(&cw_path_names, words, len);

		if (path < 0) {
			cw_names_list(&cw_path_names, all, sizeof(all));
			cw_filter_hint(words, len, hint, sizeof(hint));
			return cw_fail_usage(fail, hint,
					     "'%.*s' is no path; the paths are: %s",
					     (int)len, words, all);
		}
		f->paths |= 1ULL << path;
		if (!words[len])
			return CW_OK;
		words += len + 1;
	}
}

int cw_filter_user(struct cw_msg_filter *f, const char *user,
		   struct cw_fail *fail)
{
	const struct passwd *pw;
	uint64_t uid;

	if (cw_parse_digits(user, &uid) && uid < UINT32_MAX) {
		f->uid = uid;
		return CW_OK;
	}
	pw = getpwnam(user);
	if (!pw)
		return cw_fail_usage(fail, NULL,
				     "'%s' is no user: a name that getent passwd knows or a number is wanted",
				     user);
	f->uid = pw->pw_uid;
	return CW_OK;
}

int cw_filter_netns(struct cw_msg_filter *f, const char *which,
		    struct cw_fail *fail)
{
	char path[PATH_MAX];
	uint64_t pid;

	cw_filter_release(f);
	f->all_netns = !strcmp(which, "all");
	if (f->all_netns)
		return CW_OK;
	if (strchr(which, '/'))
		snprintf(path, sizeof(path), "%s", which);
	else if (cw_parse_digits(which, &pid))
		snprintf(path, sizeof(path), "/proc/%s/ns/net", which);
	else
		snprintf(path, sizeof(path), NETNS_DIR "/%s", which);
	f->netns_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (f->netns_fd >= 0)
		return CW_OK;
	if (errno == EACCES || errno == EPERM)
		return cw_fail(fail, "run closewatch with sudo",
			       "network namespace %s: %s", path,
			       strerror(errno));
	return cw_fail_usage(fail, NULL,
			     "network namespace %s: %s; a name of ip netns, a process id, a path or all is wanted",
			     path, strerror(errno));
}

int cw_filter_enter(struct cw_msg_filter *f, struct cw_fail *fail)
{
	if (f->netns_fd < 0)
		return CW_OK;
	if (setns(f->netns_fd, CLONE_NEWNET))
		return cw_fail(fail, "run closewatch with sudo",
			       "cannot enter the network namespace: %s",
			       strerror(errno));
	cw_filter_release(f);
	return CW_OK;
}
