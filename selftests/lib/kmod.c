// SPDX-License-Identifier: GPL-2.0
#include "kmod.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "wait.h"

static int load_with(const char *path, const char *params)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = syscall(SYS_finit_module, fd, params, 0) ? -errno : 0;
	close(fd);
	return ret;
}

int kmod_load(const char *path)
{
	return load_with(path, "");
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

int kmod_remove(const char *name)
{
	int ret = 0;

	return WAIT_FOR((ret = kmod_unload(name)) != -EAGAIN &&
			ret != -EBUSY) ? ret : -ETIMEDOUT;
}

static const char *module_path(void)
{
	return getenv("CLOSEWATCH_MODULE") ?: "";
}

static const char *helper_path(const char *name)
{
	const char *module = module_path(), *slash = strrchr(module, '/');
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "kmod/%s.ko", name);
	if (access(path, R_OK))
		snprintf(path, sizeof(path), "%.*s/%s.ko",
			 (int)(slash ? slash - module : 0), module, name);
	return path;
}

const char *kmod_path(const char *name)
{
	const char *path = strcmp(name, MODULE) ? helper_path(name) :
						  module_path();

	return access(path, R_OK) ? NULL : path;
}

int kmod_reload(const char *params)
{
	const char *path = kmod_path(MODULE);
	int ret;

	if (!path)
		return -ENOENT;
	ret = kmod_loaded(MODULE) ? kmod_remove(MODULE) : 0;
	return ret ?: load_with(path, params);
}

int kmod_load_helper(const char *name)
{
	const char *path = kmod_path(name);

	if (kmod_loaded(name))
		return 0;
	return path ? kmod_load(path) : -ENOENT;
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
