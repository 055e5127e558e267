/* SPDX-License-Identifier: GPL-2.0 */
/* Files by which the kernel is told something. */
#ifndef CLOSEWATCH_SELFTEST_FILE_H
#define CLOSEWATCH_SELFTEST_FILE_H

/* All of @text at once into a file that is there; -1 with a word of why */
int file_write(const char *path, const char *text);

#endif
