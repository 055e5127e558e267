// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/names.h"
#include "base/names_gen.h"
#include "base/parse.h"
#include "request/filter.h"

#define CGROUP_ROOT	"/sys/fs/cgroup"
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

int cw_filter_paths(struct cw_msg_filter *f, const char *words,
		    struct cw_fail *fail)
{
	_Static_assert(CLOSEWATCH_PATH_MAX < 64, "the mask has 64 bits");
	char all[512];

	for (;;) {
		size_t len = strcspn(words, ",");
		int path = cw_names_value(&cw_path_names, words, len);

		if (path < 0) {
			cw_names_list(&cw_path_names, all, sizeof(all));
			return cw_fail_usage(fail, NULL,
					     "'%.*s' is no path; the paths are: %s",
					     (int)len, words, all);
		}
		f->paths |= 1ULL << path;
		if (!words[len])
			return CW_OK;
		words += len + 1;
	}
}

int cw_filter_comm(struct cw_msg_filter *f, const char *name,
		   struct cw_fail *fail)
{
	size_t len = strlen(name);

	if (!len || len > CLOSEWATCH_COMM_MAX)
		return cw_fail_usage(fail, NULL,
				     "'%s' is no task name: it has 1 to %d bytes, as ps -o comm shows it",
				     name, CLOSEWATCH_COMM_MAX);
	memcpy(f->comm, name, len + 1);
	return CW_OK;
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

/* The id that the kernel gives a cgroup is its file handle. */
static bool cgroup_id(const char *path, uint64_t *id)
{
	union {
		struct file_handle head;
		char room[sizeof(struct file_handle) + sizeof(uint64_t)];
	} fh = { .head.handle_bytes = sizeof(uint64_t) };
	struct stat st;
	int mount;

	if (!name_to_handle_at(AT_FDCWD, path, &fh.head, &mount, 0) &&
	    fh.head.handle_bytes == sizeof(uint64_t)) {
		memcpy(id, fh.head.f_handle, sizeof(*id));
		return true;
	}
	/* Refused in some containers; on 64-bit machines it is the inode. */
	if (sizeof(st.st_ino) != sizeof(*id) || stat(path, &st))
		return false;
	*id = st.st_ino;
	return true;
}

int cw_filter_cgroup(struct cw_msg_filter *f, const char *path,
		     struct cw_fail *fail)
{
	char full[PATH_MAX];
	struct statfs fs;

	snprintf(full, sizeof(full), "%s%s", *path == '/' ? "" :
		 CGROUP_ROOT "/", path);
	/* The id, as events tell it; it may be that of one that is gone. */
	if (cw_parse_digits(path, &f->cgroup) && f->cgroup && access(full, F_OK))
		return CW_OK;
	if (statfs(full, &fs))
		return cw_fail_usage(fail, NULL, "cgroup %s: %s", full,
				     strerror(errno));
	if (fs.f_type != CGROUP2_SUPER_MAGIC)
		return cw_fail_usage(fail, NULL,
				     "%s is no directory of cgroup v2; they are below the mount that findmnt -t cgroup2 shows",
				     full);
	if (!cgroup_id(full, &f->cgroup))
		return cw_fail(fail, NULL, "cgroup %s: %s", full,
			       strerror(errno));
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
