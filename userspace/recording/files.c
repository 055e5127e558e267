// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recording/files.h"

#define STAMP	"closewatch-%Y%m%dT%H%M%SZ-"

void cw_file_name_write(const struct cw_file_name *name, char *buf, size_t size)
{
	struct tm tm = { 0 };
	size_t n;

	gmtime_r(&name->begin, &tm);
	n = strftime(buf, size, STAMP, &tm);
	snprintf(buf + n, size - n, "%u.ndjson", name->n);
}

bool cw_file_name_read(const char *text, struct cw_file_name *name)
{
	char again[CW_FILE_NAME_MAX];
	struct tm tm = { 0 };
	const char *rest = strptime(text, STAMP, &tm);

	if (!rest)
		return false;
	name->begin = timegm(&tm);
	name->n = strtoul(rest, NULL, 10);
	/* What strptime() takes besides: blanks, and fewer digits. */
	cw_file_name_write(name, again, sizeof(again));
	return !strcmp(again, text);
}

static int is_ours(const struct dirent *d)
{
	struct cw_file_name name;

	return cw_file_name_read(d->d_name, &name);
}

int cw_files_list(int dir, struct dirent ***list)
{
	return scandirat(dir, ".", list, is_ours, versionsort);
}

void cw_files_free(struct dirent **list, int n)
{
	while (n > 0)
		free(list[--n]);
	free(list);
}
