// SPDX-License-Identifier: GPL-2.0
#include "kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int kmsg_open(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		lseek(fd, 0, SEEK_END);
	return fd;
}

int kmsg_complaints(int fd)
{
	static const char * const words[] = {
		"WARNING:", "BUG:", "BUG at", "Oops", "Call Trace", "KASAN",
		"general protection", "lockdep", "refcount_t", "hung_task",
		"blocked for more than", "soft lockup", "unable to handle",
	};
	char record[8192];
	ssize_t len;
	int bad = 0;

	while ((len = read(fd, record, sizeof(record) - 1)) > 0) {
		record[len] = '\0';
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			if (!strstr(record, words[i]))
				continue;
			fprintf(stderr, "# kernel: %s", record);
			bad++;
			break;
		}
	}
	return errno == EAGAIN ? bad : -1;
}
