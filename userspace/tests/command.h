/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_TESTS_COMMAND_H
#define CLOSEWATCH_TESTS_COMMAND_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

/* A close, on standard input */
#define RECORD								\
	" <<END\n{\"event\":\"close\",\"time\":\"2026-11-27T03:12:07Z\","	\
	"\"path\":\"rst-unread\",\"unread\":3,\"pid\":812,\"comm\":\"nginx\","	\
	"\"local\":{\"addr\":\"127.0.0.1\",\"port\":80},"			\
	"\"remote\":{\"addr\":\"127.0.0.1\",\"port\":51234},"		\
	"\"cgroup\":\"4711\",\"cgroup_path\":\"/system.slice/nginx.service\"}\nEND\n"

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
