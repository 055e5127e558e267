// SPDX-License-Identifier: GPL-2.0
#include "file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int file_write(const char *path, const char *text)
{
	size_t len = strlen(text);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret = fd >= 0 && write(fd, text, len) == (ssize_t)len ? 0 : -1;

	if (ret)
		fprintf(stderr, "# %s: %m\n", path);
	close(fd);
	return ret;
}
