// SPDX-License-Identifier: GPL-2.0
#include "netns.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

int loopback_set(bool up)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = up ? IFF_UP : 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int ret;

	if (fd < 0)
		return -1;
	ret = ioctl(fd, SIOCSIFFLAGS, &ifr);
	close(fd);
	return ret;
}

int netns_enter(void)
{
	if (unshare(CLONE_NEWNET) < 0 || loopback_set(true) < 0) {
		perror("# new network namespace");
		return -1;
	}
	return 0;
}

int netns_open(void)
{
	return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

int netns_open_init(void)
{
	return open("/proc/1/ns/net", O_RDONLY | O_CLOEXEC);
}

int netns_switch(int fd)
{
	return setns(fd, CLONE_NEWNET);
}

uint64_t netns_inode(void)
{
	struct stat st;

	return stat("/proc/thread-self/ns/net", &st) < 0 ? 0 : st.st_ino;
}

static void sysctl_path(const char *name, char *path, size_t size)
{
	snprintf(path, size, "/proc/sys/%s", name);
}

int sysctl_write(const char *name, const char *value)
{
	char path[256];

	sysctl_path(name, path, sizeof(path));
	return file_write(path, value);
}

static int sysctl_read(const char *name, char *value, size_t size)
{
	char path[256];
	ssize_t len;
	int fd;

	sysctl_path(name, path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	len = read(fd, value, size - 1);
	close(fd);
	if (len < 0)
		return -1;
	value[len] = '\0';
	return 0;
}

/*
 * /proc/sys shows what the namespace of the opener has, so these two visit
 * the initial namespace and come back.
 */
static int visit_init(int *home)
{
	int fd = netns_open_init();
	int ret;

	*home = netns_open();
	ret = netns_switch(fd);
	close(fd);
	return ret;
}

static int leave_init(int home)
{
	int ret = netns_switch(home);

	close(home);
	return ret;
}

int sysctl_set_init(struct sysctl *s, const char *name, const char *value)
{
	int home, ret;

	if (visit_init(&home) < 0)
		return -1;
	ret = s->name ? 0 : sysctl_read(name, s->old, sizeof(s->old));
	if (!ret) {
		s->name = name;
		ret = sysctl_write(name, value);
	}
	return leave_init(home) < 0 ? -1 : ret;
}

int sysctl_restore(struct sysctl *s)
{
	int home, ret;

	if (!s->name)
		return 0;
	if (visit_init(&home) < 0)
		return -1;
	ret = sysctl_write(s->name, s->old);
	s->name = NULL;
	return leave_init(home) < 0 ? -1 : ret;
}
