/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_TESTS_COMMAND_H
#define CLOSEWATCH_TESTS_COMMAND_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

/* The program under test */
static inline const char *program(void)
{
	const char *program = getenv("CLOSEWATCH");

	return program ? program : "build/check/closewatch";
}

/* Runs a command; the exit code, or -1. Its output goes to @buf. */
static inline int run_command(const char *command, char *buf, size_t size)
{
	FILE *pipe = popen(command, "r");
	size_t n;
	int status;

	if (!pipe)
		return -1;
	n = fread(buf, 1, size - 1, pipe);
	buf[n] = '\0';
	status = pclose(pipe);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#endif
