/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_FILES_H
#define CLOSEWATCH_FILES_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/*
 * The files of a recording: closewatch-20261127T021400Z-0.ndjson. Sorted by their
 * names they are in the order in which they were begun.
 */
struct cw_file_name {
	time_t begin;
	unsigned int n;		/* of those that begin in this second */
};

#define CW_FILE_NAME_MAX 64

void cw_file_name_write(const struct cw_file_name *name, char *buf, size_t size);

/* False if it is no name of such a file. */
bool cw_file_name_read(const char *text, struct cw_file_name *name);

/*
 * Those in the folder @dir, in order. Returns how many, or -1 with errno; both the
 * list and what it holds are to be freed.
 */
int cw_files_list(int dir, struct dirent ***list);
void cw_files_free(struct dirent **list, int n);

#endif
