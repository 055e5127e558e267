// SPDX-License-Identifier: GPL-2.0
#include "kmod.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int kmod_load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;
	close(fd);
	return ret;
}

int kmod_unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}

bool kmod_loaded(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%s/initstate", name);
	return !access(path, F_OK);
}

const char *kmod_fault_path(void)
{
	static const char * const near[] = {
		"closewatch_fault.ko", "kmod/closewatch_fault.ko",
		"/payload/closewatch_fault.ko",
	};
	const char *path = getenv("CLOSEWATCH_TEST_KMOD");

	if (path)
		return path;
	for (size_t i = 0; i < sizeof(near) / sizeof(near[0]); i++)
		if (!access(near[i], R_OK))
			return near[i];
	return NULL;
}

static FILE *param_open(const char *name, const char *param, const char *mode)
{
	char path[256];

	snprintf(path, sizeof(path), "/sys/module/%s/parameters/%s", name,
		 param);
	return fopen(path, mode);
}

int kmod_param_write(const char *name, const char *param, long value)
{
	FILE *f = param_open(name, param, "we");

	if (!f)
		return -errno;
	fprintf(f, "%ld\n", value);
	return fclose(f) ? -errno : 0;
}

long kmod_param_read(const char *name, const char *param)
{
	FILE *f = param_open(name, param, "re");
	long value;

	if (!f)
		return -errno;
	if (fscanf(f, "%ld", &value) != 1)
		value = -EINVAL;
	fclose(f);
	return value;
}
