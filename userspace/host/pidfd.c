// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/pidfd.h"

/* The C library has had names for these only since 2.36. */
static int pidfd_open(uint32_t pid)
{
	return syscall(SYS_pidfd_open, pid, 0);
}

static int pidfd_getfd(int pidfd, uint32_t fd)
{
	return syscall(SYS_pidfd_getfd, pidfd, fd, 0);
}

static int fail_open(uint32_t pid, int err, struct cw_fail *fail)
{
	switch (err) {
	case ESRCH:
		return cw_fail(fail, NULL, "no process has the id %u", pid);
	case EINVAL:
	case ENOENT:
		return cw_fail(fail, NULL,
			       "%u is a thread: the id of its process is wanted",
			       pid);
	default:
		return cw_fail(fail, "use --socket instead",
			       "process %u: %s (pidfd_open(2) came with Linux 5.3)",
			       pid, strerror(err));
	}
}

static int fail_take(uint32_t pid, uint32_t fd, int err, struct cw_fail *fail)
{
	switch (err) {
	case EPERM:
		return cw_fail(fail, "run it with sudo, or use --socket",
			       "taking a descriptor of process %u needs the right to trace it (CAP_SYS_PTRACE)",
			       pid);
	case ESRCH:
		return cw_fail(fail, NULL, "process %u has ended", pid);
	case EBADF:
		return cw_fail(fail, NULL,
			       "process %u has no descriptor %u; ls -l /proc/%u/fd shows what it has",
			       pid, fd, pid);
	default:
		return cw_fail(fail, "use --socket instead",
			       "descriptor %u of process %u: %s (pidfd_getfd(2) came with Linux 5.6)",
			       fd, pid, strerror(err));
	}
}

int cw_pidfd_take(uint32_t pid, uint32_t fd, int *taken, struct cw_fail *fail)
{
	int pidfd = pidfd_open(pid), err;
	struct stat st;

	*taken = -1;
	if (pidfd < 0)
		return fail_open(pid, errno, fail);
	*taken = pidfd_getfd(pidfd, fd);
	err = errno;
	close(pidfd);
	if (*taken < 0)
		return fail_take(pid, fd, err, fail);
	if (!fstat(*taken, &st) && S_ISSOCK(st.st_mode))
		return CW_OK;
	close(*taken);
	*taken = -1;
	return cw_fail(fail, NULL, "descriptor %u of process %u is no socket",
		       fd, pid);
}
