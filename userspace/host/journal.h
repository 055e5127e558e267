/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_JOURNAL_H
#define CLOSEWATCH_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/util.h"

/*
 * Entries with fields for systemd's journal, in its native protocol: libsystemd
 * would bring four compressors into a program that root runs.
 */
struct cw_journal {
	int fd;			/* -1: all is discarded */
	size_t used;
	char entry[4096];
};

/*
 * Connects if standard error is the journal's, as in a service. @root goes before
 * the path of its socket: "" on a machine, a folder in tests.
 */
void cw_journal_open(struct cw_journal *j, const char *root);
void cw_journal_close(struct cw_journal *j);

/* One field of the entry in the making. One that does not fit is left out. */
__printf(3, 4)
void cw_journal_put(struct cw_journal *j, const char *name, const char *fmt, ...);

/* Ends the entry. False if the journal did not take it, now: never waits. */
bool cw_journal_send(struct cw_journal *j);

#endif
