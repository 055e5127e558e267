// SPDX-License-Identifier: GPL-2.0
#include <endian.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "host/journal.h"

/* systemd tells in JOURNAL_STREAM which file it has made standard error. */
static bool is_ours(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char file[48];
	struct stat st;

	if (!stream || fstat(STDERR_FILENO, &st))
		return false;
	snprintf(file, sizeof(file), "%ju:%ju", (uintmax_t)st.st_dev,
		 (uintmax_t)st.st_ino);
	return !strcmp(stream, file);
}

void cw_journal_open(struct cw_journal *j, const char *root)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	j->used = 0;
	j->fd = -1;
	if (!is_ours())
		return;
	snprintf(to.sun_path, sizeof(to.sun_path), "%s/run/systemd/journal/socket",
		 root);
	j->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (j->fd >= 0 && connect(j->fd, (struct sockaddr *)&to, sizeof(to)))
		cw_journal_close(j);
}

void cw_journal_close(struct cw_journal *j)
{
	if (j->fd >= 0)
		close(j->fd);
	j->fd = -1;
}

/* NAME, newline, the length in 8 bytes, the value, newline. */
void cw_journal_put(struct cw_journal *j, const char *name, const char *fmt, ...)
{
	size_t head = strlen(name) + 1 + sizeof(uint64_t);
	size_t room = sizeof(j->entry) - j->used;
	char *to = j->entry + j->used;
	uint64_t size;
	va_list args;
	int len;

	if (head >= room)
		return;
	va_start(args, fmt);
	len = vsnprintf(to + head, room - head, fmt, args);
	va_end(args);
	if (len < 0 || (size_t)len >= room - head)
		return;
	size = htole64(len);
	memcpy(to, name, strlen(name));
	to[strlen(name)] = '\n';
	memcpy(to + strlen(name) + 1, &size, sizeof(size));
	to[head + len] = '\n';
	j->used += head + len + 1;
}

bool cw_journal_send(struct cw_journal *j)
{
	size_t used = j->used;

	j->used = 0;
	return j->fd < 0 ||
	       send(j->fd, j->entry, used, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)used;
}
