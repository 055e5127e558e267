/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_TESTS_FOLDER_H
#define CLOSEWATCH_TESTS_FOLDER_H

#include <stdio.h>
#include <stdlib.h>

/* Makes @text a file of the folder @dir. */
static inline void put_file(const char *dir, const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	fputs(text, f);
	fclose(f);
}

/* With all that it holds. 0 or an exit status. */
static inline int remove_folder(const char *dir)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

#endif
